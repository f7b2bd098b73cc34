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

  /** Gives {@code slots[from..to)} ticks in a row. */
  void setAll(int[] slots, int from, int to, long first) {
    for (int i = from; i < to; i++) {
      words[2 * slots[i] + 1] = first + (i - from);
    }
  }

  void set(int slot, long tick) {
    words[2 * slot + 1] = tick;
  }
}
