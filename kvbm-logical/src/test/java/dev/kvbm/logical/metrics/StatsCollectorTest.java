package dev.kvbm.logical.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.Tier;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StatsCollectorTest {
  private final FakePool pool = new FakePool("G1");
  private long now = 5_000_000_000L;
  private final StatsCollector stats = collector(60);

  private StatsCollector collector(int window) {
    return new StatsCollector(pool, new StatsConfig(window, Duration.ofSeconds(1)), () -> now);
  }

  private StatsSample sampleAfter(Duration time, Map<PoolMetric, Long> values) {
    now += time.toNanos();
    pool.set(values);
    assertThat(stats.sample()).isTrue();
    return stats.latest().orElseThrow();
  }

  @Test
  void theDefaultIsAMinuteOfSeconds() {
    assertThat(StatsConfig.DEFAULT).isEqualTo(new StatsConfig(60, Duration.ofSeconds(1)));
  }

  @Test
  void aCollectorBeginsDisabledAndStoresNothingThen() {
    assertThat(stats.isEnabled()).isFalse();

    assertThat(stats.sample()).isFalse();

    assertThat(stats.latest()).isEmpty();
    assertThat(stats.window(10)).isEmpty();
    assertThat(pool.reads).isZero();
  }

  @Test
  void theFirstSampleHasNoRatesAndLaterOnesDo() {
    stats.setEnabled(true);

    StatsSample first = sampleAfter(Duration.ZERO, Map.of(PoolMetric.ALLOCATIONS, 10L));
    assertThat(first.allocationsPerSecond()).isZero();
    assertThat(first.matchHitRate()).isZero();
    assertThat(first.values().allocations()).isEqualTo(10);

    StatsSample second =
        sampleAfter(
            Duration.ofMillis(500), Map.of(PoolMetric.ALLOCATIONS, 20L, PoolMetric.EVICTIONS, 3L));
    assertThat(second.allocationsPerSecond()).isCloseTo(20, within(1e-9));
    assertThat(second.evictionsPerSecond()).isCloseTo(6, within(1e-9));
    assertThat(second.atNanos() - first.atNanos()).isEqualTo(500_000_000L);
  }

  @Test
  void hitRatesAreThoseOfTheInterval() {
    stats.setEnabled(true);
    sampleAfter(
        Duration.ZERO,
        Map.of(PoolMetric.MATCH_HASHES_REQUESTED, 100L, PoolMetric.MATCH_BLOCKS_RETURNED, 100L));

    StatsSample sample =
        sampleAfter(
            Duration.ofSeconds(1),
            Map.of(
                PoolMetric.MATCH_HASHES_REQUESTED, 110L,
                PoolMetric.MATCH_BLOCKS_RETURNED, 107L,
                PoolMetric.SCAN_HASHES_REQUESTED, 4L,
                PoolMetric.SCAN_BLOCKS_RETURNED, 1L));

    assertThat(sample.matchHitRate()).isCloseTo(0.7, within(1e-9));
    assertThat(sample.scanHitRate()).isCloseTo(0.25, within(1e-9));
  }

  @Test
  void theHitRateIsZeroWhenNothingWasAsked() {
    stats.setEnabled(true);
    sampleAfter(Duration.ZERO, Map.of());

    assertThat(sampleAfter(Duration.ofSeconds(1), Map.of()).matchHitRate()).isZero();
  }

  @Test
  void gradientsTellHowFastTheRatesGrow() {
    stats.setEnabled(true);
    sampleAfter(Duration.ZERO, Map.of());
    StatsSample slow =
        sampleAfter(
            Duration.ofSeconds(2), Map.of(PoolMetric.ALLOCATIONS, 20L, PoolMetric.EVICTIONS, 40L));
    StatsSample fast =
        sampleAfter(
            Duration.ofSeconds(2), Map.of(PoolMetric.ALLOCATIONS, 80L, PoolMetric.EVICTIONS, 60L));

    assertThat(slow.allocationsPerSecond()).isCloseTo(10, within(1e-9));
    assertThat(slow.allocationGradient()).isCloseTo(5, within(1e-9));
    assertThat(fast.allocationsPerSecond()).isCloseTo(30, within(1e-9));
    assertThat(fast.allocationGradient()).isCloseTo(10, within(1e-9));
    assertThat(slow.evictionGradient()).isCloseTo(10, within(1e-9));
    assertThat(fast.evictionGradient()).isCloseTo(-5, within(1e-9));
  }

  @Test
  void aSampleAtTheSameMomentHasNoRates() {
    stats.setEnabled(true);
    sampleAfter(Duration.ZERO, Map.of());

    StatsSample sample = sampleAfter(Duration.ZERO, Map.of(PoolMetric.ALLOCATIONS, 50L));

    assertThat(sample.allocationsPerSecond()).isZero();
    assertThat(sample.allocationGradient()).isZero();
    assertThat(sample.values().allocations()).isEqualTo(50);
  }

  @Test
  void theGaugesOfASampleAreThoseOfItsMoment() {
    stats.setEnabled(true);

    StatsSample sample =
        sampleAfter(
            Duration.ZERO,
            Map.of(
                PoolMetric.INFLIGHT_MUTABLE, 1L,
                PoolMetric.INFLIGHT_IMMUTABLE, 2L,
                PoolMetric.RESET_POOL_SIZE, 3L,
                PoolMetric.INACTIVE_POOL_SIZE, 4L));

    assertThat(sample.values().inflightMutable()).isEqualTo(1);
    assertThat(sample.values().inflightImmutable()).isEqualTo(2);
    assertThat(sample.values().resetPoolSize()).isEqualTo(3);
    assertThat(sample.values().inactivePoolSize()).isEqualTo(4);
  }

  @Test
  void theWindowKeepsTheNewestSamplesOldestFirst() {
    StatsCollector small = collector(5);
    small.setEnabled(true);
    for (long i = 1; i <= 10; i++) {
      now += 1_000_000_000L;
      pool.set(Map.of(PoolMetric.ALLOCATIONS, i));
      small.sample();
    }

    assertThat(small.window(100))
        .extracting(sample -> sample.values().allocations())
        .containsExactly(6L, 7L, 8L, 9L, 10L);
    assertThat(small.window(3))
        .extracting(sample -> sample.values().allocations())
        .containsExactly(8L, 9L, 10L);
    assertThat(small.window(0)).isEmpty();
    assertThat(small.latest()).contains(small.window(1).getFirst());
    assertThatThrownBy(() -> small.window(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theSampleAfterAPauseTellsOfTheWholePause() {
    stats.setEnabled(true);
    sampleAfter(Duration.ZERO, Map.of());
    stats.setEnabled(false);
    now += Duration.ofSeconds(9).toNanos();
    assertThat(stats.sample()).isFalse();
    stats.setEnabled(true);

    StatsSample sample = sampleAfter(Duration.ofSeconds(1), Map.of(PoolMetric.ALLOCATIONS, 50L));

    assertThat(sample.allocationsPerSecond()).isCloseTo(5, within(1e-9));
  }

  /** Runs its one task when the test says so. */
  private static final class Manual implements StatsCollector.Scheduler {
    private @Nullable Runnable task;
    private @Nullable Duration interval;
    private boolean stopped;

    @Override
    public Runnable repeat(Duration interval, Runnable task) {
      this.task = task;
      this.interval = interval;
      return () -> stopped = true;
    }

    void tick() {
      assertThat(task).isNotNull().satisfies(Runnable::run);
    }
  }

  @Test
  void aStartedCollectorSamplesAtEveryTickUntilItIsClosed() {
    Manual scheduler = new Manual();
    stats.start(scheduler);
    assertThat(stats.isEnabled()).isTrue();
    assertThat(scheduler.interval).isEqualTo(Duration.ofSeconds(1));

    scheduler.tick();
    now += 1_000_000_000L;
    pool.set(Map.of(PoolMetric.ALLOCATIONS, 5L));
    scheduler.tick();
    assertThat(stats.window(9))
        .extracting(StatsSample::allocationsPerSecond)
        .containsExactly(0.0, 5.0);

    stats.close();
    stats.close();
    assertThat(scheduler.stopped).isTrue();
    scheduler.tick();
    assertThat(stats.sample()).isFalse();
    assertThat(stats.window(9)).hasSize(2);
  }

  @Test
  void aCollectorIsStartedOnceAndNotAfterClosing() {
    stats.start(new Manual());
    assertThatThrownBy(() -> stats.start(new Manual()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("already");

    stats.close();
    assertThatThrownBy(() -> stats.start(new Manual()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  /** Fails at every second reading. */
  private static final class Unreliable implements PoolMetricsSource {
    private int reads;

    @Override
    public String name() {
      return "unreliable";
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
      if (reads++ % 2 == 1) {
        throw new IllegalStateException("not now");
      }
      return FakePool.snapshot(Map.of());
    }
  }

  @Test
  void aPoolThatCannotBeReadOnceIsReadAgainAtTheNextTick() {
    Manual scheduler = new Manual();
    StatsCollector fragile = new StatsCollector(new Unreliable(), StatsConfig.DEFAULT, () -> now++);
    fragile.start(scheduler);

    for (int i = 0; i < 4; i++) {
      scheduler.tick();
    }

    assertThat(fragile.window(9)).hasSize(2);
  }

  @Test
  void withoutASchedulerOfOnesOwnAThreadSamples() throws InterruptedException {
    CountDownLatch three = new CountDownLatch(3);
    Thread[] sampler = new Thread[1];
    PoolMetricsSource source =
        new PoolMetricsSource() {
          @Override
          public String name() {
            return "watched";
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
            sampler[0] = Thread.currentThread();
            three.countDown();
            return FakePool.snapshot(Map.of());
          }
        };

    try (StatsCollector live =
        new StatsCollector(source, new StatsConfig(2, Duration.ofMillis(1)), System::nanoTime)) {
      live.start();
      assertThat(three.await(50, TimeUnit.SECONDS)).isTrue();
      assertThat(live.window(9)).isNotEmpty().hasSizeLessThanOrEqualTo(2);
    }
    sampler[0].join();
    assertThat(List.of(sampler[0].isDaemon(), sampler[0].getName().contains("watched")))
        .containsOnly(true);
  }

  @Test
  void badOptionsAreRefused() {
    assertThatThrownBy(() -> new StatsConfig(0, Duration.ofSeconds(1)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new StatsConfig(1, Duration.ZERO))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("PT0S");
  }
}
