package dev.kvbm.logical.metrics;

import java.time.Duration;

/**
 * How a {@link StatsCollector} samples.
 *
 * @param windowSamples how many samples are kept; at least 1
 * @param sampleInterval the time between two samples of {@link StatsCollector#start}; positive
 */
public record StatsConfig(int windowSamples, Duration sampleInterval) {
  /** 60 samples, one a second. */
  public static final StatsConfig DEFAULT = new StatsConfig(60, Duration.ofSeconds(1));

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException if one of them is too small
   */
  public StatsConfig {
    if (windowSamples < 1) {
      throw new IllegalArgumentException(
          "a window of " + windowSamples + " samples keeps nothing; keep at least 1");
    }
    if (!sampleInterval.isPositive()) {
      throw new IllegalArgumentException(
          "cannot sample every " + sampleInterval + "; the interval must be positive");
    }
  }
}
