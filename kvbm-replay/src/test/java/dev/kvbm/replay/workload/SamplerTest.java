package dev.kvbm.replay.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class SamplerTest {
  private static final int DRAWS = 200_000;

  private final Sampler sampler = new Sampler(42);

  @Test
  void logNormalHasItsMedianAndMeanAndKeepsItsBounds() {
    LogNormal of = new LogNormal(100, 0.8, 20, 1_000_000);
    double[] draws = new double[DRAWS];
    double sum = 0;
    for (int i = 0; i < DRAWS; i++) {
      draws[i] = sampler.logNormal(of);
      sum += draws[i];
    }
    Arrays.sort(draws);
    assertThat(draws[0]).isEqualTo(20);
    assertThat(draws[DRAWS / 2]).isCloseTo(100, within(2.0));
    assertThat(sum / DRAWS).isCloseTo(100 * Math.exp(0.32), within(2.0));
    assertThat(sampler.logNormal(new LogNormal(7, 0, 0, 100))).isEqualTo(7);
    assertThat(sampler.logNormal(new LogNormal(7, 5, 7, 7))).isEqualTo(7);
  }

  @Test
  void geometricAndExponentialHaveTheirMeans() {
    double turns = 0;
    double gaps = 0;
    for (int i = 0; i < DRAWS; i++) {
      int turn = sampler.geometric(4);
      assertThat(turn).isPositive();
      turns += turn;
      gaps += sampler.exponential(3);
    }
    assertThat(turns / DRAWS).isCloseTo(4, within(0.05));
    assertThat(gaps / DRAWS).isCloseTo(3, within(0.05));
    assertThat(sampler.geometric(1)).isEqualTo(1);
  }

  @Test
  void zipfFollowsItsExponent() {
    Zipf zipf = new Zipf(1_000, 1);
    int[] counts = new int[1_000];
    for (int i = 0; i < DRAWS; i++) {
      counts[zipf.draw(sampler)]++;
    }
    assertThat(counts[0] / (double) counts[9]).isCloseTo(10, within(1.0));
    assertThat(counts[0] / (double) counts[1]).isCloseTo(2, within(0.1));
    Zipf flat = new Zipf(4, 0);
    int[] even = new int[4];
    for (int i = 0; i < DRAWS; i++) {
      even[flat.draw(sampler)]++;
    }
    for (int count : even) {
      assertThat(count).isCloseTo(DRAWS / 4, within(1_000));
    }
  }
}
