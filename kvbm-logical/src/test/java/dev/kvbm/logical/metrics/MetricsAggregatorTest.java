package dev.kvbm.logical.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.logical.tier.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsAggregatorTest {
  private final MetricsAggregator aggregator = new MetricsAggregator();

  private static <T> BlockManager<T> manager(Tier<T> tier, int blocks) {
    return BlockManager.builder(tier).blocks(blocks).registry(BlockRegistry.create()).build();
  }

  private List<String> poolLabels() {
    return aggregator.collect().stream().map(sample -> sample.labels().getFirst().value()).toList();
  }

  @Test
  void withoutPoolsThereIsNothing() {
    assertThat(aggregator.collect()).isEmpty();
    assertThat(aggregator.pools()).isEmpty();
  }

  @Test
  void onePoolGivesItsSnapshotUnderItsName() {
    aggregator.add(manager(G1.TIER, 9));

    assertThat(aggregator.collect())
        .singleElement()
        .satisfies(
            sample -> {
              assertThat(sample.labels()).containsExactly(new MetricLabel("pool", "G1"));
              assertThat(PoolMetric.RESET_POOL_SIZE.value(sample.values())).isEqualTo(9);
            });
  }

  @Test
  void severalPoolsComeInTheOrderInWhichTheyWereAdded() {
    aggregator.add(manager(G2.TIER, 1));
    aggregator.add(manager(G1.TIER, 1));

    assertThat(poolLabels()).containsExactly("G2", "G1");
  }

  @Test
  void externalLabelsFollowThePoolInTheGivenOrder() {
    aggregator.add(new FakePool("a"));
    aggregator.setExternalLabels(
        List.of(new MetricLabel("zone", "z1"), new MetricLabel("engine", "e1")));
    aggregator.add(new FakePool("b"));

    assertThat(aggregator.collect())
        .extracting(PoolSample::labels)
        .containsExactly(
            List.of(
                new MetricLabel("pool", "a"),
                new MetricLabel("zone", "z1"),
                new MetricLabel("engine", "e1")),
            List.of(
                new MetricLabel("pool", "b"),
                new MetricLabel("zone", "z1"),
                new MetricLabel("engine", "e1")));
  }

  @Test
  void newExternalLabelsReplaceTheOldOnesOnEverySeries() {
    aggregator.add(new FakePool("a"));
    aggregator.setExternalLabels(List.of(new MetricLabel("engine", "e1")));
    aggregator.setExternalLabels(List.of(new MetricLabel("zone", "z1")));

    assertThat(aggregator.pools().getFirst().labels())
        .containsExactly(new MetricLabel("pool", "a"), new MetricLabel("zone", "z1"));
    assertThat(aggregator.externalLabels()).containsExactly(new MetricLabel("zone", "z1"));
  }

  @Test
  void badExternalLabelsAreRefusedAndTheOldOnesStay() {
    List<MetricLabel> good = List.of(new MetricLabel("engine", "e1"));
    aggregator.setExternalLabels(good);

    assertThatThrownBy(() -> aggregator.setExternalLabels(List.of(new MetricLabel("pool", "mine"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("manager's builder");
    assertThatThrownBy(
            () ->
                aggregator.setExternalLabels(
                    List.of(new MetricLabel("engine", "1"), new MetricLabel("engine", "2"))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("engine is given twice");
    assertThat(aggregator.externalLabels()).isEqualTo(good);
  }

  @Test
  void aLabelNameThatPrometheusDoesNotTakeIsRefused() {
    for (String bad : List.of("", "9lives", "with-dash", "__reserved", "ümlaut", "a b")) {
      assertThatThrownBy(() -> new MetricLabel(bad, "x"))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'" + bad + "'");
    }
    assertThat(new MetricLabel("_ok9", "any \"text\"\n").value()).isEqualTo("any \"text\"\n");
  }

  @Test
  void twoManagersOfOneTierAreToldApart() {
    BlockManager<G1> first = manager(G1.TIER, 1);
    BlockManager<G1> second = manager(G1.TIER, 2);
    BlockManager<G1> third = manager(G1.TIER, 3);
    aggregator.add(first);
    assertThat(aggregator.add(second).pool()).isEqualTo("G1-2");
    aggregator.add(third);

    assertThat(poolLabels()).containsExactly("G1", "G1-2", "G1-3");
    assertThat(aggregator.collect())
        .extracting(sample -> sample.values().resetPoolSize())
        .containsExactly(1L, 2L, 3L);
  }

  @Test
  void aNumberedNameDoesNotCollideWithAGivenOne() {
    aggregator.add(new FakePool("G1-2"));
    aggregator.add(new FakePool("G1"));
    aggregator.add(new FakePool("G1"));

    assertThat(poolLabels()).containsExactly("G1-2", "G1", "G1-3");
  }

  @Test
  void aSeriesKeepsItsLabelsWhenAnotherPoolLeaves() {
    FakePool first = new FakePool("G1");
    FakePool second = new FakePool("G1");
    aggregator.add(first);
    aggregator.add(second);

    assertThat(aggregator.remove(first)).isTrue();
    assertThat(poolLabels()).containsExactly("G1-2");

    aggregator.add(new FakePool("G1"));
    assertThat(poolLabels()).containsExactly("G1-2", "G1");
  }

  @Test
  void aRemovedPoolIsNotReadAnyMore() {
    FakePool pool = new FakePool("a");
    aggregator.add(pool);
    assertThat(aggregator.collect()).hasSize(1);
    assertThat(pool.reads).isEqualTo(1);

    assertThat(aggregator.remove(pool)).isTrue();
    assertThat(aggregator.remove(pool)).isFalse();

    assertThat(aggregator.collect()).isEmpty();
    assertThat(pool.reads).isEqualTo(1);
  }

  @Test
  void aPoolIsAddedOnce() {
    FakePool pool = new FakePool("a");
    aggregator.add(pool);

    assertThatThrownBy(() -> aggregator.add(pool))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("pool a was added before");
    assertThat(aggregator.pools()).hasSize(1);

    aggregator.remove(pool);
    aggregator.add(pool);
    assertThat(aggregator.pools()).hasSize(1);
  }

  @Test
  void oneScrapeReadsEachPoolOnce() {
    FakePool pool = new FakePool("a");
    aggregator.add(pool);
    pool.set(Map.of(PoolMetric.ALLOCATIONS, 3L, PoolMetric.EVICTIONS, 2L));

    PoolSample sample = aggregator.collect().getFirst();

    assertThat(PoolMetric.ALLOCATIONS.value(sample.values())).isEqualTo(3);
    assertThat(PoolMetric.EVICTIONS.value(sample.values())).isEqualTo(2);
    assertThat(pool.reads).isEqualTo(1);
  }

  @Test
  void listenersHearOfEveryChangeAndSeeItsResult() {
    List<List<String>> seen = new ArrayList<>();
    Runnable listener =
        () -> seen.add(aggregator.pools().stream().map(LabelledPool::pool).toList());
    aggregator.addListener(listener);
    FakePool pool = new FakePool("a");

    aggregator.add(pool);
    aggregator.setExternalLabels(List.of());
    aggregator.remove(pool);
    aggregator.remove(pool);
    assertThat(aggregator.removeListener(listener)).isTrue();
    aggregator.add(pool);

    assertThat(seen).containsExactly(List.of("a"), List.of("a"), List.of());
  }

  @Test
  void poolsComeAndGoWhileOthersScrape() throws InterruptedException {
    FakePool resident = new FakePool("resident");
    aggregator.add(resident);
    int rounds = 2_000;
    Thread churn =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int i = 0; i < rounds; i++) {
                    FakePool guest = new FakePool("resident");
                    aggregator.add(guest);
                    aggregator.remove(guest);
                  }
                });
    int scrapes = 0;
    do {
      assertThat(poolLabels())
          .startsWith("resident")
          .doesNotHaveDuplicates()
          .hasSizeLessThanOrEqualTo(2);
      scrapes++;
    } while (churn.isAlive());
    churn.join();

    assertThat(poolLabels()).containsExactly("resident");
    assertThat(resident.reads).isEqualTo(scrapes + 1);
  }
}
