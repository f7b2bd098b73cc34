package dev.kvbm.logical.eviction;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TickHeapTest {
  private static final int SLOTS = 200;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theSmallestTickIsFirstWhateverIsTakenFromTheMiddle(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    TickColumn ticks = new TickColumn(new long[2 * SLOTS]);
    SlotList aside = new SlotList(SlotList.links(SLOTS));
    TickHeap heap = new TickHeap(ticks, aside, true);
    TreeMap<Long, Integer> expected = new TreeMap<>();
    for (int step = 0; step < 5_000; step++) {
      int slot = random.nextInt(SLOTS);
      if (!aside.isHeld(slot)) {
        long tick = random.nextLong();
        ticks.set(slot, tick);
        heap.push(slot);
        expected.put(tick, slot);
      } else if (random.nextInt(3) > 0) {
        assertThat(aside.isAside(slot)).isTrue();
        assertThat(heap.removeAt(aside.mark(slot))).isEqualTo(slot);
        expected.remove(ticks.of(slot));
      }
      assertThat(heap.size()).as("seed %d, step %d", seed, step).isEqualTo(expected.size());
      if (!expected.isEmpty()) {
        assertThat(heap.at(0))
            .as("seed %d, step %d", seed, step)
            .isEqualTo(expected.firstEntry().getValue());
      }
    }
    while (!expected.isEmpty()) {
      assertThat(heap.removeAt(0)).isEqualTo(expected.pollFirstEntry().getValue());
    }
    assertThat(heap.isEmpty()).isTrue();
  }
}
