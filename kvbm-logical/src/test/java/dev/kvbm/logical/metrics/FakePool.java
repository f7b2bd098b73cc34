package dev.kvbm.logical.metrics;

import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.Tier;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.stream.Stream;

/** A pool whose counters a test sets. */
final class FakePool implements PoolMetricsSource {
  private final String name;
  private MetricsSnapshot values = snapshot(Map.of());
  int reads;

  FakePool(String name) {
    this.name = name;
  }

  /** A snapshot with the given values and 0 elsewhere. */
  static MetricsSnapshot snapshot(Map<PoolMetric, Long> values) {
    Object[] all =
        Stream.of(PoolMetric.values()).map(metric -> values.getOrDefault(metric, 0L)).toArray();
    Class<?>[] types =
        Stream.of(MetricsSnapshot.class.getRecordComponents())
            .map(RecordComponent::getType)
            .toArray(Class<?>[]::new);
    try {
      return MetricsSnapshot.class.getDeclaredConstructor(types).newInstance(all);
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("a snapshot has one long a series", e);
    }
  }

  synchronized void set(Map<PoolMetric, Long> values) {
    this.values = snapshot(values);
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Tier<?> tier() {
    return G1.TIER;
  }

  @Override
  public long managerId() {
    return 7;
  }

  @Override
  public synchronized MetricsSnapshot metrics() {
    reads++;
    return values;
  }
}
