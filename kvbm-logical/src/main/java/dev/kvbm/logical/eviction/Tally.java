package dev.kvbm.logical.eviction;

/** Counts by int key: open addressing, grows, at most half full. */
final class Tally {
  private int[] keys;
  private int[] counts;
  private int size;

  /** An empty tally with room for about {@code expected} keys. */
  Tally(int expected) {
    int capacity = Integer.highestOneBit(Math.clamp(expected, 4, 1 << 20)) * 4;
    keys = new int[capacity];
    counts = new int[capacity];
  }

  /** Adds one to the count of {@code key} and returns the new count. */
  int increment(int key) {
    int at = find(key);
    if (counts[at] == 0) {
      if (2 * (size + 1) > keys.length) {
        grow();
        at = find(key);
      }
      keys[at] = key;
      size++;
    }
    return ++counts[at];
  }

  private int find(int key) {
    int mask = keys.length - 1;
    int at = ((key * 0x9E3779B9) >>> 7) & mask;
    while (counts[at] != 0 && keys[at] != key) {
      at = (at + 1) & mask;
    }
    return at;
  }

  private void grow() {
    int[] oldKeys = keys;
    int[] oldCounts = counts;
    keys = new int[2 * oldKeys.length];
    counts = new int[2 * oldKeys.length];
    for (int i = 0; i < oldKeys.length; i++) {
      if (oldCounts[i] != 0) {
        int at = find(oldKeys[i]);
        keys[at] = oldKeys[i];
        counts[at] = oldCounts[i];
      }
    }
  }
}
