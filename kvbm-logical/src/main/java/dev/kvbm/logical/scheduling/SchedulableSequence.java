package dev.kvbm.logical.scheduling;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.scheduling.AllocationResult.Allocated;
import dev.kvbm.logical.scheduling.AllocationResult.AllocationFailed;
import dev.kvbm.logical.sequence.BlockRange;
import dev.kvbm.logical.sequence.BlockSequence;
import dev.kvbm.tokens.HashingRequest;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockMmInfo;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One request under a scheduler: each step is scheduled, which takes the blocks that it needs, run
 * by the engine, and applied, which publishes the blocks that it completed.
 *
 * <pre>{@code
 * var request = SchedulableSequence.builder(gpu).tokens(ids).maxOutputTokens(256).build();
 * request.matchAndAddPrefix();
 * while (!request.isPrefillComplete()) {
 *   int chunk = Math.min(512, request.tailTokens());
 *   if (request.schedulePrefill(chunk) instanceof AllocationFailed) { ... preempt somebody ... }
 *   int token = engine.prefill(request.pageTable(), request.kvPosition(), chunk);
 *   if (request.yieldsToken()) request.applyPrefill(token);
 *   else request.applyPrefill();
 * }
 * while (!request.isComplete() && request.scheduleDecode() instanceof Allocated) {
 *   request.applyDecode(engine.decode(request.pageTable(), request.kvPosition()));
 * }
 * request.close();
 * }</pre>
 *
 * <p>With {@link Publication#WHEN_COMPUTED}, tokens from {@link #kvPosition} on are those whose
 * keys and values are missing: more than one of them are for prefill, wherever they came from (the
 * input, {@link #appendTokens}, blocks that were given up), a single one behind the input is for
 * decode or speculation. A step writes to blocks that only this request holds.
 *
 * <p>A full pool is a result and changes nothing. A call out of place throws {@link
 * SchedulingException} and changes nothing. A decode step costs a few nanoseconds, plus hashing,
 * one allocation and one registration for each block of tokens. Single owner, not thread-safe; must
 * be closed, which may be done in every state.
 *
 * @param <T> the tier marker
 */
public final class SchedulableSequence<T> implements AutoCloseable {
  private static final System.Logger LOGGER = System.getLogger(SchedulableSequence.class.getName());

  /** Numbers, because it changes twice for a token, and storing references costs the collector. */
  private static final class Phase {
    static final int IDLE = 0;
    static final int PREFILL = 1;
    static final int DECODE = 2;
    static final int SPECULATIVE = 3;
    static final int CLOSED = 4;
  }

  private final RequestSequence<T> request;
  private final Progress progress;
  private final Publication publication;

  /** Null if nobody wants events, so that none are made. */
  private final @Nullable SequenceDelegate delegate;

  private boolean delegateFailureLogged;

  private int phase = Phase.IDLE;

  // What is scheduled; 0 while nothing is.
  private int scheduledTokens;
  private int scheduledBlocks;

  /**
   * So many decode steps from here on only append a token: they take, complete and publish no
   * block, and do not complete the output. Known after a decode step, and forgotten with every
   * other operation that may change tokens or blocks.
   */
  private int quietDecodes;

  private SchedulableSequence(
      RequestSequence<T> request,
      Progress progress,
      Publication publication,
      @Nullable SequenceDelegate delegate) {
    this.request = request;
    this.progress = progress;
    this.publication = publication;
    this.delegate = delegate;
    if (isObserved()) {
      emit(
          new SequenceEvent.Created(
              request.inputTokens(), request.maxOutputTokens(), request.blockSize()));
    }
  }

  /**
   * A builder for a request whose blocks come from {@code manager}.
   *
   * @param <T> the tier marker
   * @param manager where the blocks come from
   * @return a new builder
   */
  public static <T> Builder<T> builder(BlockManager<T> manager) {
    return new Builder<>(manager);
  }

  // --------------- prefix ---------------

  /**
   * Pins the longest cached prefix. At least the last token is left to be computed, because its
   * logits yield the next one; so a match ends before the last block if that is full.
   *
   * @return how many blocks were found
   * @throws SchedulingException with {@link SchedulingError.NotIdle}, or {@link
   *     SchedulingError.BlocksHeld} if blocks are held already
   */
  public int matchAndAddPrefix() {
    requireIdle();
    int matched = request.matchAndAddPrefix(progress.matchableTokens(request));
    progress.matched(matched, request);
    if (isObserved()) {
      emit(new SequenceEvent.PrefixMatched(matched));
    }
    return matched;
  }

  /**
   * Appends registered blocks that the caller brings, for example brought up from another tier, to
   * the cached prefix. Consumes the group.
   *
   * @param blocks the group; not held any more afterwards
   * @return how many
   * @throws SchedulingException with {@link SchedulingError.NotIdle}, or {@link
   *     SchedulingError.BlocksHeld} if a step has been allocated for already; the caller still
   *     holds the group
   * @throws dev.kvbm.logical.sequence.AssignmentException if a block has not the hash of its
   *     position; the caller still holds the group
   * @throws IllegalArgumentException if the blocks would leave no token to be computed; the caller
   *     still holds the group
   */
  public int extendPrefix(ImmutableBlocks<T> blocks) {
    requireIdle();
    int room = (progress.matchableTokens(request) / blockSize()) - assignedBlocks();
    if (blocks.size() > room) {
      throw new IllegalArgumentException(
          "got "
              + blocks.size()
              + " blocks, but only "
              + Math.max(0, room)
              + " fit before the last token, which has to be computed; take the first of them");
    }
    int added = request.extendPrefix(blocks);
    progress.matched(added, request);
    if (isObserved()) {
      emit(new SequenceEvent.PrefixExtended(added));
    }
    return added;
  }

  // --------------- prefill ---------------

  /**
   * Schedules the next {@code tokens} tokens that have no keys and values: allocates the blocks
   * that are missing for them.
   *
   * @param tokens how many tokens the chunk has; 0 takes no blocks
   * @return whether the pool had the blocks; if not, nothing is scheduled
   * @throws SchedulingException with {@link SchedulingError.NotIdle}, {@link
   *     SchedulingError.PrefillComplete} or {@link SchedulingError.PrefillOverrun}
   * @throws IllegalArgumentException if {@code tokens} is negative
   */
  public AllocationResult schedulePrefill(int tokens) {
    requireNotNegative("tokens", tokens);
    requireIdle();
    if (progress.isPrefillComplete(request)) {
      throw refusal(new SchedulingError.PrefillComplete());
    }
    int position = progress.chunkPosition();
    int limit = progress.prefillLimit(request);
    if (tokens > limit - position) {
      throw refusal(new SchedulingError.PrefillOverrun(position, tokens, limit));
    }
    AllocationResult result = schedule(Phase.PREFILL, tokens, request.blocksFor(position + tokens));
    if (isObserved() && result instanceof Allocated(int blocks)) {
      emit(new SequenceEvent.PrefillScheduled(tokens, blocks));
    }
    return result;
  }

  /**
   * The scheduled chunk has been computed, and yields no token because it is not the last one, or
   * because the output is complete.
   *
   * @throws SchedulingException with {@link SchedulingError.WrongState} or {@link
   *     SchedulingError.MissingTokenOnFinalChunk}
   */
  public void applyPrefill() {
    applyPrefill(/* hasToken= */ false, 0);
  }

  /**
   * The scheduled chunk, the last one, has been computed and yields {@code token}.
   *
   * @param token the token
   * @throws SchedulingException with {@link SchedulingError.WrongState}, {@link
   *     SchedulingError.TokenOnNonFinalChunk} or {@link SchedulingError.GenerationComplete}
   */
  public void applyPrefill(int token) {
    applyPrefill(/* hasToken= */ true, token);
  }

  private void applyPrefill(boolean hasToken, int token) {
    requirePhase(Phase.PREFILL, "PrefillScheduled");
    boolean last = isLastChunk();
    if (hasToken && !last) {
      throw refusal(new SchedulingError.TokenOnNonFinalChunk());
    }
    if (last && !hasToken && progress.lastChunkNeedsToken(request)) {
      throw refusal(new SchedulingError.MissingTokenOnFinalChunk());
    }
    int tokensBefore = request.totalTokens();
    if (hasToken) {
      request.appendToken(token);
    }
    int tokens = scheduledTokens;
    progress.prefilled(tokens);
    int registered = request.completeAndRegisterPending(progress.publishableTokens(tokensBefore));
    idle();
    if (isObserved()) {
      emit(new SequenceEvent.PrefillApplied(tokens, registered, hasToken));
    }
  }

  // --------------- decode ---------------

  /**
   * Schedules the step that computes the one missing token and yields the next: allocates a block
   * if the next token begins one.
   *
   * @return whether the pool had the block; if not, nothing is scheduled
   * @throws SchedulingException with {@link SchedulingError.NotIdle}, {@link
   *     SchedulingError.PrefillNotComplete}, {@link SchedulingError.GenerationComplete} or {@link
   *     SchedulingError.WrongDanglingCount}
   */
  public AllocationResult scheduleDecode() {
    AllocationResult result;
    if (quietDecodes > 0 && phase == Phase.IDLE) {
      phase = Phase.DECODE;
      result = Allocated.of(0);
    } else {
      requireDecodable();
      result = schedule(Phase.DECODE, 1, request.completeBlocks() + 1);
    }
    if (isObserved() && result instanceof Allocated(int blocks)) {
      emit(new SequenceEvent.DecodeScheduled(blocks));
    }
    return result;
  }

  /**
   * The scheduled decode step has been computed and yields {@code token}.
   *
   * @param token the token
   * @return what the step brought about
   * @throws SchedulingException with {@link SchedulingError.WrongState}
   */
  public DecodeOutcome applyDecode(int token) {
    boolean blockCompleted = false;
    boolean outputCompleted = false;
    if (quietDecodes > 0 && phase == Phase.DECODE) {
      request.appendToken(token);
      progress.decoded(1);
      quietDecodes--;
      phase = Phase.IDLE;
    } else {
      requirePhase(Phase.DECODE, "DecodeScheduled");
      blockCompleted = request.appendToken(token) != BlockSequence.NO_BLOCK;
      progress.decoded(1);
      request.completeAndRegisterPending(progress.publishableTokens(request.totalTokens()));
      outputCompleted = request.isComplete();
      quietDecodes = quietDecodesFromHere();
      idle();
    }
    if (isObserved()) {
      emit(new SequenceEvent.DecodeApplied(token, blockCompleted));
    }
    return DecodeOutcome.of(blockCompleted, outputCompleted);
  }

  /** How many decode steps are quiet after one that has been applied. */
  private int quietDecodesFromHere() {
    int complete = request.completeBlocks();
    if (request.assignedBlocks() != complete || request.unassignedBlocks() == 0) {
      return 0; // one is to be published, or to be allocated
    }
    int untilCompletion = (complete + 1) * blockSize() - request.totalTokens();
    return Math.max(0, Math.min(untilCompletion, request.remainingTokens()) - 1);
  }

  // --------------- speculation ---------------

  /**
   * Schedules a step that computes the missing token and {@code tokens} guesses behind it, and
   * yields up to {@code tokens} tokens; fewer if the output has not room for all.
   *
   * @param tokens how many tokens the step may yield at most
   * @return whether the pool had the blocks; if not, nothing is scheduled
   * @throws SchedulingException as {@link #scheduleDecode} does
   * @throws IllegalArgumentException if {@code tokens} is negative
   */
  public AllocationResult scheduleSpeculative(int tokens) {
    requireNotNegative("tokens", tokens);
    requireDecodable();
    int most = Math.min(tokens, request.remainingTokens());
    long end = (long) request.totalTokens() + most;
    int blocks = (int) ((end + blockSize() - 1) / blockSize());
    AllocationResult result = schedule(Phase.SPECULATIVE, most, blocks);
    if (isObserved() && result instanceof Allocated(int allocated)) {
      emit(new SequenceEvent.SpeculativeScheduled(most, allocated));
    }
    return result;
  }

  /**
   * The scheduled speculative step has been computed and yields these tokens: the guesses that were
   * right and, after them, the token that the engine computed itself. Blocks that are not needed
   * are given back.
   *
   * @param accepted the tokens; none if nothing of the step is to count
   * @return what the step brought about
   * @throws SchedulingException with {@link SchedulingError.WrongState} or {@link
   *     SchedulingError.AcceptedExceedsScheduled}
   */
  public DecodeOutcome applySpeculative(int... accepted) {
    requirePhase(Phase.SPECULATIVE, "SpeculativeScheduled");
    if (accepted.length > scheduledTokens) {
      throw refusal(new SchedulingError.AcceptedExceedsScheduled(accepted.length, scheduledTokens));
    }
    BlockRange completed = request.appendTokens(accepted);
    progress.decoded(accepted.length);
    request.completeAndRegisterPending(progress.publishableTokens(request.totalTokens()));
    int released = request.dropExcessUnassigned(progress.unassignedToKeep(request));
    int scheduled = scheduledTokens;
    idle();
    if (isObserved()) {
      emit(new SequenceEvent.SpeculativeApplied(accepted.length, scheduled, released));
    }
    return DecodeOutcome.of(!completed.isEmpty(), request.isComplete());
  }

  // --------------- undoing ---------------

  /**
   * Takes back what is scheduled, before or after it was run: the blocks that were allocated for it
   * go back, the positions stay.
   *
   * @return how many blocks were given back
   * @throws SchedulingException with {@link SchedulingError.WrongState} if nothing is scheduled
   */
  public int revertSchedule() {
    if (phase == Phase.IDLE || phase == Phase.CLOSED) {
      throw refusal(new SchedulingError.WrongState("any Scheduled state", state()));
    }
    int released =
        request.dropExcessUnassigned(Math.max(0, request.unassignedBlocks() - scheduledBlocks));
    idle();
    if (isObserved()) {
      emit(new SequenceEvent.ScheduleReverted(released));
    }
    return released;
  }

  /**
   * Gives back unassigned blocks, the last one first. If keys and values go with them, the KV
   * position goes back to where they end.
   *
   * @param most how many at most
   * @return how many: {@code most}, or all if there are fewer
   * @throws SchedulingException with {@link SchedulingError.NotIdle}
   * @throws IllegalArgumentException if {@code most} is negative
   */
  public int dropUnassigned(int most) {
    requireNotNegative("most", most);
    requireIdle();
    int dropped = request.dropExcessUnassigned(Math.max(0, request.unassignedBlocks() - most));
    progress.blocksGone(request);
    if (dropped > 0 && isObserved()) {
      emit(new SequenceEvent.UnassignedDropped(dropped));
    }
    return dropped;
  }

  /**
   * Preempts the request: gives all blocks back and keeps the tokens. Published blocks can be
   * matched until they are evicted, so {@link #reacquire} may find them.
   *
   * @throws SchedulingException with {@link SchedulingError.WrongState} if something is scheduled
   */
  public void release() {
    requirePhase(Phase.IDLE, "Idle");
    request.release();
    progress.blocksGone(request);
    if (isObserved()) {
      emit(new SequenceEvent.Released());
    }
  }

  /**
   * {@link #release} in every state: what is scheduled is taken back first. For a request that has
   * to make room while a step is being put together.
   *
   * @throws SchedulingException with {@link SchedulingError.WrongState} if the request is closed
   */
  public void preempt() {
    if (phase != Phase.IDLE && phase != Phase.CLOSED) {
      revertSchedule();
    }
    release();
  }

  /**
   * Takes blocks for all tokens of a released request: the cached prefix and fresh ones for the
   * rest, all or none. What is behind the cached prefix is to be prefilled again, input and output
   * alike. A request may as well come back chunk by chunk, with {@link #matchAndAddPrefix} and
   * {@link #schedulePrefill}.
   *
   * @return whether the pool had the blocks, and how many are fresh; if not, none is held
   * @throws SchedulingException with {@link SchedulingError.WrongState} if something is scheduled,
   *     or {@link SchedulingError.BlocksHeld}
   */
  public AllocationResult reacquire() {
    requirePhase(Phase.IDLE, "Idle");
    AllocationResult result =
        request.reacquire(progress.matchableTokens(request), progress.blocksToReacquire(request));
    boolean success = result.isAllocated();
    if (success) {
      progress.reacquired(request.assignedBlocks(), request);
      request.completeAndRegisterPending(progress.publishableTokens(request.totalTokens()));
    } else {
      progress.blocksGone(request);
    }
    if (isObserved()) {
      emit(new SequenceEvent.Reacquired(success ? request.prefixMatchedBlocks() : 0, success));
    }
    return result;
  }

  // --------------- tokens ---------------

  /**
   * Appends tokens that the engine did not compute, for example the results of a tool. They count
   * as output and their keys and values are missing.
   *
   * @param tokens the tokens
   * @throws SchedulingException with {@link SchedulingError.WrongState} if something is scheduled,
   *     or {@link SchedulingError.AppendExceedsRemaining}
   */
  public void appendTokens(int... tokens) {
    requirePhase(Phase.IDLE, "Idle");
    request.appendTokens(tokens);
  }

  /**
   * Keeps the first {@code tokens} tokens; as many as there are or more changes nothing.
   *
   * <p>The last token that is kept has to be computed again for its logits. If it lies in a
   * published block, that block is given up and its tokens are prefilled again; published blocks
   * are never written to. A cut into the input makes the input shorter.
   *
   * @param tokens how many tokens to keep
   * @return how many blocks were given back
   * @throws SchedulingException with {@link SchedulingError.NotIdle}
   * @throws dev.kvbm.tokens.TokenBlockException if the cut would go through or before a multimodal
   *     run; nothing changes
   * @throws IllegalArgumentException if {@code tokens} is negative
   */
  public int truncate(int tokens) {
    requireNotNegative("tokens", tokens);
    requireIdle();
    if (tokens >= request.totalTokens()) {
      return 0;
    }
    int held = request.heldBlocks();
    request.truncate(tokens);
    progress.truncated(request);
    int released = held - request.heldBlocks();
    if (isObserved()) {
      emit(new SequenceEvent.Truncated(tokens, released));
    }
    return released;
  }

  /** {@return what {@link #fork(SequenceDelegate)} returns with this request's delegate} */
  public Optional<Fork<SchedulableSequence<T>>> fork() {
    return forkWith(delegate);
  }

  /**
   * Makes a second request that goes on from here on its own, for a beam or a parallel sample. Both
   * share the published blocks; a block that is partly filled is copied, because both will write to
   * it.
   *
   * @param childDelegate sees what happens to the second request
   * @return the request, idle, and the copies that the engine has to make; empty if the pool has
   *     not the blocks for them
   * @throws SchedulingException with {@link SchedulingError.NotIdle}
   */
  public Optional<Fork<SchedulableSequence<T>>> fork(SequenceDelegate childDelegate) {
    return forkWith(Objects.requireNonNull(childDelegate, "childDelegate is null"));
  }

  private Optional<Fork<SchedulableSequence<T>>> forkWith(
      @Nullable SequenceDelegate childDelegate) {
    requireIdle();
    int computed = (int) Math.min(progress.kv, (long) request.heldBlocks() * blockSize());
    Optional<Fork<RequestSequence<T>>> forked = request.fork(computed);
    if (forked.isEmpty()) {
      return Optional.empty();
    }
    RequestSequence<T> childRequest = forked.get().child();
    List<BlockCopy> copies = forked.get().copies();
    if (isObserved()) {
      emit(new SequenceEvent.Forked(childRequest.assignedBlocks(), copies.size()));
    }
    SchedulableSequence<T> child =
        new SchedulableSequence<>(childRequest, progress.copy(), publication, childDelegate);
    return Optional.of(new Fork<>(child, copies));
  }

  /** Ends the request in whatever state it is: gives every block back, once. Idempotent. */
  @Override
  public void close() {
    if (phase == Phase.CLOSED) {
      return;
    }
    int held = request.heldBlocks();
    idle();
    phase = Phase.CLOSED;
    request.close();
    progress.blocksGone(request);
    if (isObserved()) {
      emit(new SequenceEvent.Closed(held));
    }
  }

  // --------------- shared steps ---------------

  /** Allocates what is missing to hold {@code blocks} blocks, and enters the phase. */
  private AllocationResult schedule(int next, int tokens, int blocks) {
    int more = Math.max(0, blocks - request.heldBlocks());
    if (more > 0 && !request.allocateBlocks(more)) {
      return new AllocationFailed(more);
    }
    phase = next;
    scheduledTokens = tokens;
    scheduledBlocks = more;
    return Allocated.of(more);
  }

  private boolean isLastChunk() {
    return progress.chunkPosition() + scheduledTokens >= progress.prefillLimit(request);
  }

  private void idle() {
    phase = Phase.IDLE;
    scheduledTokens = 0;
    scheduledBlocks = 0;
  }

  private void requireIdle() {
    quietDecodes = 0;
    if (phase != Phase.IDLE) {
      throw refusal(new SchedulingError.NotIdle(state()));
    }
  }

  private void requirePhase(int expected, String name) {
    quietDecodes = 0;
    if (phase != expected) {
      throw refusal(new SchedulingError.WrongState(name, state()));
    }
  }

  private void requireDecodable() {
    requireIdle();
    if (!progress.isInputPrefilled(request)) {
      throw refusal(
          new SchedulingError.PrefillNotComplete(
              progress.prefillPosition(request), request.inputTokens()));
    }
    if (request.isComplete()) {
      throw refusal(
          new SchedulingError.GenerationComplete(
              request.generatedTokens(), request.maxOutputTokens()));
    }
    int tail = tailTokens();
    if (tail != 1) {
      throw refusal(new SchedulingError.WrongDanglingCount(1, tail));
    }
  }

  private static void requireNotNegative(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative, got " + value);
    }
  }

  private static SchedulingException refusal(SchedulingError error) {
    return new SchedulingException(error);
  }

  /** Whether events have to be made. */
  private boolean isObserved() {
    return delegate != null;
  }

  private void emit(SequenceEvent event) {
    try {
      delegate().onEvent(event);
    } catch (Throwable e) {
      // Whatever it is: the change is done, and its caller is owed the result.
      if (!delegateFailureLogged) {
        delegateFailureLogged = true;
        LOGGER.log(
            System.Logger.Level.ERROR,
            "the delegate of a request failed on "
                + event
                + "; the event stands, later failures of this request are not logged",
            e);
      }
    }
  }

  // --------------- facts ---------------

  /** {@return where the request is in its protocol} */
  public SequenceState state() {
    return switch (phase) {
      case Phase.IDLE -> SequenceState.Idle.INSTANCE;
      case Phase.PREFILL -> new SequenceState.PrefillScheduled(scheduledTokens, scheduledBlocks);
      case Phase.DECODE -> new SequenceState.DecodeScheduled(scheduledBlocks);
      case Phase.SPECULATIVE ->
          new SequenceState.SpeculativeScheduled(scheduledTokens, scheduledBlocks);
      default -> SequenceState.Closed.INSTANCE;
    };
  }

  /**
   * Whether the scheduled step is to be applied with a token: a decode or speculative step, or the
   * chunk that ends prefill while the output is not complete. False if nothing is scheduled.
   *
   * @return whether {@code applyPrefill(token)}, {@code applyDecode} or {@code applySpeculative}
   *     comes next
   */
  public boolean yieldsToken() {
    return switch (phase) {
      case Phase.PREFILL -> isLastChunk() && progress.lastChunkNeedsToken(request);
      case Phase.DECODE, Phase.SPECULATIVE -> true;
      default -> false;
    };
  }

  /** {@return the timing with which blocks are published} */
  public Publication publication() {
    return publication;
  }

  /** {@return the delegate, {@link SequenceDelegate#NONE} if none was given} */
  public SequenceDelegate delegate() {
    return delegate == null ? SequenceDelegate.NONE : delegate;
  }

  /** {@return how many input tokens are prefilled} */
  public int prefillPosition() {
    return progress.prefillPosition(request);
  }

  /** {@return how many tokens, from the first on, have keys and values in the held blocks} */
  public int kvPosition() {
    return progress.kv;
  }

  /** {@return how many tokens have no keys and values yet} */
  public int tailTokens() {
    return Math.max(0, request.totalTokens() - progress.kv);
  }

  /** {@return whether nothing is left to be prefilled: the next step is decode or speculation} */
  public boolean isPrefillComplete() {
    return progress.isPrefillComplete(request);
  }

  /** {@return whether the output is complete} */
  public boolean isComplete() {
    return request.isComplete();
  }

  /** {@return the manager that the blocks come from} */
  public BlockManager<T> manager() {
    return request.manager();
  }

  /** {@return how many tokens a block has} */
  public int blockSize() {
    return request.blockSize();
  }

  /** {@return how many tokens were generated, appended ones included} */
  public int generatedTokens() {
    return request.generatedTokens();
  }

  /** {@return how many tokens may be generated} */
  public int maxOutputTokens() {
    return request.maxOutputTokens();
  }

  /** {@return how many tokens may still be generated} */
  public int remainingTokens() {
    return request.remainingTokens();
  }

  /** {@return how many tokens the input has} */
  public int inputTokens() {
    return request.inputTokens();
  }

  /** {@return how many tokens there are, input and output} */
  public int totalTokens() {
    return request.totalTokens();
  }

  /** {@return how many blocks have all their tokens} */
  public int completeBlocks() {
    return request.completeBlocks();
  }

  /** {@return how many registered blocks are held} */
  public int assignedBlocks() {
    return request.assignedBlocks();
  }

  /** {@return how many blocks are named and not registered; 0 between calls} */
  public int stagedBlocks() {
    return request.stagedBlocks();
  }

  /** {@return how many blocks are held and only this request can see} */
  public int unassignedBlocks() {
    return request.unassignedBlocks();
  }

  /** {@return how many blocks are held: the length of the page table} */
  public int heldBlocks() {
    return request.heldBlocks();
  }

  /**
   * How many blocks the request holds at most, if its output gets as long as it may. A pool of
   * fewer blocks can never finish it: refuse it when it arrives.
   *
   * @return the number of blocks
   */
  public int mostBlocks() {
    return request.mostBlocks();
  }

  /** {@return how many blocks the last match found, and {@link #extendPrefix} added} */
  public int prefixMatchedBlocks() {
    return request.prefixMatchedBlocks();
  }

  /** {@return how many tokens that match left to be computed} */
  public int newTokensForPrefill() {
    return request.newTokensForPrefill();
  }

  /** {@return the hashes of the complete blocks; a view that never changes} */
  public LineageHashes lineageHashes() {
    return request.lineageHashes();
  }

  /** {@return the salt hash of all blocks} */
  public long saltHash() {
    return request.saltHash();
  }

  /**
   * One token.
   *
   * @param index index from 0
   * @return the token
   * @throws IndexOutOfBoundsException if there is none
   */
  public int token(int index) {
    return request.token(index);
  }

  /**
   * Copies {@code count} tokens from the {@code first} on to {@code target[offset...]}: the input
   * of a step, or the output.
   *
   * @param first index of the first token
   * @param count how many tokens
   * @param target where to
   * @param offset index in {@code target} of the first one written
   * @throws IndexOutOfBoundsException if there are not so many, or they do not fit; nothing is
   *     written
   */
  public void copyTokens(int first, int count, int[] target, int offset) {
    request.copyTokens(first, count, target, offset);
  }

  /** {@return a new array of the generated tokens, appended ones included} */
  public int[] outputTokens() {
    return request.outputTokens();
  }

  /**
   * One element of the page table: the block of tokens {@code i * blockSize} and following.
   *
   * @param i index from 0
   * @return the block id
   * @throws IndexOutOfBoundsException if {@code i} is not in {@code 0..heldBlocks()-1}
   */
  public int blockId(int i) {
    return request.blockId(i);
  }

  /** {@return a new array of the page table} */
  public int[] pageTable() {
    return request.pageTable();
  }

  /**
   * Copies the page table to {@code target[offset...]} without allocating.
   *
   * @param target where to
   * @param offset index in {@code target} of the first one written
   * @return its length
   * @throws IndexOutOfBoundsException if it does not fit; nothing is written
   */
  public int copyPageTable(int[] target, int offset) {
    return request.copyPageTable(target, offset);
  }

  /** {@return the page table as it is now} */
  public IntStream pages() {
    return request.pages();
  }

  @Override
  public String toString() {
    return "SchedulableSequence["
        + state()
        + ", keys and values of "
        + progress.kv
        + " tokens, "
        + request
        + "]";
  }

  /**
   * Options of a request. Tokens and the length of the output are required. Not thread-safe.
   *
   * @param <T> the tier marker
   */
  public static final class Builder<T> {
    private final RequestSequence.Builder<T> request;
    private @Nullable SequenceDelegate delegate;
    private Publication publication = Publication.WHEN_COMPUTED;

    private Builder(BlockManager<T> manager) {
      request = RequestSequence.builder(manager);
    }

    /**
     * The tokens of the input, copied. Together with salt, adapter and multimodal runs they are
     * hashed as {@link HashingRequest} says, so that routers find the blocks.
     *
     * @param tokens token ids
     * @return this builder
     */
    public Builder<T> tokens(int... tokens) {
      request.tokens(tokens);
      return this;
    }

    /**
     * A salt that keeps requests apart that must not share blocks; null and empty mean none.
     *
     * @param salt the salt, or null
     * @return this builder
     */
    public Builder<T> salt(@Nullable String salt) {
      request.salt(salt);
      return this;
    }

    /**
     * The name of the LoRA adapter; null and empty mean none.
     *
     * @param loraName the name, or null
     * @return this builder
     */
    public Builder<T> loraName(@Nullable String loraName) {
      request.loraName(loraName);
      return this;
    }

    /**
     * The multimodal runs of the input, in any order; checked by {@link #build}.
     *
     * @param runs the runs
     * @return this builder
     */
    public Builder<T> multimodal(List<TokenBlockMmInfo> runs) {
      request.multimodal(runs);
      return this;
    }

    /**
     * The whole input instead of its parts.
     *
     * @param prompt the whole input
     * @return this builder
     */
    public Builder<T> prompt(HashingRequest prompt) {
      request.prompt(prompt);
      return this;
    }

    /**
     * The whole input, hashed already with a salt hash of the caller's choice; copied.
     *
     * @param prompt the whole input
     * @return this builder
     */
    public Builder<T> prompt(TokenBlockSequence prompt) {
      request.prompt(prompt);
      return this;
    }

    /**
     * The whole input, hashed already, without copying: the request works on {@code prompt} itself
     * and appends its output to it. The caller must leave it alone until the request is closed, and
     * may {@linkplain TokenBlockSequence#reset reset} and reuse it then. Good for one request.
     *
     * @param prompt the tokens, taken over
     * @return this builder
     */
    public Builder<T> takePrompt(TokenBlockSequence prompt) {
      request.takePrompt(prompt);
      return this;
    }

    /**
     * How many tokens may be generated. Required.
     *
     * @param tokens how many
     * @return this builder
     * @throws IllegalArgumentException if {@code tokens} is negative
     */
    public Builder<T> maxOutputTokens(int tokens) {
      request.maxOutputTokens(tokens);
      return this;
    }

    /**
     * The order of release; {@link ReleaseOrder#TAIL_FIRST} if not set.
     *
     * @param order the order
     * @return this builder
     */
    public Builder<T> releaseOrder(ReleaseOrder order) {
      request.releaseOrder(order);
      return this;
    }

    /**
     * Who sees what happens; {@link SequenceDelegate#NONE} if not set.
     *
     * @param delegate the delegate
     * @return this builder
     */
    public Builder<T> delegate(SequenceDelegate delegate) {
      this.delegate = Objects.requireNonNull(delegate, "delegate is null");
      return this;
    }

    /**
     * When blocks are published; {@link Publication#WHEN_COMPUTED} if not set.
     *
     * @param publication the timing
     * @return this builder
     */
    public Builder<T> publication(Publication publication) {
      this.publication = Objects.requireNonNull(publication, "publication is null");
      return this;
    }

    /**
     * Makes the request and tells its delegate. Takes no blocks.
     *
     * @return the request
     * @throws IllegalStateException if tokens or the length of the output are missing, or a prompt
     *     is given beside its parts
     * @throws IllegalArgumentException if the prompt is cut with another block size than the
     *     manager's
     * @throws dev.kvbm.tokens.MmInfoException if a multimodal run is not valid
     */
    public SchedulableSequence<T> build() {
      return new SchedulableSequence<>(
          request.build(), Progress.of(publication), publication, delegate);
    }
  }
}
