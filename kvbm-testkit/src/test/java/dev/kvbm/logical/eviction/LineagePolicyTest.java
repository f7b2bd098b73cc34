package dev.kvbm.logical.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class LineagePolicyTest {

  private static NamedBlocks tick(int blocks) {
    return new NamedBlocks(blocks, Eviction.lineage());
  }

  private static NamedBlocks fifo(int blocks) {
    return new NamedBlocks(blocks, Eviction.lineage(LeafOrder.FIFO));
  }

  private static NamedBlocks pool(int blocks, LeafOrder order) {
    return new NamedBlocks(blocks, Eviction.lineage(order));
  }

  // ---------------------------------------------------------------- orders

  @Test
  void aSingleBlockIsALeafAndItsEvictionEmptiesTheForest() {
    NamedBlocks blocks = tick(4).sequence("A").idle("A");
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.evictAll()).containsExactly("A");
    assertThat(blocks.leaves()).isZero();
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void aBlockGoesAfterTheBlockThatContinuesIt(LeafOrder order) {
    NamedBlocks blocks = pool(4, order).sequence("A", "B").idle("A", "B");
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.evictAll()).containsExactly("B", "A");
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void theOrderOfReleaseDoesNotMakeAnInteriorBlockALeaf(LeafOrder order) {
    NamedBlocks blocks = pool(4, order).sequence("A", "B").register("A", "B").idle("B", "A");
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.evictAll()).containsExactly("B", "A");
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void aContinuationIdleBeforeItsParentIsResidentHoldsItBack(LeafOrder order) {
    NamedBlocks blocks = pool(4, order).sequence("A", "B").idle("B");
    assertThat(blocks.keyedNodes()).isEqualTo(1);
    blocks.idle("A");
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.evictAll()).containsExactly("B", "A");
    assertThat(blocks.keyedNodes()).isZero();
  }

  @Test
  void twoChainsHaveTwoLeavesUntilOneIsGone() {
    NamedBlocks blocks = tick(8).sequence("A0", "A1", "A2").sequence("B0", "B1", "B2");
    blocks.idle("A0", "A1", "A2", "B0", "B1", "B2");
    assertThat(blocks.leaves()).isEqualTo(2);
    assertThat(blocks.evict(1)).containsExactly("A2");
    assertThat(blocks.leaves()).isEqualTo(2);
    assertThat(blocks.evict(2)).containsExactly("A1", "A0");
    assertThat(blocks.leaves()).isEqualTo(1);
  }

  @Test
  void byTickAnOldChainIsPeeledBeforeAYoungerLosesAnything() {
    NamedBlocks blocks = tick(8).sequence("A", "B").sequence("X", "Y").idle("A", "B", "X", "Y");
    assertThat(blocks.order()).containsExactly("B", "A", "Y", "X");
    assertThat(blocks.evictAll()).containsExactly("B", "A", "Y", "X");
  }

  @Test
  void byArrivalChainsTakeTurns() {
    NamedBlocks blocks = fifo(8).sequence("A", "B").sequence("X", "Y").idle("A", "B", "X", "Y");
    assertThat(blocks.order()).containsExactly("B", "Y", "A", "X");
    assertThat(blocks.evictAll()).containsExactly("B", "Y", "A", "X");
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void aForkWaitsForAllItsContinuations(LeafOrder order) {
    NamedBlocks blocks = pool(8, order).sequence("A", "B", "C").sequence("B", "D");
    blocks.idle("A", "B", "C", "D");
    assertThat(blocks.evictAll()).containsExactly("C", "D", "B", "A");
  }

  @ParameterizedTest
  @CsvSource({
    "AXBYCZ, CBAZYX",
    "CZBYAX, CZBYAX",
    "CBAZYX, CBAZYX",
    "ABCXYZ, CBAZYX",
  })
  void overlappingReleasesByTick(String releases, String evictions) {
    NamedBlocks blocks = tick(8).sequence("A", "B", "C").sequence("X", "Y", "Z");
    blocks.register("A", "B", "C", "X", "Y", "Z");
    releases.chars().forEach(block -> blocks.idle(Character.toString(block)));
    assertThat(String.join("", blocks.evictAll())).isEqualTo(evictions);
  }

  @Test
  void aSharedPromptOutlivesItsSuffixes() {
    NamedBlocks blocks = tick(16).sequence("S0", "S1", "U0", "U1").sequence("S1", "V0", "V1");
    blocks.sequence("S1", "W0");
    blocks.idle("S0", "S1", "U0", "U1").match("S0", "S1").idle("S0", "S1");
    blocks.idle("W0", "V0", "V1");
    assertThat(blocks.evictAll()).containsExactly("U1", "U0", "W0", "V1", "V0", "S1", "S0");
  }

  @Test
  void splitSequencesKeepTwoLeaves() {
    NamedBlocks blocks =
        tick(16).sequence("A0", "A1", "A2", "A3", "A4").sequence("B0", "B1", "B2", "B3", "B4");
    blocks.idle("A0", "A1", "A2", "A3", "A4", "B0", "B1", "B2", "B3", "B4");
    for (int i = 0; i < 4; i++) {
      assertThat(blocks.leaves()).isEqualTo(2);
      blocks.evict(1);
    }
    assertThat(blocks.leaves()).isEqualTo(2);
  }

  @Test
  void byArrivalALeafTakenOutAndBackInGoesToTheEnd() {
    NamedBlocks blocks = fifo(8).sequence("0").sequence("1").sequence("2").sequence("3");
    blocks.idle("0", "1", "2", "3").match("2", "0").idle("0");
    assertThat(blocks.order()).containsExactly("1", "3", "0");
  }

  @Test
  void byArrivalABlockThatIsALeafAgainGoesToTheEnd() {
    NamedBlocks blocks = fifo(8).sequence("A0", "A1").sequence("B0", "B1");
    blocks.idle("A0", "A1", "B0", "B1").match("A1").match("B0");
    assertThat(blocks.order()).containsExactly("B1", "A0");
  }

  @Test
  void byTickABlockThatIsALeafAgainReturnsToItsPlace() {
    NamedBlocks blocks = tick(8).sequence("0", "x").sequence("1").sequence("2");
    blocks.idle("0", "1", "2", "x");
    assertThat(blocks.order()).containsExactly("1", "2", "x", "0");
    blocks.match("x");
    assertThat(blocks.order()).containsExactly("0", "1", "2");
    blocks.match("0").idle("0");
    assertThat(blocks.order()).containsExactly("1", "2", "0");
  }

  @Test
  void byTickLeavesReturnToTheirPlacesHoweverFar() {
    int chains = 100;
    NamedBlocks blocks = tick(2 * chains);
    List<String> roots = new ArrayList<>();
    for (int i = 0; i < chains; i++) {
      blocks.sequence("r" + i, "t" + i).register("r" + i, "t" + i);
      roots.add("r" + i);
    }
    roots.forEach(blocks::idle);
    IntStream.range(0, chains).forEach(i -> blocks.idle("t" + i));
    // Out of order and far from the place of the leaf that leaves.
    IntStream.range(0, chains).forEach(i -> blocks.match("t" + (i * 37 + 11) % chains));
    blocks.leaves();
    assertThat(blocks.order()).isEqualTo(roots);
    assertThat(blocks.evictAll()).isEqualTo(roots);
  }

  // ---------------------------------------------------------------- ghosts

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void anActivePrefixIsNoVictimAndItsReleaseDoesNotOvertakeTheSuffix(LeafOrder order) {
    NamedBlocks blocks = pool(4, order).sequence("A", "B", "C").register("A", "B", "C").idle("C");
    assertThat(blocks.order()).containsExactly("C");
    blocks.idle("B");
    assertThat(blocks.order()).containsExactly("C", "B");
    assertThat(blocks.keyedNodes()).isZero();
    blocks.idle("A");
    assertThat(blocks.evictAll()).containsExactly("C", "B", "A");
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void aPrefixMatchedAndReleasedAgainStillGoesAfterItsSuffix(LeafOrder order) {
    NamedBlocks blocks = pool(4, order).sequence("A", "B", "C").idle("A", "B", "C");
    blocks.match("A", "B");
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.order()).containsExactly("C");
    blocks.idle("A", "B");
    assertThat(blocks.order()).containsExactly("C", "B", "A");
    blocks.match("A", "B").match("C");
    assertThat(blocks.leaves()).isZero();
  }

  @Test
  void aGhostThatWasNeverIdleDoesNotHoldBackWhatItContinues() {
    NamedBlocks blocks = tick(4).sequence("A", "B", "C").register("A", "B", "C");
    blocks.idle("A", "C");
    // Nothing has said yet that B continues A.
    assertThat(blocks.order()).containsExactly("A", "C");
    blocks.idle("B");
    assertThat(blocks.order()).containsExactly("C", "B", "A");
  }

  @Test
  void aGhostThatWasIdleHoldsBackWhatItContinues() {
    NamedBlocks blocks = tick(4).sequence("A", "B", "C").idle("A", "B", "C").match("B");
    assertThat(blocks.order()).containsExactly("C", "A");
  }

  @Test
  void aLoneBlockDeepInASequenceLeavesNothingBehind() {
    NamedBlocks blocks = tick(4);
    blocks.declare("deep", PositionalLineageHash.of(99, 98, 100)).idle("deep");
    assertThat(blocks.keyedNodes()).isEqualTo(1);
    assertThat(blocks.evictAll()).containsExactly("deep");
    assertThat(blocks.keyedNodes()).isZero();
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void longChainsAreHandledWithoutRecursion(LeafOrder order) {
    int length = 10_000;
    String[] chain = IntStream.range(0, length).mapToObj(Integer::toString).toArray(String[]::new);
    NamedBlocks blocks = pool(length, order).sequence(chain).idle(chain);
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.evict(1)).containsExactly(Integer.toString(length - 1));
    assertThat(blocks.leaves()).isEqualTo(1);
    // Everything but the last one is matched, then that one too: 9,998 ghosts go at once.
    for (int i = 0; i < length - 2; i++) {
      blocks.match(chain[i]);
    }
    assertThat(blocks.leaves()).isEqualTo(1);
    blocks.match(chain[length - 2]);
    assertThat(blocks.leaves()).isZero();
    assertThat(blocks.evictAll()).isEmpty();
  }

  @Test
  void chainsInOrderNeedNoNodesOfTheirOwnAndOthersGiveThemBack() {
    NamedBlocks blocks = tick(8);
    for (int round = 0; round < 8; round++) {
      String[] chain = new String[8];
      for (int i = 0; i < 8; i++) {
        chain[i] = round + "-" + i;
      }
      blocks.sequence(chain).idle(chain);
      assertThat(blocks.keyedNodes()).isZero();
      assertThat(blocks.evict(8)).hasSize(8);
    }
  }

  // ---------------------------------------------------------------- reset on release

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void aBlockResetWithIdleContinuationsStaysAGhostUntilTheyAreGone(LeafOrder order) {
    NamedBlocks blocks = pool(4, order).sequence("A", "B", "C").idle("A", "B", "C");
    blocks.match("B").vacate("B");
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.keyedNodes()).isEqualTo(1);
    assertThat(blocks.order()).containsExactly("C", "A");
    assertThat(blocks.evict(1)).containsExactly("C");
    assertThat(blocks.keyedNodes()).isZero();
    assertThat(blocks.order()).containsExactly("A");
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void aResetBlockThatComesBackInAnotherSlotTakesUpItsPlace(LeafOrder order) {
    NamedBlocks blocks = pool(4, order).sequence("A", "B", "C").sequence("X");
    blocks.idle("A", "B", "C").match("B").vacate("B").register("X", "B").vacate("X");
    assertThat(blocks.order()).containsExactly("C", "A");
    blocks.idle("B");
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.order()).containsExactly("C", "B", "A");
    assertThat(blocks.evictAll()).containsExactly("C", "B", "A");
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void theNextTenantOfAResetSlotDoesNotInheritItsContinuations(LeafOrder order) {
    NamedBlocks blocks = pool(3, order).sequence("A", "B").sequence("X", "Y");
    blocks.idle("A", "B").match("A").vacate("A");
    // X gets the slot that B's link still names.
    blocks.register("X").idle("X");
    assertThat(blocks.leaves()).isEqualTo(2);
    blocks.match("B");
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.order()).containsExactly("X");
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void theNextTenantOfAResetSlotIsALeafWhenReleasedTogetherWithAnOldChild(LeafOrder order) {
    NamedBlocks blocks = pool(5, order).sequence("Q", "S", "C").sequence("P", "X");
    blocks.idle("Q", "S", "C").match("Q", "S");
    int slotOfQ = blocks.slot("Q");
    blocks.vacate("Q").register("X", "P");
    assertThat(blocks.slot("X")).isEqualTo(slotOfQ);
    // S still names that slot as its parent; X has no children there.
    blocks.pool.releaseTogether(blocks.slot("S"), blocks.slot("X"), blocks.slot("P"));
    assertThat(blocks.leaves()).isEqualTo(2);
    assertThat(blocks.evictAll()).containsExactlyInAnyOrder("C", "S", "X", "P");
  }

  @Test
  void aWholeChainResetFromItsStartLeavesOnlyGhosts() {
    NamedBlocks blocks = tick(5).sequence("A", "B", "C", "D").idle("A", "B", "C", "D");
    blocks.match("A", "B", "C").vacate("A", "B", "C");
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.keyedNodes()).isEqualTo(3);
    blocks.match("D");
    assertThat(blocks.leaves()).isZero();
    assertThat(blocks.keyedNodes()).isZero();
  }

  // ---------------------------------------------------------------- refused batches

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void aBatchThatRepeatsASlotIsRefusedAndLosesNone(LeafOrder order) {
    NamedBlocks blocks = pool(4, order).sequence("A", "B").sequence("X").register("A", "B", "X");
    EvictionPolicy policy = blocks.pool.policy();
    int[] slots = {blocks.slot("A"), blocks.slot("B"), blocks.slot("A"), blocks.slot("X")};
    assertThatIllegalStateException()
        .isThrownBy(() -> policy.becameIdle(slots, 0, 4))
        .withMessageContaining("slot " + blocks.slot("A") + " is idle already");
    // A and B are idle now, X is not.
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.order()).containsExactly("B", "A");
  }

  // ---------------------------------------------------------------- keys

  /** A block's key is cut to the width that the next position uses. */
  @ParameterizedTest
  @ValueSource(ints = {0, 253, 254, 255, 256, 65_533, 65_534, 65_535, 65_536, (1 << 24) - 2})
  void blocksAreLinkedAcrossChangesOfTheFragmentWidth(int position) {
    for (LeafOrder order : LeafOrder.values()) {
      for (boolean childFirst : new boolean[] {true, false}) {
        long current = 0xFEDC_BA98_7654_3210L;
        NamedBlocks blocks = pool(4, order);
        blocks.declare("parent", PositionalLineageHash.of(current, 77, position));
        blocks.declare("child", PositionalLineageHash.of(5, current, position + 1));
        if (childFirst) {
          blocks.idle("child", "parent");
        } else {
          blocks.idle("parent", "child");
        }
        assertThat(blocks.leaves()).isEqualTo(1);
        assertThat(blocks.evictAll()).containsExactly("child", "parent");
        assertThat(blocks.leaves()).isZero();
      }
    }
  }

  @Test
  void theLastPositionOfAllWorks() {
    NamedBlocks blocks = tick(2);
    blocks.declare("last", PositionalLineageHash.of(1, 2, PositionalLineageHash.MAX_POSITION));
    assertThat(blocks.idle("last").evictAll()).containsExactly("last");
  }

  /** Two blocks of one key: bits above the fragment differ. */
  private static NamedBlocks twins(LeafOrder order) {
    NamedBlocks blocks = pool(6, order);
    blocks.declare("P", PositionalLineageHash.of(10, 0, 0));
    blocks.declare("Q", PositionalLineageHash.of(20, 0, 0));
    blocks.declare("X", PositionalLineageHash.of(0x1234, 10, 1));
    blocks.declare("Y", PositionalLineageHash.of(0x8000_0000_0000_1234L, 20, 1));
    blocks.declare("child", PositionalLineageHash.of(30, 0x1234, 2));
    return blocks;
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void twinsShareOneNodeWhileOneOfThemIsIdle(LeafOrder order) {
    NamedBlocks blocks = twins(order).register("P", "Q", "X", "Y", "child");
    blocks.idle("P", "Q", "X", "child");
    // Whoever is idle is the node: X is held back by the child, and so is Y in its place.
    assertThat(blocks.leaves()).isEqualTo(2);
    assertThat(blocks.order()).containsExactly("Q", "child", "X", "P");
    blocks.match("X").idle("Y");
    // The node keeps the parent it has.
    assertThat(blocks.leaves()).isEqualTo(2);
    assertThat(blocks.order()).containsExactly("Q", "child", "Y", "P");
    blocks.match("Y");
    assertThat(blocks.order()).containsExactly("Q", "child", "P");
    blocks.match("child");
    assertThat(blocks.leaves()).isEqualTo(2);
    assertThat(blocks.keyedNodes()).isZero();
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void twinsThatAreIdleTogetherAreBothEvicted(LeafOrder order) {
    NamedBlocks blocks = twins(order).register("P", "Q", "X", "Y", "child");
    blocks.idle("P", "Q", "X", "Y", "child");
    assertThat(blocks.leaves()).isEqualTo(3);
    assertThat(blocks.evictAll()).containsExactlyInAnyOrder("P", "Q", "X", "Y", "child");
    assertThat(blocks.keyedNodes()).isZero();
  }

  @ParameterizedTest
  @EnumSource(LeafOrder.class)
  void aTwinThatArrivesWhileTheOtherIsIdleTakesNothingFromIt(LeafOrder order) {
    NamedBlocks blocks = twins(order).idle("P", "X", "child");
    blocks.register("Y");
    assertThat(blocks.leaves()).isEqualTo(1);
    assertThat(blocks.order()).containsExactly("child", "X", "P");
    blocks.vacate("Y");
    assertThat(blocks.evictAll()).containsExactly("child", "X", "P");
    assertThat(blocks.keyedNodes()).isZero();
  }

  // ---------------------------------------------------------------- limits

  @Test
  void poolsBeyondTheChildCountAreRefused() {
    SlotView huge = new HugeView();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Eviction.lineage().create(huge))
        .withMessageContaining("268435456");
  }

  /** Claims more blocks than anybody has. */
  private static final class HugeView implements SlotView {
    @Override
    public int blocks() {
      return 1 << 28;
    }

    @Override
    public long hashHi(int slot) {
      throw new UnsupportedOperationException();
    }

    @Override
    public long hashLo(int slot) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int position(int slot) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int parent(int slot) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isParent(int candidate, int slot) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean isIdle(int slot) {
      throw new UnsupportedOperationException();
    }

    @Override
    public boolean sharesFragment(int slot) {
      throw new UnsupportedOperationException();
    }

    @Override
    public int frequency(int slot) {
      throw new UnsupportedOperationException();
    }
  }
}
