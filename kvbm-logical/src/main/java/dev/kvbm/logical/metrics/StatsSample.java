package dev.kvbm.logical.metrics;

/**
 * A snapshot of a pool and how it changed since the sample before.
 *
 * <p>The first sample of a collector, and one taken at the very moment of the sample before it,
 * tell of no change: everything derived is 0.
 *
 * @param atNanos when it was taken, by the collector's clock; only differences mean something
 * @param values the snapshot
 * @param allocationsPerSecond blocks handed out a second
 * @param evictionsPerSecond blocks evicted a second
 * @param matchHitRate hits per hash asked for by match, 0 to 1; 0 if nothing was asked
 * @param scanHitRate hits per hash asked for by scan, 0 to 1; 0 if nothing was asked
 * @param allocationGradient growth of {@code allocationsPerSecond} a second
 * @param evictionGradient growth of {@code evictionsPerSecond} a second
 */
public record StatsSample(
    long atNanos,
    MetricsSnapshot values,
    double allocationsPerSecond,
    double evictionsPerSecond,
    double matchHitRate,
    double scanHitRate,
    double allocationGradient,
    double evictionGradient) {
  private static final double NANOS_PER_SECOND = 1e9;

  static StatsSample first(long atNanos, MetricsSnapshot values) {
    return new StatsSample(atNanos, values, 0, 0, 0, 0, 0, 0);
  }

  static StatsSample after(StatsSample before, long atNanos, MetricsSnapshot values) {
    double seconds = (atNanos - before.atNanos) / NANOS_PER_SECOND;
    if (seconds <= 0) {
      return first(atNanos, values);
    }
    MetricsSnapshot old = before.values;
    double allocations = (values.allocations() - old.allocations()) / seconds;
    double evictions = (values.evictions() - old.evictions()) / seconds;
    return new StatsSample(
        atNanos,
        values,
        allocations,
        evictions,
        share(
            values.matchBlocksReturned() - old.matchBlocksReturned(),
            values.matchHashesRequested() - old.matchHashesRequested()),
        share(
            values.scanBlocksReturned() - old.scanBlocksReturned(),
            values.scanHashesRequested() - old.scanHashesRequested()),
        (allocations - before.allocationsPerSecond) / seconds,
        (evictions - before.evictionsPerSecond) / seconds);
  }

  private static double share(long hits, long asked) {
    return asked == 0 ? 0 : (double) hits / asked;
  }
}
