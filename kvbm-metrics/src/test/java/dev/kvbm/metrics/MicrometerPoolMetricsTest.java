package dev.kvbm.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.metrics.MetricLabel;
import dev.kvbm.logical.metrics.MetricsAggregator;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.metrics.PoolMetric;
import dev.kvbm.logical.metrics.PoolMetricsSource;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.logical.tier.Tier;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Meter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MockClock;
import io.micrometer.core.instrument.Tag;
import io.micrometer.core.instrument.simple.SimpleConfig;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class MicrometerPoolMetricsTest {
  private final MockClock clock = new MockClock();
  private final MeterRegistry registry = new SimpleMeterRegistry(SimpleConfig.DEFAULT, clock);
  private final MetricsAggregator aggregator = new MetricsAggregator();
  private final MicrometerPoolMetrics metrics = new MicrometerPoolMetrics(aggregator);

  private double gauge(String name, String pool) {
    return registry.get(name).tag("pool", pool).gauge().value();
  }

  private List<String> pools() {
    return registry.find("kvbm.evictions").functionCounters().stream()
        .map(counter -> String.valueOf(counter.getId().getTag("pool")))
        .sorted()
        .toList();
  }

  @Test
  void micrometersPrometheusRegistryWritesTheVerySeriesOfThePrometheusClient() {
    PrometheusMeterRegistry prometheus = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    aggregator.add(Pools.busy(G1.TIER));

    metrics.bindTo(prometheus);

    assertThat(prometheus.scrape().lines())
        .containsExactlyInAnyOrderElementsOf(Pools.busyExposition().lines().toList());
  }

  @Test
  void everySeriesIsAMeterOfItsKindWithItsHelp() {
    aggregator.add(Pools.manager(G1.TIER, 3));

    metrics.bindTo(registry);

    assertThat(registry.getMeters()).hasSize(PoolMetric.values().length);
    for (PoolMetric metric : PoolMetric.values()) {
      Meter meter = registry.get(MicrometerPoolMetrics.meterName(metric)).meter();
      assertThat(meter)
          .isInstanceOf(
              metric.kind() == PoolMetric.Kind.COUNTER ? FunctionCounter.class : Gauge.class);
      assertThat(meter.getId().getDescription()).isEqualTo(metric.help());
    }
    assertThat(MicrometerPoolMetrics.meterName(PoolMetric.MATCH_BLOCKS_RETURNED))
        .isEqualTo("kvbm.match.blocks.returned");
  }

  @Test
  void labelsBecomeTags() {
    aggregator.add(Pools.manager(G1.TIER, 3));
    aggregator.setExternalLabels(List.of(new MetricLabel("engine", "e")));

    metrics.bindTo(registry);

    assertThat(registry.get("kvbm.staged").gauge().getId().getTags())
        .containsExactly(Tag.of("engine", "e"), Tag.of("pool", "G1"));
  }

  @Test
  void metersFollowThePoolsThatComeAndGo() {
    metrics.bindTo(registry);
    assertThat(registry.getMeters()).isEmpty();
    BlockManager<G1> first = Pools.manager(G1.TIER, 3);
    BlockManager<G1> second = Pools.manager(G1.TIER, 4);
    aggregator.add(first);
    aggregator.add(second);
    aggregator.add(Pools.manager(G2.TIER, 5));
    assertThat(pools()).containsExactly("G1", "G1-2", "G2");
    assertThat(gauge("kvbm.reset.pool.size", "G1-2")).isEqualTo(4);

    aggregator.remove(second);
    assertThat(pools()).containsExactly("G1", "G2");

    aggregator.remove(first);
    aggregator.add(second);
    assertThat(pools()).containsExactly("G1", "G2");
    assertThat(gauge("kvbm.reset.pool.size", "G1")).isEqualTo(4);
  }

  @Test
  void changedExternalLabelsReplaceTheMeters() {
    aggregator.add(Pools.manager(G1.TIER, 3));
    metrics.bindTo(registry);

    aggregator.setExternalLabels(List.of(new MetricLabel("engine", "e")));

    assertThat(registry.getMeters())
        .hasSize(PoolMetric.values().length)
        .allMatch(meter -> "e".equals(meter.getId().getTag("engine")));
  }

  @Test
  void severalRegistriesAreServedAndAllAreLeftAtTheEnd() {
    MeterRegistry other = new SimpleMeterRegistry();
    aggregator.add(Pools.manager(G1.TIER, 3));
    metrics.bindTo(registry);
    metrics.bindTo(other);
    metrics.bindTo(other);
    assertThat(registry.getMeters()).hasSameSizeAs(other.getMeters()).hasSize(22);

    metrics.close();
    metrics.close();

    assertThat(Stream.of(registry, other).flatMap(all -> all.getMeters().stream())).isEmpty();
    aggregator.add(Pools.manager(G2.TIER, 3));
    assertThat(registry.getMeters()).isEmpty();
    assertThatThrownBy(() -> metrics.bindTo(registry)).isInstanceOf(IllegalStateException.class);
  }

  /** Says at every reading how often it was read. */
  private static final class Counting implements PoolMetricsSource {
    private int reads;

    @Override
    public String name() {
      return "counting";
    }

    @Override
    public Tier<?> tier() {
      return G1.TIER;
    }

    @Override
    public long managerId() {
      return 1;
    }

    @Override
    public MetricsSnapshot metrics() {
      reads++;
      long n = reads;
      return new MetricsSnapshot(n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n, n);
    }
  }

  private List<Double> scrape() {
    return registry.getMeters().stream()
        .map(meter -> meter.measure().iterator().next().getValue())
        .distinct()
        .toList();
  }

  @Test
  void theMetersOfOneScrapeShareOneSnapshot() {
    Counting source = new Counting();
    aggregator.add(source);
    metrics.bindTo(registry);

    assertThat(scrape()).containsExactly(1.0);
    assertThat(scrape()).containsExactly(2.0);
    assertThat(source.reads).isEqualTo(2);
  }

  @Test
  void aMeterThatIsReadAloneIsNeverOlderThanASecond() {
    Counting source = new Counting();
    aggregator.add(source);
    metrics.bindTo(registry);
    assertThat(gauge("kvbm.staged", "counting")).isEqualTo(1);

    clock.add(Duration.ofSeconds(1));
    assertThat(gauge("kvbm.inflight.mutable", "counting")).isEqualTo(1);

    clock.add(Duration.ofNanos(1));
    assertThat(gauge("kvbm.inflight.immutable", "counting")).isEqualTo(2);
  }
}
