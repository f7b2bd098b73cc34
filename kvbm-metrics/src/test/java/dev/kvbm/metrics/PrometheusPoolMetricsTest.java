package dev.kvbm.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.metrics.MetricLabel;
import dev.kvbm.logical.metrics.MetricsAggregator;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import io.prometheus.metrics.expositionformats.ExpositionFormats;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.List;
import org.junit.jupiter.api.Test;

class PrometheusPoolMetricsTest {
  private final MetricsAggregator aggregator = new MetricsAggregator();
  private final PrometheusPoolMetrics metrics = new PrometheusPoolMetrics(aggregator);
  private final PrometheusRegistry registry = new PrometheusRegistry();

  PrometheusPoolMetricsTest() {
    registry.register(metrics);
  }

  private String text() {
    return ExpositionFormats.init()
        .getPrometheusTextFormatWriter()
        .toDebugString(registry.scrape());
  }

  @Test
  void aScrapeShowsEverySeriesUnderTheNameOfTheReference() {
    aggregator.add(Pools.busy(G1.TIER));

    assertThat(text()).isEqualTo(Pools.busyExposition());
  }

  @Test
  void openMetricsHasTheSameSampleNames() {
    aggregator.add(Pools.manager(G1.TIER, 3));

    String text =
        ExpositionFormats.init().getOpenMetricsTextFormatWriter().toDebugString(registry.scrape());

    assertThat(text)
        .contains("# TYPE kvbm_allocations counter\n")
        .contains("\nkvbm_allocations_total{pool=\"G1\"} 0.0\n")
        .contains("\nkvbm_reset_pool_size{pool=\"G1\"} 3.0\n")
        .endsWith("# EOF\n");
  }

  @Test
  void withoutPoolsThereIsNothing() {
    assertThat(text()).isEmpty();
  }

  @Test
  void severalPoolsShareOneFamily() {
    aggregator.add(Pools.manager(G1.TIER, 3));
    aggregator.add(Pools.manager(G2.TIER, 5));

    assertThat(text())
        .contains(
            """
            # TYPE kvbm_reset_pool_size gauge
            kvbm_reset_pool_size{pool="G1"} 3.0
            kvbm_reset_pool_size{pool="G2"} 5.0
            """);
    assertThat(registry.scrape().size()).isEqualTo(22);
  }

  @Test
  void managersOfOneTierHaveSeriesOfTheirOwn() {
    aggregator.add(Pools.manager(G1.TIER, 3));
    aggregator.add(Pools.manager(G1.TIER, 5));

    assertThat(text())
        .contains(
            """
            kvbm_reset_pool_size{pool="G1"} 3.0
            kvbm_reset_pool_size{pool="G1-2"} 5.0
            """);
  }

  @Test
  void everySeriesCarriesTheExternalLabels() {
    aggregator.add(Pools.manager(G1.TIER, 3));
    aggregator.setExternalLabels(
        List.of(new MetricLabel("worker", "w \"1\""), new MetricLabel("engine", "e")));

    // The client writes the labels of a series in alphabetical order.
    assertThat(text())
        .contains("kvbm_reset_pool_size{engine=\"e\",pool=\"G1\",worker=\"w \\\"1\\\"\"} 3.0\n");
    assertThat(text().lines().filter(line -> !line.startsWith("#")))
        .hasSize(22)
        .allMatch(line -> line.contains("{engine=\"e\",pool=\"G1\",worker="));
  }

  @Test
  void aRemovedPoolEndsItsSeriesAndLeavesTheOthers() {
    BlockManager<G1> leaving = Pools.manager(G1.TIER, 3);
    aggregator.add(leaving);
    aggregator.add(Pools.manager(G2.TIER, 5));

    aggregator.remove(leaving);

    assertThat(text()).doesNotContain("pool=\"G1\"").contains("pool=\"G2\"");
  }

  @Test
  void unregisteringEndsAllSeriesAndFreesTheNames() {
    aggregator.add(Pools.manager(G1.TIER, 3));

    registry.unregister(metrics);
    assertThat(text()).isEmpty();

    registry.register(new PrometheusPoolMetrics(aggregator));
    assertThat(text()).contains("kvbm_reset_pool_size{pool=\"G1\"} 3.0\n");
  }

  @Test
  void aSecondCollectorThatCouldExportTheSameSeriesIsRefused() {
    assertThatThrownBy(() -> registry.register(new PrometheusPoolMetrics(new MetricsAggregator())))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("kvbm_");
  }

  @Test
  void aScrapeMayAskForSomeNamesOnly() {
    aggregator.add(Pools.manager(G1.TIER, 3));

    assertThat(registry.scrape("kvbm_evictions"::equals).stream().map(MetricSnapshot::getMetadata))
        .singleElement()
        .satisfies(family -> assertThat(family.getPrometheusName()).isEqualTo("kvbm_evictions"));
    assertThat(registry.scrape("jvm_threads"::equals).size()).isZero();
  }

  @Test
  void everyScrapeReadsAnew() {
    BlockManager<G1> manager = Pools.manager(G1.TIER, 3);
    aggregator.add(manager);
    assertThat(text()).contains("kvbm_allocations_total{pool=\"G1\"} 0.0\n");

    manager.allocate(2).orElseThrow().close();

    assertThat(text()).contains("kvbm_allocations_total{pool=\"G1\"} 2.0\n");
  }
}
