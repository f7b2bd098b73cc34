package dev.kvbm.logical.scheduling;

/** Where a {@link SchedulableSequence} is in its protocol. */
public sealed interface SequenceState {

  /** Nothing is scheduled. */
  record Idle() implements SequenceState {
    static final Idle INSTANCE = new Idle();
  }

  /**
   * A chunk of prefill is scheduled.
   *
   * @param tokens how many tokens it has
   * @param blocksAllocated how many blocks were allocated for it
   */
  record PrefillScheduled(int tokens, int blocksAllocated) implements SequenceState {}

  /**
   * A decode step is scheduled.
   *
   * @param blocksAllocated how many blocks were allocated for it
   */
  record DecodeScheduled(int blocksAllocated) implements SequenceState {}

  /**
   * A speculative step is scheduled.
   *
   * @param tokens how many tokens it may yield at most
   * @param blocksAllocated how many blocks were allocated for it
   */
  record SpeculativeScheduled(int tokens, int blocksAllocated) implements SequenceState {}

  /** The request was closed and holds nothing. */
  record Closed() implements SequenceState {
    static final Closed INSTANCE = new Closed();
  }
}
