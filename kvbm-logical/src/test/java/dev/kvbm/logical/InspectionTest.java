package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Looking at a pool: preview, enumeration, dump, invariants. */
class InspectionTest {
  @RegisterExtension final Pools pools = new Pools();

  @ParameterizedTest
  @EnumSource
  void thePreviewIsWhatIsEvictedNext(Backend backend) {
    BlockManager<G1> manager = pools.of(24, backend);
    Random random = new Random(7);
    for (int i = 0; i < 60; i++) {
      LineageHashes prompt = Hashes.chain(random.nextInt(12) * 1000, 1 + random.nextInt(4));
      try (ImmutableBlocks<G1> hit = manager.match(prompt)) {
        MutableBlocks<G1> fresh = manager.allocate(prompt.size() - hit.size()).orElseThrow();
        fresh.register(prompt.from(hit.size())).close();
      }
    }
    int idle = (int) manager.metrics().inactivePoolSize();
    assertThat(idle).isGreaterThan(10);
    MetricsSnapshot before = manager.metrics();

    EvictionPreview some = manager.previewEvictions(5);
    EvictionPreview all = manager.previewEvictions(1_000);

    assertThat(manager.metrics()).isEqualTo(before);
    assertThat(some.ids()).hasSize(5);
    assertThat(all.ids()).hasSize(idle).startsWith(some.ids());
    assertThat(all.hashes().slice(0, 5)).isEqualTo(some.hashes());
    try (MutableBlocks<G1> everything = manager.allocate(24).orElseThrow()) {
      assertThat(everything.evicted()).isEqualTo(all.hashes());
      int[] ids = everything.ids();
      assertThat(java.util.Arrays.copyOfRange(ids, 24 - idle, 24)).isEqualTo(all.ids());
    }
  }

  @Test
  void aPreviewOfNothingIsEmptyAndOfLessThanNothingRefused() {
    BlockManager<G1> manager = pools.of(4);
    assertThat(manager.previewEvictions(3).ids()).isEmpty();
    Pools.cache(manager, Hashes.root(0));
    assertThat(manager.previewEvictions(0).hashes().isEmpty()).isTrue();
    assertThatThrownBy(() -> manager.previewEvictions(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
  }

  @Test
  void everyBlockIsListedInItsState() {
    BlockManager<G1> manager = pools.of(7);
    Pools.cache(manager, Hashes.root(0));
    MutableBlock<G1> mutable = manager.allocate().orElseThrow();
    CompleteBlock<G1> staged = manager.allocate().orElseThrow().stage(Hashes.root(4), 4);
    ImmutableBlock<G1> primary = Pools.register(manager, Hashes.root(8));
    ImmutableBlock<G1> duplicate = Pools.register(manager, Hashes.root(8));
    primary.setResetOnRelease(true);

    List<SlotInfo> slots = manager.slots();

    assertThat(slots).extracting(SlotInfo::id).containsExactly(0, 1, 2, 3, 4, 5, 6);
    assertThat(slots)
        .extracting(SlotInfo::state)
        .containsExactly(
            SlotInfo.State.INACTIVE,
            SlotInfo.State.MUTABLE,
            SlotInfo.State.STAGED,
            SlotInfo.State.PRIMARY,
            SlotInfo.State.DUPLICATE,
            SlotInfo.State.RESET,
            SlotInfo.State.RESET);
    assertThat(slots).extracting(SlotInfo::references).containsExactly(0, 0, 0, 2, 1, 0, 0);
    assertThat(slots)
        .extracting(SlotInfo::hash)
        .containsExactly(
            Hashes.root(0), null, Hashes.root(4), Hashes.root(8), Hashes.root(8), null, null);
    assertThat(slots)
        .extracting(SlotInfo::resetOnRelease)
        .containsExactly(false, false, false, true, false, false, false);
    mutable.close();
    staged.close();
    primary.close();
    duplicate.close();
  }

  @Test
  void theGenerationOfABlockChangesWhenItsContentIsGivenUpAndNotBefore() {
    BlockManager<G1> manager = pools.of(1);
    Pools.cache(manager, Hashes.root(0));
    int held = manager.slots().getFirst().generation();
    manager.match(Hashes.roots(0, 1)).close();
    Pools.cache(manager, Hashes.root(100));
    int next = manager.slots().getFirst().generation();
    assertThat(next).isNotEqualTo(held);
    manager.match(Hashes.roots(100, 1)).close();
    assertThat(manager.slots().getFirst().generation()).isEqualTo(next);
  }

  @Test
  void theDumpShowsCountsHoldersAndTheNextVictims() {
    BlockManager<G1> manager = pools.with(5, options -> options.name("gpu-0"));
    Pools.cache(manager, Hashes.roots(0, 2));
    ImmutableBlock<G1> held = Pools.register(manager, Hashes.root(100));
    held.setResetOnRelease(true);
    MutableBlock<G1> mutable = manager.allocate().orElseThrow();
    assertThat(manager.dump(10))
        .contains("manager gpu-0 (id " + manager.id() + "): 5 blocks of 4 tokens, policy lru")
        .contains("RESET 1")
        .contains("MUTABLE 1")
        .contains("PRIMARY 1")
        .contains("INACTIVE 2")
        .contains("2 PRIMARY " + Hashes.root(100) + " references 1 reset-on-release")
        .contains("3 MUTABLE references 0")
        .containsSubsequence("next victims:", "0 " + Hashes.root(0), "1 " + Hashes.root(4));
    assertThat(manager.dump(1)).contains("0 " + Hashes.root(0)).doesNotContain("3 MUTABLE");
    assertThatThrownBy(() -> manager.dump(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot list -1 blocks");
    held.close();
    mutable.close();
  }

  @Test
  void aPoolWhosePolicyCannotBeAskedCanStillBeShown() {
    BlockManager<G1> manager =
        pools.evicting(
            4,
            slots ->
                new ScriptedPolicy(slots) {
                  @Override
                  public int preview(int[] into) {
                    throw new IllegalStateException("do not look");
                  }
                });
    pools.forget(manager);
    Pools.cache(manager, Hashes.root(0));
    try (MutableBlocks<G1> held = manager.allocate(2).orElseThrow()) {
      assertThat(held.size()).isEqualTo(2);
      assertThat(manager.dump(10))
          .contains("INACTIVE 1", "MUTABLE 2", "1 MUTABLE references 0")
          .endsWith(
              "next victims:\n  the policy does not say:"
                  + " java.lang.IllegalStateException: do not look\n");
    }
  }

  @Test
  void aPolicyThatNamesNonsenseDoesNotKeepThePoolFromBeingShown() {
    BlockManager<G1> manager =
        pools.evicting(
            4,
            slots ->
                new ScriptedPolicy(slots) {
                  @Override
                  public int preview(int[] into) {
                    into[0] = -7;
                    return 1;
                  }
                });
    pools.forget(manager);
    Pools.cache(manager, Hashes.root(0));
    assertThat(manager.dump(10)).contains("INACTIVE 1", "the policy does not say:");
  }

  // --------------- the checker itself ---------------

  private void finds(String violation, Consumer<BlockStore<?>> damage) {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.roots(0, 2));
    ImmutableBlocks<G1> held =
        Pools.register(manager, LineageHashes.of(Hashes.root(100), Hashes.root(100)));
    assertThat(held.ids()).containsExactly(2, 3);
    assertThat(manager.invariantViolations()).isEmpty();
    pools.forget(manager);
    damage.accept(BlockStoreAccess.store(manager));
    assertThat(manager.invariantViolations()).anyMatch(text -> text.contains(violation));
  }

  @Test
  void aFreeBlockListedTwiceIsFound() {
    finds(
        "I1: slot 4 is in the free list twice",
        store -> {
          store.free.removeFirst(new int[1], 1);
          store.free.removeFirst(new int[1], 1);
          store.free.addLast(4);
          store.free.addFirst(4);
        });
  }

  @Test
  void aBlockInUseThatIsAlsoFreeIsFound() {
    finds(
        "I1: slot 2 is PRIMARY and free: true",
        store -> {
          store.free.removeFirst(new int[1], 1);
          store.free.addLast(2);
        });
  }

  @Test
  void aLostBlockIsFound() {
    finds("I1: slot 4 is RESET and free: false", store -> store.free.removeFirst(new int[1], 1));
  }

  @Test
  void anIdleBlockThatThePolicyForgotIsFound() {
    finds("I2: victims known to the policy is 1, not 2", store -> store.policy.policy().revived(0));
  }

  @Test
  void aVictimThatIsNotIdleIsFound() {
    finds(
        "I2: the policy names slot 2",
        store -> {
          store.policy.policy().nextVictim();
          store.policy.policy().becameIdle(2);
        });
  }

  @Test
  void aPolicyThatCannotBeAskedIsFound() {
    BlockManager<G1> manager =
        pools.evicting(
            4,
            slots ->
                new ScriptedPolicy(slots) {
                  @Override
                  public int preview(int[] into) {
                    throw new IllegalStateException("do not look");
                  }
                });
    pools.forget(manager);
    assertThat(manager.invariantViolations())
        .singleElement()
        .asString()
        .contains("I2: the policy cannot say what it would evict")
        .contains("do not look");
  }

  @Test
  void aBlockMissingFromTheTableIsFound() {
    finds("I3/I4: the table has slot -1 for the hash of slot 0", store -> store.slots.remove(0));
  }

  @Test
  void aTableEntryTooManyIsFound() {
    finds(
        "I3: the table has 4 entries for 3 slots",
        store -> {
          store.slots.setHash(5, 1, 1);
          store.slots.findOrInsert(5);
        });
  }

  @Test
  void aDuplicateWithoutPrimaryIsFound() {
    finds(
        "I5: 1 duplicates of " + Hashes.root(100) + " have no primary",
        store -> store.slots.setMeta(2, Slots.withState(store.slots.meta(2), Slots.STAGED)));
  }

  @Test
  void aPrimaryThatItsDuplicateDoesNotPinIsFound() {
    finds(
        "I5: slot 2 is not pinned by its 2 duplicates",
        store -> {
          store.slots.setMeta(2, store.slots.meta(2) - Slots.ONE_REFERENCE);
          store.slots.setHash(6, store.slots.hi(2), store.slots.lo(2));
          store.slots.setMeta(6, Slots.DUPLICATE + Slots.ONE_REFERENCE);
        });
  }

  @Test
  void aReferencedIdleBlockIsFound() {
    finds(
        "I6: slot 0 is INACTIVE with 1 references",
        store -> store.slots.setMeta(0, store.slots.meta(0) + Slots.ONE_REFERENCE));
  }

  @Test
  void aWrongGaugeIsFound() {
    finds("I7: inactive gauge is 3, not 2", store -> store.counts.inactive++);
    finds("I7: inflight mutable is ", store -> store.counts.inflightMutable++);
    finds("I7: staged is ", store -> store.counts.staged++);
    finds("I7: distinct active is ", store -> store.counts.active++);
    finds("I7: duplicates is ", store -> store.counts.liveDuplicates++);
  }
}
