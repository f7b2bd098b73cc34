package dev.kvbm.logical.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.BlockSizeMismatchException;
import dev.kvbm.logical.CompleteBlocks;
import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.ForeignBlockException;
import dev.kvbm.logical.GuardStateException;
import dev.kvbm.logical.Hashes;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenBlock;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The blocks that a request holds, from unassigned over staged to assigned. */
class LogicalBlockAssignmentsTest {
  @RegisterExtension final Pools pools = new Pools();

  private static final LineageHashes CHAIN = Hashes.chain(0, 10);

  private static List<TokenBlock> blocks(int from, int to) {
    return Hashes.prompt(0, 4 * to).blocks().subList(from, to);
  }

  /** {@code a} assigned, {@code s} staged and {@code u} unassigned blocks of one chain. */
  private static LogicalBlockAssignments<G1> with(BlockManager<G1> manager, int a, int s, int u) {
    LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager);
    assertThat(assignments.allocateBlocks(a + s)).isTrue();
    assignments.stage(CHAIN.slice(0, a));
    assignments.register();
    assignments.stage(CHAIN.slice(a, a + s));
    assertThat(assignments.allocateBlocks(u)).isTrue();
    return assignments;
  }

  // --------------- empty ---------------

  @Test
  void newAssignmentsHoldNothing() {
    LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(pools.of(4));

    assertThat(assignments.isEmpty()).isTrue();
    assertThat(assignments.size()).isZero();
    assertThat(assignments.assignedCount()).isZero();
    assertThat(assignments.stagedCount()).isZero();
    assertThat(assignments.unassignedCount()).isZero();
    assertThat(assignments.contains(0)).isFalse();
    assertThat(assignments.contains(-1)).isFalse();
    assertThat(assignments.blockIds()).isEmpty();
    assertThat(assignments)
        .hasToString("LogicalBlockAssignments[assigned 0, staged 0, unassigned 0]");
  }

  @Test
  void whatIsTakenOutOfNothingIsAnEmptyGroup() {
    LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(pools.of(4));

    try (ImmutableBlocks<G1> assigned = assignments.takeAssigned();
        CompleteBlocks<G1> staged = assignments.takeStaged();
        MutableBlocks<G1> unassigned = assignments.takeUnassigned();
        ImmutableBlocks<G1> shared = assignments.shareAssigned()) {
      assertThat(assigned.ids()).isEmpty();
      assertThat(staged.ids()).isEmpty();
      assertThat(unassigned.ids()).isEmpty();
      assertThat(shared.ids()).isEmpty();
    }
    assertThat(assignments.popLastUnassigned()).isEmpty();
    assertThat(assignments.dropLastUnassigned(3)).isZero();
    assertThat(assignments.register()).isZero();
  }

  @Test
  void thereIsNoBlockBehindTheLastOneOfAPhase() {
    try (LogicalBlockAssignments<G1> assignments = with(pools.of(8), 2, 1, 1)) {
      assertThatThrownBy(() -> assignments.assignedId(2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> assignments.assignedHash(2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> assignments.stagedId(1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> assignments.stagedHash(-1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> assignments.unassignedId(1))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> assignments.blockId(4))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    LogicalBlockAssignments<G1> none = LogicalBlockAssignments.of(pools.of(1));
    assertThatThrownBy(() -> none.assignedId(0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> none.stagedId(0)).isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> none.unassignedId(0)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  // --------------- taking blocks in ---------------

  @Test
  void blocksToBeWrittenKeepTheirOrder() {
    BlockManager<G1> manager = pools.of(8);
    LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager);
    MutableBlocks<G1> group = manager.allocate(3).orElseThrow();

    assertThat(assignments.extendBlocks(group)).isEqualTo(3);
    assertThat(assignments.extendBlocks(manager.allocate(2).orElseThrow())).isEqualTo(2);

    assertThat(group.isHeld()).isFalse();
    assertThat(assignments.blockIds()).containsExactly(0, 1, 2, 3, 4);
    assertThat(assignments.unassignedId(3)).isEqualTo(3);
    assertThat(assignments.contains(4)).isTrue();
    assertThat(assignments.contains(5)).isFalse();
    assignments.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void aClosedGroupIsNotTakenIn() {
    BlockManager<G1> manager = pools.of(8);
    LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager);
    MutableBlocks<G1> closed = manager.allocate(2).orElseThrow();
    closed.close();
    ImmutableBlocks<G1> registered = Pools.register(manager, CHAIN.slice(0, 2));
    registered.close();

    assertThatThrownBy(() -> assignments.extendBlocks(closed))
        .isInstanceOf(GuardStateException.class);
    assertThatThrownBy(() -> assignments.extendAssigned(registered))
        .isInstanceOf(GuardStateException.class);
    assertThat(assignments.isEmpty()).isTrue();
  }

  @Test
  void anEmptyGroupAddsNothing() {
    BlockManager<G1> manager = pools.of(8);
    try (LogicalBlockAssignments<G1> assignments = with(manager, 1, 0, 1)) {
      assertThat(assignments.extendBlocks(manager.allocate(0).orElseThrow())).isZero();
      assertThat(assignments.extendAssigned(manager.match(LineageHashes.empty()))).isZero();
      assertThat(assignments.size()).isEqualTo(2);
    }
  }

  @Test
  void registeredBlocksKeepOrderIdsAndHashes() {
    BlockManager<G1> manager = pools.of(8);
    try (LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager)) {
      assertThat(assignments.extendAssigned(Pools.register(manager, CHAIN.slice(0, 3))))
          .isEqualTo(3);
      assertThat(assignments.extendAssigned(Pools.register(manager, CHAIN.slice(3, 5))))
          .isEqualTo(2);

      assertThat(assignments.blockIds()).containsExactly(0, 1, 2, 3, 4);
      for (int i = 0; i < 5; i++) {
        assertThat(assignments.assignedId(i)).isEqualTo(i);
        assertThat(assignments.assignedHash(i)).isEqualTo(CHAIN.get(i));
        assertThat(assignments.contains(i)).isTrue();
      }
      assertThat(assignments.contains(5)).isFalse();
      assertThat(assignments.stagedCount()).isZero();
      assertThat(assignments.unassignedCount()).isZero();
    }
  }

  @Test
  void matchedBlocksAreFollowedByFreshOnes() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, CHAIN.slice(0, 3));
    try (LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager)) {
      assertThat(assignments.extendAssigned(manager.match(CHAIN.slice(0, 5)))).isEqualTo(3);
      assertThat(assignments.allocateBlocks(2)).isTrue();
      assertThat(assignments.stage(blocks(3, 5))).isEqualTo(2);
      assertThat(assignments.register()).isEqualTo(2);

      assertThat(assignments.assignedCount()).isEqualTo(5);
      for (int i = 0; i < 5; i++) {
        assertThat(assignments.assignedHash(i)).isEqualTo(CHAIN.get(i));
      }
    }
  }

  @Test
  void aPrefixIsMatchedInOneStep() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, CHAIN.slice(0, 3));
    try (LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager)) {
      assertThat(assignments.matchPrefix(CHAIN.slice(0, 5))).isEqualTo(3);
      assertThat(assignments.blockIds()).containsExactly(0, 1, 2);
      assertThatThrownBy(() -> assignments.matchPrefix(CHAIN))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("3 blocks are held");
      assignments.clear();
      assertThat(assignments.matchPrefix(Hashes.chain(900, 2))).isZero();
      assertThat(assignments.matchPrefix(CHAIN)).isEqualTo(3);
    }
  }

  @Test
  void aBlockThatIsAssignedAlreadyIsRefusedAndStaysWithItsOwner() {
    BlockManager<G1> manager = pools.of(8);
    try (LogicalBlockAssignments<G1> assignments = with(manager, 2, 0, 1);
        ImmutableBlocks<G1> other = Pools.register(manager, Hashes.chain(100, 2));
        ImmutableBlocks<G1> known = manager.match(CHAIN.slice(0, 1))) {
      other.addAll(known);

      assertThatThrownBy(() -> assignments.extendAssigned(other))
          .isInstanceOfSatisfying(
              AssignmentException.class,
              e -> assertThat(e.error()).isEqualTo(new AssignmentError.DuplicateBlockId(0)));

      assertThat(other.size()).isEqualTo(3);
      assertThat(assignments.blockIds()).containsExactly(0, 1, 2);
      assertThat(assignments.contains(other.id(0))).isFalse();
    }
  }

  @Test
  void aBlockThatIsGivenTwiceIsRefused() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, CHAIN.slice(0, 1));
    try (LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager);
        ImmutableBlocks<G1> twice = manager.match(CHAIN.slice(0, 1))) {
      twice.addAll(manager.match(CHAIN.slice(0, 1)));

      assertThatThrownBy(() -> assignments.extendAssigned(twice))
          .isInstanceOf(AssignmentException.class)
          .hasMessageContaining("block 0 is assigned already or given twice");

      assertThat(twice.size()).isEqualTo(2);
      assertThat(assignments.isEmpty()).isTrue();
      assertThat(assignments.contains(0)).isFalse();
    }
  }

  @Test
  void registeredBlocksAreTakenBesideStagedAndUnassignedOnes() {
    BlockManager<G1> manager = pools.of(12);
    try (LogicalBlockAssignments<G1> assignments = with(manager, 0, 3, 3)) {
      assertThat(assignments.extendAssigned(Pools.register(manager, Hashes.chain(500, 3))))
          .isEqualTo(3);

      assertThat(assignments.assignedCount()).isEqualTo(3);
      assertThat(assignments.blockIds()).containsExactly(6, 7, 8, 0, 1, 2, 3, 4, 5);
    }
  }

  @Test
  void aGroupWithGapsIsNotAPrefix() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, CHAIN.slice(0, 1));
    try (LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager);
        ImmutableBlocks<G1> gaps = manager.matchScattered(CHAIN.slice(0, 2))) {
      assertThatThrownBy(() -> assignments.extendAssigned(gaps))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("gaps");
      assertThat(gaps.hits()).isEqualTo(1);
    }
  }

  @Test
  void blocksOfAnotherManagerAreRefused() {
    BlockManager<G1> manager = pools.of(4);
    BlockManager<G1> other = pools.of(4);
    LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager);
    try (MutableBlocks<G1> foreign = other.allocate(1).orElseThrow();
        ImmutableBlocks<G1> registered = Pools.register(other, CHAIN.slice(0, 1))) {
      assertThatThrownBy(() -> assignments.extendBlocks(foreign))
          .isInstanceOf(ForeignBlockException.class);
      assertThatThrownBy(() -> assignments.extendAssigned(registered))
          .isInstanceOf(ForeignBlockException.class);
      assertThat(foreign.isHeld()).isTrue();
      assertThat(registered.isHeld()).isTrue();
    }
  }

  @Test
  void freshBlocksAreAllocatedAllOrNone() {
    BlockManager<G1> manager = pools.of(4);
    try (LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager)) {
      assertThat(assignments.allocateBlocks(5)).isFalse();
      assertThat(assignments.isEmpty()).isTrue();
      assertThat(assignments.allocateBlocks(4)).isTrue();
      assertThat(assignments.allocateBlocks(0)).isTrue();
      assertThat(assignments.unassignedCount()).isEqualTo(4);
      assertThatThrownBy(() -> assignments.allocateBlocks(-1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  // --------------- staging and registration ---------------

  @ParameterizedTest(name = "{0} blocks, {1} hashes: {2} staged")
  @CsvSource({"3, 3, 3", "5, 3, 3", "2, 5, 2", "0, 3, 0", "3, 0, 0", "0, 0, 0"})
  void asManyBlocksAreStagedAsThereAreOfBoth(int held, int hashes, int staged) {
    try (LogicalBlockAssignments<G1> assignments = with(pools.of(8), 0, 0, held)) {
      assertThat(assignments.stage(blocks(0, hashes))).isEqualTo(staged);

      assertThat(assignments.stagedCount()).isEqualTo(staged);
      assertThat(assignments.unassignedCount()).isEqualTo(held - staged);
      for (int i = 0; i < staged; i++) {
        assertThat(assignments.stagedId(i)).isEqualTo(i);
        assertThat(assignments.stagedHash(i)).isEqualTo(CHAIN.get(i));
      }
      for (int i = staged; i < held; i++) {
        assertThat(assignments.unassignedId(i - staged)).isEqualTo(i);
      }
    }
  }

  @Test
  void aBlockOfAnotherSizeStopsNothingHalfway() {
    List<TokenBlock> mixed = new ArrayList<>(blocks(0, 2));
    mixed.add(TokenBlockSequence.of(Hashes.tokens(0, 8), 8).block(0));
    try (LogicalBlockAssignments<G1> assignments = with(pools.of(8), 0, 0, 3)) {
      assertThatThrownBy(() -> assignments.stage(mixed))
          .isInstanceOfSatisfying(
              BlockSizeMismatchException.class,
              e -> {
                assertThat(e.expectedTokens()).isEqualTo(4);
                assertThat(e.actualTokens()).isEqualTo(8);
                assertThat(e.blockId()).isEqualTo(2);
              });

      assertThat(assignments.stagedCount()).isZero();
      assertThat(assignments.unassignedCount()).isEqualTo(3);
      assertThat(assignments.stage(mixed.subList(0, 2))).isEqualTo(2);
    }
  }

  @Test
  void aMalformedHashIsRefusedAndTheBlocksStayInOrder() {
    LineageHashes malformed = LineageHashes.of(CHAIN.get(0), new PositionalLineageHash(-1L, -1L));
    try (LogicalBlockAssignments<G1> assignments = with(pools.of(8), 0, 0, 3)) {
      assertThatThrownBy(() -> assignments.stage(malformed))
          .isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> assignments.complete(malformed))
          .isInstanceOf(IllegalArgumentException.class);

      assertThat(assignments.blockIds()).containsExactly(0, 1, 2);
      assertThat(assignments.unassignedCount()).isEqualTo(3);
    }
  }

  @Test
  void registeredBlocksKeepTheirIdsAndCanBeMatched() {
    BlockManager<G1> manager = pools.of(8);
    try (LogicalBlockAssignments<G1> assignments = with(manager, 0, 3, 0)) {
      assertThat(assignments.register()).isEqualTo(3);

      assertThat(assignments.assignedCount()).isEqualTo(3);
      assertThat(assignments.stagedCount()).isZero();
      assertThat(assignments.blockIds()).containsExactly(0, 1, 2);
      try (ImmutableBlocks<G1> matched = manager.match(CHAIN)) {
        assertThat(matched.ids()).containsExactly(0, 1, 2);
      }
    }
  }

  @Test
  void roundAfterRoundKeepsTheOrderOfTheSequence() {
    try (LogicalBlockAssignments<G1> assignments = with(pools.of(10), 0, 0, 5)) {
      assertThat(assignments.stage(blocks(0, 3))).isEqualTo(3);
      assertThat(assignments.register()).isEqualTo(3);
      assertThat(assignments.allocateBlocks(1)).isTrue();
      assertThat(assignments.stage(blocks(3, 5))).isEqualTo(2);
      assertThat(assignments.stage(blocks(5, 6))).isEqualTo(1);
      assertThat(assignments.stagedCount()).isEqualTo(3);
      assertThat(assignments.register()).isEqualTo(3);

      assertThat(assignments.blockIds()).containsExactly(0, 1, 2, 3, 4, 5);
      for (int i = 0; i < 6; i++) {
        assertThat(assignments.assignedHash(i)).isEqualTo(CHAIN.get(i));
      }
    }
  }

  @Test
  void stagingAndRegisteringInOneStepIsTheSameAsInTwo() {
    try (LogicalBlockAssignments<G1> assignments = with(pools.of(10), 1, 0, 4)) {
      assertThat(assignments.complete(CHAIN.slice(1, 3))).isEqualTo(2);
      assertThat(assignments.stage(CHAIN.slice(3, 4))).isEqualTo(1);
      assertThat(assignments.complete(CHAIN.slice(4, 9))).isEqualTo(2);
      assertThat(assignments.complete(LineageHashes.empty())).isZero();

      assertThat(assignments.assignedCount()).isEqualTo(5);
      assertThat(assignments.blockIds()).containsExactly(0, 1, 2, 3, 4);
      assertThat(assignments.assignedHash(4)).isEqualTo(CHAIN.get(4));
    }
  }

  @Test
  void blocksAreKnownInEveryPhase() {
    try (LogicalBlockAssignments<G1> assignments = with(pools.of(8), 2, 1, 2)) {
      for (int id = 0; id < 5; id++) {
        assertThat(assignments.contains(id)).isTrue();
        assertThat(assignments.blockId(id)).isEqualTo(id);
      }
      assertThat(assignments.contains(5)).isFalse();
      int[] target = {9, 9, 9, 9, 9, 9, 9};
      assertThat(assignments.copyBlockIds(target, 1)).isEqualTo(5);
      assertThat(target).containsExactly(9, 0, 1, 2, 3, 4, 9);
      assertThatThrownBy(() -> assignments.copyBlockIds(target, 3))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void theIndexFollowsEveryChange() {
    BlockManager<G1> manager = pools.of(12);
    try (LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager)) {
      assertThat(assignments.contains(0)).isFalse();
      assertThat(assignments.allocateBlocks(4)).isTrue();
      assertThat(assignments.contains(3)).isTrue();
      assertThat(assignments.dropLastUnassigned(1)).isEqualTo(1);
      assertThat(assignments.contains(3)).isFalse();
      assignments.popLastUnassigned().orElseThrow().close();
      assertThat(assignments.contains(2)).isFalse();
      assignments.complete(CHAIN.slice(0, 1));
      assertThat(assignments.contains(0)).isTrue();
      try (MutableBlocks<G1> taken = assignments.takeUnassigned()) {
        assertThat(taken.ids()).containsExactly(1);
        assertThat(assignments.contains(1)).isFalse();
        assertThat(assignments.contains(0)).isTrue();
      }
      assignments.clear();
      assertThat(assignments.contains(0)).isFalse();
    }
  }

  // --------------- the Reject policy ---------------

  @Test
  void aRejectedDuplicateIsFiledUnderTheIdOfTheBlockThatIsHeld() {
    BlockManager<G1> manager =
        pools.with(4, builder -> builder.duplicationPolicy(DuplicationPolicy.REJECT));
    try (ImmutableBlocks<G1> existing = Pools.register(manager, CHAIN.slice(0, 1));
        LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager)) {
      assertThat(assignments.allocateBlocks(1)).isTrue();
      int candidate = assignments.unassignedId(0);
      assertThat(assignments.contains(candidate)).isTrue();
      assertThat(assignments.complete(CHAIN.slice(0, 1))).isEqualTo(1);

      assertThat(assignments.assignedId(0)).isEqualTo(existing.id(0)).isNotEqualTo(candidate);
      assertThat(assignments.contains(candidate)).isFalse();
      assertThat(assignments.contains(existing.id(0))).isTrue();
      assertThat(manager.availableBlocks()).isEqualTo(3);
    }
  }

  @Test
  void aRejectedBlockMayComeBackToTheSameRequest() {
    BlockManager<G1> manager =
        pools.with(2, builder -> builder.duplicationPolicy(DuplicationPolicy.REJECT));
    try (ImmutableBlocks<G1> existing = Pools.register(manager, CHAIN.slice(0, 1));
        LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager)) {
      assertThat(existing.id(0)).isZero();
      assertThat(assignments.allocateBlocks(1)).isTrue();
      assertThat(assignments.blockIds()).containsExactly(1);
      assignments.complete(CHAIN.slice(0, 1));
      assertThat(assignments.blockIds()).containsExactly(0);
      assertThat(assignments.allocateBlocks(1)).isTrue();
      assertThat(assignments.blockIds()).containsExactly(0, 1);
      assignments.complete(CHAIN.slice(1, 2));

      assertThat(assignments.blockIds()).containsExactly(0, 1);
    }
    assertThat(manager.availableBlocks()).isEqualTo(2);
  }

  // --------------- giving blocks back ---------------

  @Test
  void everyBlockGoesBackOnceHoweverItIsCleared() {
    BlockManager<G1> manager = pools.of(8);
    LogicalBlockAssignments<G1> assignments = with(manager, 2, 2, 2);

    assignments.clear();
    assignments.clear();

    assertThat(assignments.isEmpty()).isTrue();
    assertThat(Pools.pools(manager)).isEqualTo("6 free, 2 idle");
    assertThat(assignments.allocateBlocks(8)).isTrue();
    assignments.clearTailFirst();
    assignments.close();
    assertThat(Pools.pools(manager)).isEqualTo("8 free, 0 idle");
  }

  @Test
  void clearingFromTheHeadMakesTheHeadTheFirstVictim() {
    BlockManager<G1> manager = pools.of(3);
    with(manager, 3, 0, 0).clear();
    assertThat(Pools.evict(manager, 3)).isEqualTo(CHAIN.slice(0, 3));

    with(manager, 3, 0, 0).clearTailFirst();
    assertThat(Pools.evict(manager, 3))
        .isEqualTo(LineageHashes.of(CHAIN.get(2), CHAIN.get(1), CHAIN.get(0)));
  }

  @Test
  void theBlocksOfAPhaseAreTakenOutInOrder() {
    BlockManager<G1> manager = pools.of(12);
    LogicalBlockAssignments<G1> assignments = with(manager, 2, 3, 4);

    try (ImmutableBlocks<G1> assigned = assignments.takeAssigned();
        CompleteBlocks<G1> staged = assignments.takeStaged();
        MutableBlocks<G1> unassigned = assignments.takeUnassigned()) {
      assertThat(assigned.ids()).containsExactly(0, 1);
      assertThat(staged.ids()).containsExactly(2, 3, 4);
      assertThat(unassigned.ids()).containsExactly(5, 6, 7, 8);
      assertThat(assignments.isEmpty()).isTrue();
    }
    assertThat(assignments.allocateBlocks(1)).isTrue();
    assertThat(assignments.stage(CHAIN)).isEqualTo(1);
    assertThat(assignments.register()).isEqualTo(1);
    assignments.close();
    assertThat(manager.availableBlocks()).isEqualTo(12);
  }

  @Test
  void theLastUnassignedBlocksGoFirst() {
    BlockManager<G1> manager = pools.of(6);
    try (LogicalBlockAssignments<G1> assignments = with(manager, 0, 0, 3)) {
      assertThat(assignments.allocateBlocks(3)).isTrue();
      try (MutableBlock<G1> last = assignments.popLastUnassigned().orElseThrow()) {
        assertThat(last.blockId()).isEqualTo(5);
        assertThat(assignments.blockIds()).containsExactly(0, 1, 2, 3, 4);
        assertThat(assignments.dropLastUnassigned(3)).isEqualTo(3);
        assertThat(assignments.blockIds()).containsExactly(0, 1);
        assertThat(assignments.dropLastUnassigned(5)).isEqualTo(2);
        assertThat(assignments.isEmpty()).isTrue();
        assertThatThrownBy(() -> assignments.dropLastUnassigned(-1))
            .isInstanceOf(IllegalArgumentException.class);
      }
      try (MutableBlocks<G1> free = manager.allocate(6).orElseThrow()) {
        assertThat(free.ids()).containsExactly(4, 3, 2, 1, 0, 5);
      }
    }
  }

  @Test
  void whatFollowsTheBlocksThatAreKeptGoesWithTheRest() {
    BlockManager<G1> manager = pools.of(8);
    try (LogicalBlockAssignments<G1> assignments = with(manager, 3, 1, 2)) {
      assertThatThrownBy(() -> assignments.dropAssignedFrom(4))
          .isInstanceOf(IllegalArgumentException.class);
      assignments.dropAssignedFrom(2);

      assertThat(assignments.blockIds()).containsExactly(0, 1);
      assertThat(Pools.pools(manager)).isEqualTo("5 free, 1 idle");
      assignments.dropAssignedFrom(0);
      assertThat(assignments.isEmpty()).isTrue();
    }
  }

  @Test
  void assignedBlocksCanBeHeldTwice() {
    BlockManager<G1> manager = pools.of(4);
    LogicalBlockAssignments<G1> assignments = with(manager, 2, 0, 0);
    ImmutableBlocks<G1> shared = assignments.shareAssigned();

    assignments.close();

    assertThat(shared.ids()).containsExactly(0, 1);
    assertThat(manager.metrics().inactivePoolSize()).isZero();
    shared.close();
    assertThat(manager.metrics().inactivePoolSize()).isEqualTo(2);
  }

  @Test
  void aHundredThousandBlocksAreStagedOneByOne() {
    int n = 100_000;
    BlockManager<G1> manager =
        pools.build(
            BlockManager.builder(G1.TIER)
                .blocks(n)
                .blockSize(4)
                .registry(Pools.countingRegistry()));
    LineageHashes hashes = Hashes.chain(0, n);
    try (LogicalBlockAssignments<G1> assignments = LogicalBlockAssignments.of(manager)) {
      assertThat(assignments.allocateBlocks(n)).isTrue();
      for (int i = 0; i < n; i++) {
        assertThat(assignments.complete(hashes.slice(i, i + 1)) == 1).isTrue();
      }

      assertThat(assignments.assignedCount()).isEqualTo(n);
      for (int i = 0; i < n; i++) {
        if (assignments.assignedId(i) != i) {
          assertThat(assignments.assignedId(i)).isEqualTo(i);
        }
      }
    }
  }

  @Test
  void takenBlocksAreGuardsLikeAnyOther() {
    BlockManager<G1> manager = pools.of(4);
    LogicalBlockAssignments<G1> assignments = with(manager, 1, 0, 0);
    ImmutableBlock<G1> block = assignments.takeAssigned().split().getFirst();

    assertThat(block.sequenceHash()).isEqualTo(CHAIN.get(0));
    assertThat(assignments.extendAssigned(ImmutableBlocks.of(List.of(block)))).isEqualTo(1);
    assignments.close();
  }
}
