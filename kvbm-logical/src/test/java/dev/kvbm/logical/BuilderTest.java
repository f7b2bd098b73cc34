package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.SlotView;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What the builder accepts, assumes and refuses; spec (a.9). */
class BuilderTest {
  @RegisterExtension final Pools pools = new Pools();

  private static BlockManager.Builder<G1> blank() {
    return BlockManager.builder(G1.TIER);
  }

  @Test
  void defaultsAreThoseOfTheReference() {
    BlockManager<G1> manager = pools.build(blank().blocks(100).registry(BlockRegistry.create()));
    assertThat(manager.blockSize()).isEqualTo(16);
    assertThat(manager.totalBlocks()).isEqualTo(100);
    assertThat(manager.duplicationPolicy()).isEqualTo(DuplicationPolicy.ALLOW);
    assertThat(manager.evictionPolicy()).isEqualTo("lineage-tick");
    assertThat(manager.name()).isEqualTo("G1");
    assertThat(manager.tier()).isEqualTo(G1.TIER);
    assertThat(manager.lostGuards()).isZero();
    assertThat(Pools.pools(manager)).isEqualTo("100 free, 0 idle");
    assertThat(manager.slots()).allMatch(slot -> !slot.resetOnRelease());
    manager.allocate(5).orElseThrow().close();
  }

  @ParameterizedTest
  @EnumSource
  void everyShippedPolicyBuilds(Backend backend) {
    BlockManager<G1> manager = pools.of(100, backend);
    try (MutableBlocks<G1> blocks = manager.allocate(10).orElseThrow()) {
      assertThat(blocks.size()).isEqualTo(10);
      assertThat(manager.availableBlocks()).isEqualTo(90);
    }
  }

  @Test
  void multiLruTakesThresholds() {
    BlockManager<G1> manager = pools.evicting(20, Eviction.multiLru(2, 6, 12));
    manager.allocate(4).orElseThrow().close();
    assertThat(manager.evictionPolicy()).isEqualTo("multi-lru");
  }

  @Test
  void zeroBlocksAreRefused() {
    assertThatThrownBy(() -> Pools.builder(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("block_count must be greater than 0")
        .hasMessageContaining("got 0");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, -7, Integer.MIN_VALUE})
  void aNegativeNumberOfBlocksIsRefusedWithTheNumber(int blocks) {
    assertThatThrownBy(() -> Pools.builder(blocks).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("block_count must be greater than 0")
        .hasMessageContaining("got " + blocks);
  }

  @Test
  void moreBlocksThanOneArrayCanHoldAreRefusedBeforeMemoryIsTaken() {
    assertThatThrownBy(() -> Pools.builder(Integer.MAX_VALUE).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("block_count must be at most " + Slots.MAX_BLOCKS)
        .hasMessageContaining("got " + Integer.MAX_VALUE);
  }

  @Test
  void theNumberOfBlocksIsRequired() {
    assertThatThrownBy(() -> blank().registry(BlockRegistry.create()).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("block_count is required");
  }

  @Test
  void theRegistryIsRequiredAndMissedFirst() {
    assertThatThrownBy(() -> blank().blocks(4).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("registry is required");
    assertThatThrownBy(() -> blank().build()).hasMessageContaining("registry is required");
  }

  @Test
  void multiLruNeedsARegistryThatCountsAccesses() {
    BlockManager.Builder<G1> builder =
        blank().blocks(4).registry(BlockRegistry.create()).eviction(Eviction.multiLru());
    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("frequency tracking");
  }

  @ParameterizedTest
  @CsvSource({
    "0, between 1 and 1024",
    "-4, between 1 and 1024",
    "2048, between 1 and 1024",
    "1025, between 1 and 1024",
    "15, power of 2",
    "7, power of 2",
    "1023, power of 2"
  })
  void aBlockSizeThatIsNoPowerOfTwoUpTo1024IsRefusedAtOnce(int tokens, String reason) {
    assertThatThrownBy(() -> blank().blockSize(tokens))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("block_size must be")
        .hasMessageContaining(reason)
        .hasMessageContaining("got " + tokens);
  }

  @Test
  void twoManagersMayHaveDifferentBlockSizes() {
    BlockManager<G1> four = pools.with(4, options -> options.blockSize(4));
    BlockManager<G1> eight = pools.with(4, options -> options.blockSize(8));
    four.allocate().orElseThrow().stage(Hashes.root(0), 4).register().close();
    eight.allocate().orElseThrow().stage(Hashes.root(0), 8).register().close();
    MutableBlock<G1> block = eight.allocate().orElseThrow();
    assertThatThrownBy(() -> block.stage(Hashes.root(4), 4))
        .isInstanceOf(BlockSizeMismatchException.class)
        .hasMessageContaining("holds 8 tokens, given were 4");
    block.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, (1 << 26) + 1})
  void aMissHistoryOfImpossibleSizeIsRefused(int entries) {
    assertThatThrownBy(() -> blank().explainMisses(entries))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got " + entries);
  }

  @Test
  void aBlankNameIsRefusedAndAGivenOneIsUsed() {
    assertThatThrownBy(() -> blank().name(" "))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blank");
    BlockManager<G1> manager = pools.with(4, options -> options.name("gpu-3"));
    assertThat(manager.name()).isEqualTo("gpu-3");
    assertThat(manager).hasToString("BlockManager[gpu-3, id " + manager.id() + ", 4 blocks]");
  }

  @Test
  void oneBuilderMakesIndependentManagers() {
    BlockManager.Builder<G1> builder = Pools.builder(4);
    BlockManager<G1> one = pools.build(builder);
    BlockManager<G1> two = pools.build(builder);
    MutableBlocks<G1> all = one.allocate(4).orElseThrow();
    assertThat(two.availableBlocks()).isEqualTo(4);
    all.close();
  }

  @Test
  void aFactoryThatMakesNoPolicyIsNamedAsTheCulprit() {
    assertThatThrownBy(() -> Pools.builder(4).eviction(Nothing::make).build())
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("the eviction policy's factory made nothing");
  }

  /** A factory as a user without null checks could write it. */
  @NullUnmarked
  private static final class Nothing {
    static EvictionPolicy make(SlotView slots) {
      return null;
    }
  }

  @Test
  void aManagerThatFailsToBuildIsNotPartOfTheRegistry() {
    BlockRegistry registry = BlockRegistry.create();
    assertThatThrownBy(
            () ->
                Pools.builder(G1.TIER, 4, registry)
                    .eviction(
                        slots -> {
                          throw new IllegalStateException("no policy today");
                        })
                    .build())
        .hasMessage("no policy today");
    assertThat(registry.registeredCount()).isZero();
    assertThat(registry.isPresent(G1.TIER, Hashes.root(0))).isFalse();
  }
}
