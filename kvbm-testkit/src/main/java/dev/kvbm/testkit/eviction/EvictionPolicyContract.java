package dev.kvbm.testkit.eviction;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.frequency.FrequencyCapacity;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.testkit.InvariantChecker;
import dev.kvbm.testkit.ModelRunner;
import dev.kvbm.testkit.TestManagers;
import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * What every eviction policy owes the block manager, whatever its order is. Extend it with a class
 * that names a factory; JUnit runs these tests together with those of that class:
 *
 * <pre>{@code
 * class MyPolicyTest extends EvictionPolicyContract {
 *   @Override
 *   protected EvictionPolicy.Factory factory() {
 *     return MyPolicy::new;
 *   }
 * }
 * }</pre>
 *
 * <p>Checked are the promises of {@link EvictionPolicy}: victims are idle slots, each of them comes
 * sooner or later and once; a slot that is referenced again or vacated is forgotten; slots are used
 * again for other content; batches mean the same as single calls; {@code preview} shows what
 * follows and changes nothing; arrays are not kept; policies of one factory share nothing; a call
 * for a slot that the policy does not know costs no other slot. In the end a real manager works
 * with the policy. Whether the order is the one you want is for tests of your own, see {@link
 * SimulatedPool}.
 *
 * <p>A policy that breaks a promise is told from the others by the name of the test that fails.
 * Random tests print their seed and the shortest script they could find. All of it takes about a
 * second. Needs JUnit Jupiter.
 */
public abstract class EvictionPolicyContract {
  private static final int BLOCKS = 24;
  private static final int[] LENGTHS = {0, 1, 5, 9, 10, 15};
  private static final int SEEDS = 20;
  private static final int MOVES = 300;

  /** Does nothing; JUnit makes one object for each test. */
  protected EvictionPolicyContract() {}

  /**
   * Names the policy under test. Called by every test; the pools have from 1 to 32 slots.
   *
   * @return the factory of the policy
   */
  protected abstract EvictionPolicy.Factory factory();

  private SimulatedPool pool(int blocks) {
    return new SimulatedPool(blocks, factory());
  }

  /** A sequence of its own for each name. */
  private static LineageHashes chain(int name, int length) {
    LineageHashBuffer chain = new LineageHashBuffer();
    continueFrom(chain, new Random(name), length);
    return chain;
  }

  private static void continueFrom(LineageHashBuffer chain, Random random, int length) {
    for (int i = 0; i < length; i++) {
      int position = chain.size();
      long parent = position == 0 ? 0 : chain.get(position - 1).currentSequenceHash();
      chain.add(PositionalLineageHash.of(random.nextLong(), parent, position));
    }
  }

  /** Two idle sequences, ten blocks. */
  private SimulatedPool poolOfTenIdle() {
    SimulatedPool pool = pool(BLOCKS);
    pool.releaseTogether(pool.register(chain(1, 6)));
    pool.releaseTogether(pool.register(chain(2, 4)));
    return pool;
  }

  private static List<Integer> evictAll(SimulatedPool pool) {
    List<Integer> victims = new ArrayList<>();
    for (int victim = pool.evict(); victim != -1; victim = pool.evict()) {
      victims.add(victim);
    }
    return victims;
  }

  private static void assertSlots(List<Integer> actual, int... expected) {
    Arrays.sort(expected);
    assertArrayEquals(expected, actual.stream().mapToInt(i -> i).sorted().toArray());
  }

  // ---------------------------------------------------------------- victims

  @Test
  void thePolicyHasAName() {
    assertFalse(pool(1).policy().name().isBlank());
  }

  @Test
  void aNewPolicyHasNoVictim() {
    SimulatedPool pool = pool(BLOCKS);
    assertEquals(-1, pool.evict());
    assertEquals(0, pool.preview(3).length);
    assertEquals(0, pool.evictTogether(3).length);
  }

  @Test
  void activeSlotsAreNotVictims() {
    SimulatedPool pool = pool(BLOCKS);
    pool.register(chain(1, 5));
    assertEquals(-1, pool.evict());
  }

  @Test
  void everyIdleSlotIsAVictimOnce() {
    SimulatedPool pool = pool(BLOCKS);
    pool.release(pool.register(chain(1, 7)));
    assertSlots(evictAll(pool), 0, 1, 2, 3, 4, 5, 6);
    assertEquals(-1, pool.evict());
  }

  @Test
  void aPoolOfOneSlotWorks() {
    SimulatedPool pool = pool(1);
    for (int round = 0; round < 3; round++) {
      pool.releaseTogether(pool.register(chain(round, 1)));
      pool.revive(0);
      pool.release(0);
      assertEquals(0, pool.evict());
    }
  }

  @Test
  void revivedSlotsAreNotVictims() {
    SimulatedPool pool = pool(BLOCKS);
    int[] slots = pool.register(chain(1, 6));
    pool.releaseTogether(slots);
    pool.revive(slots[0], slots[3]);
    assertSlots(evictAll(pool), slots[1], slots[2], slots[4], slots[5]);
    pool.release(slots[3], slots[0]);
    assertSlots(evictAll(pool), slots[0], slots[3]);
  }

  @Test
  void aVictimThatIsGivenBackIsIdleAgain() {
    SimulatedPool pool = pool(BLOCKS);
    pool.releaseTogether(pool.register(chain(1, 4)));
    for (int i = 0; i < 10; i++) {
      assertTrue(pool.evictAndReturn() >= 0);
    }
    assertEquals(4, evictAll(pool).size());
  }

  @Test
  void vacatedSlotsAreForgotten() {
    SimulatedPool pool = pool(BLOCKS);
    int[] slots = pool.register(chain(1, 5));
    pool.release(slots[1], slots[4]);
    pool.vacate(slots[0]);
    pool.vacate(slots[3]);
    pool.vacate(slots[2]);
    assertSlots(evictAll(pool), slots[1], slots[4]);
  }

  @Test
  void slotsAreUsedAgainForOtherContent() {
    SimulatedPool pool = pool(4);
    for (int round = 0; round < 20; round++) {
      pool.releaseTogether(pool.register(chain(round, 4)));
      assertEquals(4, evictAll(pool).size());
    }
  }

  @Test
  void policiesOfOneFactoryAreIndependent() {
    EvictionPolicy.Factory factory = factory();
    SimulatedPool one = new SimulatedPool(3, factory);
    SimulatedPool other = new SimulatedPool(3, factory);
    one.releaseTogether(one.register(chain(1, 3)));
    assertEquals(-1, other.evict());
    assertEquals(3, evictAll(one).size());
  }

  // ---------------------------------------------------------------- batches and preview

  @Test
  void emptyBatchesDoNothing() {
    SimulatedPool pool = pool(BLOCKS);
    pool.releaseTogether();
    pool.reviveTogether();
    assertEquals(-1, pool.evict());
  }

  @Test
  void previewShowsTheNextVictimsAndChangesNothing() {
    for (int length : LENGTHS) {
      SimulatedPool pool = poolOfTenIdle();
      int[] shown = pool.preview(length);
      assertArrayEquals(shown, pool.preview(length), "shown again");
      List<Integer> victims = evictAll(pool);
      assertEquals(10, victims.size());
      for (int i = 0; i < shown.length; i++) {
        assertEquals(victims.get(i), shown[i], "preview of " + length + ", place " + i);
      }
    }
  }

  @Test
  void victimsTakenTogetherAreThoseThatPreviewShows() {
    for (int length : LENGTHS) {
      SimulatedPool pool = poolOfTenIdle();
      int[] shown = pool.preview(length);
      assertArrayEquals(shown, pool.evictTogether(length), length + " victims");
      assertEquals(10 - shown.length, evictAll(pool).size());
    }
  }

  // ---------------------------------------------------------------- strangers

  /**
   * After a policy failed, the manager tells it to forget the slots concerned, whether it knows
   * them or not. It may throw, but nothing may happen to others.
   */
  @Test
  void aSlotThatIsNotIdleCanBeRevivedWithoutHarmToOthers() {
    SimulatedPool pool = poolOfTenIdle();
    int[] active = pool.register(chain(3, 2));
    int[] shown = pool.preview(10);
    for (int slot : active) {
      try {
        pool.policy().revived(slot);
      } catch (RuntimeException e) {
        assertFalse(String.valueOf(e.getMessage()).isBlank(), "says nothing: " + e);
      }
    }
    assertArrayEquals(shown, pool.preview(10));
    pool.releaseTogether(active);
    assertEquals(12, evictAll(pool).size());
  }

  // ---------------------------------------------------------------- random lives

  /** Two pools get the same random life, one in single calls and one in batches. */
  @Test
  void batchesMeanTheSameAsSingleCallsAndNoSlotIsLost() {
    ModelRunner<Move> runner = new ModelRunner<>(_ -> new TwoLives());
    for (int seed = 1; seed <= SEEDS; seed++) {
      runner.run(seed, MOVES);
    }
  }

  private enum Kind {
    REGISTER,
    RELEASE,
    RELEASE_TOO,
    REVIVE,
    EVICT,
    GIVE_BACK,
    VACATE
  }

  /** One step; what the number means depends on the kind. */
  private record Move(Kind kind, int number) {}

  private final class TwoLives implements ModelRunner.Model<Move> {
    private final SimulatedPool single = pool(BLOCKS);
    private final SimulatedPool batch = pool(BLOCKS);

    @Override
    public Move draw(Random random) {
      Kind[] kinds = Kind.values();
      return new Move(kinds[random.nextInt(kinds.length)], random.nextInt(1_000));
    }

    @Override
    public void apply(Move move) {
      Random random = new Random(move.number());
      switch (move.kind()) {
        case REGISTER -> register(prompt(random), random);
        case RELEASE, RELEASE_TOO -> {
          int[] slots = some(random, true);
          single.release(slots);
          batch.releaseTogether(slots);
        }
        case REVIVE -> {
          int[] slots = some(random, false);
          single.revive(slots);
          batch.reviveTogether(slots);
        }
        case EVICT -> {
          int[] shown = single.preview(random.nextInt(5));
          int[] victims = IntStream.range(0, shown.length).map(_ -> single.evict()).toArray();
          assertArrayEquals(shown, victims, "victims after preview");
          assertArrayEquals(shown, batch.preview(shown.length), "preview after batches");
          assertArrayEquals(shown, batch.evictTogether(shown.length), "victims after batches");
        }
        case GIVE_BACK -> assertEquals(single.evictAndReturn(), batch.evictAndReturn());
        case VACATE -> {
          for (int slot : some(random, true)) {
            single.vacate(slot);
            batch.vacate(slot);
          }
        }
      }
    }

    @Override
    public void finish() {
      int idle = single.idleCount();
      List<Integer> victims = evictAll(single);
      assertEquals(idle, victims.size());
      assertEquals(victims, evictAll(batch), "victims after batches");
    }

    private void register(LineageHashes prompt, Random random) {
      for (PositionalLineageHash hash : prompt) {
        if (single.find(hash) < 0 && single.hasEmptySlot()) {
          int slot = single.register(hash);
          assertEquals(slot, batch.register(hash));
          int frequency = random.nextInt(16);
          single.setFrequency(slot, frequency);
          batch.setFrequency(slot, frequency);
        }
      }
    }

    /** Some active or idle slots, in slot order or its reverse or shuffled. */
    private int[] some(Random random, boolean active) {
      List<Integer> slots = new ArrayList<>();
      int keep = 1 + random.nextInt(3);
      for (int slot = 0; slot < single.blocks(); slot++) {
        if ((active ? single.isActive(slot) : single.isIdle(slot)) && random.nextInt(keep) == 0) {
          slots.add(slot);
        }
      }
      switch (random.nextInt(3)) {
        case 0 -> Collections.shuffle(slots, random);
        case 1 -> Collections.reverse(slots);
        default -> {}
      }
      return slots.stream().mapToInt(i -> i).toArray();
    }
  }

  /** One of several prompts, of which some begin alike. */
  private static LineageHashes prompt(Random random) {
    LineageHashBuffer prompt = new LineageHashBuffer();
    continueFrom(prompt, new Random(random.nextInt(3)), 1 + random.nextInt(3));
    continueFrom(prompt, new Random(10 + random.nextInt(4)), random.nextInt(5));
    return prompt;
  }

  // ---------------------------------------------------------------- a manager

  /** The real thing: requests come and go, and nothing but what was evicted is missing. */
  @Test
  void aBlockManagerCachesWhatThePolicyDoesNotGiveUp() {
    for (int seed = 1; seed <= 5; seed++) {
      Random random = new Random(seed);
      try (BlockManager<G1> manager =
          TestManagers.builder(G1.TIER, 32, FrequencyCapacity.SMALL.createTracker())
              .eviction(factory())
              .build()) {
        Set<PositionalLineageHash> cached = new HashSet<>();
        List<ImmutableBlocks<G1>> held = new ArrayList<>();
        for (int step = 0; step < 200; step++) {
          held.addAll(serve(manager, prompt(random), cached));
          while (held.size() > random.nextInt(6)) {
            ImmutableBlocks<G1> done = held.remove(random.nextInt(held.size()));
            if (random.nextBoolean()) {
              done.close();
            } else {
              done.closeTailFirst();
            }
          }
          String at = ", seed " + seed + ", step " + step;
          InvariantChecker.check(manager);
          for (PositionalLineageHash hash : cached) {
            assertTrue(manager.registry().isPresent(G1.TIER, hash), hash + " was lost" + at);
          }
          assertEquals(0, manager.metrics().allocateAtomicRollback(), "undone allocations" + at);
        }
        held.forEach(ImmutableBlocks::close);
        assertEquals(cached.size(), manager.resetInactivePool().drained().size());
        InvariantChecker.check(manager);
      }
    }
  }

  /** Finds what is cached of a prompt and computes the rest, if there is room. */
  private static List<ImmutableBlocks<G1>> serve(
      BlockManager<G1> manager, LineageHashes prompt, Set<PositionalLineageHash> cached) {
    ImmutableBlocks<G1> done = manager.match(prompt);
    LineageHashes rest = prompt.from(done.hits());
    MutableBlocks<G1> fresh = manager.allocate(rest.size()).orElse(null);
    if (fresh == null) {
      return List.of(done);
    }
    fresh.evicted().forEach(cached::remove);
    rest.forEach(cached::add);
    return List.of(done, fresh.register(rest));
  }
}
