package dev.kvbm.logical.eviction;

import java.util.Arrays;

/**
 * A binary heap of slots by tick, smallest first.
 *
 * <p>The ticks are read from the array in which the policy keeps them. With a list given, the heap
 * keeps the index of each of its slots there ({@link SlotList#setAside}), so that a slot can be
 * taken out of the middle.
 */
final class TickHeap {
  private static final int INITIAL = 16;

  private final TickColumn ticks;
  private final boolean tracked;
  private final SlotList aside;
  private int[] heap = new int[INITIAL];
  private int size;

  /**
   * An empty heap.
   *
   * @param tracked whether to keep indexes in {@code aside}
   */
  TickHeap(TickColumn ticks, SlotList aside, boolean tracked) {
    this.ticks = ticks;
    this.aside = aside;
    this.tracked = tracked;
  }

  int size() {
    return size;
  }

  boolean isEmpty() {
    return size == 0;
  }

  /** The slot at an index; 0 is the smallest, those below {@code i} are at 2i+1 and 2i+2. */
  int at(int index) {
    return heap[index];
  }

  void push(int slot) {
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, 2 * size);
    }
    up(size++, slot);
  }

  /** Takes out the slot at an index and forgets its mark. */
  int removeAt(int index) {
    int removed = heap[index];
    int last = heap[--size];
    if (index < size) {
      if (index > 0 && ticks.of(last) < ticks.of(heap[(index - 1) >>> 1])) {
        up(index, last);
      } else {
        down(index, last);
      }
    }
    if (tracked) {
      aside.release(removed);
    }
    return removed;
  }

  private void up(int start, int slot) {
    int index = start;
    long tick = ticks.of(slot);
    while (index > 0) {
      int above = (index - 1) >>> 1;
      if (ticks.of(heap[above]) < tick) {
        break;
      }
      place(index, heap[above]);
      index = above;
    }
    place(index, slot);
  }

  private void down(int start, int slot) {
    int index = start;
    long tick = ticks.of(slot);
    for (int below = 2 * index + 1; below < size; below = 2 * index + 1) {
      if (below + 1 < size && ticks.of(heap[below + 1]) < ticks.of(heap[below])) {
        below++;
      }
      if (tick < ticks.of(heap[below])) {
        break;
      }
      place(index, heap[below]);
      index = below;
    }
    place(index, slot);
  }

  private void place(int index, int slot) {
    heap[index] = slot;
    if (tracked) {
      aside.setAside(slot, index);
    }
  }
}
