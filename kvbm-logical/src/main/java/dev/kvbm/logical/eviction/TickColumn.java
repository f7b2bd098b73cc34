package dev.kvbm.logical.eviction;

/** When slots became idle, counted in slots that became idle: every second word of an array. */
final class TickColumn {
  private final long[] words;

  /** The ticks in {@code words}, two words a slot, of which the tick is the second. */
  TickColumn(long[] words) {
    this.words = words;
  }

  long of(int slot) {
    return words[2 * slot + 1];
  }

  void set(int slot, long tick) {
    words[2 * slot + 1] = tick;
  }
}
