package dev.kvbm.examples.tiny;

import dev.kvbm.logical.scheduling.SchedulableSequence;

/**
 * Guesses what comes next at no cost: what followed when the last two tokens occurred before
 * (prompt lookup decoding). A wrong guess costs a row that is overwritten.
 */
final class Draft {
  private static final int[] NONE = {};

  private Draft() {}

  /** At most {@code most} guesses. */
  static int[] after(SchedulableSequence<?> text, int most) {
    int last = text.totalTokens() - 1;
    for (int i = last - 1; i >= 1 && most > 0; i--) {
      if (text.token(i) == text.token(last) && text.token(i - 1) == text.token(last - 1)) {
        int[] guesses = new int[Math.min(most, last - i)];
        for (int g = 0; g < guesses.length; g++) {
          guesses[g] = text.token(i + 1 + g);
        }
        return guesses;
      }
    }
    return NONE;
  }
}
