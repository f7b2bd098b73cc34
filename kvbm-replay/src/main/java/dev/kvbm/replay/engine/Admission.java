package dev.kvbm.replay.engine;

/** When a waiting request may start to run, besides the limits on sequences and tokens. */
public enum Admission {
  /**
   * When the pool has the blocks for all its known tokens. Running requests are preempted only
   * because of what they generate.
   */
  WHOLE_PROMPT,
  /** When the pool has the blocks for its first chunk. */
  FIRST_CHUNK
}
