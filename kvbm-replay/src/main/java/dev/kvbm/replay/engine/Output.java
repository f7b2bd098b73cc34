package dev.kvbm.replay.engine;

/** What requests generate. */
public enum Output {
  /** As many tokens as recorded; the recorded ones where the trace has them, else new ones. */
  TRACE,
  /**
   * As {@link #TRACE}, but what a request generates is what the prompt of the next turn has behind
   * its own: the assumption that chats send back every generated token. An upper bound, since
   * clients leave out or rewrite part of it.
   */
  CONTINUED,
  /** Nothing: a request is finished when its prompt is computed. */
  NONE
}
