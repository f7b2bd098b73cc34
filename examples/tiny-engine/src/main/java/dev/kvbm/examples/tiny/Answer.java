package dev.kvbm.examples.tiny;

import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.logical.tier.G1;

/** One answer in the making: the request, the library's object for it, and the step it is in. */
final class Answer {
  private static final int[] NOTHING = {};

  final Request request;

  /** Which of the answers to the request. */
  final int number;

  /** Older answers are not preempted for younger ones. */
  final long arrival;

  final SchedulableSequence<G1> sequence;
  boolean preempted;

  /** What is scheduled: tokens from the KV position on, the last ones perhaps guessed. */
  int[] step = NOTHING;

  int guesses;

  /** What the step has computed: logits of its last tokens. */
  float[][] logits = {};

  Answer(Request request, int number, long arrival, SchedulableSequence<G1> sequence) {
    this.request = request;
    this.number = number;
    this.arrival = arrival;
    this.sequence = sequence;
  }

  /** The next {@code n} tokens without keys and values, then the guesses. */
  void plan(int n, int... draft) {
    int from = sequence.kvPosition();
    step = new int[n + draft.length];
    for (int i = 0; i < n; i++) {
      step[i] = sequence.token(from + i);
    }
    System.arraycopy(draft, 0, step, n, draft.length);
    guesses = draft.length;
  }

  void planNothing() {
    step = NOTHING;
    guesses = 0;
  }

  boolean isPlanned() {
    return step.length > 0;
  }

  /** Whether the step ends the prompt, or goes on behind it: then it yields a token. */
  boolean yieldsToken() {
    return sequence.kvPosition() + step.length - guesses == sequence.totalTokens();
  }

  /** The tokens that were generated so far. */
  int[] tokens() {
    int[] tokens = new int[sequence.generatedTokens()];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = sequence.token(sequence.inputTokens() + i);
    }
    return tokens;
  }
}
