package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Rows and resident table, against plain maps; the borders of the hash modes (△6). */
class SlotsTest {
  private static void put(Slots slots, int slot, PositionalLineageHash hash, int state) {
    slots.setHash(slot, hash.hi(), hash.lo());
    slots.setMeta(slot, Slots.withState(slots.meta(slot), state));
    slots.findOrInsert(slot);
  }

  private static int find(Slots slots, PositionalLineageHash hash) {
    return slots.find(hash.hi(), hash.lo());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 11, 12, 13, 24, 48, 100})
  void theTableFindsWhatIsInItAtEveryLoad(int blocks) {
    Random random = new Random(blocks);
    Slots slots = new Slots(blocks, null);
    Map<PositionalLineageHash, Integer> model = new HashMap<>();
    List<PositionalLineageHash> universe = new ArrayList<>();
    for (int i = 0; i < 3 * blocks; i++) {
      universe.add(PositionalLineageHash.of(random.nextLong(), random.nextLong(), i % 5));
    }
    List<Integer> free = new ArrayList<>();
    for (int slot = 0; slot < blocks; slot++) {
      free.add(slot);
    }
    for (int step = 0; step < 3_000; step++) {
      PositionalLineageHash hash = universe.get(random.nextInt(universe.size()));
      Integer slot = model.get(hash);
      if (slot != null && random.nextInt(3) > 0) {
        slots.remove(slot);
        model.remove(hash);
        free.add(slot);
      } else if (slot == null && !free.isEmpty()) {
        int next = free.removeFirst();
        put(slots, next, hash, Slots.PRIMARY);
        model.put(hash, next);
      }
      assertThat(slots.tableSize()).isEqualTo(model.size());
      for (PositionalLineageHash asked : universe) {
        assertThat(find(slots, asked))
            .as("%s blocks, step %s", blocks, step)
            .isEqualTo(model.getOrDefault(asked, -1));
      }
      if (blocks > 20 && step > 600) {
        return;
      }
    }
  }

  /** A batch looks at neighbours first; what it finds is what single lookups find. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void aBatchFindsWhatSingleLookupsFindWhereverBlocksLie(long seed) {
    int blocks = 48;
    Random random = new Random(seed);
    Slots slots = new Slots(blocks, null);
    List<PositionalLineageHash> chain = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      chain.add(PositionalLineageHash.of(random.nextLong(), random.nextLong(), i));
    }
    LineageHashes hashes = LineageHashes.copyOf(chain);
    for (int round = 0; round < 2_000; round++) {
      int slot = random.nextInt(blocks);
      boolean resident = slots.state(slot) == Slots.PRIMARY || slots.state(slot) == Slots.INACTIVE;
      if (resident && random.nextInt(3) > 0) {
        slots.remove(slot);
        slots.setMeta(
            slot, Slots.withState(slots.meta(slot), Slots.RESET)); // its row keeps the hash
      } else if (!resident) {
        // Up, down, or anywhere.
        int which = random.nextInt(3);
        int i = which == 0 ? slot : which == 1 ? 39 - slot : random.nextInt(40);
        PositionalLineageHash hash = chain.get(Math.floorMod(i, 40));
        if (find(slots, hash) < 0) {
          put(slots, slot, hash, random.nextBoolean() ? Slots.PRIMARY : Slots.INACTIVE);
        } else {
          slots.setHash(slot, hash.hi(), hash.lo());
          slots.setMeta(
              slot,
              Slots.withState(
                  slots.meta(slot), random.nextBoolean() ? Slots.DUPLICATE : Slots.STAGED));
        }
      }

      int from = random.nextInt(40);
      LineageHashes part = hashes.slice(from, from + 1 + random.nextInt(40 - from));
      int[] each = new int[part.size()];
      int[] prefix = new int[part.size()];
      String context = "seed " + seed + ", round " + round;
      slots.findEach(part, each);
      int length = acquireAndRestore(slots, part, prefix, context);

      int expectedLength = part.size();
      for (int k = part.size() - 1; k >= 0; k--) {
        assertThat(each[k]).as(context).isEqualTo(find(slots, part.get(k)));
        expectedLength = each[k] < 0 ? k : expectedLength;
      }
      assertThat(length).as(context).isEqualTo(expectedLength);
      assertThat(Arrays.copyOf(prefix, length)).as(context).isEqualTo(Arrays.copyOf(each, length));
    }
  }

  /** Returns the length of the prefix, its slots in {@code found}; the references are undone. */
  private static int acquireAndRestore(
      Slots slots, LineageHashes hashes, int[] found, String context) {
    long[] before = new long[slots.blocks()];
    Arrays.setAll(before, slots::meta);
    int result = slots.acquirePrefix(hashes, found);
    int length = result < 0 ? ~result : result;
    List<Integer> taken = Arrays.stream(found, 0, length).boxed().toList();
    List<Integer> wereIdle =
        taken.stream().filter(slot -> (before[slot] & 7) == Slots.INACTIVE).toList();
    int gathered = slots.takeGathered();
    if (result < 0) {
      assertThat(wereIdle).as(context).isEqualTo(taken);
      assertThat(gathered).as(context).isZero();
    } else {
      assertThat(Arrays.stream(slots.gathered(), 0, gathered).boxed().toList())
          .as(context)
          .isEqualTo(wereIdle);
    }
    for (int slot = 0; slot < before.length; slot++) {
      long expected =
          taken.contains(slot)
              ? Slots.withState(before[slot], Slots.PRIMARY) + Slots.ONE_REFERENCE
              : before[slot];
      assertThat(slots.meta(slot)).as("%s, slot %d", context, slot).isEqualTo(expected);
      slots.setMeta(slot, before[slot]);
    }
    return length;
  }

  /** Hashes whose low 38 bits agree have one tag and one home: the longest run there can be. */
  @Test
  void hashesThatCollideInTheTableAreToldApart() {
    int n = 40;
    Slots slots = new Slots(64, null);
    List<PositionalLineageHash> hashes = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      hashes.add(PositionalLineageHash.of(0x15_5555_5555L | (long) i << 38, i, 9));
      put(slots, i, hashes.get(i), Slots.PRIMARY);
    }
    for (int i = 0; i < n; i++) {
      assertThat(find(slots, hashes.get(i))).isEqualTo(i);
    }
    for (int i = 0; i < n; i += 2) {
      slots.remove(i);
    }
    for (int i = 0; i < n; i++) {
      assertThat(find(slots, hashes.get(i))).isEqualTo(i % 2 == 0 ? -1 : i);
    }
  }

  @Test
  void removingWhatIsNotThereIsReportedAsADefect() {
    Slots slots = new Slots(4, null);
    slots.setHash(0, 1, 2);
    assertThatThrownBy(() -> slots.remove(0))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("slot 0 is not in the resident table");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 7, 254, 255, 256, 257, 65_534, 65_535, 65_536, 65_537, (1 << 24) - 2})
  void aChildFindsItsParentAcrossTheBordersOfTheModes(int position) {
    long current = 0xFEDC_BA98_7654_3210L;
    PositionalLineageHash parent = PositionalLineageHash.of(current, 77, position);
    PositionalLineageHash child = PositionalLineageHash.of(3, current, position + 1);
    Slots slots = new Slots(8, null);
    put(slots, 2, parent, Slots.INACTIVE);
    put(slots, 5, child, Slots.PRIMARY);
    assertThat(slots.position(5)).isEqualTo(position + 1);
    assertThat(slots.position(2)).isEqualTo(position);
    assertThat(slots.parent(5)).isEqualTo(2);
    assertThat(slots.isParent(2, 5)).isTrue();
    assertThat(slots.isParent(5, 2)).isFalse();
    assertThat(slots.isParent(0, 5)).isFalse();
    assertThat(slots.isIdle(2)).isTrue();
    assertThat(slots.isIdle(5)).isFalse();
    slots.remove(2);
    slots.setMeta(2, Slots.RESET);
    assertThat(slots.parent(5)).isEqualTo(-1);
    assertThat(slots.isParent(2, 5)).isFalse();
  }

  @Test
  void theFirstBlockOfAPromptHasNoParent() {
    Slots slots = new Slots(4, null);
    put(slots, 0, PositionalLineageHash.of(5, 0, 0), Slots.PRIMARY);
    put(slots, 1, PositionalLineageHash.of(6, 5, 0), Slots.PRIMARY);
    assertThat(slots.parent(0)).isEqualTo(-1);
    assertThat(slots.parent(1)).isEqualTo(-1);
    assertThat(slots.isParent(0, 1)).isFalse();
  }

  @Test
  void aChildOfAnotherPositionOrAnotherParentIsNotTaken() {
    Slots slots = new Slots(8, null);
    put(slots, 0, PositionalLineageHash.of(100, 1, 4), Slots.PRIMARY);
    put(slots, 1, PositionalLineageHash.of(1, 100, 6), Slots.PRIMARY);
    put(slots, 2, PositionalLineageHash.of(2, 101, 5), Slots.PRIMARY);
    put(slots, 3, PositionalLineageHash.of(3, 100, 5), Slots.PRIMARY);
    assertThat(slots.parent(1)).isEqualTo(-1);
    assertThat(slots.parent(2)).isEqualTo(-1);
    assertThat(slots.parent(3)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 254, 255, 256, 65_534, 65_535, 65_536})
  void blocksWhoseChildrenCannotTellThemApartAreTwins(int position) {
    int bits = position + 1 < 256 ? 54 : position + 1 < 65_536 ? 46 : 38;
    long current = 0x1234_5678_9ABC_DEF0L;
    Slots slots = new Slots(8, null);
    put(slots, 0, PositionalLineageHash.of(current, 1, position), Slots.INACTIVE);
    put(
        slots,
        1,
        PositionalLineageHash.of(current ^ (1L << (bits - 1)), 1, position),
        Slots.PRIMARY);
    assertThat(slots.sharesFragment(0)).isFalse();
    assertThat(slots.sharesFragment(1)).isFalse();
    put(slots, 2, PositionalLineageHash.of(current ^ (1L << bits), 1, position), Slots.PRIMARY);
    assertThat(slots.sharesFragment(0)).isTrue();
    assertThat(slots.sharesFragment(2)).isTrue();
    assertThat(slots.sharesFragment(1)).isFalse();
    put(slots, 3, PositionalLineageHash.of(current, 2, position), Slots.PRIMARY);
    assertThat(slots.sharesFragment(3)).isTrue();
    slots.remove(0);
    assertThat(slots.sharesFragment(2)).as("had a twin while resident").isTrue();
  }

  @Test
  void generationsCountModulo24BitsAndTouchNothingElse() {
    long meta = 0;
    for (int i = 1; i <= 300; i++) {
      meta = Slots.freshMeta(meta | 5L << 32 | Slots.TWIN | Slots.MARK, Slots.MUTABLE, i % 2 == 0);
      Slots slots = new Slots(1, null);
      slots.setMeta(0, meta);
      assertThat(slots.generation(0)).isEqualTo(i);
      assertThat(slots.references(0)).isZero();
      assertThat(slots.state(0)).isEqualTo(Slots.MUTABLE);
      assertThat((meta & Slots.RESET_ON_RELEASE) != 0).isEqualTo(i % 2 == 0);
      assertThat(meta & (Slots.TWIN | Slots.MARK)).isZero();
    }
    Slots slots = new Slots(1, null);
    slots.setMeta(0, Slots.freshMeta(0xFF_FFFFL << 8, Slots.RESET, false));
    assertThat(slots.generation(0)).isZero();
    assertThat(slots.meta(0)).isEqualTo(Slots.RESET);
  }

  @Test
  void referencesDoNotReachTheGeneration() {
    Slots slots = new Slots(1, null);
    slots.setMeta(0, 0xFF_FFFFL << 8 | Slots.PRIMARY);
    for (int i = 0; i < 1_000; i++) {
      slots.setMeta(0, slots.meta(0) + Slots.ONE_REFERENCE);
    }
    assertThat(slots.references(0)).isEqualTo(1_000);
    assertThat(slots.generation(0)).isEqualTo(0xFF_FFFF);
    assertThat(slots.state(0)).isEqualTo(Slots.PRIMARY);
  }

  @Test
  void frequencyComesFromTheTracker() {
    CountingTracker tracker = new CountingTracker();
    PositionalLineageHash hash = Hashes.root(0);
    tracker.touch(hash.hi(), hash.lo());
    Slots with = new Slots(1, tracker);
    put(with, 0, hash, Slots.PRIMARY);
    assertThat(with.frequency(0)).isEqualTo(1);
    assertThat(with.hashHi(0)).isEqualTo(hash.hi());
    assertThat(with.hashLo(0)).isEqualTo(hash.lo());
    assertThat(with.blocks()).isEqualTo(1);
    Slots without = new Slots(1, null);
    put(without, 0, hash, Slots.PRIMARY);
    assertThat(without.frequency(0)).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 7})
  void theFreeQueueIsARing(int blocks) {
    FreeQueue queue = new FreeQueue(blocks);
    List<Integer> model = new ArrayList<>();
    for (int slot = 0; slot < blocks; slot++) {
      model.add(slot);
    }
    Random random = new Random(blocks);
    List<Integer> out = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      switch (random.nextInt(4)) {
        case 0 -> {
          int n = random.nextInt(model.size() + 1);
          int[] first = new int[blocks];
          queue.removeFirst(first, n);
          for (int k = 0; k < n; k++) {
            assertThat(first[k]).as("step %s", i).isEqualTo(model.getFirst());
            out.add(model.removeFirst());
          }
        }
        case 1 -> {
          if (!out.isEmpty()) {
            model.addLast(out.getFirst());
            queue.addLast(out.removeFirst());
          }
        }
        case 2 -> {
          int n = random.nextInt(out.size() + 1);
          int[] back = new int[blocks];
          for (int k = 0; k < n; k++) {
            back[k] = out.removeFirst();
          }
          queue.addLast(back, n);
          for (int k = 0; k < n; k++) {
            model.addLast(back[k]);
          }
        }
        default -> {
          if (!out.isEmpty()) {
            model.addFirst(out.getLast());
            queue.addFirst(out.removeLast());
          }
        }
      }
      assertThat(queue.size()).isEqualTo(model.size());
      for (int k = 0; k < model.size(); k++) {
        assertThat(queue.get(k)).as("step %s", i).isEqualTo(model.get(k));
      }
    }
  }

  @Test
  void realChainsAreLinkedFromEndToStart() {
    LineageHashes chain = Hashes.chain(0, 300);
    Slots slots = new Slots(300, null);
    for (int i = 0; i < 300; i++) {
      put(slots, 299 - i, chain.get(i), Slots.INACTIVE);
    }
    for (int i = 0; i < 300; i++) {
      assertThat(slots.parent(299 - i)).isEqualTo(i == 0 ? -1 : 300 - i);
      assertThat(slots.sharesFragment(299 - i)).isFalse();
    }
  }
}
