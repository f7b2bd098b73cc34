package dev.kvbm.replay.analysis;

/**
 * What one cache of one size did with the counted requests of a trace.
 *
 * @param blocks the cache's capacity
 * @param requests counted requests
 * @param accesses blocks of the counted requests under the rule
 * @param hits blocks found at the front of their request
 * @param inputTokens prompt tokens of the counted requests
 * @param hitTokens prompt tokens covered by the hits
 * @param requestsWithHit requests with at least one hit
 * @param inserted blocks computed and put into the cache; a last block that is computed again
 *     although it is resident counts here
 * @param evicted {@code inserted} less the growth of the cache
 * @param requestsLargerThanCache requests that need more slots than the cache has
 */
public record CacheCounts(
    int blocks,
    long requests,
    long accesses,
    long hits,
    long inputTokens,
    long hitTokens,
    long requestsWithHit,
    long inserted,
    long evicted,
    long requestsLargerThanCache) {

  /** {@return hits as a fraction of accesses; 0 without accesses} */
  public double hitRate() {
    return accesses == 0 ? 0 : (double) hits / accesses;
  }

  /**
   * {@return prompt tokens found in the cache as a fraction of all prompt tokens; 0 without tokens}
   */
  public double tokenHitRate() {
    return inputTokens == 0 ? 0 : (double) hitTokens / inputTokens;
  }
}
