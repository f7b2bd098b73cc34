package dev.kvbm.metrics;

import dev.kvbm.logical.metrics.MetricLabel;
import dev.kvbm.logical.metrics.MetricsAggregator;
import dev.kvbm.logical.metrics.PoolMetric;
import dev.kvbm.logical.metrics.PoolSample;
import io.prometheus.metrics.model.registry.MetricType;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricFamilyDescriptor;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;

/**
 * The pools of an aggregator as a collector of the Prometheus client.
 *
 * <p>Register it with a {@code PrometheusRegistry}. Unregister it there to end all series; remove a
 * manager from the aggregator to end those of one pool. A scrape takes one snapshot of each pool,
 * so the values of a pool always fit together. Each family has one sample a pool; without pools
 * there are no families.
 *
 * <p>The client sorts the labels of a series by name. A registry takes one collector of this kind:
 * it refuses a second one with the same label names, because both could export the same series. Add
 * all managers to one aggregator.
 *
 * <p>Thread-safe.
 */
public final class PrometheusPoolMetrics implements MultiCollector {
  private final MetricsAggregator aggregator;

  /**
   * A collector for one aggregator.
   *
   * @param aggregator asked for its pools at every scrape
   */
  public PrometheusPoolMetrics(MetricsAggregator aggregator) {
    this.aggregator = Objects.requireNonNull(aggregator, "aggregator is null");
  }

  @Override
  public MetricSnapshots collect() {
    List<PoolSample> samples = aggregator.collect();
    MetricSnapshots.Builder families = MetricSnapshots.builder();
    if (!samples.isEmpty()) {
      for (PoolMetric metric : PoolMetric.values()) {
        families.metricSnapshot(family(metric, samples));
      }
    }
    return families.build();
  }

  @Override
  public List<MetricFamilyDescriptor> getMetricFamilyDescriptors() {
    List<String> labelNames = new ArrayList<>(List.of(MetricLabel.POOL));
    for (MetricLabel label : aggregator.externalLabels()) {
      labelNames.add(label.name());
    }
    return Stream.of(PoolMetric.values())
        .map(
            metric ->
                MetricFamilyDescriptor.of(
                    switch (metric.kind()) {
                      case COUNTER -> MetricType.COUNTER;
                      case GAUGE -> MetricType.GAUGE;
                    },
                    family(metric, List.of()).getMetadata(),
                    labelNames))
        .toList();
  }

  private static MetricSnapshot family(PoolMetric metric, List<PoolSample> samples) {
    return switch (metric.kind()) {
      case COUNTER -> {
        CounterSnapshot.Builder family =
            CounterSnapshot.builder().name(metric.prometheusName()).help(metric.help());
        for (PoolSample sample : samples) {
          family.dataPoint(
              CounterDataPointSnapshot.builder()
                  .labels(labels(sample))
                  .value((double) metric.value(sample.values()))
                  .build());
        }
        yield family.build();
      }
      case GAUGE -> {
        GaugeSnapshot.Builder family =
            GaugeSnapshot.builder().name(metric.prometheusName()).help(metric.help());
        for (PoolSample sample : samples) {
          family.dataPoint(
              GaugeDataPointSnapshot.builder()
                  .labels(labels(sample))
                  .value((double) metric.value(sample.values()))
                  .build());
        }
        yield family.build();
      }
    };
  }

  private static Labels labels(PoolSample sample) {
    Labels.Builder labels = Labels.builder();
    for (MetricLabel label : sample.labels()) {
      labels.label(label.name(), label.value());
    }
    return labels.build();
  }
}
