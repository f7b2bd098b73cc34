package dev.kvbm.tokens;

import java.util.Arrays;
import java.util.Objects;

/**
 * A list of lineage hashes that grows and can be used again.
 *
 * <p>{@link #clear()} and {@link #truncate(int)} keep the memory, so a buffer that one loop fills
 * over and over allocates nothing once it is large enough.
 *
 * <p>Views made by {@link #from} and {@link #slice} share the memory. Adding never disturbs them;
 * after {@link #clear()}, {@link #truncate(int)} or {@link #set} their content is undefined.
 *
 * <p>Not thread-safe: one thread at a time.
 */
public final class LineageHashBuffer extends LineageHashes {
  /** Two longs a hash in one array. */
  private static final int MAX_SIZE = (Integer.MAX_VALUE - 8) / 2;

  /** Makes an empty buffer with room for a few hashes. */
  public LineageHashBuffer() {
    this(16);
  }

  /**
   * Makes an empty buffer.
   *
   * @param capacity how many hashes fit before the buffer grows
   * @throws IllegalArgumentException if {@code capacity} is negative or above 1,073,741,819
   */
  public LineageHashBuffer(int capacity) {
    super(new long[2 * checkCapacity(capacity)], 0, 0);
  }

  private static int checkCapacity(long capacity) {
    if (capacity < 0 || capacity > MAX_SIZE) {
      throw new IllegalArgumentException(
          "A buffer holds 0 to " + MAX_SIZE + " hashes, not " + capacity);
    }
    return (int) capacity;
  }

  /**
   * Appends a hash given as halves.
   *
   * @param hi bits 127 to 64
   * @param lo bits 63 to 0
   * @throws IllegalArgumentException if the buffer would outgrow an array
   */
  public void add(long hi, long lo) {
    int at = 2 * size;
    if (at == words.length) {
      grow(size + 1L);
    }
    words[at] = hi;
    words[at + 1] = lo;
    size++;
  }

  /**
   * Appends a hash.
   *
   * @param hash the hash
   * @throws IllegalArgumentException if the buffer would outgrow an array
   */
  public void add(PositionalLineageHash hash) {
    add(hash.hi(), hash.lo());
  }

  /**
   * Appends all hashes of a list; the list may be this buffer or a view of it.
   *
   * @param hashes the hashes
   * @throws IllegalArgumentException if the buffer would outgrow an array; then nothing is added
   */
  public void addAll(LineageHashes hashes) {
    int count = hashes.size();
    ensureCapacity((long) size + count);
    hashes.copyTo(0, words, 2 * size, count);
    size += count;
  }

  /**
   * Replaces a hash.
   *
   * @param i the index, 0 to {@code size() - 1}
   * @param hi bits 127 to 64
   * @param lo bits 63 to 0
   * @throws IndexOutOfBoundsException if there is no such index
   */
  public void set(int i, long hi, long lo) {
    Objects.checkIndex(i, size);
    words[2 * i] = hi;
    words[2 * i + 1] = lo;
  }

  /** Removes all hashes. The memory is kept. */
  public void clear() {
    size = 0;
  }

  /**
   * Keeps the first {@code count} hashes. The memory is kept.
   *
   * @param count how many to keep, 0 to {@code size()}
   * @throws IllegalArgumentException if there are fewer, or {@code count} is negative
   */
  public void truncate(int count) {
    if (count < 0 || count > size) {
      throw new IllegalArgumentException(
          "Cannot keep " + count + " hashes of a buffer that has " + size);
    }
    size = count;
  }

  /**
   * Makes room, so that hashes up to a size can be added without allocating.
   *
   * @param capacity the size to prepare for; smaller than now is fine and does nothing
   * @throws IllegalArgumentException if that is more than an array can hold
   */
  public void ensureCapacity(long capacity) {
    if (capacity > words.length / 2) {
      grow(capacity);
    }
  }

  private void grow(long needed) {
    checkCapacity(needed);
    long doubled = Math.max(needed, Math.max(8L, words.length));
    words = Arrays.copyOf(words, 2 * (int) Math.min(doubled, MAX_SIZE));
  }
}
