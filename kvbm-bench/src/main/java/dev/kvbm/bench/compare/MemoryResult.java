package dev.kvbm.bench.compare;

/**
 * Memory of a pool of a million blocks.
 *
 * @param name the case
 * @param oursBytes resident bytes a registered block
 * @param oursEmptyBytes resident bytes a block of the empty pool
 * @param oursHeapBytes live heap a registered block
 * @param peerBytes resident bytes a registered block of the original; none if it was not run
 */
record MemoryResult(
    String name, Rounds oursBytes, double oursEmptyBytes, double oursHeapBytes, Rounds peerBytes) {

  /** What a block costs us: whichever of the two ways of weighing gives more. */
  double bytes() {
    return Math.max(oursBytes.median(), oursHeapBytes);
  }

  boolean hasRatio() {
    return !oursBytes.isEmpty() && !peerBytes.isEmpty();
  }

  double ratio() {
    return peerBytes.median() / bytes();
  }
}
