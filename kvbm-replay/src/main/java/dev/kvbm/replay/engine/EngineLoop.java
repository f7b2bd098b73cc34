package dev.kvbm.replay.engine;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.frequency.FrequencyCapacity;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.scheduling.ReleaseOrder;
import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One run of a trace through a continuous-batching engine over one pool, on a virtual clock.
 *
 * <p>Each step first goes on with the running requests, in the order in which they were admitted: a
 * chunk of what is left to prefill, or one token. If the pool has no block for one of them, the
 * request that was admitted last is preempted and goes to the front of the queue. If none was
 * preempted, requests are admitted from the front of the queue as long as tokens and sequences are
 * left and the first of them fits. The step takes as long as the cost model says; then its tokens
 * are there, its blocks are registered, and finished requests give theirs back.
 *
 * <p>The same trace and options give the same result, bit for bit, on every machine. Runs once. Not
 * thread-safe; several loops may share a trace.
 */
public final class EngineLoop {
  private static final int ENDED_A_REPORT = 64;

  /** What a sequence holds with room to spare; no pool that fits a machine is larger. */
  private static final int MOST_TOKENS = 1 << 30;

  private final CompactTrace trace;
  private final EngineOptions options;
  private final int blocks;
  private final int blockSize;
  private final int blockShift;
  private final BlockManager<G1> manager;
  private final ReleaseOrder releaseOrder;
  private final TokenSource tokens;
  private final ArrivalSchedule arrivals;
  private final WaitingQueue waiting = new WaitingQueue(this::open);
  private final List<EngineRequest> running = new ArrayList<>();
  private final StepWork work = new StepWork();
  private final Liveness liveness;
  private final EngineTally tally;
  private final boolean sharesWithinStep;

  private final long capacityTokens;
  private long nowNanos;
  private int budgetTokens;

  /** Whether nobody in the queue can be admitted before a running request touches the pool. */
  private boolean queueIsStuck;

  private boolean started;

  /**
   * A loop with an empty pool.
   *
   * @param trace the requests
   * @param options how to schedule, and what there is to do
   * @param eviction the eviction policy of the pool
   * @param releaseOrder the order in which a request's blocks become idle
   * @param blocks the size of the pool
   * @throws IllegalArgumentException if the requests of the trace have blocks of various sizes, or
   *     of a size that the block manager does not take, if the pool is empty, or if recorded
   *     arrivals are wanted and the trace has no clock
   */
  public EngineLoop(
      EngineTrace trace,
      EngineOptions options,
      EvictionPolicy.Factory eviction,
      ReleaseOrder releaseOrder,
      int blocks) {
    this.trace = trace.requests();
    this.options = options;
    this.blocks = blocks;
    this.blockSize = requireBlockSize(this.trace);
    this.blockShift = Integer.numberOfTrailingZeros(blockSize);
    this.capacityTokens = (long) blocks * blockSize;
    this.releaseOrder = releaseOrder;
    this.sharesWithinStep = options.sharing() == Sharing.WITHIN_STEP;
    BlockRegistry.Builder registry = BlockRegistry.builder();
    if (eviction.needsFrequency()) {
      registry.frequencyTracker(FrequencyCapacity.MEDIUM.createTracker());
    }
    this.manager =
        BlockManager.builder(G1.TIER)
            .blocks(blocks)
            .blockSize(blockSize)
            .registry(registry.build())
            .eviction(eviction)
            .build();
    this.tokens = new TokenSource(trace, blockSize, options.output(), options.seed());
    this.arrivals = new ArrivalSchedule(this.trace, options);
    this.liveness = new Liveness(this.trace.requestCount());
    this.tally = new EngineTally(this.trace);
  }

  private static int requireBlockSize(CompactTrace trace) {
    int size = trace.blockSizeTokens();
    if (size == 0) {
      throw new IllegalArgumentException(
          "the requests of " + trace.name() + " have blocks of various sizes; an engine has one");
    }
    if (size > BlockManager.Builder.MAX_BLOCK_SIZE || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(
          "an engine needs blocks of a power of two of at most "
              + BlockManager.Builder.MAX_BLOCK_SIZE
              + " tokens; "
              + trace.name()
              + " has blocks of "
              + size);
    }
    return size;
  }

  /** {@return the manager that the requests are run through} */
  public BlockManager<G1> manager() {
    return manager;
  }

  /** Makes the result tell what became of every request. Call it before the run. */
  public void tellOutcomes() {
    tally.tellOutcomes();
  }

  /**
   * Runs the whole trace.
   *
   * @param goOn asked before each step; when it says no, every request is closed and the numbers so
   *     far are returned
   * @return what happened
   * @throws IllegalStateException if the loop ran before, or broke its liveness rule
   */
  public EngineResult run(BooleanSupplier goOn) {
    return run(goOn, _ -> {});
  }

  /**
   * {@link #run(BooleanSupplier)} that tells now and then how many more requests have ended.
   *
   * @param goOn asked before each step
   * @param progress is given a number above 0
   * @return what happened
   */
  public EngineResult run(BooleanSupplier goOn, LongConsumer progress) {
    if (started) {
      throw new IllegalStateException("the loop has run; make a new one");
    }
    started = true;
    boolean complete = true;
    int told = 0;
    while (tally.ended() < trace.requestCount()) {
      if (tally.ended() - told >= ENDED_A_REPORT) {
        progress.accept(tally.ended() - told);
        told = tally.ended();
      }
      if (!goOn.getAsBoolean()) {
        complete = false;
        break;
      }
      arrive();
      if (step()) {
        decodeQuietly();
      } else {
        sleep();
      }
      liveness.everyRequestIsSomewhere(
          arrivals.remaining(), waiting.size(), running.size(), tally.ended());
    }
    for (EngineRequest request : running) {
      request.sequence.close();
    }
    running.clear();
    waiting.close();
    if (tally.ended() > told) {
      progress.accept(tally.ended() - told);
    }
    return tally.result(complete, blocks, manager.metrics(), tokens.fingerprint());
  }

  // --------------- arrival ---------------

  /** Lets in who has arrived by now. */
  private void arrive() {
    while (true) {
      long at = arrivals.nextNanos();
      if (at == ArrivalSchedule.WHEN_IDLE && waiting.isEmpty() && running.isEmpty()) {
        at = nowNanos;
      }
      if (at > nowNanos) {
        return;
      }
      int index = arrivals.next();
      arrivals.advance();
      RequestOutcome.End refusal = refusal(index);
      if (refusal == null) {
        waiting.arrive(index, at);
      } else {
        tally.refused(index, refusal);
      }
    }
  }

  private int outputTokens(int index) {
    return options.output() == Output.NONE ? 0 : trace.outputTokens(index);
  }

  /** Why a request could not run even if it were alone; null if it could. */
  private RequestOutcome.@Nullable End refusal(int index) {
    int input = trace.inputTokens(index);
    int output = outputTokens(index);
    if (input == 0) {
      return RequestOutcome.End.WITHOUT_PROMPT;
    }
    // The last generated token is not computed, but the step that yields it holds room for it.
    long computed = input + Math.max(0, output - 1L);
    long needed = (input + (output > 1 ? output : 0L) + blockSize - 1) >> blockShift;
    if (needed > blocks || computed > MOST_TOKENS) {
      return RequestOutcome.End.LARGER_THAN_POOL;
    }
    return !options.chunkedPrefill() && computed > options.maxBatchedTokens()
        ? RequestOutcome.End.LONGER_THAN_STEP
        : null;
  }

  private EngineRequest open(int index, long arrivalNanos) {
    int[] continuation = tokens.continuation(index, outputTokens(index));
    TokenBlockSequence prompt = tokens.prompt(index, outputTokens(index), continuation);
    SchedulableSequence<G1> sequence =
        SchedulableSequence.builder(manager)
            .takePrompt(prompt)
            .maxOutputTokens(outputTokens(index))
            .releaseOrder(releaseOrder)
            .build();
    return new EngineRequest(index, sequence, prompt, continuation, tokens, arrivalNanos);
  }

  /** Nothing could be computed: goes on to the next arrival. */
  private void sleep() {
    long next = arrivals.nextNanos();
    liveness.nothingToDo(nowNanos, waiting.size(), running.size(), next, arrivals.remaining());
    if (next < ArrivalSchedule.WHEN_IDLE) {
      nowNanos = next;
    }
  }

  // --------------- one step ---------------

  private boolean step() {
    work.clear();
    budgetTokens = options.maxBatchedTokens();
    // With nobody left to run, the blocks that the preempted ones gave up can be used at once.
    boolean nonePreempted = goOnWithRunning();
    queueIsStuck = (nonePreempted || running.isEmpty()) && admit();
    if (work.isEmpty()) {
      return false;
    }
    long start = nowNanos;
    int pinned = blocks - manager.availableBlocks();
    passStep();
    tally.inUse(start, nowNanos, pinned, running.size(), waiting.size());
    endStep(start);
    return true;
  }

  /** The clock goes to the end of a step. */
  private void passStep() {
    double nanos = options.cost().stepMillis(work, capacityTokens) * 1e6;
    nowNanos += Math.max(1, Math.round(nanos));
    tally.step(work, nowNanos);
  }

  /**
   * Takes steps in which every running request decodes a token and nothing else can happen: nobody
   * arrives, can be admitted, needs a block or is finished. The result is that of as many calls of
   * {@link #step}.
   */
  private void decodeQuietly() {
    int n = running.size();
    if (!queueIsStuck || n == 0 || n > options.maxBatchedTokens()) {
      return;
    }
    int most = Integer.MAX_VALUE;
    long context = 0;
    for (int i = 0; i < n && most > 0; i++) {
      EngineRequest request = running.get(i);
      boolean goesOn = request.decoding && request.lastTokenNanos == nowNanos;
      most = goesOn ? Math.min(most, request.quietSteps()) : 0;
      context += request.knownTokens;
    }
    if (most <= 0 || arrivals.nextNanos() <= nowNanos) {
      return;
    }
    long start = nowNanos;
    int taken = 0;
    while (taken < most && arrivals.nextNanos() > nowNanos) {
      long before = nowNanos;
      work.clear();
      work.addDecodes(n, context);
      passStep();
      tally.yielded(n, nowNanos - before);
      context += n;
      taken++;
    }
    for (int i = 0; i < n; i++) {
      running.get(i).decodeQuietly(taken, nowNanos);
    }
    int pinned = blocks - manager.availableBlocks();
    tally.inUse(start, nowNanos, pinned, n, waiting.size());
  }

  /** Schedules the running requests; returns whether none was preempted. */
  private boolean goOnWithRunning() {
    boolean nonePreempted = true;
    for (int i = 0; i < running.size() && budgetTokens > 0; i++) {
      EngineRequest request = running.get(i);
      while (!schedule(request)) {
        nonePreempted = false;
        if (preemptLast() == request) {
          break;
        }
      }
    }
    return nonePreempted;
  }

  /** Schedules what the budget allows; returns whether the pool had the blocks. */
  private boolean schedule(EngineRequest request) {
    if (request.decoding) {
      if (!request.scheduleDecode()) {
        return false;
      }
      budgetTokens--;
      work.addDecode(request.knownTokens);
    } else {
      int computed = request.sequence.kvPosition();
      int chunk = Math.min(request.knownTokens - computed, budgetTokens);
      if (!request.schedulePrefill(chunk)) {
        return false;
      }
      budgetTokens -= chunk;
      work.addPrefill(chunk, computed);
    }
    if (sharesWithinStep) {
      request.compute();
    }
    return true;
  }

  private EngineRequest preemptLast() {
    EngineRequest victim = running.removeLast();
    victim.preempt();
    waiting.putBack(victim);
    tally.preempted();
    return victim;
  }

  /**
   * Admits requests from the front of the queue while they fit.
   *
   * @return whether it has to stay as it is until the running requests take or give up a block, or
   *     are fewer
   */
  private boolean admit() {
    while (!waiting.isEmpty()) {
      if (running.size() == options.maxSequences()) {
        return true;
      }
      if (budgetTokens == 0) {
        return false;
      }
      EngineRequest request = waiting.peek();
      SchedulableSequence<G1> sequence = request.sequence;
      if (!mayFit(sequence)) {
        return options.chunkedPrefill();
      }
      int known = request.knownTokens;
      int matched = sequence.matchAndAddPrefix();
      request.decoding = sequence.isPrefillComplete();
      if (!fits(sequence, matched) || !schedule(request)) {
        sequence.release();
        request.decoding = false;
        return options.chunkedPrefill();
      }
      waiting.take();
      running.add(request);
      tally.admitted(request, known, matched, nowNanos);
    }
    return true;
  }

  /**
   * Whether it is worth while to match: a match that comes to nothing would make the blocks look
   * recently used. Asks for the presence of blocks, which changes nothing.
   */
  private boolean mayFit(SchedulableSequence<G1> sequence) {
    int known = sequence.totalTokens();
    boolean tight =
        options.admission() == Admission.WHOLE_PROMPT
            && blocksFor(known) > manager.availableBlocks();
    boolean overlong = !options.chunkedPrefill() && known > budgetTokens;
    if (!tight && !overlong) {
      return true;
    }
    int present = presentBlocks(sequence);
    return (!tight || blocksFor(known) - present <= manager.availableBlocks())
        && (!overlong || known - (present << blockShift) <= budgetTokens);
  }

  private int presentBlocks(SchedulableSequence<G1> sequence) {
    LineageHashes hashes = sequence.lineageHashes();
    int most = Math.min(hashes.size(), (sequence.totalTokens() - 1) >> blockShift);
    boolean[] present = manager.registry().checkPresence(manager.tier(), hashes.slice(0, most));
    int n = 0;
    while (n < most && present[n]) {
      n++;
    }
    return n;
  }

  /** Whether the rest of a matched request may be admitted. */
  private boolean fits(SchedulableSequence<G1> sequence, int matched) {
    if (options.admission() == Admission.WHOLE_PROMPT
        && blocksFor(sequence.totalTokens()) - matched > manager.availableBlocks()) {
      return false;
    }
    return options.chunkedPrefill() || sequence.tailTokens() <= budgetTokens;
  }

  private int blocksFor(int knownTokens) {
    return (knownTokens + blockSize - 1) >> blockShift;
  }

  /** The step that began at {@code startNanos} ends now. */
  private void endStep(long startNanos) {
    long sinceStart = 0;
    boolean touched = false;
    int kept = 0;
    for (int i = 0; i < running.size(); i++) {
      EngineRequest request = running.get(i);
      boolean done = false;
      if (request.scheduledTokens > 0) {
        if (!sharesWithinStep) {
          request.compute();
        }
        touched |= request.touchesPool();
        request.scheduledTokens = 0;
        if (request.yields) {
          request.yields = false;
          if (request.lastTokenNanos == startNanos) {
            sinceStart++; // as most do
          } else {
            tally.yielded(request, nowNanos);
          }
          request.lastTokenNanos = nowNanos;
          done = request.isComplete();
        }
      }
      if (done) {
        request.close();
        tally.finished(request, nowNanos);
        touched = true;
      } else {
        running.set(kept++, request);
      }
    }
    running.subList(kept, running.size()).clear();
    tally.yielded(sinceStart, nowNanos - startNanos);
    queueIsStuck &= !touched || waiting.isEmpty();
  }
}
