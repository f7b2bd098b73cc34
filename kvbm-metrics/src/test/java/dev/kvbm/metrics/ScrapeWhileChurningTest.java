package dev.kvbm.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.metrics.MetricsAggregator;
import dev.kvbm.logical.metrics.PoolMetric;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What two threads do to a pool never shows half done in a scrape, whichever adapter is used. */
class ScrapeWhileChurningTest {
  private static final int BLOCKS = 12;
  private static final int ROUNDS = 10_000;
  private static final long SEED = 77;
  private static final List<PoolMetric> STATES =
      List.of(
          PoolMetric.RESET_POOL_SIZE,
          PoolMetric.INFLIGHT_MUTABLE,
          PoolMetric.STAGED,
          PoolMetric.DISTINCT_ACTIVE,
          PoolMetric.INACTIVE_POOL_SIZE);

  private final BlockManager<G1> manager = Pools.manager(G1.TIER, BLOCKS);
  private final MetricsAggregator aggregator = new MetricsAggregator();

  private void churn(SplittableRandom random) {
    for (int round = 0; round < ROUNDS; round++) {
      LineageHashes prompt = Pools.hashes(1_000 * random.nextInt(6), 3);
      try (ImmutableBlocks<G1> cached = manager.match(prompt)) {
        Optional<MutableBlocks<G1>> fresh = manager.allocate(prompt.size() - cached.size());
        if (fresh.isPresent()) {
          fresh.get().stage(prompt.from(cached.size())).register().close();
        }
      }
    }
  }

  private void checkScrapes(Supplier<Map<PoolMetric, Double>> scrape) throws InterruptedException {
    SplittableRandom random = new SplittableRandom(SEED);
    List<Thread> threads =
        Stream.of(random.split(), random.split())
            .map(own -> Thread.ofPlatform().start(() -> churn(own)))
            .toList();
    Map<PoolMetric, Double> before = scrape.get();
    do {
      Map<PoolMetric, Double> now = scrape.get();
      assertThat(STATES.stream().mapToDouble(now::get).sum())
          .as("blocks in %s, seed %d", now, SEED)
          .isEqualTo(BLOCKS);
      for (PoolMetric metric : PoolMetric.values()) {
        if (metric.kind() == PoolMetric.Kind.COUNTER) {
          assertThat(now.get(metric)).as("%s", metric).isGreaterThanOrEqualTo(before.get(metric));
        }
      }
      before = now;
    } while (threads.stream().anyMatch(Thread::isAlive));
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(scrape.get().get(PoolMetric.MATCH_HASHES_REQUESTED)).isEqualTo(2.0 * ROUNDS * 3);
  }

  @Test
  void aPrometheusScrapeIsAConsistentCut() throws InterruptedException {
    aggregator.add(manager);
    PrometheusRegistry registry = new PrometheusRegistry();
    registry.register(new PrometheusPoolMetrics(aggregator));
    Map<String, PoolMetric> byName = new HashMap<>();
    for (PoolMetric metric : PoolMetric.values()) {
      byName.put(metric.prometheusName().replaceFirst("_total$", ""), metric);
    }

    checkScrapes(
        () -> {
          Map<PoolMetric, Double> values = new HashMap<>();
          for (MetricSnapshot family : registry.scrape()) {
            values.put(byName.get(family.getMetadata().getPrometheusName()), value(family));
          }
          return values;
        });
  }

  private static double value(MetricSnapshot family) {
    return family instanceof CounterSnapshot counters
        ? counters.getDataPoints().getFirst().getValue()
        : ((GaugeSnapshot) family).getDataPoints().getFirst().getValue();
  }

  @Test
  void aWalkOverMicrometersMetersIsAConsistentCut() throws InterruptedException {
    aggregator.add(manager);
    SimpleMeterRegistry registry = new SimpleMeterRegistry();
    new MicrometerPoolMetrics(aggregator).bindTo(registry);

    checkScrapes(
        () -> {
          Map<PoolMetric, Double> values = new HashMap<>();
          for (PoolMetric metric : PoolMetric.values()) {
            values.put(
                metric,
                registry
                    .get(MicrometerPoolMetrics.meterName(metric))
                    .meter()
                    .measure()
                    .iterator()
                    .next()
                    .getValue());
          }
          return values;
        });
  }
}
