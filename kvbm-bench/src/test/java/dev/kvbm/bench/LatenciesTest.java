package dev.kvbm.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.SplittableRandom;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class LatenciesTest {
  @Test
  void percentilesAreThoseOfTheSortedDurationsWithinTwoPercent() {
    long seed = 20261121;
    SplittableRandom random = new SplittableRandom(seed);
    Latencies latencies = new Latencies();
    long[] durations = new long[10_000];
    for (int i = 0; i < durations.length; i++) {
      durations[i] = random.nextLong(1L << random.nextInt(1, 40));
      latencies.record(durations[i]);
    }
    Arrays.sort(durations);
    for (double percent : new double[] {0.01, 50, 90, 99, 99.9, 99.99, 100}) {
      long exact = durations[(int) Math.ceil(durations.length * percent / 100) - 1];
      assertThat(latencies.percentile(percent))
          .as("seed %d, %s%%", seed, percent)
          .isCloseTo(exact, Percentage.withPercentage(2));
    }
    assertThat(latencies.max()).isEqualTo(durations[durations.length - 1]);
    assertThat(latencies.total()).isEqualTo(durations.length);
  }

  @Test
  void shortDurationsAreExact() {
    Latencies latencies = new Latencies();
    for (int nanos = 1; nanos <= 100; nanos++) {
      latencies.record(nanos);
    }
    assertThat(latencies.percentile(1)).isEqualTo(1);
    assertThat(latencies.percentile(50)).isEqualTo(50);
    assertThat(latencies.percentile(100)).isEqualTo(100);
  }
}
