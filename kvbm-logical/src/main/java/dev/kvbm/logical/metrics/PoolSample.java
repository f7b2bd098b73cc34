package dev.kvbm.logical.metrics;

import java.util.List;

/**
 * The values of all series of one pool at one moment.
 *
 * @param labels {@code pool} first, then the external labels in their order; immutable
 * @param values what {@link PoolMetric#value} reads from
 */
public record PoolSample(List<MetricLabel> labels, MetricsSnapshot values) {

  /** Copies the list. */
  public PoolSample {
    labels = List.copyOf(labels);
  }
}
