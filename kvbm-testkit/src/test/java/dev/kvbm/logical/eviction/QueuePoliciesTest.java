package dev.kvbm.logical.eviction;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatIndexOutOfBoundsException;

import dev.kvbm.testkit.eviction.SimulatedPool;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** FIFO, LRU and multi-LRU. */
class QueuePoliciesTest {

  static Stream<EvictionPolicy.Factory> queues() {
    return Stream.of(Eviction.fifo(), Eviction.lru());
  }

  static Stream<EvictionPolicy.Factory> all() {
    return Stream.of(
        Eviction.fifo(),
        Eviction.lru(),
        Eviction.multiLru(),
        Eviction.lineage(),
        Eviction.lineage(LeafOrder.FIFO));
  }

  /** Unrelated blocks a to h, resident and referenced. */
  private static NamedBlocks blocks(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = new NamedBlocks(8, factory);
    for (String name : List.of("a", "b", "c", "d", "e", "f", "g", "h")) {
      blocks.sequence(name).register(name);
    }
    return blocks;
  }

  @ParameterizedTest
  @MethodSource("queues")
  void theBlockReleasedFirstGoesFirst(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = blocks(factory).idle("c", "a", "d", "b");
    assertThat(blocks.evict(3)).containsExactly("c", "a", "d");
    assertThat(blocks.evict(3)).containsExactly("b");
  }

  @ParameterizedTest
  @MethodSource("queues")
  void aHitLeavesTheOrderAndItsReleaseGoesToTheEnd(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = blocks(factory).idle("a", "b", "c", "d").match("b");
    assertThat(blocks.order()).containsExactly("a", "c", "d");
    blocks.idle("b");
    assertThat(blocks.evictAll()).containsExactly("a", "c", "d", "b");
  }

  @ParameterizedTest
  @MethodSource("queues")
  void interleavedReleasesMatchesAndEvictionsKeepTheOrder(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = blocks(factory).idle("a", "b", "c");
    assertThat(blocks.evict(1)).containsExactly("a");
    blocks.idle("d").match("c").idle("e");
    assertThat(blocks.evict(3)).containsExactly("b", "d", "e");
  }

  @ParameterizedTest
  @MethodSource("queues")
  void aSequenceReleasedFromItsStartLosesItsStartFirst(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = new NamedBlocks(4, factory).sequence("0", "1", "2").idle("0", "1", "2");
    assertThat(blocks.evictAll()).containsExactly("0", "1", "2");
  }

  @ParameterizedTest
  @MethodSource("queues")
  void lookingAtSlotsDoesNotReorderThem(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = blocks(factory).idle("a", "b");
    for (int i = 0; i < 3; i++) {
      assertThat(blocks.order()).containsExactly("a", "b");
      assertThat(blocks.pool.isIdle(blocks.slot("a"))).isTrue();
    }
    assertThat(blocks.evict(1)).containsExactly("a");
  }

  @ParameterizedTest
  @MethodSource("all")
  void askingForMoreThanIsIdleGivesWhatIsIdle(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = blocks(factory).idle("a", "b");
    assertThat(blocks.evict(5)).containsExactly("a", "b");
    assertThat(blocks.order()).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("all")
  void aSlotThatBecomesIdleTwiceIsRefusedAndNothingChanges(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = blocks(factory).idle("a", "b", "c");
    EvictionPolicy policy = blocks.pool.policy();
    int b = blocks.slot("b");
    assertThatIllegalStateException()
        .isThrownBy(() -> policy.becameIdle(b))
        .withMessageContaining("slot " + b + " is idle already");
    assertThat(blocks.order()).containsExactly("a", "b", "c");
  }

  @ParameterizedTest
  @MethodSource("queues")
  void aBatchThatRepeatsASlotIsRefusedAsAWhole(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = blocks(factory).idle("a");
    EvictionPolicy policy = blocks.pool.policy();
    int[] slots = {blocks.slot("b"), blocks.slot("c"), blocks.slot("b")};
    assertThatIllegalStateException().isThrownBy(() -> policy.becameIdle(slots, 0, 3));
    assertThat(blocks.order()).containsExactly("a");
    policy.becameIdle(slots, 0, 2);
    assertThat(blocks.order()).containsExactly("a", "b", "c");
  }

  @ParameterizedTest
  @MethodSource("all")
  void revivingASlotThatIsNotIdleIsRefusedAndNothingChanges(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = blocks(factory).idle("a", "b");
    EvictionPolicy policy = blocks.pool.policy();
    int c = blocks.slot("c");
    assertThatIllegalStateException()
        .isThrownBy(() -> policy.revived(c))
        .withMessageContaining("slot " + c + " is not idle");
    assertThatIllegalStateException().isThrownBy(() -> policy.revived(new int[] {c}, 0, 1));
    assertThat(blocks.order()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @MethodSource("all")
  void aBatchWithOneWrongSlotIsRefusedAsAWhole(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = blocks(factory).idle("a", "b");
    EvictionPolicy policy = blocks.pool.policy();
    int a = blocks.slot("a");
    int b = blocks.slot("b");
    int c = blocks.slot("c");
    assertThatIllegalStateException()
        .isThrownBy(() -> policy.revived(new int[] {a, b, c}, 0, 3))
        .withMessageContaining("slot " + c + " is not idle");
    assertThatIllegalStateException()
        .isThrownBy(() -> policy.becameIdle(new int[] {c, b}, 0, 2))
        .withMessageContaining("slot " + b + " is idle already");
    assertThat(blocks.order()).containsExactly("a", "b");
  }

  @ParameterizedTest
  @MethodSource("all")
  void aBatchThatRevivesASlotTwiceIsRefusedAndTouchesNoOtherSlot(EvictionPolicy.Factory factory) {
    NamedBlocks blocks = blocks(factory).idle("a", "b", "c");
    EvictionPolicy policy = blocks.pool.policy();
    int a = blocks.slot("a");
    assertThatIllegalStateException()
        .isThrownBy(() -> policy.revived(new int[] {a, a}, 0, 2))
        .withMessageContaining("slot " + a + " is not idle");
    assertThat(blocks.order()).containsExactly("b", "c");
  }

  @ParameterizedTest
  @MethodSource("all")
  void aRangeOutsideTheArrayIsRefused(EvictionPolicy.Factory factory) {
    EvictionPolicy policy = blocks(factory).pool.policy();
    int[] slots = {0, 1};
    assertThatIndexOutOfBoundsException().isThrownBy(() -> policy.becameIdle(slots, 1, 3));
    assertThatIndexOutOfBoundsException().isThrownBy(() -> policy.revived(slots, 2, 1));
    assertThat(policy.nextVictim()).isEqualTo(-1);
  }

  /** Runs in the order of the list, against it, split, and across what is left in between. */
  @ParameterizedTest
  @CsvSource({
    "abcdefgh, ''", "hgfedcba, ''", "cdef, abgh", "fedc, abgh", "bc, adefgh", "a, bcdefgh",
    "h, abcdefg", "abgh, cdef", "ghab, cdef", "badc, efgh", "aceg, bdfh", "dcef, abgh"
  })
  void batchesTakeOutRunsAndLeaveTheRestInOrder(String matched, String left) {
    for (var factory : all().limit(3).toList()) {
      NamedBlocks blocks = blocks(factory).idle("a", "b", "c", "d", "e", "f", "g", "h");
      blocks.pool.reviveTogether(
          matched.chars().map(c -> blocks.slot(Character.toString(c))).toArray());
      assertThat(String.join("", blocks.order())).isEqualTo(left);
      blocks.pool.releaseTogether(
          matched.chars().map(c -> blocks.slot(Character.toString(c))).toArray());
      assertThat(String.join("", blocks.evictAll())).isEqualTo(left + matched);
    }
  }

  // ---------------------------------------------------------------- multi-LRU

  private static NamedBlocks idle(NamedBlocks blocks, String block, int frequency) {
    blocks.pool.setFrequency(blocks.slot(block), frequency);
    return blocks.idle(block);
  }

  @Test
  void levelsBeginAtTheirThresholds() {
    NamedBlocks blocks = blocks(Eviction.multiLru(2, 6, 15));
    idle(blocks, "a", 15);
    idle(blocks, "b", 14);
    idle(blocks, "c", 6);
    idle(blocks, "d", 5);
    idle(blocks, "e", 2);
    idle(blocks, "f", 1);
    idle(blocks, "g", 0);
    assertThat(blocks.evictAll()).containsExactly("f", "g", "d", "e", "b", "c", "a");
  }

  @Test
  void defaultThresholdsAreThreeEightAndFifteen() {
    NamedBlocks blocks = blocks(Eviction.multiLru());
    idle(blocks, "a", 15);
    idle(blocks, "b", 8);
    idle(blocks, "c", 14);
    idle(blocks, "d", 3);
    idle(blocks, "e", 7);
    idle(blocks, "f", 2);
    idle(blocks, "g", 0);
    assertThat(blocks.evictAll()).containsExactly("f", "g", "d", "e", "b", "c", "a");
  }

  @Test
  void coldBlocksGoBeforeAHotOneReleasedEarlier() {
    NamedBlocks blocks = blocks(Eviction.multiLru());
    idle(blocks, "a", 9);
    idle(blocks, "b", 0);
    idle(blocks, "c", 0);
    assertThat(blocks.evict(2)).containsExactly("b", "c");
    assertThat(blocks.evict(2)).containsExactly("a");
  }

  @Test
  void aLevelStaysWhileABlockIsIdleAndIsReadAgainAfterAHit() {
    NamedBlocks blocks = blocks(Eviction.multiLru());
    idle(blocks, "a", 0);
    idle(blocks, "b", 4);
    blocks.pool.setFrequency(blocks.slot("a"), 15);
    assertThat(blocks.order()).containsExactly("a", "b");
    blocks.match("a").idle("a");
    assertThat(blocks.order()).containsExactly("b", "a");
  }

  @Test
  void aMatchAcrossLevelsEmptiesThem() {
    NamedBlocks blocks = blocks(Eviction.multiLru());
    idle(blocks, "a", 0);
    idle(blocks, "b", 5);
    idle(blocks, "c", 15);
    blocks.pool.reviveTogether(blocks.slot("a"), blocks.slot("b"), blocks.slot("c"));
    assertThat(blocks.order()).isEmpty();
  }

  @Test
  void aRefusedBatchLeavesLevelsOfIdleBlocksAlone() {
    NamedBlocks blocks = blocks(Eviction.multiLru());
    idle(blocks, "a", 15);
    blocks.pool.setFrequency(blocks.slot("a"), 0);
    EvictionPolicy policy = blocks.pool.policy();
    int[] slots = {blocks.slot("a")};
    assertThatIllegalStateException().isThrownBy(() -> policy.becameIdle(slots, 0, 1));
    idle(blocks, "b", 8);
    idle(blocks, "c", 15);
    assertThat(blocks.order()).containsExactly("b", "a", "c");
    blocks.match("a");
    assertThat(blocks.evictAll()).containsExactly("b", "c");
  }

  @ParameterizedTest
  @CsvSource({
    "3, 3, 8, must be in ascending order",
    "8, 3, 15, must be in ascending order",
    "3, 20, 16, must be in ascending order",
    "3, 8, 16, must be <= 15",
    "0, 8, 16, must be <= 15",
    "0, 8, 15, must be >= 1",
    "-2, 8, 15, must be >= 1",
  })
  void nonsenseThresholdsAreRefused(int warm, int hot, int veryHot, String message) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> Eviction.multiLru(warm, hot, veryHot))
        .withMessageContaining(message)
        .withMessageContaining(warm + ", " + hot + ", " + veryHot);
  }

  @Test
  void onlyMultiLruNeedsATracker() {
    assertThat(all().filter(EvictionPolicy.Factory::needsFrequency).map(Object::toString))
        .containsExactly("multi-lru");
  }

  @Test
  void factoriesAndPoliciesCarryTheSameName() {
    assertThat(all().map(f -> new SimulatedPool(1, f).policy()))
        .allSatisfy(policy -> assertThat(policy).hasToString(policy.name()));
    assertThat(all().map(f -> new SimulatedPool(1, f).policy().name()))
        .containsExactlyElementsOf(all().map(Object::toString).toList())
        .containsExactly("fifo", "lru", "multi-lru", "lineage-tick", "lineage-fifo");
  }
}
