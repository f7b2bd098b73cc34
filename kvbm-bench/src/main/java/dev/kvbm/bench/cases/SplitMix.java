package dev.kvbm.bench.cases;

import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.PositionalLineageHash;

/**
 * The splitmix64 stream (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014)
 * and chains of random identities from it: each block's hash is the next number, its parent the one
 * before.
 */
final class SplitMix {
  private long state;

  SplitMix(long seed) {
    state = seed;
  }

  long next() {
    state += 0x9E3779B97F4A7C15L;
    long z = state;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A number below {@code bound}. */
  int next(int bound) {
    return (int) Long.remainderUnsigned(next(), bound);
  }

  /** Fills {@code into} with a fresh chain of {@code blocks} identities. */
  void chain(LineageHashBuffer into, int blocks) {
    into.clear();
    long parent = 0;
    for (int i = 0; i < blocks; i++) {
      long current = next();
      into.add(
          PositionalLineageHash.packHi(current, parent, i),
          PositionalLineageHash.packLo(current, parent, i));
      parent = current;
    }
  }
}
