package dev.kvbm.bench.compare;

/**
 * One timed case.
 *
 * @param name its name
 * @param ours nanoseconds an operation, a figure a round
 * @param oursBest the best sample of each round
 * @param bytesPerOp heap allocated an operation
 * @param peer the same of the original crate; none if it was not run
 * @param peerBest the best sample of each round
 * @param otherName the name of the other form of the case; empty if there is none
 * @param other nanoseconds an operation in that form
 * @param otherBytesPerOp heap allocated an operation in that form
 */
record CaseResult(
    String name,
    Rounds ours,
    Rounds oursBest,
    double bytesPerOp,
    Rounds peer,
    Rounds peerBest,
    String otherName,
    Rounds other,
    double otherBytesPerOp) {

  boolean hasRatio() {
    return !ours.isEmpty() && !peer.isEmpty();
  }

  /** How many times faster we are. */
  double ratio() {
    return peer.median() / ours.median();
  }

  /**
   * As {@link #ratio}, of the best samples: steadier on a machine that does other work, which only
   * ever adds time.
   */
  double bestRatio() {
    return peerBest.least() / oursBest.least();
  }

  boolean hasOtherRatio() {
    return !other.isEmpty() && !peer.isEmpty();
  }

  double otherRatio() {
    return peer.median() / other.median();
  }
}
