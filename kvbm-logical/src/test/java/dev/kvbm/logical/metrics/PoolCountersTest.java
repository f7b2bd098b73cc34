package dev.kvbm.logical.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.CompleteBlocks;
import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.LifecyclePin;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What the operations of a manager add to its series. */
class PoolCountersTest {
  private static final int BLOCKS = 6;
  private final BlockManager<G1> manager = manager(DuplicationPolicy.ALLOW);

  private static BlockManager<G1> manager(DuplicationPolicy duplicates) {
    return BlockManager.builder(G1.TIER)
        .blocks(BLOCKS)
        .blockSize(4)
        .duplicationPolicy(duplicates)
        .registry(BlockRegistry.create())
        .build();
  }

  /** The hashes of {@code blocks} blocks of tokens that nobody else uses. */
  private static LineageHashes hashes(int firstToken, int blocks) {
    int[] tokens = IntStream.range(firstToken, firstToken + blocks * 4).toArray();
    return TokenBlockSequence.of(tokens, 4).lineageHashes();
  }

  private static ImmutableBlocks<G1> register(BlockManager<G1> manager, LineageHashes hashes) {
    return manager.allocate(hashes.size()).orElseThrow().register(hashes);
  }

  @AfterEach
  void everyBlockIsInOnePlace() {
    assertThat(sumOfStates(manager.metrics())).isEqualTo(BLOCKS);
    assertThat(manager.invariantViolations()).isEmpty();
  }

  private static long sumOfStates(MetricsSnapshot now) {
    return now.resetPoolSize()
        + now.inflightMutable()
        + now.staged()
        + now.distinctActive()
        + now.inactivePoolSize();
  }

  @Test
  void aNewPoolShowsItsFreeBlocksAndNothingElse() {
    MetricsSnapshot now = manager.metrics();

    assertThat(now.resetPoolSize()).isEqualTo(BLOCKS);
    for (PoolMetric metric : PoolMetric.values()) {
      if (metric != PoolMetric.RESET_POOL_SIZE) {
        assertThat(metric.value(now)).as("%s", metric).isZero();
      }
    }
  }

  @Test
  void allocationsAddUpAndAreSplitIntoFreeAndEvictedBlocks() {
    register(manager, hashes(0, 4)).close();

    manager.allocate(4).orElseThrow().close();

    MetricsSnapshot now = manager.metrics();
    assertThat(now.allocations()).isEqualTo(8);
    assertThat(now.allocationsFromReset()).isEqualTo(6);
    assertThat(now.evictions()).isEqualTo(2);
    assertThat(now.registrations()).isEqualTo(4);
    assertThat(now.stagings()).isEqualTo(4);
  }

  @Test
  void anAllocationThatFailsCountsNothing() {
    assertThat(manager.allocate(BLOCKS + 1)).isEmpty();

    assertThat(manager.metrics().allocations()).isZero();
    assertThat(manager.metrics().allocateAtomicRollback()).isZero();
  }

  @Test
  void aSecondBlockOfOneHashCountsAsDuplicate() {
    try (ImmutableBlocks<G1> first = register(manager, hashes(0, 1));
        ImmutableBlocks<G1> second = register(manager, hashes(0, 1))) {
      assertThat(first.id(0)).isNotEqualTo(second.id(0));

      MetricsSnapshot now = manager.metrics();
      assertThat(now.duplicateBlocks()).isEqualTo(1);
      assertThat(now.registrationDedup()).isZero();
      assertThat(now.registrations()).isEqualTo(2);
      assertThat(now.distinctActive()).isEqualTo(2);
    }
  }

  @Test
  void aRejectedBlockCountsAsDedupAndIsFreeAgain() {
    BlockManager<G1> strict = manager(DuplicationPolicy.REJECT);
    try (ImmutableBlocks<G1> first = register(strict, hashes(0, 1));
        ImmutableBlocks<G1> second = register(strict, hashes(0, 1))) {
      assertThat(first.id(0)).isEqualTo(second.id(0));

      MetricsSnapshot now = strict.metrics();
      assertThat(now.registrationDedup()).isEqualTo(1);
      assertThat(now.duplicateBlocks()).isZero();
      assertThat(now.registrations()).isEqualTo(2);
      assertThat(now.distinctActive()).isEqualTo(1);
      assertThat(now.resetPoolSize()).isEqualTo(BLOCKS - 1);
    }
  }

  @Test
  void gaugesFollowTheBlocksThroughTheirLife() {
    MutableBlocks<G1> fresh = manager.allocate(3).orElseThrow();
    assertGauges(3, 0, 0, 0, 0);

    CompleteBlocks<G1> staged = fresh.stage(hashes(0, 3));
    assertGauges(0, 3, 0, 0, 0);

    ImmutableBlocks<G1> computed = staged.register();
    assertGauges(0, 0, 3, 3, 0);

    computed.close();
    assertGauges(0, 0, 0, 0, 3);

    assertThat(manager.resetInactivePool().drained().size()).isEqualTo(3);
    assertGauges(0, 0, 0, 0, 0);
    assertThat(manager.metrics().evictions()).isZero();
  }

  private void assertGauges(int mutable, int staged, int guards, int active, int idle) {
    MetricsSnapshot now = manager.metrics();
    assertThat(now.inflightMutable()).isEqualTo(mutable);
    assertThat(now.staged()).isEqualTo(staged);
    assertThat(now.inflightImmutable()).isEqualTo(guards);
    assertThat(now.distinctActive()).isEqualTo(active);
    assertThat(now.inactivePoolSize()).isEqualTo(idle);
    assertThat(now.resetPoolSize()).isEqualTo(BLOCKS - mutable - staged - active - idle);
  }

  @Test
  void everyGuardCountsAndPinsDoNot() {
    List<ImmutableBlock<G1>> guards = register(manager, hashes(0, 1)).split();
    ImmutableBlock<G1> block = guards.getFirst();
    ImmutableBlock<G1> second = block.share();
    LifecyclePin pin = block.pin();
    assertGauges(0, 0, 2, 1, 0);

    second.close();
    assertGauges(0, 0, 1, 1, 0);

    block.close();
    assertGauges(0, 0, 0, 1, 0);

    pin.close();
    assertGauges(0, 0, 0, 0, 1);
  }

  @Test
  void matchAndScanCountApartFromEachOther() {
    register(manager, hashes(0, 2)).close();

    manager.match(hashes(0, 5)).close();
    assertLookups(5, 2, 0, 0);

    manager.matchScattered(hashes(0, 3)).close();
    assertLookups(8, 4, 0, 0);

    manager.scan(hashes(0, 4), /* touch= */ false).close();
    assertLookups(8, 4, 4, 2);
    assertThat(manager.metrics().matchHitRate()).isEqualTo(0.5);
  }

  private void assertLookups(int asked, int found, int scanned, int seen) {
    MetricsSnapshot now = manager.metrics();
    assertThat(now.matchHashesRequested()).isEqualTo(asked);
    assertThat(now.matchBlocksReturned()).isEqualTo(found);
    assertThat(now.scanHashesRequested()).isEqualTo(scanned);
    assertThat(now.scanBlocksReturned()).isEqualTo(seen);
  }

  @Test
  void aClosedManagerCanStillBeRead() {
    manager.allocate(2).orElseThrow().close();

    manager.close();

    assertThat(manager.metrics().allocations()).isEqualTo(2);
  }

  private static final class MyTier {}

  @Test
  void thePoolIsNamedAfterItsTierUnlessTheManagerHasAName() {
    assertThat(name(Tier.of(MyTier.class))).isEqualTo("MyTier");
    assertThat(name(Tier.of(int.class))).isEqualTo("int");
    assertThat(name(Tier.of(List.class))).isEqualTo("List");
    assertThat(
            BlockManager.builder(G1.TIER)
                .blocks(1)
                .registry(BlockRegistry.create())
                .name("gpu-0")
                .build()
                .name())
        .isEqualTo("gpu-0");
  }

  private static String name(Tier<?> tier) {
    return BlockManager.builder(tier).blocks(1).registry(BlockRegistry.create()).build().name();
  }

  @Test
  void aManagerAnswersForItselfAsASource() {
    PoolMetricsSource source = manager;

    assertThat(source.managerId()).isEqualTo(manager.id().value()).isPositive();
    assertThat(source.tier()).isEqualTo(G1.TIER);
    assertThat(source.metrics()).isEqualTo(manager.metrics());
  }
}
