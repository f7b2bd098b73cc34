package dev.kvbm.replay.workload;

import java.util.Arrays;

/** Draws from 0..n-1, where {@code k} has a weight of {@code 1 / (k + 1)^skew}. */
final class Zipf {
  private final double[] cumulated;

  Zipf(int n, double skew) {
    cumulated = new double[n];
    double sum = 0;
    for (int k = 0; k < n; k++) {
      sum += skew == 0 ? 1 : StrictMath.pow(k + 1, -skew);
      cumulated[k] = sum;
    }
  }

  int draw(Sampler sampler) {
    double point = sampler.uniform() * cumulated[cumulated.length - 1];
    int found = Arrays.binarySearch(cumulated, point);
    // On an exact hit the next one is meant: each value owns [previous sum, own sum).
    return Math.min(cumulated.length - 1, found >= 0 ? found + 1 : -found - 1);
  }
}
