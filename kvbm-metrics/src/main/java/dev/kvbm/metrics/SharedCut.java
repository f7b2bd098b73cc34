package dev.kvbm.metrics;

import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.metrics.PoolMetric;
import dev.kvbm.logical.metrics.PoolMetricsSource;
import io.micrometer.core.instrument.Clock;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One snapshot of a pool for all meters that are read in one scrape.
 *
 * <p>Micrometer tells nobody when a scrape begins. It reads each meter once in it, so a meter that
 * is read for the second time belongs to the next one. The age limit is for readers of single
 * meters, whom an old snapshot would mislead. Two scrapes at the same time may share a snapshot or
 * cut each other's in two; no value is ever older than the limit.
 *
 * <p>Thread-safe.
 */
final class SharedCut {
  private static final long MAX_AGE_NANOS = Duration.ofSeconds(1).toNanos();

  private final PoolMetricsSource source;
  private final Clock clock;
  private final Set<PoolMetric> served = EnumSet.noneOf(PoolMetric.class);
  private @Nullable MetricsSnapshot snapshot;
  private long takenAtNanos;

  SharedCut(PoolMetricsSource source, Clock clock) {
    this.source = source;
    this.clock = clock;
  }

  synchronized double value(PoolMetric metric) {
    long now = clock.monotonicTime();
    MetricsSnapshot current = snapshot;
    if (current == null || served.contains(metric) || now - takenAtNanos > MAX_AGE_NANOS) {
      current = source.metrics();
      snapshot = current;
      takenAtNanos = now;
      served.clear();
    }
    served.add(metric);
    return (double) metric.value(current);
  }
}
