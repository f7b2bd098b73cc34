package dev.kvbm.logical.frequency;

import dev.kvbm.tokens.Xxh3;

/**
 * The frequency sketch of the reference implementation, bit for bit: a count-min sketch of 4-bit
 * counters, four hash functions over one table. Keys are hashed as their little-endian bytes.
 *
 * <p>Its counters are chosen from the low bits of one hash both for word and nibble. With a number
 * of words divisible by 16, as in all usual sizes, only one counter in sixteen is ever used, so
 * estimates are far too high. {@link FrequencySketch} uses all of them. This class exists to
 * compare results with the reference.
 *
 * <p>Keys are 64 or 128 bits wide; one sketch should see only one width. Not thread-safe; {@link
 * TinyLfuTracker} is. An increment costs four hashes, and now and then a pass over the table.
 */
public final class TinyLfuSketch {
  private static final int MAX_COUNT = FrequencyTracker.MAX_COUNT;
  private static final long LOW_BITS = 0x1111_1111_1111_1111L;
  private static final long HALVED = 0x7777_7777_7777_7777L;

  /** XXH3 with the default secret, and with that secret customised with 1, 2 and 3. */
  private static final Xxh3.Secret[] HASHES = {
    Xxh3.Secret.ofSeed(0), Xxh3.Secret.ofSeed(1), Xxh3.Secret.ofSeed(2), Xxh3.Secret.ofSeed(3)
  };

  private final long[] words;
  private final DecayPolicy decayPolicy;
  private long size;

  /**
   * An empty sketch.
   *
   * @param capacity number of hashes it is meant for, 0 or more; it has a word of sixteen counters
   *     for every four of them and at least one
   * @param decayPolicy when to halve all counters
   * @throws IllegalArgumentException if {@code capacity} is negative
   */
  public TinyLfuSketch(int capacity, DecayPolicy decayPolicy) {
    checkCapacity(capacity);
    this.words = new long[Math.max(1, capacity / 4)];
    this.decayPolicy = decayPolicy;
  }

  /**
   * An empty sketch that decays after ten increments for each hash of capacity.
   *
   * @param capacity number of hashes it is meant for, 0 or more
   * @throws IllegalArgumentException if {@code capacity} is negative
   */
  public TinyLfuSketch(int capacity) {
    this(capacity, DecayPolicy.forCapacity(capacity));
  }

  static void checkCapacity(int capacity) {
    if (capacity < 0) {
      throw new IllegalArgumentException(
          "a sketch cannot have a capacity of " + capacity + " hashes; use 0 or more");
    }
  }

  /**
   * Counts a touch of a 64-bit key.
   *
   * @param key the key
   */
  public void increment(long key) {
    boolean changed = false;
    for (Xxh3.Secret hash : HASHES) {
      changed |= add(hash.hashLong(key));
    }
    counted(changed);
  }

  /**
   * Counts a touch of a 128-bit key.
   *
   * @param hi high half of the key
   * @param lo low half of the key
   */
  public void increment(long hi, long lo) {
    boolean changed = false;
    for (Xxh3.Secret hash : HASHES) {
      changed |= add(hash.hashTwoLongs(lo, hi));
    }
    counted(changed);
  }

  /**
   * Estimates the touches of a 64-bit key.
   *
   * @param key the key
   * @return the estimate, 0 to 15
   */
  public int estimate(long key) {
    int estimate = MAX_COUNT;
    for (Xxh3.Secret hash : HASHES) {
      estimate = Math.min(estimate, counter(hash.hashLong(key)));
    }
    return estimate;
  }

  /**
   * Estimates the touches of a 128-bit key.
   *
   * @param hi high half of the key
   * @param lo low half of the key
   * @return the estimate, 0 to 15
   */
  public int estimate(long hi, long lo) {
    int estimate = MAX_COUNT;
    for (Xxh3.Secret hash : HASHES) {
      estimate = Math.min(estimate, counter(hash.hashTwoLongs(lo, hi)));
    }
    return estimate;
  }

  /**
   * {@return the increments that changed a counter since the last decay, and an estimate of those
   * before it whose counts are left}
   */
  public long size() {
    return size;
  }

  /** The table, for tests. */
  long[] words() {
    return words.clone();
  }

  private boolean add(long hash) {
    int word = word(hash);
    int shift = shift(hash);
    if (((words[word] >>> shift) & MAX_COUNT) == MAX_COUNT) {
      return false;
    }
    words[word] += 1L << shift;
    return true;
  }

  private int counter(long hash) {
    return (int) (words[word(hash)] >>> shift(hash)) & MAX_COUNT;
  }

  private int word(long hash) {
    return (int) Long.remainderUnsigned(hash, words.length);
  }

  private static int shift(long hash) {
    return (int) (hash & 15) << 2;
  }

  private void counted(boolean changed) {
    if (changed) {
      size++;
      if (decayPolicy.shouldDecay(size)) {
        decay();
      }
    }
  }

  private void decay() {
    long odd = 0;
    for (int i = 0; i < words.length; i++) {
      odd += Long.bitCount(words[i] & LOW_BITS);
      words[i] = (words[i] >>> 1) & HALVED;
    }
    size = Math.max(0, size / 2 - odd / HASHES.length);
  }
}
