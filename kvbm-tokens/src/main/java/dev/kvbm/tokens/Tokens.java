package dev.kvbm.tokens;

import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An immutable list of token ids.
 *
 * <p>Ids are unsigned 32-bit numbers in {@code int}. Thread-safe.
 */
public final class Tokens {
  private static final Tokens EMPTY = new Tokens(new int[0]);

  private final int[] ids;

  /** Takes the array over; nobody else may write to it. */
  Tokens(int[] ids) {
    this.ids = ids;
  }

  /**
   * Returns a list of the given ids. The bits count: {@code -1} is the id 4,294,967,295.
   *
   * @param ids the ids, copied
   * @return a list
   */
  public static Tokens of(int... ids) {
    return ids.length == 0 ? EMPTY : new Tokens(ids.clone());
  }

  /**
   * Returns a list of the ids {@code from} (inclusive) to {@code to} (exclusive) of an array.
   *
   * @param ids the array, copied from
   * @param from index of the first id
   * @param to index after the last id
   * @return a list
   * @throws IndexOutOfBoundsException if the range does not lie within {@code ids}
   */
  public static Tokens copyOf(int[] ids, int from, int to) {
    Objects.checkFromToIndex(from, to, ids.length);
    return from == to ? EMPTY : new Tokens(Arrays.copyOfRange(ids, from, to));
  }

  /**
   * Returns a list of ids given as longs.
   *
   * @param ids the ids, each 0 to 4,294,967,295
   * @return a list
   * @throws IllegalArgumentException if an id is not in that range
   */
  public static Tokens ofLongs(long... ids) {
    int[] narrowed = new int[ids.length];
    for (int i = 0; i < ids.length; i++) {
      if (ids[i] >>> 32 != 0) {
        throw new IllegalArgumentException(
            "Token ID exceeds u32::MAX: " + Long.toUnsignedString(ids[i]) + " at index " + i);
      }
      narrowed[i] = (int) ids[i];
    }
    return narrowed.length == 0 ? EMPTY : new Tokens(narrowed);
  }

  /**
   * Returns how many ids there are.
   *
   * @return the number of ids
   */
  public int size() {
    return ids.length;
  }

  /**
   * Returns whether there are no ids.
   *
   * @return true if {@link #size()} is 0
   */
  public boolean isEmpty() {
    return ids.length == 0;
  }

  /**
   * Returns an id as its 32 bits.
   *
   * @param i the index
   * @return the id; negative if it is 2^31 or more
   * @throws IndexOutOfBoundsException if there is no such index
   */
  public int get(int i) {
    return ids[i];
  }

  /**
   * Returns an id as a number.
   *
   * @param i the index
   * @return the id, 0 to 4,294,967,295
   * @throws IndexOutOfBoundsException if there is no such index
   */
  public long unsigned(int i) {
    return Integer.toUnsignedLong(ids[i]);
  }

  /**
   * Returns the ids as an array.
   *
   * @return a new array
   */
  public int[] toArray() {
    return ids.clone();
  }

  /**
   * Cuts the ids into blocks.
   *
   * @param blockSize tokens a block
   * @param saltHash the salt hash
   * @return a new sequence with these ids
   * @throws IllegalArgumentException as {@link TokenBlockSequence#of(int[], int, long)} does
   */
  public TokenBlockSequence toSequence(int blockSize, long saltHash) {
    return TokenBlockSequence.of(ids, blockSize, saltHash);
  }

  /** The ids themselves, only to be read. */
  int[] raw() {
    return ids;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Tokens that && Arrays.equals(ids, that.ids);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(ids);
  }

  /** Returns all ids, unsigned, in the notation of the reference: {@code Tokens([1, 2])}. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder("Tokens([");
    for (int i = 0; i < ids.length; i++) {
      out.append(i == 0 ? "" : ", ").append(Integer.toUnsignedString(ids[i]));
    }
    return out.append("])").toString();
  }
}
