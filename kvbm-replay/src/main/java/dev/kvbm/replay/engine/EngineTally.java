package dev.kvbm.replay.engine;

import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.replay.engine.EngineResult.Cached;
import dev.kvbm.replay.trace.CompactTrace;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Adds up what a loop does. */
final class EngineTally {
  private final CompactTrace trace;
  private final int blockShift;
  private final Admissions first = new Admissions();
  private final Admissions again = new Admissions();
  private final LatencyHistogram queueing = new LatencyHistogram();
  private final LatencyHistogram timeToFirstToken = new LatencyHistogram();
  private final LatencyHistogram interToken = new LatencyHistogram();
  private final LatencyHistogram endToEnd = new LatencyHistogram();
  private final UsageRecorder usage = new UsageRecorder();
  private int finished;
  private int largerThanPool;
  private int longerThanStep;
  private int withoutPrompt;
  private long preemptions;
  private long steps;
  private long prefillTokens;
  private long generatedTokens;
  private long endNanos;
  private long fingerprint;

  /** Blocks that a request had cached at its first admission; -1 before that. */
  private final int[] firstHits;

  /** What became of requests, if anybody wants to know. */
  private RequestOutcome @Nullable [] outcomes;

  EngineTally(CompactTrace trace) {
    this.trace = trace;
    this.blockShift = Integer.numberOfTrailingZeros(trace.blockSizeTokens());
    this.firstHits = new int[trace.requestCount()];
    Arrays.fill(firstHits, -1);
  }

  void tellOutcomes() {
    outcomes = new RequestOutcome[trace.requestCount()];
  }

  /** How many requests are finished or refused. */
  int ended() {
    return finished + largerThanPool + longerThanStep + withoutPrompt;
  }

  void refused(int index, RequestOutcome.End why) {
    switch (why) {
      case LARGER_THAN_POOL -> largerThanPool++;
      case LONGER_THAN_STEP -> longerThanStep++;
      case WITHOUT_PROMPT -> withoutPrompt++;
      case FINISHED -> throw new IllegalArgumentException("a finished request is not refused");
    }
    if (outcomes != null) {
      outcomes[index] =
          new RequestOutcome(index, why, 0, 0, 0, 0, 0, 0, 0, trace.cachedTokens(index));
    }
  }

  /** A request of {@code known} tokens starts to run and found {@code matched} blocks. */
  void admitted(EngineRequest request, int known, int matched, long nowNanos) {
    if (request.admitted) {
      again.add(known, matched, blockShift);
      return;
    }
    request.admitted = true;
    request.queueingNanos = nowNanos - request.arrivalNanos;
    queueing.add(request.queueingNanos);
    first.add(known, matched, blockShift);
    firstHits[request.index] = matched;
  }

  void preempted() {
    preemptions++;
  }

  /** A step of this work ends. */
  void step(StepWork work, long nowNanos) {
    steps++;
    prefillTokens += work.prefillTokens();
    endNanos = nowNanos;
    fingerprint = Long.rotateLeft(fingerprint, 23) * 0x9E3779B97F4A7C15L ^ nowNanos;
  }

  void inUse(long fromNanos, long toNanos, int pinnedBlocks, int running, int waiting) {
    usage.add(fromNanos, toNanos, pinnedBlocks, running, waiting);
  }

  /** A request has its next token, unless it generates none, now. */
  void yielded(EngineRequest request, long nowNanos) {
    if (request.lastTokenNanos < 0) {
      request.firstTokenNanos = nowNanos - request.arrivalNanos;
      timeToFirstToken.add(request.firstTokenNanos);
    } else {
      interToken.add(nowNanos - request.lastTokenNanos);
    }
    generatedTokens += request.outputTokens > 0 ? 1 : 0;
  }

  /** That many requests have another token, {@code nanos} after the last. */
  void yielded(long requests, long nanos) {
    interToken.add(nanos, requests);
    generatedTokens += requests;
  }

  void finished(EngineRequest request, long nowNanos) {
    long took = nowNanos - request.arrivalNanos;
    endToEnd.add(took);
    fingerprint = (fingerprint ^ request.index) * 0xD1B54A32D192ED03L;
    finished++;
    if (outcomes != null) {
      int hits = firstHits[request.index];
      outcomes[request.index] =
          new RequestOutcome(
              request.index,
              RequestOutcome.End.FINISHED,
              request.arrivalNanos,
              request.queueingNanos,
              request.firstTokenNanos,
              took,
              hits,
              hits << blockShift,
              request.preemptions,
              trace.cachedTokens(request.index));
    }
  }

  /**
   * The sums.
   *
   * @param tokens the fingerprint of all generated tokens
   */
  EngineResult result(boolean complete, int blocks, MetricsSnapshot metrics, long tokens) {
    return new EngineResult(
        complete,
        blocks,
        trace.requestCount(),
        finished,
        new EngineResult.Refusals(largerThanPool, longerThanStep, withoutPrompt),
        first.cached(),
        again.cached(),
        preemptions,
        steps,
        prefillTokens,
        generatedTokens,
        endNanos,
        metrics.registrations(),
        metrics.evictions(),
        usage.usage(),
        queueing.summary(),
        timeToFirstToken.summary(),
        interToken.summary(),
        endToEnd.summary(),
        trace.hasCachedTokens() ? recorded() : null,
        outcomes == null ? List.of() : Arrays.stream(outcomes).filter(Objects::nonNull).toList(),
        TokenSource.mix(fingerprint ^ tokens));
  }

  private EngineResult.Recorded recorded() {
    int requests = 0;
    long recordedTokens = 0;
    long hitTokens = 0;
    int equal = 0;
    int more = 0;
    for (int i = 0; i < firstHits.length; i++) {
      int theirs = trace.cachedTokens(i);
      if (theirs >= 0 && firstHits[i] >= 0) {
        int ours = firstHits[i] << blockShift;
        requests++;
        recordedTokens += theirs;
        hitTokens += ours;
        equal += ours == theirs ? 1 : 0;
        more += ours > theirs ? 1 : 0;
      }
    }
    return new EngineResult.Recorded(
        requests, recordedTokens, hitTokens, equal, more, requests - equal - more);
  }

  /** Sums over admissions. */
  private static final class Admissions {
    private long count;
    private long accesses;
    private long hits;
    private long tokens;
    private long hitTokens;
    private long withHit;

    void add(int known, int matched, int blockShift) {
      count++;
      accesses += known >> blockShift;
      hits += matched;
      tokens += known;
      hitTokens += (long) matched << blockShift;
      withHit += matched > 0 ? 1 : 0;
    }

    Cached cached() {
      return new Cached(count, accesses, hits, tokens, hitTokens, withHit);
    }
  }
}
