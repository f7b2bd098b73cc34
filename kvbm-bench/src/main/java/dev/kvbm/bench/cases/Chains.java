package dev.kvbm.bench.cases;

import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;

/** Identities that follow from tokens. */
final class Chains {
  private static final long SALT_HASH = 1337;
  private static final int VOCABULARY = 128_000;

  private Chains() {}

  /** The identities of {@code n} blocks of four tokens that count up from {@code start}. */
  static LineageHashes ofTokensFrom(int start, int n) {
    int[] tokens = new int[n * Pools.BLOCK_SIZE];
    for (int i = 0; i < tokens.length; i++) {
      tokens[i] = start + i;
    }
    return TokenBlockSequence.of(tokens, Pools.BLOCK_SIZE, SALT_HASH).lineageHashes();
  }

  /** {@code n} tokens of a vocabulary of 128,000. */
  static int[] randomTokens(SplitMix random, int n) {
    int[] tokens = new int[n];
    for (int i = 0; i < n; i++) {
      tokens[i] = random.next(VOCABULARY);
    }
    return tokens;
  }
}
