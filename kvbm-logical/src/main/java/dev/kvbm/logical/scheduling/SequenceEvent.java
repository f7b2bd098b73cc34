package dev.kvbm.logical.scheduling;

/**
 * Something that has happened to a request. Events tell what was done, not what was planned. The
 * last four are not the reference's.
 */
public sealed interface SequenceEvent {

  /**
   * The request was made; the first event of every request.
   *
   * @param inputTokens tokens of the input
   * @param maxOutputTokens tokens that may be generated
   * @param blockSize tokens a block
   */
  record Created(int inputTokens, int maxOutputTokens, int blockSize) implements SequenceEvent {}

  /**
   * A prefix was looked for.
   *
   * @param blocksMatched how many blocks were found, perhaps 0
   */
  record PrefixMatched(int blocksMatched) implements SequenceEvent {}

  /**
   * A chunk of prefill was scheduled.
   *
   * @param tokens how many tokens it has
   * @param blocksAllocated how many blocks were allocated
   */
  record PrefillScheduled(int tokens, int blocksAllocated) implements SequenceEvent {}

  /**
   * A chunk of prefill was applied.
   *
   * @param tokens how many tokens it had
   * @param blocksRegistered how many blocks others can match from now on
   * @param tokenEmitted whether it yielded a token
   */
  record PrefillApplied(int tokens, int blocksRegistered, boolean tokenEmitted)
      implements SequenceEvent {}

  /**
   * A decode step was scheduled.
   *
   * @param blocksAllocated how many blocks were allocated
   */
  record DecodeScheduled(int blocksAllocated) implements SequenceEvent {}

  /**
   * A decode step was applied.
   *
   * @param token the token that it yielded
   * @param blockCompleted whether that was the last token of a block
   */
  record DecodeApplied(int token, boolean blockCompleted) implements SequenceEvent {}

  /**
   * A speculative step was scheduled.
   *
   * @param tokens how many tokens it may yield at most
   * @param blocksAllocated how many blocks were allocated
   */
  record SpeculativeScheduled(int tokens, int blocksAllocated) implements SequenceEvent {}

  /**
   * A speculative step was applied.
   *
   * @param accepted how many tokens it yielded
   * @param scheduled how many were scheduled
   * @param blocksReleased how many blocks were given back because they are not needed
   */
  record SpeculativeApplied(int accepted, int scheduled, int blocksReleased)
      implements SequenceEvent {}

  /**
   * What was scheduled was taken back.
   *
   * @param blocksReleased how many blocks were given back
   */
  record ScheduleReverted(int blocksReleased) implements SequenceEvent {}

  /**
   * Unassigned blocks were given back on demand.
   *
   * @param blocks how many, at least 1
   */
  record UnassignedDropped(int blocks) implements SequenceEvent {}

  /** All blocks were given back. */
  record Released() implements SequenceEvent {}

  /**
   * Blocks were asked for after a release.
   *
   * @param prefixMatched how many were found by their hash and are held because of that; 0 without
   *     success
   * @param success whether the request holds all the blocks that it needs now
   */
  record Reacquired(int prefixMatched, boolean success) implements SequenceEvent {}

  /**
   * Blocks that the caller brought were added to the prefix.
   *
   * @param blocks how many
   */
  record PrefixExtended(int blocks) implements SequenceEvent {}

  /**
   * A second request was made of this one, which begins with {@link Created}.
   *
   * @param blocksShared how many blocks both hold
   * @param blocksCopied how many blocks the caller has to copy
   */
  record Forked(int blocksShared, int blocksCopied) implements SequenceEvent {}

  /**
   * Tokens were cut off.
   *
   * @param totalTokens how many tokens are left
   * @param blocksReleased how many blocks were given back
   */
  record Truncated(int totalTokens, int blocksReleased) implements SequenceEvent {}

  /**
   * The request was closed; the last event.
   *
   * @param blocksReleased how many blocks were given back
   */
  record Closed(int blocksReleased) implements SequenceEvent {}
}
