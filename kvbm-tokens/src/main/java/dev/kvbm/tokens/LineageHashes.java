package dev.kvbm.tokens;

import java.util.Arrays;
import java.util.Collection;
import java.util.Iterator;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A list of lineage hashes without an object a hash.
 *
 * <p>The hashes lie in one array of longs, high and low half in turn. {@link #hi} and {@link #lo}
 * read a half without allocating; {@link #get} and iteration make a {@link PositionalLineageHash}.
 *
 * <p>{@link #from} and {@link #slice} are views: they share the array and cost a few words,
 * whatever their length.
 *
 * <p>A list that is not a {@link LineageHashBuffer} never changes and may be shared between threads
 * once it was published safely. A view of a buffer is the exception: it shows what the buffer
 * overwrites later.
 *
 * <p>Equality is by content, also between lists, views and buffers.
 */
public sealed class LineageHashes implements Iterable<PositionalLineageHash>
    permits LineageHashBuffer {

  /** How many hashes are compared one by one before the rest is compared as arrays. */
  private static final int LOOK = 2;

  private static final LineageHashes EMPTY = new LineageHashes(new long[0], 0, 0);

  /** Halves in turn; hash {@code i} is at {@code 2 * (base + i)}. */
  long[] words;

  /** Index of the first hash of this list in {@link #words}. */
  private final int base;

  int size;

  LineageHashes(long[] words, int base, int size) {
    this.words = words;
    this.base = base;
    this.size = size;
  }

  /**
   * Returns the list without hashes.
   *
   * @return always the same object
   */
  public static LineageHashes empty() {
    return EMPTY;
  }

  /**
   * Returns a list of the given hashes, in the given order.
   *
   * @param hashes the hashes
   * @return a new list
   */
  public static LineageHashes of(PositionalLineageHash... hashes) {
    return copyOf(Arrays.asList(hashes));
  }

  /**
   * Returns a list of the hashes in a collection, in its iteration order.
   *
   * @param hashes the hashes
   * @return a new list
   */
  public static LineageHashes copyOf(Collection<PositionalLineageHash> hashes) {
    if (hashes.isEmpty()) {
      return EMPTY;
    }
    LineageHashBuffer buffer = new LineageHashBuffer(hashes.size());
    for (PositionalLineageHash hash : hashes) {
      buffer.add(hash);
    }
    return new LineageHashes(buffer.words, 0, buffer.size);
  }

  /**
   * Returns how many hashes the list has.
   *
   * @return the number of hashes
   */
  public final int size() {
    return size;
  }

  /**
   * Returns whether the list has no hashes.
   *
   * @return true if {@link #size()} is 0
   */
  public final boolean isEmpty() {
    return size == 0;
  }

  /**
   * Returns the high half of a hash.
   *
   * @param i the index, 0 to {@code size() - 1}
   * @return bits 127 to 64
   * @throws IndexOutOfBoundsException if there is no such index
   */
  public final long hi(int i) {
    return words[2 * (base + Objects.checkIndex(i, size))];
  }

  /**
   * Returns the low half of a hash.
   *
   * @param i the index, 0 to {@code size() - 1}
   * @return bits 63 to 0
   * @throws IndexOutOfBoundsException if there is no such index
   */
  public final long lo(int i) {
    return words[2 * (base + Objects.checkIndex(i, size)) + 1];
  }

  /**
   * Returns a hash as an object.
   *
   * @param i the index, 0 to {@code size() - 1}
   * @return a new value
   * @throws IndexOutOfBoundsException if there is no such index
   */
  public final PositionalLineageHash get(int i) {
    return new PositionalLineageHash(hi(i), lo(i));
  }

  /**
   * Returns the hashes from an index to the end.
   *
   * @param from the first index, 0 to {@code size()}
   * @return a view
   * @throws IndexOutOfBoundsException if {@code from} is not in that range
   */
  public final LineageHashes from(int from) {
    return slice(from, size);
  }

  /**
   * Returns the hashes from one index to before another.
   *
   * @param from the first index
   * @param to the index after the last
   * @return a view
   * @throws IndexOutOfBoundsException if the range does not lie within the list
   */
  public final LineageHashes slice(int from, int to) {
    Objects.checkFromToIndex(from, to, size);
    return from == to ? EMPTY : new LineageHashes(words, base + from, to - from);
  }

  /**
   * Copies hashes into an array of halves: high and low half in turn.
   *
   * @param from the index of the first hash to copy
   * @param into the target
   * @param at where in {@code into} the first high half goes
   * @param count how many hashes to copy; {@code 2 * count} longs are written
   * @throws IndexOutOfBoundsException if either range does not fit; then nothing is written
   */
  public final void copyTo(int from, long[] into, int at, int count) {
    Objects.checkFromIndexSize(from, count, size);
    Objects.checkFromIndexSize(at, 2L * count, into.length);
    System.arraycopy(words, 2 * (base + from), into, at, 2 * count);
  }

  /**
   * Returns how many hashes equal those of an array of halves, up to the first difference or the
   * end of either.
   *
   * @param from the index of the first hash to compare, 0 to {@link #size()}
   * @param words high and low half in turn
   * @param at where in {@code words} the first high half is
   * @return the number of equal hashes
   * @throws IndexOutOfBoundsException if {@code from} or {@code at} lies outside
   */
  public final int commonPrefix(int from, long[] words, int at) {
    Objects.checkFromToIndex(from, size, size);
    Objects.checkFromToIndex(at, words.length, words.length);
    long[] own = this.words;
    int start = 2 * (base + from);
    int most = Math.min(size - from, (words.length - at) / 2);
    // The first ones one by one: what differs, mostly differs at once.
    int looked = Math.min(most, LOOK);
    for (int i = 0; i < looked; i++) {
      if (own[start + 2 * i] != words[at + 2 * i]
          || own[start + 2 * i + 1] != words[at + 2 * i + 1]) {
        return i;
      }
    }
    int different = Arrays.mismatch(own, start, start + 2 * most, words, at, at + 2 * most);
    return different < 0 ? most : different / 2;
  }

  /**
   * Returns the hashes as objects.
   *
   * @return a new array, an object a hash
   */
  public final PositionalLineageHash[] toArray() {
    PositionalLineageHash[] all = new PositionalLineageHash[size];
    Arrays.setAll(all, this::get);
    return all;
  }

  /**
   * Returns an iterator that makes an object a hash. On a buffer, it follows the size as it is when
   * {@link Iterator#hasNext()} is called.
   */
  @Override
  public final Iterator<PositionalLineageHash> iterator() {
    return new Iterator<>() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < size;
      }

      @Override
      public PositionalLineageHash next() {
        if (next >= size) {
          throw new NoSuchElementException("all " + size + " hashes were read");
        }
        return get(next++);
      }
    };
  }

  /**
   * Returns whether {@code other} is a list, view or buffer of the same hashes in the same order.
   */
  @Override
  public final boolean equals(@Nullable Object other) {
    return other instanceof LineageHashes that
        && Arrays.equals(
            words,
            2 * base,
            2 * (base + size),
            that.words,
            2 * that.base,
            2 * (that.base + that.size));
  }

  @Override
  public final int hashCode() {
    int hash = 1;
    for (int i = 2 * base; i < 2 * (base + size); i++) {
      hash = 31 * hash + Long.hashCode(words[i]);
    }
    return hash;
  }

  /** Returns the display forms of all hashes between brackets. */
  @Override
  public final String toString() {
    StringBuilder out = new StringBuilder(2 + 38 * Math.min(size, 1 << 16)).append('[');
    for (int i = 0; i < size; i++) {
      if (i > 0) {
        out.append(", ");
      }
      PositionalLineageHash.appendText(out, hi(i), lo(i));
    }
    return out.append(']').toString();
  }
}
