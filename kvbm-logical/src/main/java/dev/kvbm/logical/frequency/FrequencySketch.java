package dev.kvbm.logical.frequency;

import dev.kvbm.tokens.LineageHashes;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The frequency tracker to use: a count-min sketch that uses all of its counters, touches sixteen
 * bytes of memory for a hash and ages without pauses.
 *
 * <p>Two bytes for each hash of capacity, rounded up to a power of two. Thread-safe; batches take
 * the one lock once, {@link #count} takes none. A touch in a batch costs a few nanoseconds while
 * the table fits the cache.
 *
 * <p>With {@code s} sample touches, every counter is halved once in {@code s} touches, not all at
 * the same time: a hand moves over the table and halves 32 counters every {@code s / (capacity /
 * 8)} touches. So no call does more aging than {@code ceil(capacity / 8 / s)} groups of sixteen
 * bytes for each of its touches, which is one as long as {@code s} is at least {@code capacity /
 * 8}.
 */
/*
 * State. A group is two words of sixteen 4-bit counters. A hash belongs to one group and has one
 * counter in each of its words; its estimate is the lower one. Group and counters are taken from
 * different bits of one 64-bit mix of the hash.
 *
 * A touch raises only those of the two counters that hold the estimate ("conservative update"):
 * raising the other could only make it more wrong. That and the use of all bits is what makes two
 * counters a hash as good as four here, for half of the work.
 *
 * Ordering. Writers hold the lock. Readers take none: they may see a touch or a halving late or in
 * one of two counters only, which moves an estimate by what one touch or halving does. Words are
 * written and read with opaque access, so a word is never seen half written.
 */
public final class FrequencySketch implements FrequencyTracker {
  private static final VarHandle WORDS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final VarHandle LOCKED;

  static {
    try {
      LOCKED = MethodHandles.lookup().findVarHandle(FrequencySketch.class, "locked", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private static final int SAMPLE_TOUCHES_PER_HASH = 10;
  private static final int HASHES_PER_GROUP = 8;
  private static final int MAX_CAPACITY = 1 << 30;

  /** Centuries of touches; keeps the credit from overflowing. */
  private static final long MAX_SAMPLE_TOUCHES = 1L << 62;

  private static final long HALVED = 0x7777_7777_7777_7777L;

  /** How often the lock is tried before a thread sleeps: its holder may have lost its processor. */
  private static final int SPINS = 200;

  private static final long SLEEP_NANOS = 20_000;

  /** How many hashes of a list are copied at a time. */
  private static final int BATCH = 32;

  private final long[] words;
  private final int groups;
  private final int groupBits;

  /** A mix shifted right by this gives its group; 63 and one more for a single group. */
  private final int groupShift;

  private final long sampleTouches;

  /** The hashes whose touches are being counted, so that the loop over them is over an array. */
  private final long[] copied = new long[2 * BATCH];

  @SuppressWarnings("unused") // accessed through LOCKED
  private boolean locked;

  /** Touches since the hand moved last, each counted {@code groups} times. */
  private long credit;

  /** The group that is halved next. */
  private int hand;

  private FrequencySketch(int capacity, long sampleTouches) {
    int rounded = capacity <= HASHES_PER_GROUP ? HASHES_PER_GROUP : roundUp(capacity);
    this.groups = rounded / HASHES_PER_GROUP;
    this.words = new long[2 * groups];
    this.groupBits = Integer.numberOfTrailingZeros(groups);
    this.groupShift = Long.SIZE - 1 - groupBits;
    this.sampleTouches = sampleTouches;
  }

  /** {@return a builder with nothing set} */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void touch(long hi, long lo) {
    lock();
    try {
      raise(words, mix(hi, lo), groupShift);
      credit += groups;
      ageIfDue();
    } finally {
      unlock();
    }
  }

  @Override
  public int count(long hi, long lo) {
    long mix = mix(hi, lo);
    int at = firstWord(mix);
    int first = (int) (word(at) >>> firstShift(mix)) & MAX_COUNT;
    int second = (int) (word(at + 1) >>> secondShift(mix)) & MAX_COUNT;
    return Math.min(first, second);
  }

  @Override
  public void touchAll(LineageHashes hashes) {
    int size = hashes.size();
    lock();
    try {
      for (int from = 0; from < size; from += BATCH) {
        int n = Math.min(BATCH, size - from);
        hashes.copyTo(from, copied, 0, n);
        add(copied, 0, n);
      }
    } finally {
      unlock();
    }
  }

  @Override
  public void touchAll(long[] hashes, int from, int n) {
    FrequencyTracker.checkWords(hashes, from, n);
    lock();
    try {
      add(hashes, from, n);
    } finally {
      unlock();
    }
  }

  /**
   * A few nanoseconds for each hash of a batch, and nothing foreign is called, so this needs
   * neither a queue of waiters nor reentrance: one compare-and-set to lock, one store to unlock.
   */
  @SuppressWarnings("ThreadPriorityCheck") // yielding while no sleep is possible is the point
  private void lock() {
    for (int i = 0; !LOCKED.compareAndSet(this, false, true); i++) {
      if (i < SPINS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, SLEEP_NANOS);
        if (Thread.currentThread().isInterrupted()) {
          Thread.yield(); // an interrupted thread does not sleep
        }
      }
    }
  }

  private void unlock() {
    LOCKED.setRelease(this, false);
  }

  /** {@return the number of different hashes whose frequency the sketch can tell apart well} */
  public int capacity() {
    return groups * HASHES_PER_GROUP;
  }

  /** {@return how many touches it takes until every counter has been halved once} */
  public long sampleTouches() {
    return sampleTouches;
  }

  @Override
  public String toString() {
    return "FrequencySketch[capacity=" + capacity() + ", sampleTouches=" + sampleTouches + "]";
  }

  /**
   * Counts touches. Lock held.
   *
   * <p>The touches of a batch do not depend on each other, so the processor overlaps the cache
   * misses of about ten of them by itself. Reading the words ahead was measured to be slower.
   */
  private void add(long[] hashes, int from, int n) {
    for (int i = 0; i < n; ) {
      // As many as the hand lets pass before it moves.
      long untilAging = ((sampleTouches - credit - 1) >>> groupBits) + 1;
      int end = (int) Math.min(n, i + untilAging);
      credit += (long) (end - i) << groupBits;
      raiseAll(hashes, from + 2 * i, end - i);
      i = end;
      ageIfDue();
    }
  }

  private void raiseAll(long[] hashes, int from, int n) {
    long[] words = this.words;
    int groupShift = this.groupShift;
    for (int i = 0; i < n; i++) {
      raise(words, mix(hashes[from + 2 * i], hashes[from + 2 * i + 1]), groupShift);
    }
  }

  private static void raise(long[] words, long mix, int groupShift) {
    int at = firstWord(mix, groupShift);
    int firstShift = firstShift(mix);
    int secondShift = secondShift(mix);
    long firstWord = words[at];
    long secondWord = words[at + 1];
    int first = (int) (firstWord >>> firstShift) & MAX_COUNT;
    int second = (int) (secondWord >>> secondShift) & MAX_COUNT;
    int estimate = Math.min(first, second);
    if (estimate < MAX_COUNT) {
      // The sign of x - estimate - 1 says whether x is the estimate; no branch to mispredict.
      int addFirst = (first - estimate - 1) >>> 31;
      int addSecond = (second - estimate - 1) >>> 31;
      WORDS.setOpaque(words, at, firstWord + ((long) addFirst << firstShift));
      WORDS.setOpaque(words, at + 1, secondWord + ((long) addSecond << secondShift));
    }
  }

  private void ageIfDue() {
    while (credit >= sampleTouches) {
      credit -= sampleTouches;
      int at = 2 * hand;
      WORDS.setOpaque(words, at, (words[at] >>> 1) & HALVED);
      WORDS.setOpaque(words, at + 1, (words[at + 1] >>> 1) & HALVED);
      hand = hand + 1 == groups ? 0 : hand + 1;
    }
  }

  private long word(int at) {
    return (long) WORDS.getOpaque(words, at);
  }

  private int firstWord(long mix) {
    return firstWord(mix, groupShift);
  }

  private static int firstWord(long mix, int groupShift) {
    return (int) (mix >>> 1 >>> groupShift) << 1;
  }

  private static int firstShift(long mix) {
    return (int) (mix << 2) & 0x3C;
  }

  private static int secondShift(long mix) {
    return (int) (mix >>> 2) & 0x3C;
  }

  /**
   * 128 to 64 bits: both halves of a product of 64 by 64 bits, folded. The constants are the first
   * 128 fractional bits of the golden ratio's inverse, odd-ended, so that a half of zeros does not
   * cancel the other.
   */
  private static long mix(long hi, long lo) {
    long a = hi ^ 0x9E3779B97F4A7C15L;
    long b = lo ^ 0xF39CC0605CEDC835L;
    return (a * b) ^ Math.unsignedMultiplyHigh(a, b);
  }

  private static int roundUp(int capacity) {
    return Integer.highestOneBit(capacity - 1) << 1;
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {
    private int capacity = FrequencyCapacity.MEDIUM.hashes();
    private long sampleTouches;

    private Builder() {}

    /**
     * Sets a usual capacity; {@link FrequencyCapacity#MEDIUM} unless set.
     *
     * @param capacity the capacity
     * @return this builder
     */
    public Builder capacity(FrequencyCapacity capacity) {
      return capacity(capacity.hashes());
    }

    /**
     * Sets the number of different hashes whose frequency is to be told apart well, rounded up to a
     * power of two and at least 8.
     *
     * @param capacity number of hashes
     * @return this builder
     * @throws IllegalArgumentException unless {@code 1 <= capacity <= 2^30}
     */
    public Builder capacity(int capacity) {
      if (capacity < 1 || capacity > MAX_CAPACITY) {
        throw new IllegalArgumentException(
            "a sketch cannot have a capacity of " + capacity + " hashes; use 1 to " + MAX_CAPACITY);
      }
      this.capacity = capacity;
      return this;
    }

    /**
     * Sets in how many touches every counter is halved once; ten for each hash of capacity unless
     * set. The fewer, the sooner old touches are forgotten.
     *
     * @param sampleTouches number of touches
     * @return this builder
     * @throws IllegalArgumentException if {@code sampleTouches} is less than 1
     */
    public Builder sampleTouches(long sampleTouches) {
      if (sampleTouches < 1) {
        throw new IllegalArgumentException(
            "counters cannot be halved every " + sampleTouches + " touches; use 1 or more");
      }
      this.sampleTouches = Math.min(sampleTouches, MAX_SAMPLE_TOUCHES);
      return this;
    }

    /** {@return a sketch with nothing counted} */
    public FrequencySketch build() {
      int hashes = Math.max(capacity, HASHES_PER_GROUP);
      return new FrequencySketch(
          capacity,
          sampleTouches != 0 ? sampleTouches : (long) SAMPLE_TOUCHES_PER_HASH * roundUp(hashes));
    }
  }
}
