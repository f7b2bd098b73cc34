package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Allocation without waiting; spec (a.9) and the capacity rows of (a.11). */
class AllocationTest {
  @RegisterExtension final Pools pools = new Pools();

  @Test
  void oneBlockMovesFromFreeToInFlightAndBack() {
    BlockManager<G1> manager = pools.of(10);
    MutableBlock<G1> block = manager.allocate().orElseThrow();
    assertThat(manager.availableBlocks()).isEqualTo(9);
    assertThat(manager.totalBlocks()).isEqualTo(10);
    MetricsSnapshot metrics = manager.metrics();
    assertThat(metrics.allocations()).isEqualTo(1);
    assertThat(metrics.allocationsFromReset()).isEqualTo(1);
    assertThat(metrics.inflightMutable()).isEqualTo(1);
    assertThat(metrics.resetPoolSize()).isEqualTo(9);
    block.close();
    assertThat(manager.availableBlocks()).isEqualTo(10);
    assertThat(manager.metrics().inflightMutable()).isZero();
    assertThat(manager.metrics().allocations()).isEqualTo(1);
  }

  @Test
  void everyBlockOfAnAllocationIsAnotherOne() {
    BlockManager<G1> manager = pools.of(10);
    MutableBlocks<G1> five = manager.allocate(5).orElseThrow();
    MutableBlocks<G1> rest = manager.allocate(5).orElseThrow();
    Set<Integer> ids = new HashSet<>();
    five.forEach(ids::add);
    rest.forEach(ids::add);
    assertThat(ids).hasSize(10).allMatch(id -> id >= 0 && id < 10);
    five.close();
    rest.close();
    assertThat(manager.availableBlocks()).isEqualTo(10);
  }

  @Test
  void askingForMoreThanThereIsChangesNothing() {
    BlockManager<G1> manager = pools.of(5);
    Pools.cache(manager, Hashes.roots(0, 2));
    MetricsSnapshot before = manager.metrics();
    assertThat(manager.allocate(6)).isEmpty();
    assertThat(manager.allocate(10)).isEmpty();
    assertThat(manager.allocate(Integer.MAX_VALUE)).isEmpty();
    assertThat(manager.metrics()).isEqualTo(before);
    assertThat(manager.allocate(5).orElseThrow().ids()).containsExactly(2, 3, 4, 0, 1);
  }

  @Test
  void zeroBlocksAreAnEmptyGroup() {
    BlockManager<G1> manager = pools.of(5);
    MetricsSnapshot before = manager.metrics();
    MutableBlocks<G1> none = manager.allocate(0).orElseThrow();
    assertThat(none.isHeld()).isTrue();
    assertThat(none.size()).isZero();
    assertThat(none.ids()).isEmpty();
    assertThat(none.evicted().isEmpty()).isTrue();
    assertThat(manager.metrics()).isEqualTo(before);
    none.close();
    assertThat(manager.metrics()).isEqualTo(before);
  }

  @Test
  void zeroBlocksCanBeHadFromAnExhaustedPool() {
    BlockManager<G1> manager = pools.of(2);
    MutableBlocks<G1> all = manager.allocate(2).orElseThrow();
    manager.allocate(0).orElseThrow().close();
    all.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE})
  void aNegativeNumberOfBlocksIsRefused(int n) {
    BlockManager<G1> manager = pools.of(5);
    MetricsSnapshot before = manager.metrics();
    assertThatThrownBy(() -> manager.allocate(n))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot allocate " + n + " blocks");
    assertThatThrownBy(() -> manager.reserve(n)).isInstanceOf(IllegalArgumentException.class);
    assertThat(manager.metrics()).isEqualTo(before);
  }

  @Test
  void allocationsInARowUseUpThePool() {
    BlockManager<G1> manager = pools.of(10);
    MutableBlocks<G1> a = manager.allocate(3).orElseThrow();
    MutableBlocks<G1> b = manager.allocate(4).orElseThrow();
    MutableBlocks<G1> c = manager.allocate(3).orElseThrow();
    assertThat(manager.allocate()).isEmpty();
    assertThat(manager.allocate(1)).isEmpty();
    c.close();
    assertThat(manager.availableBlocks()).isEqualTo(3);
    b.close();
    assertThat(manager.availableBlocks()).isEqualTo(7);
    a.close();
    assertThat(manager.availableBlocks()).isEqualTo(10);
    manager.allocate(10).orElseThrow().close();
  }

  @ParameterizedTest
  @EnumSource
  void everyIdleBlockCanBeEvicted(Backend backend) {
    BlockManager<G1> manager = pools.of(32, backend);
    LineageHashes hashes = Hashes.roots(0, 32);
    Pools.cache(manager, hashes);
    int[] touches = {0, 3, 8, 15};
    for (int i = 0; i < 32; i++) {
      for (int n = 0; n < touches[i % 4]; n++) {
        manager.registry().touch(hashes.get(i));
      }
    }
    for (int i = 0; i < 32; i += 3) {
      manager.match(hashes.slice(i, i + 1)).close();
    }
    Set<Object> evicted = new HashSet<>();
    List<MutableBlock<G1>> held = new ArrayList<>();
    for (int i = 0; i < 32; i++) {
      MutableBlocks<G1> one = manager.allocate(1).orElseThrow();
      assertThat(one.evicted().size()).isEqualTo(1);
      evicted.add(one.evicted().get(0));
      held.addAll(one.split());
    }
    assertThat(evicted).hasSize(32);
    assertThat(manager.metrics().evictions()).isEqualTo(32);
    held.forEach(MutableBlock::close);
  }

  @Test
  void multiLruKeepsWhatIsAskedForOften() {
    BlockManager<G1> manager = pools.of(4, Backend.MULTI_LRU);
    LineageHashes hashes = Hashes.roots(0, 4);
    ImmutableBlocks<G1> blocks = Pools.register(manager, hashes);
    for (int i = 0; i < 8; i++) {
      manager.registry().touch(hashes.get(0));
    }
    for (int i = 0; i < 3; i++) {
      manager.registry().touch(hashes.get(2));
    }
    blocks.close();
    assertThat(manager.previewEvictions(4).hashes())
        .containsExactly(hashes.get(1), hashes.get(3), hashes.get(2), hashes.get(0));
  }

  @Test
  void sixtyFourColdBlocksFitOneLevelOfMultiLru() {
    BlockManager<G1> manager = pools.of(64, Backend.MULTI_LRU);
    Pools.cache(manager, Hashes.roots(0, 64));
    assertThat(Pools.pools(manager)).isEqualTo("0 free, 64 idle");
    assertThat(manager.metrics().evictions()).isZero();
  }

  @Test
  void aBlockThatIsHeldIsNeverEvicted() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlocks<G1> held = Pools.register(manager, Hashes.roots(0, 2));
    Pools.cache(manager, Hashes.roots(100, 2));
    assertThat(manager.allocate(3)).isEmpty();
    try (MutableBlocks<G1> two = manager.allocate(2).orElseThrow()) {
      assertThat(two.evicted()).isEqualTo(Hashes.roots(100, 2));
    }
    assertThat(held.ids()).containsExactly(0, 1);
    held.close();
  }

  @Test
  void poolExhaustedIsAnExceptionToThrowWithoutBlocks() {
    BlockManager<G1> manager = pools.of(1);
    assertThatThrownBy(() -> manager.allocate(2).orElseThrow(PoolExhausted::new))
        .isInstanceOf(PoolExhausted.class)
        .hasMessageContaining("not enough");
  }
}
