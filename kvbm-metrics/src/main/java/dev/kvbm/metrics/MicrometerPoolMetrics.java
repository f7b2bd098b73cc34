package dev.kvbm.metrics;

import dev.kvbm.logical.metrics.LabelledPool;
import dev.kvbm.logical.metrics.MetricLabel;
import dev.kvbm.logical.metrics.MetricsAggregator;
import dev.kvbm.logical.metrics.PoolMetric;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * The pools of an aggregator as meters of Micrometer.
 *
 * <p>Meters follow the aggregator: a pool that is added later gets meters, a removed one loses
 * them, and changed external labels replace them. Names are the series' names with dots and without
 * the suffix of counters, {@code kvbm.allocations} for {@code kvbm_allocations_total}, which
 * Micrometer's Prometheus registry turns back into exactly that. Labels become tags.
 *
 * <p>Micrometer asks for one meter after the other. The values of one pool still come from one
 * snapshot: it serves each meter once, and is replaced when a meter is asked for again or the
 * snapshot is older than a second.
 *
 * <p>Thread-safe.
 */
public final class MicrometerPoolMetrics implements MeterBinder, AutoCloseable {
  private static final String COUNTER_SUFFIX = "_total";

  // State: `bound` and `closed` are guarded by the monitor. Whoever changes the aggregator calls
  // refresh(), which
  // compares with the aggregator as it is then, so the order of two notifications does not matter.

  private final MetricsAggregator aggregator;
  private final Runnable refresh = this::refresh;
  private final Map<MeterRegistry, Map<LabelledPool, List<Meter>>> bound = new LinkedHashMap<>();
  private boolean closed;

  /**
   * A binder for one aggregator; bind it to one registry or several.
   *
   * @param aggregator followed until {@link #close}
   */
  public MicrometerPoolMetrics(MetricsAggregator aggregator) {
    this.aggregator = Objects.requireNonNull(aggregator, "aggregator is null");
    aggregator.addListener(refresh);
  }

  /**
   * Returns the name under which a series is registered.
   *
   * @param metric the series
   * @return its name with dots and without the suffix of counters
   */
  public static String meterName(PoolMetric metric) {
    String name = metric.prometheusName();
    if (name.endsWith(COUNTER_SUFFIX)) {
      name = name.substring(0, name.length() - COUNTER_SUFFIX.length());
    }
    return name.replace('_', '.');
  }

  /**
   * Registers the meters of all pools; does nothing if {@code registry} is bound already.
   *
   * @throws IllegalStateException if this binder is closed
   */
  @Override
  public void bindTo(MeterRegistry registry) {
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("the pool metrics are closed; make new ones to bind");
      }
      bound.putIfAbsent(registry, new LinkedHashMap<>());
    }
    refresh();
  }

  /** Removes all meters from all registries and stops following the aggregator. Idempotent. */
  @Override
  public void close() {
    aggregator.removeListener(refresh);
    synchronized (this) {
      closed = true;
      bound.forEach((registry, meters) -> meters.values().forEach(all -> remove(registry, all)));
      bound.clear();
    }
  }

  private synchronized void refresh() {
    List<LabelledPool> pools = aggregator.pools();
    bound.forEach(
        (registry, meters) -> {
          // First the old ones: the new ones may have the same names and tags.
          meters
              .entrySet()
              .removeIf(
                  entry -> {
                    boolean gone = !pools.contains(entry.getKey());
                    if (gone) {
                      remove(registry, entry.getValue());
                    }
                    return gone;
                  });
          for (LabelledPool pool : pools) {
            meters.computeIfAbsent(pool, key -> register(registry, key));
          }
        });
  }

  private static void remove(MeterRegistry registry, List<Meter> meters) {
    meters.forEach(registry::remove);
  }

  private static List<Meter> register(MeterRegistry registry, LabelledPool pool) {
    List<Tag> tags = new ArrayList<>();
    for (MetricLabel label : pool.labels()) {
      tags.add(Tag.of(label.name(), label.value()));
    }
    SharedCut cut = new SharedCut(pool.source(), registry.config().clock());
    List<Meter> meters = new ArrayList<>();
    for (PoolMetric metric : PoolMetric.values()) {
      meters.add(
          switch (metric.kind()) {
            case COUNTER ->
                FunctionCounter.builder(meterName(metric), cut, c -> c.value(metric))
                    .description(metric.help())
                    .tags(tags)
                    .register(registry);
            // Function counters hold what they read weakly; the gauges beside them keep it alive.
            case GAUGE ->
                Gauge.builder(meterName(metric), cut, c -> c.value(metric))
                    .description(metric.help())
                    .tags(tags)
                    .strongReference(true)
                    .register(registry);
          });
    }
    return meters;
  }
}
