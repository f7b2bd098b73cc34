package dev.kvbm.replay.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one run of an engine did.
 *
 * @param complete whether the whole trace was run; if not, the rest of the numbers are those so far
 * @param blocks blocks of the pool
 * @param requests requests of the trace
 * @param finished requests that got all their tokens
 * @param refusals requests that could never run
 * @param first what was cached when requests were admitted for the first time: the headline
 * @param again what was cached when preempted requests were admitted again
 * @param preemptions how often a request was preempted
 * @param steps steps that computed something
 * @param prefillTokens tokens of prefill that were computed, those of preempted requests each time
 * @param generatedTokens tokens that were generated
 * @param endNanos when the last step ended, since the first arrival, on the virtual clock
 * @param registeredBlocks blocks that were registered, duplicates included
 * @param evictions idle blocks that were evicted
 * @param usage what was in use over time
 * @param queueing from arrival to first admission
 * @param timeToFirstToken from arrival to the end of the step that yields the first token, or would
 *     without output
 * @param interToken between tokens of a request that follow each other, waiting after a preemption
 *     included
 * @param endToEnd from arrival to the end of the last step
 * @param recorded what the engine of the trace had cached; null if the trace does not say
 * @param outcomes what became of every request; empty unless asked for
 * @param fingerprint of every token and when it was there: two runs with equal fingerprints did the
 *     same
 */
public record EngineResult(
    boolean complete,
    int blocks,
    int requests,
    int finished,
    Refusals refusals,
    Cached first,
    Cached again,
    long preemptions,
    long steps,
    long prefillTokens,
    long generatedTokens,
    long endNanos,
    long registeredBlocks,
    long evictions,
    Usage usage,
    Latency queueing,
    Latency timeToFirstToken,
    Latency interToken,
    Latency endToEnd,
    @Nullable Recorded recorded,
    List<RequestOutcome> outcomes,
    long fingerprint) {

  /** Copies the list. */
  public EngineResult {
    outcomes = List.copyOf(outcomes);
  }

  /**
   * Requests that were refused when they arrived, by reason.
   *
   * @param largerThanPool they need more blocks than the pool has
   * @param longerThanStep without chunked prefill, they are longer than a step may be
   * @param withoutPrompt they have no token to begin with
   */
  public record Refusals(int largerThanPool, int longerThanStep, int withoutPrompt) {

    /** {@return all of them} */
    public int total() {
      return largerThanPool + longerThanStep + withoutPrompt;
    }
  }

  /**
   * What admissions found.
   *
   * @param admissions how many
   * @param accesses full blocks of the requests
   * @param hits how many of these were found, from the first on
   * @param tokens tokens of the requests
   * @param hitTokens tokens of the blocks found
   * @param withHit admissions that found a block
   */
  public record Cached(
      long admissions, long accesses, long hits, long tokens, long hitTokens, long withHit) {

    /** {@return hits as a fraction of accesses; 0 without accesses} */
    public double hitRate() {
      return accesses == 0 ? 0 : (double) hits / accesses;
    }

    /** {@return tokens found as a fraction of all; 0 without tokens} */
    public double tokenHitRate() {
      return tokens == 0 ? 0 : (double) hitTokens / tokens;
    }
  }

  /**
   * The recorded engine against this one, over requests that say what was cached and were admitted
   * here.
   *
   * @param requests how many
   * @param recordedTokens tokens that the recorded engine had cached
   * @param hitTokens tokens that were cached here at the first admission
   * @param equal requests with the same number
   * @param more requests with more here
   * @param less requests with less here
   */
  public record Recorded(
      int requests, long recordedTokens, long hitTokens, int equal, int more, int less) {}
}
