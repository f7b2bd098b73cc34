package dev.kvbm.replay.analysis;

import java.util.Arrays;

/**
 * Blocks in the order of their last touch, with ranks.
 *
 * <p>A touch puts a block into the next of a row of places; a place is occupied or was left behind.
 * The rank of a block is the number of occupied places from its own on. Counts are kept per word of
 * 64 places in a binary indexed tree. The row has twice as many places as there are blocks and is
 * closed up when it is full, so memory is linear in the blocks and the closing up costs a constant
 * per touch. Not thread-safe.
 */
final class RecencyStack {

  private final int[] placeOf;
  private final int[] blockAt;
  private final long[] occupied;
  private final int[] counts;
  private int next;
  private int size;

  RecencyStack(int blocks) {
    placeOf = new int[blocks];
    Arrays.fill(placeOf, -1);
    int words = Math.max(1, (int) ((2L * blocks + 63) >>> 6));
    blockAt = new int[words << 6];
    occupied = new long[words];
    counts = new int[words + 1];
  }

  /** How many blocks were ever touched. */
  int size() {
    return size;
  }

  /** Where the block stands, or -1; a block touched right before another has a place one lower. */
  int place(int block) {
    return placeOf[block];
  }

  /** How many blocks stand at that occupied place or were touched later. */
  int rankOfPlace(int place) {
    int word = place >>> 6;
    int below = Long.bitCount(occupied[word] & ((1L << place) - 1));
    for (int i = word; i > 0; i &= i - 1) {
      below += counts[i];
    }
    return size - below;
  }

  /** Touches {@code ids[from..from+count)} from the last to the first; they must be distinct. */
  void touchDeepestFirst(int[] ids, int from, int count) {
    if (count > blockAt.length - next) {
      closeUp();
    }
    for (int i = from; i < from + count; i++) {
      int place = placeOf[ids[i]];
      if (place >= 0) {
        occupied[place >>> 6] &= ~(1L << place);
        count(place >>> 6, -1);
      } else {
        size++;
      }
    }
    for (int i = from + count - 1; i >= from; i--) {
      int place = next++;
      placeOf[ids[i]] = place;
      blockAt[place] = ids[i];
      occupied[place >>> 6] |= 1L << place;
      count(place >>> 6, 1);
    }
  }

  private void count(int word, int change) {
    for (int i = word + 1; i < counts.length; i += i & -i) {
      counts[i] += change;
    }
  }

  private void closeUp() {
    int to = 0;
    for (int word = 0; word < occupied.length; word++) {
      for (long bits = occupied[word]; bits != 0; bits &= bits - 1) {
        int block = blockAt[(word << 6) + Long.numberOfTrailingZeros(bits)];
        blockAt[to] = block;
        placeOf[block] = to++;
      }
    }
    next = to;
    for (int word = 0; word < occupied.length; word++) {
      int full = Math.clamp(to - ((long) word << 6), 0, 64);
      occupied[word] = full == 64 ? -1L : (1L << full) - 1;
    }
    Arrays.fill(counts, 0);
    for (int i = 1; i < counts.length; i++) {
      counts[i] += Long.bitCount(occupied[i - 1]);
      int parent = i + (i & -i);
      if (parent < counts.length) {
        counts[parent] += counts[i];
      }
    }
  }
}
