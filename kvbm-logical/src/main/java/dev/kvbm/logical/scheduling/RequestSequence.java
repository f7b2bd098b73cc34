package dev.kvbm.logical.scheduling;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.sequence.AssignmentError;
import dev.kvbm.logical.sequence.AssignmentException;
import dev.kvbm.logical.sequence.BlockRange;
import dev.kvbm.logical.sequence.BlockSequence;
import dev.kvbm.logical.sequence.LogicalBlockAssignments;
import dev.kvbm.tokens.HashingRequest;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockMmInfo;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of one request and the blocks that it holds for them, without a protocol.
 *
 * <p>It does not know which keys and values exist: its owner says so whenever blocks are to be
 * published. {@link SchedulableSequence} knows, and is what most engines want. The usual course:
 *
 * <pre>{@code
 * int cached = request.matchAndAddPrefix();
 * if (!request.allocateBlocks(request.blocksFor(request.totalTokens()) - cached)) { ... }
 * engine.prefill(...);
 * request.completeAndRegisterPending(request.totalTokens());
 * }</pre>
 *
 * <p>Block {@code i} of the page table belongs to tokens {@code i * blockSize} and following.
 * Operations cost a lock acquisition or two of the manager, however many blocks they concern.
 * Single owner, not thread-safe; must be closed.
 *
 * @param <T> the tier marker
 */
public final class RequestSequence<T> implements AutoCloseable {
  private final BlockManager<T> manager;
  private final int blockShift;
  private final BlockSequence sequence;
  private final LogicalBlockAssignments<T> assignments;
  private final int maxOutputTokens;
  private final ReleaseOrder releaseOrder;
  private int inputTokens;
  private int generatedTokens;
  private int prefixMatchedBlocks;
  private boolean closed;

  private RequestSequence(
      BlockManager<T> manager,
      BlockSequence sequence,
      int maxOutputTokens,
      ReleaseOrder releaseOrder) {
    this.manager = manager;
    this.blockShift = Integer.numberOfTrailingZeros(manager.blockSize());
    this.sequence = sequence;
    this.assignments = LogicalBlockAssignments.of(manager);
    this.maxOutputTokens = maxOutputTokens;
    this.releaseOrder = releaseOrder;
    this.inputTokens = sequence.totalTokens();
  }

  /**
   * A builder for a request whose blocks come from {@code manager}.
   *
   * @param <T> the tier marker
   * @param manager where the blocks come from
   * @return a new builder
   */
  public static <T> Builder<T> builder(BlockManager<T> manager) {
    return new Builder<>(Objects.requireNonNull(manager, "manager is null"));
  }

  // --------------- prefix ---------------

  /**
   * Pins the longest cached prefix, but leaves at least the last token to be computed: without its
   * logits there is no next token.
   *
   * @return how many blocks were found
   * @throws SchedulingException with {@link SchedulingError.BlocksHeld} if blocks are held already
   */
  public int matchAndAddPrefix() {
    return matchAndAddPrefix(Math.max(0, totalTokens() - 1));
  }

  /**
   * {@link #matchAndAddPrefix()} with complete blocks of the first {@code mostTokens} tokens.
   *
   * @param mostTokens how many tokens a match may cover at most
   * @return how many blocks were found
   * @throws IllegalArgumentException if {@code mostTokens} is negative
   */
  public int matchAndAddPrefix(int mostTokens) {
    requireNotNegative("mostTokens", mostTokens);
    requireOpen();
    requireNoBlocks();
    prefixMatchedBlocks = match(mostTokens);
    return prefixMatchedBlocks;
  }

  private int match(int mostTokens) {
    LineageHashes hashes = sequence.lineageHashes();
    int blocks = Math.min(hashes.size(), mostTokens >> blockShift);
    return assignments.matchPrefix(blocks == hashes.size() ? hashes : hashes.slice(0, blocks));
  }

  /**
   * Appends registered blocks that the caller brings, for example brought up from another tier, to
   * the assigned ones. Consumes the group.
   *
   * @param blocks the group; not held any more afterwards
   * @return how many
   * @throws AssignmentException with {@link AssignmentError.SequenceHashMismatch} if one has not
   *     the hash of its position, or {@link AssignmentError.PositionsTaken} if blocks are staged;
   *     the caller still holds the group
   * @throws IllegalArgumentException if there are more than complete blocks; the caller still holds
   *     the group
   * @throws SchedulingException with {@link SchedulingError.BlocksHeld} if unassigned blocks have
   *     the positions; the caller still holds the group
   */
  public int extendPrefix(ImmutableBlocks<T> blocks) {
    requireOpen();
    int first = assignedBlocks();
    if (stagedBlocks() > 0) {
      throw new AssignmentException(new AssignmentError.PositionsTaken(stagedBlocks()));
    }
    if (unassignedBlocks() > 0) {
      throw new SchedulingException(new SchedulingError.BlocksHeld(unassignedBlocks()));
    }
    LineageHashes hashes = sequence.lineageHashes();
    if (blocks.size() > hashes.size() - first) {
      throw new IllegalArgumentException(
          "got "
              + blocks.size()
              + " blocks, the sequence has "
              + (hashes.size() - first)
              + " complete blocks behind the "
              + first
              + " assigned ones");
    }
    for (int i = 0; i < blocks.size(); i++) {
      if (!blocks.hash(i).equals(hashes.get(first + i))) {
        throw new AssignmentException(
            new AssignmentError.SequenceHashMismatch(
                first + i, hashes.get(first + i), blocks.hash(i)));
      }
    }
    int n = assignments.extendAssigned(blocks);
    prefixMatchedBlocks += n;
    return n;
  }

  // --------------- blocks ---------------

  /**
   * Allocates blocks to be written, all or none, behind those that are held.
   *
   * @param n how many
   * @return whether there were enough; if not, nothing changes
   * @throws IllegalArgumentException if {@code n} is negative
   */
  public boolean allocateBlocks(int n) {
    requireOpen();
    return assignments.allocateBlocks(n);
  }

  /**
   * Stages the complete blocks among the first {@code computedTokens} tokens that are not staged
   * yet, as far as there are unassigned blocks.
   *
   * @param computedTokens how many tokens have keys and values
   * @return how many blocks were staged
   * @throws IllegalArgumentException if {@code computedTokens} is negative
   */
  public int stagePending(int computedTokens) {
    int first = assignedBlocks() + stagedBlocks();
    int pending = pendingBlocks(computedTokens);
    return pending <= 0
        ? 0
        : assignments.stage(sequence.lineageHashes().slice(first, first + pending));
  }

  /**
   * Registers all staged blocks: from now on others can match them.
   *
   * @return how many
   */
  public int registerStaged() {
    return assignments.register();
  }

  /**
   * {@link #stagePending}, then {@link #registerStaged}, in one step.
   *
   * @param computedTokens how many tokens have keys and values
   * @return how many blocks were registered
   * @throws IllegalArgumentException if {@code computedTokens} is negative
   */
  public int completeAndRegisterPending(int computedTokens) {
    int pending = pendingBlocks(computedTokens);
    if (pending <= 0) {
      return stagedBlocks() == 0 ? 0 : assignments.register();
    }
    int first = assignedBlocks() + stagedBlocks();
    return assignments.complete(sequence.lineageHashes().slice(first, first + pending));
  }

  private int pendingBlocks(int computedTokens) {
    requireNotNegative("computedTokens", computedTokens);
    requireOpen();
    return Math.min(computedTokens >> blockShift, sequence.blockCount())
        - assignedBlocks()
        - stagedBlocks();
  }

  /**
   * Gives back unassigned blocks beyond the first {@code keep}, the last one first.
   *
   * @param keep how many to keep
   * @return how many
   * @throws IllegalArgumentException if {@code keep} is negative
   */
  public int dropExcessUnassigned(int keep) {
    requireNotNegative("keep", keep);
    return assignments.dropLastUnassigned(Math.max(0, unassignedBlocks() - keep));
  }

  /** Gives all blocks back; tokens and counts stay. Idempotent. */
  public void release() {
    if (releaseOrder == ReleaseOrder.TAIL_FIRST) {
      assignments.clearTailFirst();
    } else {
      assignments.clear();
    }
  }

  /**
   * Takes blocks for all tokens: the cached prefix, as {@link #matchAndAddPrefix()} does, and fresh
   * ones for the rest, all or none. The content of the fresh ones is to be computed again; nothing
   * is published.
   *
   * @return whether there were enough blocks; if not, none is held
   * @throws SchedulingException with {@link SchedulingError.BlocksHeld} if blocks are held
   */
  public boolean reacquire() {
    return reacquire(Math.max(0, totalTokens() - 1), blocksFor(totalTokens()))
        instanceof AllocationResult.Allocated;
  }

  AllocationResult reacquire(int mostMatchedTokens, int blocks) {
    requireOpen();
    requireNoBlocks();
    int matched = match(mostMatchedTokens);
    int more = blocks - matched;
    if (more > 0 && !assignments.allocateBlocks(more)) {
      release();
      return new AllocationResult.AllocationFailed(more);
    }
    prefixMatchedBlocks = matched;
    return AllocationResult.Allocated.of(more);
  }

  // --------------- tokens ---------------

  /**
   * Appends a generated token. Changes no blocks.
   *
   * @param token the token
   * @return the block that it completed, or {@link BlockSequence#NO_BLOCK}
   * @throws SchedulingException with {@link SchedulingError.GenerationComplete} if the output is
   *     complete
   */
  public int appendToken(int token) {
    requireOpen();
    if (isComplete()) {
      throw new SchedulingException(
          new SchedulingError.GenerationComplete(generatedTokens, maxOutputTokens));
    }
    int completed = sequence.appendToken(token);
    generatedTokens++;
    return completed;
  }

  /**
   * Appends generated tokens, all or none. Changes no blocks.
   *
   * @param tokens the tokens
   * @return the blocks that they completed
   * @throws SchedulingException with {@link SchedulingError.AppendExceedsRemaining} if the output
   *     has not room for all
   */
  public BlockRange appendTokens(int... tokens) {
    requireOpen();
    if (tokens.length > remainingTokens()) {
      throw new SchedulingException(
          new SchedulingError.AppendExceedsRemaining(tokens.length, remainingTokens()));
    }
    BlockRange completed = sequence.extendTokens(tokens);
    generatedTokens += tokens.length;
    return completed;
  }

  /**
   * Keeps the first {@code tokens} tokens; as many as there are or more changes nothing.
   *
   * <p>An assigned block stays if all its tokens are kept and at least one follows, so that the
   * last token can be computed again without writing to a shared block. If one goes, all blocks
   * behind it go. A cut into the input makes the input shorter.
   *
   * @param tokens how many tokens to keep
   * @throws dev.kvbm.tokens.TokenBlockException if the cut would go through or before a multimodal
   *     run; nothing changes
   * @throws IllegalArgumentException if {@code tokens} is negative
   */
  public void truncate(int tokens) {
    requireNotNegative("tokens", tokens);
    requireOpen();
    if (tokens >= totalTokens()) {
      return;
    }
    sequence.truncate(tokens);
    inputTokens = Math.min(inputTokens, tokens);
    generatedTokens = tokens - inputTokens;
    int keep = Math.max(0, tokens - 1) >> blockShift;
    if (keep < assignedBlocks() + stagedBlocks()) {
      assignments.dropAssignedFrom(Math.min(keep, assignedBlocks()));
    } else {
      dropExcessUnassigned(blocksFor(tokens) - assignedBlocks() - stagedBlocks());
    }
    prefixMatchedBlocks = Math.min(prefixMatchedBlocks, assignedBlocks());
  }

  /**
   * Makes a second request of this one: same tokens, the assigned blocks shared, fresh blocks for
   * the computed tokens behind them, which the caller copies.
   *
   * @param computedTokens how many tokens have keys and values
   * @return the request and the copies to make; empty if the pool has not the blocks
   * @throws IllegalArgumentException if {@code computedTokens} is negative or more than the held
   *     blocks have room for
   */
  public Optional<Fork<RequestSequence<T>>> fork(int computedTokens) {
    requireNotNegative("computedTokens", computedTokens);
    requireOpen();
    int blocks = blocksFor(computedTokens);
    if (blocks > heldBlocks()) {
      throw new IllegalArgumentException(
          computedTokens
              + " computed tokens need "
              + blocks
              + " blocks, the request holds "
              + heldBlocks());
    }
    int shared = assignedBlocks();
    RequestSequence<T> child =
        new RequestSequence<>(manager, sequence.copy(), maxOutputTokens, releaseOrder);
    child.inputTokens = inputTokens;
    child.generatedTokens = generatedTokens;
    child.prefixMatchedBlocks = shared;
    int own = Math.max(0, blocks - shared);
    child.assignments.extendAssigned(assignments.shareAssigned());
    if (!child.assignments.allocateBlocks(own)) {
      child.close();
      return Optional.empty();
    }
    List<BlockCopy> copies = new ArrayList<>(own);
    for (int i = shared; i < blocks; i++) {
      int tokens = Math.min(blockSize(), computedTokens - (i << blockShift));
      copies.add(new BlockCopy(blockId(i), child.blockId(i), tokens));
    }
    return Optional.of(new Fork<>(child, copies));
  }

  // --------------- facts ---------------

  /** {@return the manager that the blocks come from} */
  public BlockManager<T> manager() {
    return manager;
  }

  /** {@return how many tokens a block has} */
  public int blockSize() {
    return 1 << blockShift;
  }

  /** {@return how many tokens were generated, appended ones included} */
  public int generatedTokens() {
    return generatedTokens;
  }

  /** {@return how many tokens may be generated} */
  public int maxOutputTokens() {
    return maxOutputTokens;
  }

  /** {@return how many tokens may still be generated} */
  public int remainingTokens() {
    return Math.max(0, maxOutputTokens - generatedTokens);
  }

  /** {@return whether no more tokens may be generated} */
  public boolean isComplete() {
    return generatedTokens >= maxOutputTokens;
  }

  /** {@return how many tokens the input has} */
  public int inputTokens() {
    return inputTokens;
  }

  /** {@return how many tokens there are, input and output} */
  public int totalTokens() {
    return sequence.totalTokens();
  }

  /** {@return how many blocks have all their tokens} */
  public int completeBlocks() {
    return sequence.blockCount();
  }

  /** {@return how many registered blocks are held} */
  public int assignedBlocks() {
    return assignments.assignedCount();
  }

  /** {@return how many blocks are named and not registered} */
  public int stagedBlocks() {
    return assignments.stagedCount();
  }

  /** {@return how many blocks are held and have no name} */
  public int unassignedBlocks() {
    return assignments.unassignedCount();
  }

  /** {@return how many blocks are held: the length of the page table} */
  public int heldBlocks() {
    return assignments.size();
  }

  /**
   * How many blocks the request needs at most, if its output gets as long as it may. A pool of
   * fewer blocks can never finish it.
   *
   * @return the number of blocks
   */
  public int mostBlocks() {
    long tokens = Math.max(totalTokens(), (long) inputTokens + maxOutputTokens);
    return (int) Math.min(Integer.MAX_VALUE, (tokens + blockSize() - 1) >> blockShift);
  }

  /** {@return how many blocks the last match found, and {@link #extendPrefix} added} */
  public int prefixMatchedBlocks() {
    return prefixMatchedBlocks;
  }

  /** {@return how many tokens that match left to be computed} */
  public int newTokensForPrefill() {
    return Math.max(0, totalTokens() - (prefixMatchedBlocks << blockShift));
  }

  /**
   * How many blocks {@code tokens} tokens need.
   *
   * @param tokens how many tokens
   * @return the number of blocks
   */
  public int blocksFor(int tokens) {
    return (int) (((long) tokens + blockSize() - 1) >> blockShift);
  }

  /** {@return the hashes of the complete blocks; a view that never changes} */
  public LineageHashes lineageHashes() {
    return sequence.lineageHashes();
  }

  /** {@return the salt hash of all blocks} */
  public long saltHash() {
    return sequence.saltHash();
  }

  /**
   * One token.
   *
   * @param index index from 0
   * @return the token
   * @throws IndexOutOfBoundsException if there is none
   */
  public int token(int index) {
    return sequence.token(index);
  }

  /**
   * Copies {@code count} tokens from the {@code first} on to {@code target[offset...]}.
   *
   * @param first index of the first token
   * @param count how many tokens
   * @param target where to
   * @param offset index in {@code target} of the first one written
   * @throws IndexOutOfBoundsException if there are not so many, or they do not fit; nothing is
   *     written
   */
  public void copyTokens(int first, int count, int[] target, int offset) {
    sequence.copyTokens(first, count, target, offset);
  }

  /** {@return a new array of the generated tokens, appended ones included} */
  public int[] outputTokens() {
    int[] output = new int[generatedTokens];
    copyTokens(inputTokens, generatedTokens, output, 0);
    return output;
  }

  /**
   * One element of the page table: the block of tokens {@code i * blockSize} and following.
   *
   * @param i index from 0
   * @return the block id
   * @throws IndexOutOfBoundsException if {@code i} is not in {@code 0..heldBlocks()-1}
   */
  public int blockId(int i) {
    return assignments.blockId(i);
  }

  /** {@return a new array of the page table} */
  public int[] pageTable() {
    return assignments.blockIds();
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
    return assignments.copyBlockIds(target, offset);
  }

  /** {@return the page table as it is now} */
  public IntStream pages() {
    return Arrays.stream(pageTable());
  }

  /** Gives all blocks back and refuses everything that would take or change any. Idempotent. */
  @Override
  public void close() {
    closed = true;
    release();
  }

  @Override
  public String toString() {
    return "RequestSequence["
        + inputTokens
        + " input and "
        + generatedTokens
        + " of "
        + maxOutputTokens
        + " output tokens, "
        + assignments
        + (closed ? ", closed]" : "]");
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the request is closed; make a new one");
    }
  }

  private void requireNoBlocks() {
    int held = heldBlocks();
    if (held > 0) {
      throw new SchedulingException(new SchedulingError.BlocksHeld(held));
    }
  }

  private static void requireNotNegative(String name, int value) {
    if (value < 0) {
      throw new IllegalArgumentException(name + " must not be negative, got " + value);
    }
  }

  /**
   * Options of a request. Tokens and the length of the output are required. Not thread-safe.
   *
   * @param <T> the tier marker
   */
  public static final class Builder<T> {
    private final BlockManager<T> manager;
    private final Prompt prompt = new Prompt();
    private int maxOutputTokens = -1;
    private ReleaseOrder releaseOrder = ReleaseOrder.TAIL_FIRST;

    private Builder(BlockManager<T> manager) {
      this.manager = manager;
    }

    /**
     * The tokens of the input, copied. Together with salt, adapter and multimodal runs they are
     * hashed as {@link HashingRequest} says, so that routers find the blocks.
     *
     * @param tokens token ids
     * @return this builder
     */
    public Builder<T> tokens(int... tokens) {
      prompt.tokens(tokens);
      return this;
    }

    /**
     * A salt that keeps requests apart that must not share blocks; null and empty mean none.
     *
     * @param salt the salt, or null
     * @return this builder
     */
    public Builder<T> salt(@Nullable String salt) {
      prompt.salt(salt);
      return this;
    }

    /**
     * The name of the LoRA adapter; null and empty mean none.
     *
     * @param loraName the name, or null
     * @return this builder
     */
    public Builder<T> loraName(@Nullable String loraName) {
      prompt.loraName(loraName);
      return this;
    }

    /**
     * The multimodal runs of the input, in any order; checked by {@link #build}.
     *
     * @param runs the runs
     * @return this builder
     */
    public Builder<T> multimodal(List<TokenBlockMmInfo> runs) {
      prompt.multimodal(runs);
      return this;
    }

    /**
     * The whole input instead of its parts.
     *
     * @param prompt the whole input
     * @return this builder
     */
    public Builder<T> prompt(HashingRequest prompt) {
      this.prompt.whole(prompt);
      return this;
    }

    /**
     * The whole input, hashed already with a salt hash of the caller's choice; copied.
     *
     * @param prompt the whole input
     * @return this builder
     */
    public Builder<T> prompt(TokenBlockSequence prompt) {
      this.prompt.whole(prompt);
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
      this.prompt.take(prompt);
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
      requireNotNegative("maxOutputTokens", tokens);
      maxOutputTokens = tokens;
      return this;
    }

    /**
     * The order of release; {@link ReleaseOrder#TAIL_FIRST} if not set.
     *
     * @param order the order
     * @return this builder
     */
    public Builder<T> releaseOrder(ReleaseOrder order) {
      releaseOrder = Objects.requireNonNull(order, "order is null");
      return this;
    }

    /**
     * Makes the request. Takes no blocks.
     *
     * @return the request
     * @throws IllegalStateException if tokens or the length of the output are missing, or a prompt
     *     is given beside its parts
     * @throws IllegalArgumentException if the prompt is cut with another block size than the
     *     manager's
     * @throws dev.kvbm.tokens.MmInfoException if a multimodal run is not valid
     */
    public RequestSequence<T> build() {
      if (maxOutputTokens < 0) {
        throw new IllegalStateException("maxOutputTokens is required; call maxOutputTokens(n)");
      }
      return new RequestSequence<>(
          manager, prompt.cut(manager.blockSize()), maxOutputTokens, releaseOrder);
    }
  }
}
