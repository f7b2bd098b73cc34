package dev.kvbm.replay.analysis;

/**
 * A set of access indices with a fast maximum: bitmaps stacked 64 to 1.
 *
 * <p>A simulated optimal cache keeps, for every resident block that will be used again, the index
 * of that use. Indices are unique, so the set needs no map back to blocks, "resident on arrival" is
 * one bit, and the victim is the maximum. Every operation touches at most one word a level, and a
 * set over 2^24 accesses has four levels. Not thread-safe.
 */
final class NextUses {

  /** levels[0] holds the members; a bit of levels[k+1] says that a word of levels[k] is not 0. */
  private final long[][] levels;

  private final long[] leaves;

  NextUses(int size) {
    int depth = 1;
    for (long words = words(size); words > 1; words = words(words)) {
      depth++;
    }
    levels = new long[depth][];
    long bits = size;
    for (int k = 0; k < depth; k++) {
      levels[k] = new long[Math.max(1, (int) words(bits))];
      bits = levels[k].length;
    }
    leaves = levels[0];
  }

  private static long words(long bits) {
    return (bits + 63) >>> 6;
  }

  /** Adds an index that is not a member. */
  void add(int index) {
    int word = index >>> 6;
    long before = leaves[word];
    leaves[word] = before | 1L << index;
    if (before == 0) {
      raise(word);
    }
  }

  /** How many consecutive indices from {@code from} on are members, at most {@code limit}. */
  int run(int from, int limit) {
    int at = from;
    int end = from + limit;
    while (at < end) {
      long absent = ~leaves[at >>> 6] >>> at;
      if (absent != 0) {
        return Math.min(limit, at + Long.numberOfTrailingZeros(absent) - from);
      }
      at = (at | 63) + 1;
    }
    return limit;
  }

  /** Removes all members in {@code [from, from + count)}; returns how many there were. */
  int removeRange(int from, int count) {
    int removed = 0;
    int at = from;
    int end = from + count;
    while (at < end) {
      int word = at >>> 6;
      int stop = Math.min(end, (at | 63) + 1);
      long mask = (-1L << at) & (-1L >>> -stop);
      long before = leaves[word];
      long gone = before & mask;
      if (gone != 0) {
        removed += Long.bitCount(gone);
        leaves[word] = before ^ gone;
        if (before == gone) {
          lower(word);
        }
      }
      at = stop;
    }
    return removed;
  }

  /** Removes the {@code count} largest members; there must be as many. */
  void removeLargest(int count) {
    int left = count;
    while (left > 0) {
      int word = 0;
      for (int k = levels.length - 1; k > 0; k--) {
        word = word << 6 | 63 - Long.numberOfLeadingZeros(levels[k][word]);
      }
      long bits = leaves[word];
      int here = Long.bitCount(bits);
      if (here <= left) {
        leaves[word] = 0;
        lower(word);
        left -= here;
      } else {
        for (; left > 0; left--) {
          bits &= ~Long.highestOneBit(bits);
        }
        leaves[word] = bits;
      }
    }
  }

  private void raise(int leaf) {
    int at = leaf;
    for (int k = 1; k < levels.length; k++) {
      long before = levels[k][at >>> 6];
      levels[k][at >>> 6] = before | 1L << at;
      if (before != 0) {
        return;
      }
      at >>>= 6;
    }
  }

  private void lower(int leaf) {
    int at = leaf;
    for (int k = 1; k < levels.length; k++) {
      long after = levels[k][at >>> 6] & ~(1L << at);
      levels[k][at >>> 6] = after;
      if (after != 0) {
        return;
      }
      at >>>= 6;
    }
  }
}
