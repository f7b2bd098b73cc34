package dev.kvbm.logical.eviction;

/**
 * The ticks of slots, in every second word of an array.
 *
 * @param words words of two a slot, the tick being the second
 */
record TickColumn(long[] words) {

  /** When the slot became idle, counted in slots that became idle. */
  long of(int slot) {
    return words[2 * slot + 1];
  }

  void set(int slot, long tick) {
    words[2 * slot + 1] = tick;
  }
}
