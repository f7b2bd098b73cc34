package dev.kvbm.replay.engine;

/** What requests generate. */
public enum Output {
  /** As many tokens as recorded; the recorded ones where the trace has them, else new ones. */
  TRACE,
  /** Nothing: a request is finished when its prompt is computed. */
  NONE
}
