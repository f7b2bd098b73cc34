package dev.kvbm.bench.compare;

/**
 * A trace through whole programs.
 *
 * @param name what was asked for
 * @param peer of whom else
 * @param oursSeconds wall time a round
 * @param oursPeakBytes peak memory a round
 * @param peerSeconds the peer's
 * @param peerPeakBytes the peer's
 * @param hits how the results compare
 */
record ReplayResult(
    String name,
    String peer,
    Rounds oursSeconds,
    Rounds oursPeakBytes,
    Rounds peerSeconds,
    Rounds peerPeakBytes,
    String hits) {

  boolean hasRatio() {
    return !oursSeconds.isEmpty() && !peerSeconds.isEmpty();
  }

  double ratio() {
    return peerSeconds.median() / oursSeconds.median();
  }
}
