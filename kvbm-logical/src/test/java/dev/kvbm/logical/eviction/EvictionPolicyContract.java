package dev.kvbm.logical.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every eviction policy owes the block manager, whatever its order. Extend it with a class
 * that names a factory; the tests come along.
 */
public abstract class EvictionPolicyContract {
  private static final int BLOCKS = 24;

  /** Makes the policy under test. */
  protected abstract EvictionPolicy.Factory factory();

  private SimulatedPool pool(int blocks) {
    return new SimulatedPool(blocks, factory());
  }

  /** A sequence of its own for each name. */
  private static List<PositionalLineageHash> chain(int name, int length) {
    List<PositionalLineageHash> chain = new ArrayList<>();
    Random random = new Random(name);
    long parent = 0;
    for (int position = 0; position < length; position++) {
      long current = random.nextLong();
      chain.add(PositionalLineageHash.of(current, parent, position));
      parent = current;
    }
    return chain;
  }

  private static int[] register(SimulatedPool pool, List<PositionalLineageHash> hashes) {
    return hashes.stream().mapToInt(pool::register).toArray();
  }

  private static List<Integer> evictAll(SimulatedPool pool) {
    List<Integer> victims = new ArrayList<>();
    for (int victim = pool.evict(); victim != -1; victim = pool.evict()) {
      victims.add(victim);
    }
    return victims;
  }

  @Test
  void aNewPolicyHasNoVictim() {
    SimulatedPool pool = pool(BLOCKS);
    assertThat(pool.evict()).isEqualTo(-1);
    assertThat(pool.policy().preview(new int[3])).isZero();
  }

  @Test
  void activeSlotsAreNotVictims() {
    SimulatedPool pool = pool(BLOCKS);
    register(pool, chain(1, 5));
    assertThat(pool.evict()).isEqualTo(-1);
  }

  @Test
  void everyIdleSlotIsAVictimOnce() {
    SimulatedPool pool = pool(BLOCKS);
    int[] slots = register(pool, chain(1, 7));
    pool.release(slots);
    assertThat(evictAll(pool)).containsExactlyInAnyOrder(0, 1, 2, 3, 4, 5, 6);
    assertThat(pool.evict()).isEqualTo(-1);
  }

  @Test
  void aPoolOfOneSlotWorks() {
    SimulatedPool pool = pool(1);
    for (int round = 0; round < 3; round++) {
      pool.releaseAll(register(pool, chain(round, 1)));
      pool.revive(0);
      pool.release(0);
      assertThat(pool.evict()).isZero();
    }
  }

  @Test
  void revivedSlotsAreNotVictims() {
    SimulatedPool pool = pool(BLOCKS);
    int[] slots = register(pool, chain(1, 6));
    pool.releaseAll(slots);
    pool.revive(slots[0], slots[3]);
    assertThat(evictAll(pool)).containsExactlyInAnyOrder(slots[1], slots[2], slots[4], slots[5]);
    pool.release(slots[3], slots[0]);
    assertThat(evictAll(pool)).containsExactlyInAnyOrder(slots[0], slots[3]);
  }

  @Test
  void aVictimThatIsGivenBackIsIdleAgain() {
    SimulatedPool pool = pool(BLOCKS);
    pool.releaseAll(register(pool, chain(1, 4)));
    for (int i = 0; i < 10; i++) {
      assertThat(pool.evictAndReturn()).isNotEqualTo(-1);
    }
    assertThat(evictAll(pool)).hasSize(4);
  }

  @Test
  void vacatedSlotsAreForgotten() {
    SimulatedPool pool = pool(BLOCKS);
    int[] slots = register(pool, chain(1, 5));
    pool.release(slots[1], slots[4]);
    pool.vacate(slots[0]);
    pool.vacate(slots[3]);
    pool.vacate(slots[2]);
    assertThat(evictAll(pool)).containsExactlyInAnyOrder(slots[1], slots[4]);
  }

  @Test
  void slotsAreReusedForOtherContent() {
    SimulatedPool pool = pool(4);
    for (int round = 0; round < 20; round++) {
      int[] slots = register(pool, chain(round, 4));
      pool.releaseAll(slots);
      assertThat(evictAll(pool)).hasSize(4);
    }
  }

  @Test
  void emptyBatchesDoNothing() {
    SimulatedPool pool = pool(BLOCKS);
    pool.releaseAll();
    pool.reviveAll();
    assertThat(pool.evict()).isEqualTo(-1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 9, 10, 15})
  void previewShowsTheNextVictimsAndChangesNothing(int length) {
    SimulatedPool pool = pool(BLOCKS);
    pool.releaseAll(register(pool, chain(1, 6)));
    pool.releaseAll(register(pool, chain(2, 4)));
    int[] preview = new int[length];
    Arrays.fill(preview, -9);
    int shown = pool.policy().preview(preview);
    assertThat(shown).isEqualTo(Math.min(length, 10));
    assertThat(pool.policy().preview(new int[length])).isEqualTo(shown);
    List<Integer> victims = evictAll(pool);
    assertThat(victims).hasSize(10);
    for (int i = 0; i < length; i++) {
      assertThat(preview[i]).isEqualTo(i < shown ? victims.get(i) : -9);
    }
  }

  @Test
  void policiesOfOneFactoryAreIndependent() {
    EvictionPolicy.Factory factory = factory();
    SimulatedPool one = new SimulatedPool(3, factory);
    SimulatedPool other = new SimulatedPool(3, factory);
    one.releaseAll(register(one, chain(1, 3)));
    assertThat(other.evict()).isEqualTo(-1);
    assertThat(evictAll(one)).hasSize(3);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 5, 9, 10, 15})
  void victimsTakenTogetherAreThoseThatPreviewShows(int n) {
    SimulatedPool pool = pool(BLOCKS);
    pool.releaseAll(register(pool, chain(1, 6)));
    pool.releaseAll(register(pool, chain(2, 4)));
    int[] preview = new int[n];
    int shown = pool.policy().preview(preview);
    assertThat(pool.evictTogether(n)).isEqualTo(Arrays.copyOf(preview, shown));
    assertThat(pool.idleCount()).isEqualTo(10 - shown);
    assertThat(evictAll(pool)).hasSize(10 - shown);
  }

  @Test
  void thePolicyHasAName() {
    assertThat(pool(1).policy().name()).isNotBlank();
  }

  /** Two pools get the same random life, one in single calls and one in batches. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void batchesMeanTheSameAsSingleCallsAndNoSlotIsLost(long seed) {
    Random random = new Random(seed);
    SimulatedPool single = pool(BLOCKS);
    SimulatedPool batch = pool(BLOCKS);
    for (int step = 0; step < 600; step++) {
      String at = "seed " + seed + ", step " + step;
      switch (random.nextInt(5)) {
        case 0 -> {
          for (PositionalLineageHash hash : chain(random.nextInt(9), 1 + random.nextInt(6))) {
            if (single.find(hash) < 0 && single.hasEmptySlot()) {
              int slot = single.register(hash);
              assertThat(batch.register(hash)).as(at).isEqualTo(slot);
              int frequency = random.nextInt(16);
              single.setFrequency(slot, frequency);
              batch.setFrequency(slot, frequency);
            }
          }
        }
        case 1, 2 -> {
          int[] slots = some(single, random, true);
          single.release(slots);
          batch.releaseAll(slots);
        }
        case 3 -> {
          int[] slots = some(single, random, false);
          single.revive(slots);
          batch.reviveAll(slots);
        }
        default -> {
          int n = random.nextInt(5);
          int idle = single.idleCount();
          int[] one = IntStream.range(0, Math.min(n, idle)).map(_ -> single.evict()).toArray();
          assertThat(batch.evictTogether(n)).as(at).isEqualTo(one);
          int[] active = some(single, random, true);
          if (active.length > 0 && random.nextInt(4) == 0) {
            single.vacate(active[0]);
            batch.vacate(active[0]);
          }
        }
      }
    }
    int idle = single.idleCount();
    List<Integer> victims = evictAll(single);
    assertThat(victims).as("seed %d", seed).hasSize(idle);
    assertThat(evictAll(batch)).as("seed %d", seed).isEqualTo(victims);
  }

  /** Some active or idle slots, in slot order or its reverse or shuffled. */
  private static int[] some(SimulatedPool pool, Random random, boolean active) {
    List<Integer> slots = new ArrayList<>();
    int keep = 1 + random.nextInt(3);
    for (int slot = 0; slot < pool.blocks(); slot++) {
      if ((active ? pool.isActive(slot) : pool.isIdle(slot)) && random.nextInt(keep) == 0) {
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
