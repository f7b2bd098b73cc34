package dev.kvbm.examples.tiny;

import dev.kvbm.logical.scheduling.Publication;

/**
 * What the engine does with requests; the answers do not depend on it.
 *
 * @param prefixCache whether requests may find each other's blocks
 * @param mostRunning how many answers are computed side by side, forked ones not counted
 * @param stepTokens how many tokens one step computes at most, over all requests
 * @param forkAnswers whether the answers to one request share all that is computed before they part
 * @param mostGuesses how many tokens are guessed ahead in one step; 0 for none
 * @param publication when blocks can be matched; {@link Publication#WHEN_COMPUTED} is right
 */
record Settings(
    boolean prefixCache,
    int mostRunning,
    int stepTokens,
    boolean forkAnswers,
    int mostGuesses,
    Publication publication) {

  /** A batch of six, 32 tokens a step, everything else off. */
  static final Settings PLAIN = new Settings(false, 6, 32, false, 0, Publication.WHEN_COMPUTED);

  Settings withPrefixCache() {
    return new Settings(true, mostRunning, stepTokens, forkAnswers, mostGuesses, publication);
  }

  Settings withMostRunning(int most) {
    return new Settings(prefixCache, most, stepTokens, forkAnswers, mostGuesses, publication);
  }

  Settings withStepTokens(int tokens) {
    return new Settings(prefixCache, mostRunning, tokens, forkAnswers, mostGuesses, publication);
  }

  Settings withForks() {
    return new Settings(prefixCache, mostRunning, stepTokens, true, mostGuesses, publication);
  }

  Settings withGuesses(int most) {
    return new Settings(prefixCache, mostRunning, stepTokens, forkAnswers, most, publication);
  }

  Settings withPublication(Publication when) {
    return new Settings(prefixCache, mostRunning, stepTokens, forkAnswers, mostGuesses, when);
  }
}
