package dev.kvbm.replay.engine;

import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.logical.tier.G1;

/** One request from its first admission, or the first attempt at it, to its end. */
final class EngineRequest {
  final int index;
  final SchedulableSequence<G1> sequence;
  final int[] recordedOutput;

  /** When it arrived. */
  final long arrivalNanos;

  /** Whether it has run before, so that a match counts as one after preemption. */
  boolean admitted;

  /** When its latest token was there; negative before the first. */
  long lastTokenNanos = -1;

  /** From its arrival to its first admission. */
  long queueingNanos;

  /** From its arrival to its first token. */
  long firstTokenNanos;

  /** How often it was preempted. */
  int preemptions;

  /** What the current step computes of it: tokens of prefill, 1 to decode, or 0. */
  int scheduledTokens;

  /** Whether the current step is one of prefill. */
  boolean prefilling;

  /** Whether the current step yields a token, or would if there were any to generate. */
  boolean yields;

  EngineRequest(
      int index, SchedulableSequence<G1> sequence, int[] recordedOutput, long arrivalNanos) {
    this.index = index;
    this.sequence = sequence;
    this.recordedOutput = recordedOutput;
    this.arrivalNanos = arrivalNanos;
  }
}
