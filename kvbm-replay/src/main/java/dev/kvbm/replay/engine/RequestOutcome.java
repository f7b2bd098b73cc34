package dev.kvbm.replay.engine;

/**
 * What became of one request.
 *
 * @param request its number in order of arrival
 * @param end how it ended; the times and counts are 0 unless it is finished
 * @param arrivalNanos when it arrived, since the first arrival
 * @param queueingNanos from arrival to first admission
 * @param timeToFirstTokenNanos from arrival to the end of the step that yields the first token
 * @param endToEndNanos from arrival to the end of its last step
 * @param hits blocks that were cached at its first admission
 * @param hitTokens tokens of these
 * @param preemptions how often it was preempted
 * @param recordedTokens tokens that the recorded engine had cached, or -1
 */
public record RequestOutcome(
    int request,
    End end,
    long arrivalNanos,
    long queueingNanos,
    long timeToFirstTokenNanos,
    long endToEndNanos,
    int hits,
    int hitTokens,
    int preemptions,
    int recordedTokens) {

  /** How a request ends. */
  public enum End {
    /** It got all its tokens. */
    FINISHED,
    /** It needs more blocks than the pool has. */
    LARGER_THAN_POOL,
    /** Without chunked prefill, it is longer than a step may be. */
    LONGER_THAN_STEP,
    /** It has no token to begin with. */
    WITHOUT_PROMPT
  }
}
