package dev.kvbm.replay.engine;

/** When blocks that a step computes can be matched by others. */
public enum Sharing {
  /** When the step has ended, that is, once their keys and values exist. */
  AFTER_STEP,
  /**
   * As soon as they are scheduled: a request that is scheduled later in the same step finds them.
   * That is sound for an engine that writes the keys and values of a layer before it reads them.
   */
  WITHIN_STEP
}
