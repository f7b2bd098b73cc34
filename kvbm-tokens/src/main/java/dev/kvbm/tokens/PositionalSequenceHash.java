package dev.kvbm.tokens;

import java.util.HexFormat;

/**
 * A 128-bit hash of a block with its full sequence hash, its position and a part of its block hash.
 *
 * <p>The low 64 bits are the sequence hash. The high 64 bits hold the mode, the position and the
 * low bits of the block hash. The mode is the smallest one that can hold the position:
 *
 * <table>
 *   <caption>Layout of the high half, most significant bits first</caption>
 *   <tr><th>mode (2 bits)</th><th>positions</th><th>position bits</th><th>block hash bits</th></tr>
 *   <tr><td>0</td><td>0 to 255</td><td>8</td><td>54</td></tr>
 *   <tr><td>1</td><td>256 to 65,535</td><td>16</td><td>46</td></tr>
 *   <tr><td>2</td><td>65,536 to 16,777,215</td><td>24</td><td>38</td></tr>
 *   <tr><td>3</td><td>16,777,216 to 2,147,483,647</td><td>31</td><td>31</td></tr>
 * </table>
 *
 * <p>Unlike a {@link PositionalLineageHash} it says nothing about the parent, and it has no order.
 * Immutable and thread-safe.
 *
 * @param hi bits 127 to 64
 * @param lo bits 63 to 0
 */
public record PositionalSequenceHash(long hi, long lo) implements PositionalHash {

  /**
   * Makes the hash of the block at {@code position}.
   *
   * @param sequenceHash the block's sequence hash
   * @param position the position, 0 to 2^31 - 1
   * @param localBlockHash the block hash, of which the low bits are kept
   * @return the hash
   * @throws IllegalArgumentException if {@code position} does not fit
   */
  public static PositionalSequenceHash of(long sequenceHash, long position, long localBlockHash) {
    if (position >>> 31 != 0) {
      throw new IllegalArgumentException(
          "Position "
              + Long.toUnsignedString(position)
              + " exceeds maximum supported value (2^31 - 1)");
    }
    long mode;
    if (position >>> 24 != 0) {
      mode = 3;
    } else {
      mode = position >>> 16 != 0 ? 2 : position >>> 8 != 0 ? 1 : 0;
    }
    int bits = localBits(mode);
    long local = localBlockHash & ((1L << bits) - 1);
    return new PositionalSequenceHash((mode << 62) | (position << bits) | local, sequenceHash);
  }

  private static int localBits(long mode) {
    return mode == 3 ? 31 : 54 - 8 * (int) mode;
  }

  /**
   * Returns the block's sequence hash.
   *
   * @return all 64 bits of it
   */
  public long sequenceHash() {
    return lo;
  }

  @Override
  public int position() {
    return (int) ((hi << 2) >>> (2 + localBits(hi >>> 62)));
  }

  /**
   * Returns what this value keeps of the block hash.
   *
   * @return its low 54, 46, 38 or 31 bits, zero-extended
   */
  public long localBlockHash() {
    return hi & ((1L << localBits(hi >>> 62)) - 1);
  }

  /**
   * Returns the mode: which layout the high half has.
   *
   * @return 0 to 3
   */
  public int mode() {
    return (int) (hi >>> 62);
  }

  /**
   * Returns the 16 bytes of the value, most significant first.
   *
   * @return a new array
   */
  public byte[] toBytes() {
    return Halves.toBytes(hi, lo);
  }

  /**
   * Reads the form written by {@link #toBytes()}. Any 16 bytes are accepted.
   *
   * @param bytes exactly 16 bytes
   * @return the value
   * @throws IllegalArgumentException if there are more or fewer bytes
   */
  public static PositionalSequenceHash fromBytes(byte[] bytes) {
    Halves.checkLength(bytes);
    return new PositionalSequenceHash(Halves.longAt(bytes, 0), Halves.longAt(bytes, 8));
  }

  /**
   * Returns the value as 32 lower-case hexadecimal digits, most significant first.
   *
   * @return the digits, without a prefix
   */
  public String toHex() {
    return Halves.toHex(hi, lo);
  }

  /**
   * Reads the form written by {@link #toHex()}; upper-case digits are accepted too.
   *
   * @param hex exactly 32 hexadecimal digits
   * @return the value
   * @throws IllegalArgumentException if the text has another length or another character
   */
  public static PositionalSequenceHash fromHex(String hex) {
    Halves.checkHex(hex);
    return new PositionalSequenceHash(
        HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
  }

  /** Returns the decoded parts, unsigned, in the notation of the reference. */
  @Override
  public String toString() {
    return "PositionalSequenceHash { sequence_hash: "
        + Long.toUnsignedString(lo)
        + ", local_block_hash: "
        + localBlockHash()
        + ", position: "
        + position()
        + " }";
  }
}
