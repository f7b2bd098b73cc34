package dev.kvbm.replay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LatencyHistogramTest {

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void quantilesAreThoseOfTheSortedValuesWithinOneIn128(long seed) {
    Random random = new Random(seed);
    long[] values = new long[5_000];
    LatencyHistogram histogram = new LatencyHistogram();
    for (int i = 0; i < values.length; i++) {
      values[i] = random.nextLong() >>> (1 + random.nextInt(62));
      histogram.add(values[i]);
    }
    Arrays.sort(values);

    Latency summary = histogram.summary();

    assertThat(summary.count()).isEqualTo(values.length);
    assertThat(summary.maxNanos()).isEqualTo(values[values.length - 1]);
    double mean = Arrays.stream(values).asDoubleStream().average().orElseThrow();
    assertThat(summary.meanNanos()).isCloseTo(mean, offset(mean * 1e-9));
    check(seed, summary.p10Nanos(), values[500]);
    check(seed, summary.p50Nanos(), values[2_500]);
    check(seed, summary.p90Nanos(), values[4_500]);
    check(seed, summary.p95Nanos(), values[4_750]);
    check(seed, summary.p99Nanos(), values[4_950]);
  }

  private static void check(long seed, long quantile, long exact) {
    assertThat(quantile).as("seed %d", seed).isBetween(exact, exact + exact / 128);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 255, 256, 257, Long.MAX_VALUE})
  void everyDurationHasABin(long nanos) {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.add(nanos, 3);
    histogram.add(5, 0);

    assertThat(histogram.summary().count()).isEqualTo(3);
    assertThat(histogram.summary().p50Nanos()).isEqualTo(nanos);
  }
}
