package dev.kvbm.logical;

/**
 * The free list: a ring of slot numbers, first in, first out. Guarded by the store's lock. Two
 * lengths of the ring do not overflow an int, see {@link Slots#MAX_BLOCKS}.
 */
final class FreeQueue {
  private final int[] ring;
  private int head;
  private int size;

  /** All of {@code 0..blocks-1}, in this order. */
  FreeQueue(int blocks) {
    ring = new int[blocks];
    for (int i = 0; i < blocks; i++) {
      ring[i] = i;
    }
    size = blocks;
  }

  int size() {
    return size;
  }

  void addLast(int slot) {
    int tail = head + size;
    ring[tail >= ring.length ? tail - ring.length : tail] = slot;
    size++;
  }

  int removeFirst() {
    int slot = ring[head];
    head = head + 1 == ring.length ? 0 : head + 1;
    size--;
    return slot;
  }

  /** Undoes {@link #removeFirst}. */
  void addFirst(int slot) {
    head = head == 0 ? ring.length - 1 : head - 1;
    ring[head] = slot;
    size++;
  }

  /** The {@code i}-th from the front. */
  int get(int i) {
    int index = head + i;
    return ring[index >= ring.length ? index - ring.length : index];
  }
}
