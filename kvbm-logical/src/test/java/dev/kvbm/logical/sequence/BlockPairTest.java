package dev.kvbm.logical.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.Hashes;
import dev.kvbm.tokens.LineageHashes;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Where the blocks of a request in one tier meet those in another. */
class BlockPairTest {
  private static final LineageHashes CHAIN = Hashes.chain(0, 8);

  /** Positions {@code from} to {@code to} assigned to ids {@code base + position}. */
  private static ExternalBlockAssignments assigned(int from, int to, int base) {
    ExternalBlockAssignments assignments = pending(from, to, base);
    assignments.assignPending(CHAIN.slice(0, to));
    return assignments;
  }

  private static ExternalBlockAssignments pending(int from, int to, int base) {
    ExternalBlockAssignments assignments = new ExternalBlockAssignments(from);
    assignments.extendBlockIds(IntStream.range(from, to).map(p -> base + p).toArray());
    return assignments;
  }

  @Test
  void positionsAssignedInBothTiersArePairs() {
    assertThat(BlockPair.zipAssigned(assigned(0, 3, 10), assigned(0, 3, 110)))
        .containsExactly(
            new BlockPair(0, 10, 110), new BlockPair(1, 11, 111), new BlockPair(2, 12, 112));
    assertThat(BlockPair.zipAssigned(assigned(0, 4, 10), assigned(2, 5, 110)))
        .containsExactly(new BlockPair(2, 12, 112), new BlockPair(3, 13, 113));
    assertThat(BlockPair.zipAssigned(assigned(0, 2, 10), assigned(3, 5, 110))).isEmpty();
    assertThat(BlockPair.zipAssigned(assigned(3, 5, 10), assigned(0, 2, 110))).isEmpty();
  }

  @Test
  void nothingIsPairedWithNothing() {
    ExternalBlockAssignments none = new ExternalBlockAssignments(0);

    assertThat(BlockPair.zipAssigned(none, assigned(0, 3, 1))).isEmpty();
    assertThat(BlockPair.zipAssigned(assigned(0, 3, 1), none)).isEmpty();
    assertThat(BlockPair.zipAssigned(none, none)).isEmpty();
    assertThat(BlockPair.zipAssignedPending(none, pending(0, 3, 1))).isEmpty();
    assertThat(BlockPair.zipAssignedPending(assigned(0, 3, 1), none)).isEmpty();
  }

  @Test
  void whatOneTierHasAndTheOtherExpectsIsToBeCopied() {
    assertThat(BlockPair.zipAssignedPending(assigned(2, 5, 10), pending(2, 5, 110)))
        .containsExactly(
            new BlockPair(2, 12, 112), new BlockPair(3, 13, 113), new BlockPair(4, 14, 114));
    assertThat(BlockPair.zipAssignedPending(assigned(2, 6, 10), pending(3, 5, 110)))
        .containsExactly(new BlockPair(3, 13, 113), new BlockPair(4, 14, 114));
    assertThat(BlockPair.zipAssignedPending(assigned(0, 2, 10), pending(4, 6, 110))).isEmpty();
  }

  @Test
  void bringingUpAPrefixCopiesEachBlockOnce() {
    ExternalBlockAssignments g1 = assigned(0, 2, 1000);
    ExternalBlockAssignments g2 = assigned(2, 5, 2000);
    g1.extendBlockIds(1002, 1003, 1004);
    List<BlockPair> copies =
        List.of(
            new BlockPair(2, 2002, 1002),
            new BlockPair(3, 2003, 1003),
            new BlockPair(4, 2004, 1004));

    assertThat(BlockPair.zipAssignedPending(g2, g1)).isEqualTo(copies);
    g1.assignPending(CHAIN.slice(0, 5));

    assertThat(BlockPair.zipAssigned(g2, g1)).isEqualTo(copies);
    assertThat(BlockPair.zipAssignedPending(g2, g1)).isEmpty();
  }

  @Test
  void aRangeKnowsWhatIsInIt() {
    BlockRange range = new BlockRange(2, 5);

    assertThat(range.size()).isEqualTo(3);
    assertThat(range.isEmpty()).isFalse();
    assertThat(range.contains(2)).isTrue();
    assertThat(range.contains(5)).isFalse();
    assertThat(range.contains(1)).isFalse();
    assertThat(range).hasToString("2..5");
    assertThat(range.intersection(new BlockRange(4, 9))).isEqualTo(new BlockRange(4, 5));
    assertThat(range.intersection(new BlockRange(7, 9)).isEmpty()).isTrue();
    assertThatThrownBy(() -> new BlockRange(3, 2)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> new BlockRange(-1, 2)).isInstanceOf(IllegalArgumentException.class);
  }
}
