package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a holder of blocks to be written does with the last ones, as schedulers do. */
class MutableBlocksTailTest {
  private final BlockManager<G1> manager =
      BlockManager.builder(G1.TIER).blocks(6).blockSize(4).registry(BlockRegistry.create()).build();

  @AfterEach
  void thePoolIsSound() {
    assertThat(manager.invariantViolations()).isEmpty();
  }

  @Test
  void theLastBlocksMoveToAGroupOfTheirOwnInTheirOrder() {
    MutableBlocks<G1> group = manager.allocate(5).orElseThrow();

    MutableBlocks<G1> last = group.takeLast(2);

    assertThat(group.ids()).containsExactly(0, 1, 2);
    assertThat(last.ids()).containsExactly(3, 4);
    group.close();
    assertThat(manager.availableBlocks()).isEqualTo(4);
    last.close();
    assertThat(manager.availableBlocks()).isEqualTo(6);
  }

  @Test
  void noneOrAllOfTheBlocksCanBeTaken() {
    MutableBlocks<G1> group = manager.allocate(3).orElseThrow();

    assertThat(group.takeLast(0).isEmpty()).isTrue();
    assertThat(group.takeLast(3).ids()).containsExactly(0, 1, 2);
    assertThat(group.isEmpty()).isTrue();
    assertThat(group.isHeld()).isTrue();
  }

  @Test
  void moreBlocksThanThereAreCannotBeTaken() {
    try (MutableBlocks<G1> group = manager.allocate(3).orElseThrow()) {
      assertThatThrownBy(() -> group.takeLast(4))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot take 4 blocks of a group of 3");
      assertThatThrownBy(() -> group.takeLast(-1)).isInstanceOf(IllegalArgumentException.class);
      assertThat(group.ids()).containsExactly(0, 1, 2);
    }
  }

  @Test
  void closingTailFirstFreesTheLastBlockFirst() {
    MutableBlocks<G1> group = manager.allocate(6).orElseThrow();

    group.closeTailFirst();
    group.closeTailFirst();

    try (MutableBlocks<G1> again = manager.allocate(6).orElseThrow()) {
      assertThat(again.ids()).containsExactly(5, 4, 3, 2, 1, 0);
    }
  }

  @Test
  void aGroupIsMadeOfGuardsAndConsumesThem() {
    MutableBlock<G1> first = manager.allocate().orElseThrow();
    MutableBlock<G1> second = manager.allocate().orElseThrow();

    try (MutableBlocks<G1> group = MutableBlocks.of(List.of(second, first))) {
      assertThat(group.ids()).containsExactly(1, 0);
      assertThat(group.evicted().isEmpty()).isTrue();
      assertThat(first.isHeld()).isFalse();
      first.close();
      assertThat(manager.availableBlocks()).isEqualTo(4);
    }
    assertThat(manager.availableBlocks()).isEqualTo(6);
  }

  @Test
  void aGuardIsNotTakenIntoAGroupTwice() {
    try (MutableBlock<G1> guard = manager.allocate().orElseThrow()) {
      assertThatThrownBy(() -> MutableBlocks.of(List.of(guard, guard)))
          .isInstanceOf(IllegalArgumentException.class);
      assertThat(guard.isHeld()).isTrue();
    }
  }
}
