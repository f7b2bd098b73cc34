package dev.kvbm.examples.tiny;

/** What an engine has done so far. */
final class Tally {
  /** Tokens run in prefill steps, those of preempted requests each time. */
  int prefilledTokens;

  /** Tokens that did not have to be prefilled because their blocks were found. */
  int cachedTokens;

  int steps;
  int preemptions;
  int forks;
  int copiedBlocks;
  int guesses;
  int rightGuesses;

  /** What would have been prefilled without blocks found. */
  int neededTokens() {
    return prefilledTokens + cachedTokens;
  }
}
