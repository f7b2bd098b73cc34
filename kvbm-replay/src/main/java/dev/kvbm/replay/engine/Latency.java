package dev.kvbm.replay.engine;

/**
 * How durations are spread. Quantiles are order statistics, too large by at most 1 in 128; count,
 * mean and greatest are exact. All 0 without values.
 *
 * @param count how many
 * @param meanNanos their mean
 * @param p10Nanos a tenth are not greater
 * @param p50Nanos the median
 * @param p90Nanos nine tenths
 * @param p95Nanos nineteen twentieths
 * @param p99Nanos 99 in a hundred
 * @param maxNanos the greatest
 */
public record Latency(
    long count,
    double meanNanos,
    long p10Nanos,
    long p50Nanos,
    long p90Nanos,
    long p95Nanos,
    long p99Nanos,
    long maxNanos) {}
