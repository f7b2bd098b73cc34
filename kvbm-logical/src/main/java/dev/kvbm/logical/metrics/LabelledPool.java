package dev.kvbm.logical.metrics;

import java.util.List;

/**
 * A source of a {@link MetricsAggregator} and the labels of its series.
 *
 * @param labels {@code pool} first, then the external labels in their order; immutable
 * @param source where the values come from
 */
public record LabelledPool(List<MetricLabel> labels, PoolMetricsSource source) {

  /** Copies the list. */
  public LabelledPool {
    labels = List.copyOf(labels);
  }

  /** {@return the value of the {@code pool} label} */
  public String pool() {
    return labels.getFirst().value();
  }

  /** {@return what the source says now, with the labels} */
  public PoolSample sample() {
    return new PoolSample(labels, source.metrics());
  }
}
