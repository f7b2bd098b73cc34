package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Giving up all idle content in one step, which the reference does in two; T11. */
class PoolResetTest {
  @RegisterExtension final Pools pools = new Pools();

  @ParameterizedTest
  @EnumSource
  void everyIdleBlockIsFreedInEvictionOrder(Backend backend) {
    BlockManager<G1> manager = pools.of(6, backend);
    LineageHashes hashes = Hashes.chain(0, 5);
    Pools.cache(manager, hashes);
    LineageHashes order = manager.previewEvictions(6).hashes();
    MetricsSnapshot before = manager.metrics();

    PoolReset reset = manager.resetInactivePool();

    assertThat(reset.drained()).isEqualTo(order).hasSize(5);
    assertThat(reset.isComplete()).isTrue();
    assertThat(reset.freeBlocks()).isEqualTo(6);
    assertThat(reset.totalBlocks()).isEqualTo(6);
    assertThat(reset.heldBlocks()).isZero();
    assertThat(Pools.pools(manager)).isEqualTo("6 free, 0 idle");
    assertThat(manager.registry().checkPresence(G1.TIER, hashes)).containsOnly(false);
    assertThat(manager.metrics().allocations()).isEqualTo(before.allocations());
    assertThat(manager.metrics().evictions()).isEqualTo(before.evictions());
  }

  @Test
  void blocksThatAreHeldStayAndAreCounted() {
    BlockManager<G1> manager = pools.of(6);
    ImmutableBlocks<G1> held = Pools.register(manager, Hashes.roots(0, 1));
    MutableBlocks<G1> mutable = manager.allocate(1).orElseThrow();
    Pools.cache(manager, Hashes.roots(100, 2));

    PoolReset reset = manager.resetInactivePool();

    assertThat(reset.isComplete()).isFalse();
    assertThat(reset.heldBlocks()).isEqualTo(2);
    assertThat(reset.freeBlocks()).isEqualTo(4);
    assertThat(reset.drained()).isEqualTo(Hashes.roots(100, 2));
    assertThat(held.ids()).containsExactly(0);
    try (ImmutableBlocks<G1> hit = manager.match(Hashes.roots(0, 1))) {
      assertThat(hit.size()).isEqualTo(1);
    }
    held.close();
    mutable.close();
  }

  @Test
  void anEmptyOrBusyPoolLosesNothing() {
    BlockManager<G1> manager = pools.of(2);
    assertThat(manager.resetInactivePool().drained().isEmpty()).isTrue();
    MutableBlocks<G1> all = manager.allocate(2).orElseThrow();
    PoolReset reset = manager.resetInactivePool();
    assertThat(reset.drained().isEmpty()).isTrue();
    assertThat(reset.heldBlocks()).isEqualTo(2);
    all.close();
  }

  @Test
  void drainedBlocksQueueBehindTheFreeOnes() {
    BlockManager<G1> manager = pools.of(4);
    Pools.cache(manager, Hashes.roots(0, 2));
    manager.resetInactivePool();
    assertThat(manager.allocate(4).orElseThrow().ids()).containsExactly(2, 3, 0, 1);
  }

  @ParameterizedTest
  @EnumSource
  void theSamePromptCanBeCachedAgainAfterwards(Backend backend) {
    BlockManager<G1> manager = pools.of(4, backend);
    LineageHashes hashes = Hashes.chain(0, 4);
    for (int i = 0; i < 3; i++) {
      Pools.cache(manager, hashes);
      assertThat(manager.resetInactivePool().isComplete()).isTrue();
    }
    Pools.cache(manager, hashes);
    assertThat(Pools.evict(manager, 4)).hasSize(4);
  }
}
