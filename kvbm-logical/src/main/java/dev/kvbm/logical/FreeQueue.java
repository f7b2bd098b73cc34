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

  /** Appends {@code slots[0..n)}. */
  void addLast(int[] slots, int n) {
    int tail = head + size;
    tail = tail >= ring.length ? tail - ring.length : tail;
    int unbroken = Math.min(n, ring.length - tail);
    System.arraycopy(slots, 0, ring, tail, unbroken);
    System.arraycopy(slots, unbroken, ring, 0, n - unbroken);
    size += n;
  }

  /** Moves the first {@code n} of {@code size()} to {@code into[0..n)}. */
  void removeFirst(int[] into, int n) {
    int unbroken = Math.min(n, ring.length - head);
    System.arraycopy(ring, head, into, 0, unbroken);
    System.arraycopy(ring, 0, into, unbroken, n - unbroken);
    head += n;
    head = head >= ring.length ? head - ring.length : head;
    size -= n;
  }

  /** Undoes {@link #removeFirst} of one slot. */
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
