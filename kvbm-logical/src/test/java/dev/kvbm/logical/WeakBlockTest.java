package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Weak blocks; spec (a.2), (a.10) and 2.8. They keep nothing, not even the registration. */
class WeakBlockTest {
  @RegisterExtension final Pools pools = new Pools();

  private static final PositionalLineageHash HASH = Hashes.root(0);

  private static WeakBlock<G1> weak(BlockManager<G1> manager, PositionalLineageHash hash) {
    try (ImmutableBlock<G1> block = Pools.register(manager, hash)) {
      return block.downgrade();
    }
  }

  @Test
  void aWeakBlockOfABlockInUseGivesTheSameBlock() {
    BlockManager<G1> manager = pools.of(10);
    try (ImmutableBlock<G1> block = Pools.register(manager, HASH);
        ImmutableBlock<G1> upgraded = block.downgrade().upgrade().orElseThrow()) {
      assertThat(upgraded.blockId()).isEqualTo(block.blockId());
      assertThat(upgraded.sequenceHash()).isEqualTo(HASH);
      assertThat(upgraded.useCount()).isEqualTo(2);
      assertThat(manager.metrics().inflightImmutable()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @EnumSource
  void aWeakBlockBringsAnIdleBlockBack(Backend backend) {
    BlockManager<G1> manager = pools.of(10, backend);
    WeakBlock<G1> weak = weak(manager, HASH);
    assertThat(manager.metrics().inactivePoolSize()).isEqualTo(1);
    try (ImmutableBlock<G1> block = weak.upgrade().orElseThrow()) {
      assertThat(block.blockId()).isZero();
      assertThat(manager.metrics().inactivePoolSize()).isZero();
    }
    assertThat(manager.metrics().inactivePoolSize()).isEqualTo(1);
  }

  @ParameterizedTest
  @EnumSource
  void aWeakBlockDoesNotKeepItsBlockFromEviction(Backend backend) {
    BlockManager<G1> manager = pools.of(10, backend);
    WeakBlock<G1> weak = weak(manager, HASH);
    for (int i = 1; i <= 10; i++) {
      Pools.cache(manager, Hashes.root(i * 100));
    }
    assertThat(weak.upgrade()).isEmpty();
    assertThat(weak.sequenceHash()).isEqualTo(HASH);
  }

  @Test
  void aWeakBlockDoesNotKeepItsHashRegistered() {
    BlockManager<G1> manager = pools.of(1);
    WeakBlock<G1> weak = weak(manager, HASH);
    assertThat(manager.registry().isRegistered(HASH)).isTrue();
    Pools.cache(manager, Hashes.root(100));
    assertThat(manager.registry().isRegistered(HASH)).isFalse();
    assertThat(manager.registry().registeredCount()).isEqualTo(1);
    assertThat(weak.upgrade()).isEmpty();
  }

  @Test
  void severalWeakBlocksUpgradeAtTheSameTime() {
    BlockManager<G1> manager = pools.of(10);
    ImmutableBlock<G1> block = Pools.register(manager, HASH);
    List<WeakBlock<G1>> weak = Stream.generate(block::downgrade).limit(3).toList();
    block.close();
    List<ImmutableBlock<G1>> strong = weak.stream().map(w -> w.upgrade().orElseThrow()).toList();
    assertThat(strong).extracting(ImmutableBlock::blockId).containsOnly(0);
    assertThat(strong.getFirst().useCount()).isEqualTo(3);
    strong.forEach(ImmutableBlock::close);
  }

  @Test
  void aWeakBlockFindsTheHashAgainInAnotherBlock() {
    BlockManager<G1> manager = pools.of(2);
    WeakBlock<G1> weak = weak(manager, HASH);
    MutableBlocks<G1> both = manager.allocate(2).orElseThrow();
    assertThat(both.ids()).containsExactly(1, 0);
    assertThat(weak.upgrade()).isEmpty();
    both.register(LineageHashes.of(HASH, Hashes.root(100))).close();
    try (ImmutableBlock<G1> upgraded = weak.upgrade().orElseThrow()) {
      assertThat(upgraded.blockId()).isEqualTo(1);
      assertThat(upgraded.sequenceHash()).isEqualTo(HASH);
    }
  }

  @Test
  void aWeakBlockNeverLeadsToTheNextTenantOfItsSlot() {
    BlockManager<G1> manager = pools.of(1);
    WeakBlock<G1> weak = weak(manager, HASH);
    try (ImmutableBlock<G1> tenant = Pools.register(manager, Hashes.root(100))) {
      assertThat(tenant.blockId()).isZero();
      assertThat(weak.upgrade()).isEmpty();
    }
    assertThat(weak.upgrade()).isEmpty();
  }

  @Test
  void aWeakDuplicateGivesTheDuplicateWhileItLivesAndThePrimaryAfterwards() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> primary = Pools.register(manager, HASH);
    ImmutableBlock<G1> duplicate = Pools.register(manager, HASH);
    WeakBlock<G1> weak = duplicate.downgrade();
    try (ImmutableBlock<G1> upgraded = weak.upgrade().orElseThrow()) {
      assertThat(upgraded.blockId()).isEqualTo(1);
    }
    duplicate.close();
    try (ImmutableBlock<G1> upgraded = weak.upgrade().orElseThrow()) {
      assertThat(upgraded.blockId()).isZero();
    }
    primary.close();
    try (ImmutableBlock<G1> upgraded = weak.upgrade().orElseThrow()) {
      assertThat(upgraded.blockId()).isZero();
    }
  }

  @Test
  void aWeakDuplicateIsNotFooledByAnotherDuplicateInItsSlot() {
    BlockManager<G1> manager = pools.of(3);
    ImmutableBlock<G1> primary = Pools.register(manager, HASH);
    ImmutableBlock<G1> duplicate = Pools.register(manager, HASH);
    WeakBlock<G1> weak = duplicate.downgrade();
    duplicate.close();
    ImmutableBlock<G1> other = Pools.register(manager, Hashes.root(100));
    assertThat(other.blockId()).isEqualTo(2);
    ImmutableBlock<G1> otherDuplicate = Pools.register(manager, Hashes.root(100));
    assertThat(otherDuplicate.blockId()).isEqualTo(1);
    try (ImmutableBlock<G1> upgraded = weak.upgrade().orElseThrow()) {
      assertThat(upgraded.blockId()).isZero();
      assertThat(upgraded.sequenceHash()).isEqualTo(HASH);
    }
    primary.close();
    other.close();
    otherDuplicate.close();
  }

  @Test
  void aWeakDuplicateIsNotFooledEvenWhenTheGenerationsOfItsSlotBeginAgain() {
    BlockManager<G1> manager = pools.of(3);
    ImmutableBlock<G1> primary = Pools.register(manager, HASH);
    ImmutableBlock<G1> duplicate = Pools.register(manager, HASH);
    WeakBlock<G1> weak = duplicate.downgrade();
    int generation = manager.slots().get(1).generation();
    duplicate.close();
    ImmutableBlock<G1> other = Pools.register(manager, Hashes.root(100));
    ImmutableBlock<G1> otherDuplicate = Pools.register(manager, Hashes.root(100));
    assertThat(otherDuplicate.blockId()).isEqualTo(1);
    Slots slots = BlockStoreAccess.store(manager).slots;
    long meta = slots.meta(1);
    do {
      meta = Slots.freshMeta(meta, Slots.DUPLICATE, false) + Slots.ONE_REFERENCE;
      slots.setMeta(1, meta);
    } while (slots.generation(1) != generation); // as after 2^24 lives

    try (ImmutableBlock<G1> upgraded = weak.upgrade().orElseThrow()) {
      assertThat(upgraded.sequenceHash()).isEqualTo(HASH);
    }
    primary.close();
    other.close();
    otherDuplicate.close();
  }

  @Test
  void upgradingIsNeitherAnAccessNorAMatch() {
    CountingTracker tracker = new CountingTracker();
    BlockManager<G1> manager =
        pools.build(
            Pools.builder(G1.TIER, 2, BlockRegistry.builder().frequencyTracker(tracker).build()));
    WeakBlock<G1> weak = weak(manager, HASH);
    tracker.takeTouches();
    weak.upgrade().orElseThrow().close();
    assertThat(tracker.takeTouches()).isZero();
    assertThat(manager.metrics().matchHashesRequested()).isZero();
    assertThat(manager.metrics().scanHashesRequested()).isZero();
  }
}
