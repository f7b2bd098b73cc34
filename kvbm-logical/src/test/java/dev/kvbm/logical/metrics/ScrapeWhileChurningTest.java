package dev.kvbm.logical.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.CompleteBlocks;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A scrape is a consistent cut whatever two other threads do to the pool. */
class ScrapeWhileChurningTest {
  private static final int BLOCKS = 24;
  private static final int ROUNDS = 20_000;
  private static final long SEED = 20260115;

  private final BlockManager<G1> manager =
      BlockManager.builder(G1.TIER)
          .blocks(BLOCKS)
          .blockSize(4)
          .registry(BlockRegistry.create())
          .build();

  private static final List<LineageHashes> PROMPTS =
      IntStream.range(0, 12)
          .mapToObj(
              prompt ->
                  TokenBlockSequence.of(
                          IntStream.range(prompt * 1_000, prompt * 1_000 + 16).toArray(), 4)
                      .lineageHashes())
          .toList();

  private void churn(SplittableRandom random) {
    for (int round = 0; round < ROUNDS; round++) {
      LineageHashes prompt = PROMPTS.get(random.nextInt(PROMPTS.size()));
      try (ImmutableBlocks<G1> cached = manager.match(prompt)) {
        Optional<MutableBlocks<G1>> fresh = manager.allocate(prompt.size() - cached.size());
        if (fresh.isPresent()) {
          finish(fresh.get(), prompt.from(cached.size()), random.nextInt(4));
        }
      }
    }
  }

  private static void finish(MutableBlocks<G1> fresh, LineageHashes hashes, int how) {
    switch (how) {
      case 0 -> fresh.close();
      case 1 -> fresh.stage(hashes).close();
      case 2 -> fresh.register(hashes).close();
      default -> {
        CompleteBlocks<G1> staged = fresh.stage(hashes);
        try (ImmutableBlocks<G1> computed = staged.register()) {
          computed.setResetOnRelease(true);
        }
      }
    }
  }

  @Test
  void countersNeverGoBackAndEveryBlockIsInOnePlaceInEveryScrape() throws InterruptedException {
    MetricsAggregator aggregator = new MetricsAggregator();
    aggregator.add(manager);
    SplittableRandom random = new SplittableRandom(SEED);
    List<Thread> threads =
        Stream.of(random.split(), random.split())
            .map(own -> Thread.ofPlatform().start(() -> churn(own)))
            .toList();

    MetricsSnapshot before = manager.metrics();
    do {
      MetricsSnapshot now = aggregator.collect().getFirst().values();
      assertConsistent(now);
      for (PoolMetric metric : PoolMetric.values()) {
        if (metric.kind() == PoolMetric.Kind.COUNTER) {
          assertThat(metric.value(now))
              .as("%s, seed %d", metric, SEED)
              .isGreaterThanOrEqualTo(metric.value(before));
        }
      }
      before = now;
    } while (threads.stream().anyMatch(Thread::isAlive));
    for (Thread thread : threads) {
      thread.join();
    }

    MetricsSnapshot end = manager.metrics();
    assertConsistent(end);
    assertThat(end.inflightMutable() + end.staged() + end.distinctActive()).isZero();
    assertThat(end.inflightImmutable()).isZero();
    assertThat(end.matchHashesRequested()).isEqualTo(2L * ROUNDS * 4);
    assertThat(end.evictions()).isPositive();
    assertThat(manager.invariantViolations()).isEmpty();
  }

  private static void assertConsistent(MetricsSnapshot now) {
    assertThat(
            now.resetPoolSize()
                + now.inflightMutable()
                + now.staged()
                + now.distinctActive()
                + now.inactivePoolSize())
        .as("blocks in %s, seed %d", now, SEED)
        .isEqualTo(BLOCKS);
    assertThat(now.allocations()).isEqualTo(now.allocationsFromReset() + now.evictions());
    assertThat(now.matchBlocksReturned()).isLessThanOrEqualTo(now.matchHashesRequested());
    assertThat(now.registrations()).isLessThanOrEqualTo(now.stagings());
    assertThat(now.eagerPrimaryToInactive() + now.releasePrimaryNoop()).isZero();
    assertThat(now.releaseDuplicateNoop() + now.allocateAtomicRollback()).isZero();
  }
}
