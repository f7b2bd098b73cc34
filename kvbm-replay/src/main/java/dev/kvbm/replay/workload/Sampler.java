package dev.kvbm.replay.workload;

import java.util.SplittableRandom;

/**
 * Random draws whose every bit follows from the seed, on any machine: all of them start from the
 * 64-bit values of a {@link SplittableRandom} and use {@link StrictMath}.
 */
final class Sampler {
  private final SplittableRandom random;
  private double spareNormal = Double.NaN;

  Sampler(long seed) {
    this.random = new SplittableRandom(seed);
  }

  /** Uniform in [0, 1). */
  double uniform() {
    return (random.nextLong() >>> 11) * 0x1.0p-53;
  }

  /** True with this probability. */
  boolean chance(double probability) {
    return uniform() < probability;
  }

  /** Uniform in 1..max. */
  int oneTo(int max) {
    return 1 + (int) (uniform() * max);
  }

  /** Exponential with this mean: the gap between two arrivals of a Poisson process. */
  double exponential(double mean) {
    return -mean * StrictMath.log(1 - uniform());
  }

  /** Standard normal, by Marsaglia's polar method. */
  double normal() {
    if (!Double.isNaN(spareNormal)) {
      double spare = spareNormal;
      spareNormal = Double.NaN;
      return spare;
    }
    while (true) {
      double x = 2 * uniform() - 1;
      double y = 2 * uniform() - 1;
      double square = x * x + y * y;
      if (square > 0 && square < 1) {
        double scale = StrictMath.sqrt(-2 * StrictMath.log(square) / square);
        spareNormal = y * scale;
        return x * scale;
      }
    }
  }

  double logNormal(LogNormal of) {
    double sample =
        of.sigma() == 0 ? of.median() : of.median() * StrictMath.exp(of.sigma() * normal());
    return Math.min(of.max(), Math.max(of.min(), sample));
  }

  /** A log-normal sample rounded to a whole number of tokens. */
  int tokens(LogNormal of) {
    return (int) Math.rint(logNormal(of));
  }

  /** Geometric on 1, 2, … with this mean, which is at least 1. */
  int geometric(double mean) {
    if (mean <= 1) {
      return 1;
    }
    double steps = StrictMath.log(1 - uniform()) / StrictMath.log(1 - 1 / mean);
    return 1 + (int) Math.min(1e9, Math.floor(steps));
  }

  /** The 64-bit finaliser of SplitMix64 (Stafford's variant 13). */
  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /** A key for the thing number {@code index} of a kind: equal keys mean equal text. */
  static long key(long seed, int kind, long index) {
    return mix(mix(seed + 0x9E3779B97F4A7C15L * (kind + 1)) + 0x9E3779B97F4A7C15L * (index + 1));
  }
}
