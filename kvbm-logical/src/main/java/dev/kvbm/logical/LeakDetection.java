package dev.kvbm.logical;

/**
 * How a manager looks for guards and groups that were lost to the garbage collector while they held
 * blocks. A lost guard is reported, never released: its block may still be read by an engine.
 *
 * <p>A report is a warning of the logger {@code dev.kvbm.logical.LeakDetector} with the stack of
 * the acquisition, and counts in {@link BlockManager#lostGuards}. Losses are noticed at later
 * acquisitions, after a collection has run.
 */
public enum LeakDetection {
  /** Not at all. Costs nothing. The default. */
  OFF,
  /**
   * One acquisition in 128 on average, without a rhythm. Finds a repeated leak sooner or later. A
   * group is watched from its first block on or not at all, however it grows; one that takes in a
   * watched group is watched from then on.
   */
  SAMPLED,
  /** Every acquisition, with its stack. For tests and for hunting a known leak; slow. */
  ALL
}
