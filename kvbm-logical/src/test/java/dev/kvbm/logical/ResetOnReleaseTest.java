package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Blocks that are freed, not kept, when their last reference goes; spec (a.12) and 2.7. */
class ResetOnReleaseTest {
  @RegisterExtension final Pools pools = new Pools();

  private static final PositionalLineageHash A = Hashes.root(0);
  private static final PositionalLineageHash B = Hashes.root(100);

  private BlockManager<G1> resetting(int blocks) {
    return pools.with(blocks, options -> options.resetOnRelease(true));
  }

  private static boolean matches(BlockManager<G1> manager, PositionalLineageHash hash) {
    try (ImmutableBlocks<G1> hit = manager.match(LineageHashes.of(hash))) {
      return hit.hits() == 1;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aFlaggedBlockIsFreeAsSoonAsItIsReleased(Backend backend) {
    BlockManager<G1> manager = pools.of(4, backend);
    ImmutableBlock<G1> block = Pools.register(manager, A);
    block.setResetOnRelease(true);
    block.close();
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
    assertThat(manager.registry().isRegistered(A)).isFalse();
    assertThat(manager.registry().isPresent(G1.TIER, A)).isFalse();
    assertThat(matches(manager, A)).isFalse();
    assertThat(manager.metrics().inflightImmutable()).isZero();
    assertThat(manager.allocate(4).orElseThrow().ids()).containsExactly(1, 2, 3, 0);
  }

  @Test
  void aFlaggedBlockStaysMatchableWhileSomebodyHoldsIt() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> block = Pools.register(manager, A);
    ImmutableBlock<G1> clone = block.share();
    block.setResetOnRelease(true);
    block.close();
    assertThat(matches(manager, A)).isTrue();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 0 idle");
    clone.close();
    assertThat(matches(manager, A)).isFalse();
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
  }

  @Test
  void aPinHoldsAFlaggedBlockToo() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> block = Pools.register(manager, A);
    block.setResetOnRelease(true);
    LifecyclePin pin = block.pin();
    block.close();
    assertThat(matches(manager, A)).isTrue();
    pin.close();
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
  }

  @Test
  void theLastCallOfAnyHolderCounts() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> block = Pools.register(manager, A);
    ImmutableBlock<G1> clone = block.share();
    block.setResetOnRelease(true);
    clone.setResetOnRelease(false);
    clone.close();
    block.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
  }

  @Test
  void theNextTenantOfABlockStartsWithTheDefault() {
    BlockManager<G1> manager = pools.of(1);
    ImmutableBlock<G1> block = Pools.register(manager, A);
    block.setResetOnRelease(true);
    block.close();
    Pools.cache(manager, B);
    assertThat(Pools.pools(manager)).isEqualTo("0 free, 1 idle");
  }

  @ParameterizedTest
  @EnumSource
  void aManagerCanFreeEveryBlockByDefault(Backend backend) {
    BlockManager<G1> manager =
        pools.with(4, options -> options.resetOnRelease(true).eviction(backend.factory()));
    Pools.cache(manager, Hashes.chain(0, 4));
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
    assertThat(manager.registry().registeredCount()).isZero();
  }

  @Test
  void oneBlockCanOptOutOfTheDefault() {
    BlockManager<G1> manager = resetting(4);
    ImmutableBlock<G1> block = Pools.register(manager, A);
    block.setResetOnRelease(false);
    block.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
  }

  @Test
  void anOptOutLastsThroughAnyNumberOfIdleTimes() {
    BlockManager<G1> manager = resetting(2);
    ImmutableBlock<G1> block = Pools.register(manager, A);
    block.setResetOnRelease(false);
    WeakBlock<G1> weak = block.downgrade();
    block.close();
    for (int i = 0; i < 3; i++) {
      assertThat(matches(manager, A)).isTrue();
      weak.upgrade().orElseThrow().close();
      manager.scan(LineageHashes.of(A), false).close();
      assertThat(Pools.pools(manager)).isEqualTo("1 free, 1 idle");
    }
  }

  @Test
  void aFlagSetAfterABlockCameBackDecidesItsNextRelease() {
    BlockManager<G1> manager = pools.of(4);
    Pools.cache(manager, A);
    ImmutableBlocks<G1> hit = manager.match(LineageHashes.of(A));
    ImmutableBlock<G1> guard = hit.share(0);
    guard.setResetOnRelease(true);
    hit.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 0 idle");
    guard.close();
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
  }

  @Test
  void anOptOutEndsWhenTheContentIsEvicted() {
    BlockManager<G1> manager = resetting(1);
    ImmutableBlock<G1> block = Pools.register(manager, A);
    block.setResetOnRelease(false);
    block.close();
    assertThat(Pools.pools(manager)).isEqualTo("0 free, 1 idle");
    Pools.cache(manager, B);
    assertThat(Pools.pools(manager)).isEqualTo("1 free, 0 idle");
  }

  @Test
  void anOptOutEndsWhenAStagedBlockIsReset() {
    BlockManager<G1> manager = pools.of(1);
    MutableBlock<G1> reset = manager.allocate().orElseThrow().stage(A, 4).reset();
    assertThat(manager.slots().getFirst().resetOnRelease()).isFalse();
    reset.stage(A, 4).register().close();
    assertThat(Pools.pools(manager)).isEqualTo("0 free, 1 idle");
  }

  @Test
  void aDuplicateIsAlwaysFreedAndItsPrimaryKept() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> primary = Pools.register(manager, A);
    ImmutableBlock<G1> duplicate = Pools.register(manager, A);
    duplicate.close();
    primary.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
  }

  @Test
  void theFlagOfADuplicateConcernsNobody() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> primary = Pools.register(manager, A);
    ImmutableBlock<G1> duplicate = Pools.register(manager, A);
    duplicate.setResetOnRelease(true);
    duplicate.close();
    primary.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");

    ImmutableBlocks<G1> again = manager.match(LineageHashes.of(A));
    ImmutableBlock<G1> second = Pools.register(manager, A);
    second.setResetOnRelease(false);
    second.close();
    again.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
  }

  @Test
  void aFlaggedPrimaryIsFreedAfterItsDuplicate() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> primary = Pools.register(manager, A);
    ImmutableBlock<G1> duplicate = Pools.register(manager, A);
    primary.setResetOnRelease(true);
    primary.close();
    assertThat(matches(manager, A)).isTrue();
    duplicate.close();
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
    assertThat(manager.allocate(4).orElseThrow().ids()).containsExactly(2, 3, 1, 0);
  }

  @Test
  void blocksOfOneBatchGoTheirOwnWays() {
    BlockManager<G1> manager = pools.of(4);
    LineageHashes hashes = Hashes.roots(0, 3);
    List<ImmutableBlock<G1>> blocks = Pools.register(manager, hashes).split();
    blocks.get(0).setResetOnRelease(true);
    blocks.get(2).setResetOnRelease(true);
    blocks.forEach(ImmutableBlock::close);
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
    assertThat(manager.registry().checkPresence(G1.TIER, hashes))
        .containsExactly(false, true, false);
  }

  @ParameterizedTest
  @EnumSource
  void aGroupOfFlaggedAndOtherBlocksIsReleasedInItsOrder(Backend backend) {
    BlockManager<G1> manager = pools.of(6, backend);
    LineageHashes hashes = Hashes.roots(0, 5);
    ImmutableBlocks<G1> group = Pools.register(manager, hashes);
    for (int i : new int[] {1, 3}) {
      try (ImmutableBlock<G1> guard = group.share(i)) {
        guard.setResetOnRelease(true);
      }
    }
    group.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 3 idle");
    MutableBlocks<G1> all = manager.allocate(6).orElseThrow();
    assertThat(all.ids()).containsExactly(5, 1, 3, 0, 2, 4);
    all.close();
  }

  @Test
  void oneCallFlagsAWholeGroup() {
    BlockManager<G1> manager = pools.of(4);
    Pools.cache(manager, Hashes.roots(0, 2));
    ImmutableBlocks<G1> hit =
        manager.matchScattered(LineageHashes.of(Hashes.root(0), Hashes.root(900), Hashes.root(4)));
    hit.setResetOnRelease(true);
    hit.close();
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
  }

  @Test
  void gaugesFollowAFlaggedRelease() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlocks<G1> blocks = Pools.register(manager, Hashes.roots(0, 3));
    MetricsSnapshot before = manager.metrics();
    blocks.setResetOnRelease(true);
    assertThat(manager.metrics()).isEqualTo(before);
    assertThat(before.resetPoolSize()).isEqualTo(1);
    assertThat(before.inflightImmutable()).isEqualTo(3);
    blocks.close();
    MetricsSnapshot after = manager.metrics();
    assertThat(after.resetPoolSize()).isEqualTo(4);
    assertThat(after.inactivePoolSize()).isZero();
    assertThat(after.inflightImmutable()).isZero();
    assertThat(after.distinctActive()).isZero();
    assertThat(after.evictions()).isZero();
  }
}
