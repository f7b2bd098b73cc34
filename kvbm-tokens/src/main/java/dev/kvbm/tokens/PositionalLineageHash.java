package dev.kvbm.tokens;

import java.util.HexFormat;

/**
 * The 128-bit identity of a block: its position, its full sequence hash and a fragment of its
 * parent's sequence hash.
 *
 * <p>The two top bits, the mode, say how the other 126 bits are divided. The mode is the smallest
 * one that can hold the position:
 *
 * <table>
 *   <caption>Layout, most significant bits first</caption>
 *   <tr><th>mode</th><th>positions</th><th>position bits</th><th>sequence hash bits</th>
 *       <th>parent fragment bits</th></tr>
 *   <tr><td>0</td><td>0 to 255</td><td>8</td><td>64</td><td>54</td></tr>
 *   <tr><td>1</td><td>256 to 65,535</td><td>16</td><td>64</td><td>46</td></tr>
 *   <tr><td>2</td><td>65,536 to 16,777,215</td><td>24</td><td>64</td><td>38</td></tr>
 * </table>
 *
 * <p>The fragment's width follows the position of <em>this</em> block: a child at 256 keeps 46 bits
 * of its parent at 255. A block without a parent keeps the fragment 0. The pair (position - 1,
 * fragment) finds the parent in an index but may name several blocks; compare all 128 bits before
 * relying on it.
 *
 * <p>{@link #fromBytes(byte[])} and the canonical constructor accept any 128 bits, also those whose
 * mode is 3, which has no layout. Such a value can be stored, compared for equality and written
 * back; methods that must decode it throw {@link IllegalStateException}.
 *
 * <p>The order is by position, then by sequence hash (unsigned), then by all 128 bits (unsigned).
 * For values made by {@link #of}, {@link #root} and {@link #extend} that is plain unsigned 128-bit
 * order.
 *
 * <p>Immutable and thread-safe. The static methods on halves are there for code that keeps many
 * hashes in arrays and wants no objects.
 *
 * @param hi bits 127 to 64
 * @param lo bits 63 to 0
 */
public record PositionalLineageHash(long hi, long lo)
    implements PositionalHash, Comparable<PositionalLineageHash> {

  /** The largest position that a lineage hash can hold: 2^24 - 1. */
  public static final int MAX_POSITION = (1 << 24) - 1;

  /** The length of the byte form. */
  public static final int BYTES = 16;

  private static final int MODE_0_POSITIONS = 1 << 8;
  private static final int MODE_1_POSITIONS = 1 << 16;

  /**
   * Makes the hash of the block at {@code position}. Does not check that a block at position 0 has
   * no parent, nor that a later one has.
   *
   * @param current the block's own sequence hash
   * @param parent the parent's sequence hash; 0 if there is no parent
   * @param position the position, 0 to {@link #MAX_POSITION}
   * @return the hash
   * @throws IllegalArgumentException if {@code position} does not fit
   */
  public static PositionalLineageHash of(long current, long parent, long position) {
    return new PositionalLineageHash(
        packHi(current, parent, position), packLo(current, parent, position));
  }

  /**
   * Makes the hash of a first block, whose sequence hash is its block hash.
   *
   * @param blockHash the hash of the block's tokens
   * @return the hash at position 0, without a parent
   */
  public static PositionalLineageHash root(long blockHash) {
    return of(blockHash, 0, 0);
  }

  /**
   * Makes the hash of the block that follows this one.
   *
   * @param childBlockHash the hash of the child's tokens
   * @return the hash at the next position, with this block as the parent
   * @throws IllegalArgumentException if the next position does not fit
   * @throws IllegalStateException if this value's mode is 3
   */
  public PositionalLineageHash extend(long childBlockHash) {
    long parent = currentSequenceHash();
    return of(TokenHashing.nextSequenceHash(parent, childBlockHash), parent, (long) position() + 1);
  }

  /**
   * Returns the position of the block.
   *
   * @return the zero-based index, 0 to {@link #MAX_POSITION}
   * @throws IllegalStateException if this value's mode is 3
   */
  @Override
  public int position() {
    checkMode();
    return positionOf(hi);
  }

  /**
   * Returns the block's own sequence hash.
   *
   * @return all 64 bits of it
   * @throws IllegalStateException if this value's mode is 3
   */
  public long currentSequenceHash() {
    checkMode();
    return currentOf(hi, lo);
  }

  /**
   * Returns what this value keeps of the parent's sequence hash.
   *
   * @return its low 54, 46 or 38 bits, zero-extended; 0 for a block without a parent
   * @throws IllegalStateException if this value's mode is 3
   */
  public long parentHashFragment() {
    checkMode();
    return parentFragmentOf(hi, lo);
  }

  /**
   * Returns the fragment that a child of this block at position {@code q} would keep. For a real
   * child {@code q} is {@code position() + 1}; other positions are answered all the same, also
   * those beyond {@link #MAX_POSITION}.
   *
   * @param q the child's position, unsigned
   * @return the low 54, 46 or 38 bits of the sequence hash, zero-extended
   * @throws IllegalStateException if this value's mode is 3
   */
  public long parentFragmentForChildPosition(long q) {
    return lowBits(currentSequenceHash(), fragmentBitsAt(q));
  }

  /**
   * Returns the mode: which layout the value has.
   *
   * @return 0, 1 or 2; 3 for a value decoded from bytes that have no layout
   */
  public int mode() {
    return (int) (hi >>> 62);
  }

  /**
   * Returns the 16 bytes of the value, most significant first. This is the form of the wire and of
   * disks.
   *
   * @return a new array of {@link #BYTES} bytes
   */
  public byte[] toBytes() {
    return Halves.toBytes(hi, lo);
  }

  /**
   * Reads the form written by {@link #toBytes()}. Any 16 bytes are accepted, also of mode 3.
   *
   * @param bytes exactly {@link #BYTES} bytes
   * @return the value
   * @throws IllegalArgumentException if there are more or fewer bytes
   */
  public static PositionalLineageHash fromBytes(byte[] bytes) {
    Halves.checkLength(bytes);
    return new PositionalLineageHash(Halves.longAt(bytes, 0), Halves.longAt(bytes, 8));
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
  public static PositionalLineageHash fromHex(String hex) {
    Halves.checkHex(hex);
    return new PositionalLineageHash(
        HexFormat.fromHexDigitsToLong(hex, 0, 16), HexFormat.fromHexDigitsToLong(hex, 16, 32));
  }

  /**
   * Reads the form written by {@link #toString()}. The text determines all 128 bits, except that a
   * parent stored at position 0 is not part of it and reads as no parent.
   *
   * @param text {@code position:sequenceHash} for position 0, {@code
   *     position:sequenceHash:parentFragment} for others
   * @return the value
   * @throws IllegalArgumentException if {@link #toString()} of no valid value is {@code text}
   */
  public static PositionalLineageHash parse(String text) {
    int first = text.indexOf(':');
    if (first < 0) {
      throw unreadable(text, "no ':' after the position");
    }
    int position = parsePosition(text, first);
    int second = text.indexOf(':', first + 1);
    if (position == 0 && second >= 0) {
      throw unreadable(text, "position 0 has no parent part");
    }
    if (position > 0 && second < 0) {
      throw unreadable(text, "a position above 0 needs a parent part");
    }
    long current = parsePart(text, text.substring(first + 1, second < 0 ? text.length() : second));
    long fragment = second < 0 ? 0 : parsePart(text, text.substring(second + 1));
    int bits = fragmentBitsAt(position);
    if (fragment != lowBits(fragment, bits)) {
      throw unreadable(text, "the parent part has more than " + bits + " bits");
    }
    return of(current, fragment, position);
  }

  private static int parsePosition(String text, int end) {
    boolean digits = end > 0 && end <= 8 && (end == 1 || text.charAt(0) != '0');
    for (int i = 0; digits && i < end; i++) {
      digits = text.charAt(i) >= '0' && text.charAt(i) <= '9';
    }
    if (!digits) {
      throw unreadable(text, "the position is not a plain decimal number up to " + MAX_POSITION);
    }
    int position = Integer.parseInt(text, 0, end, 10);
    checkPosition(position);
    return position;
  }

  private static long parsePart(String text, String part) {
    Long value = Base58.parse(part);
    if (value == null) {
      throw unreadable(text, "\"" + part + "\" is not the Base58 form of 8 bytes");
    }
    return value;
  }

  private static IllegalArgumentException unreadable(String text, String why) {
    return new IllegalArgumentException("Not a lineage hash: \"" + text + "\": " + why);
  }

  /**
   * Returns the display form: the position in decimal, the sequence hash in Base58 and, above
   * position 0, the parent fragment in Base58, separated by colons. {@link #parse} reads it.
   *
   * <p>A value of mode 3 has no such form. It gives {@code invalid:} and its 32 hexadecimal digits,
   * so that messages about it can be written.
   *
   * @return the text, such as {@code 0:43c9JGph3DZ} or {@code 5:VjieuTM37VA:12z33k5p6QF}
   */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(36);
    appendText(out, hi, lo);
    return out.toString();
  }

  static void appendText(StringBuilder out, long hi, long lo) {
    if (hi >>> 62 == 3) {
      out.append("invalid:").append(Halves.toHex(hi, lo));
      return;
    }
    int position = positionOf(hi);
    out.append(position).append(':');
    Base58.append(out, currentOf(hi, lo));
    if (position != 0) {
      out.append(':');
      Base58.append(out, parentFragmentOf(hi, lo));
    }
  }

  /**
   * Compares by position, then by sequence hash, then by all 128 bits; hashes as unsigned numbers.
   *
   * @throws IllegalStateException if either value's mode is 3
   */
  @Override
  public int compareTo(PositionalLineageHash other) {
    int byPosition = Integer.compare(position(), other.position());
    if (byPosition != 0) {
      return byPosition;
    }
    int byCurrent = Long.compareUnsigned(currentSequenceHash(), other.currentSequenceHash());
    if (byCurrent != 0) {
      return byCurrent;
    }
    int byHi = Long.compareUnsigned(hi, other.hi);
    return byHi != 0 ? byHi : Long.compareUnsigned(lo, other.lo);
  }

  /**
   * Packs the high half, as {@link #of} does.
   *
   * @param current the block's own sequence hash
   * @param parent the parent's sequence hash, 0 if there is none; not part of the high half
   * @param position the position, 0 to {@link #MAX_POSITION}
   * @return bits 127 to 64
   * @throws IllegalArgumentException if {@code position} does not fit
   */
  public static long packHi(long current, long parent, long position) {
    checkPosition(position);
    if (position < MODE_0_POSITIONS) {
      return (position << 54) | (current >>> 10);
    }
    if (position < MODE_1_POSITIONS) {
      return (1L << 62) | (position << 46) | (current >>> 18);
    }
    return (2L << 62) | (position << 38) | (current >>> 26);
  }

  /**
   * Packs the low half, as {@link #of} does.
   *
   * @param current the block's own sequence hash
   * @param parent the parent's sequence hash, 0 if there is none
   * @param position the position, 0 to {@link #MAX_POSITION}
   * @return bits 63 to 0
   * @throws IllegalArgumentException if {@code position} does not fit
   */
  public static long packLo(long current, long parent, long position) {
    checkPosition(position);
    int bits = fragmentBitsAt(position);
    return (current << bits) | lowBits(parent, bits);
  }

  /**
   * Reads the position out of a high half.
   *
   * @param hi bits 127 to 64 of a value whose mode is 0, 1 or 2
   * @return the position
   * @throws IllegalStateException if the mode is 3
   */
  public static int positionOf(long hi) {
    int bits = fragmentBits(hi);
    return (int) ((hi << 2) >>> (2 + bits));
  }

  /**
   * Reads the sequence hash out of both halves.
   *
   * @param hi bits 127 to 64 of a value whose mode is 0, 1 or 2
   * @param lo bits 63 to 0
   * @return the block's own sequence hash
   * @throws IllegalStateException if the mode is 3
   */
  public static long currentOf(long hi, long lo) {
    int bits = fragmentBits(hi);
    return (hi << (64 - bits)) | (lo >>> bits);
  }

  /**
   * Reads the parent fragment out of both halves.
   *
   * @param hi bits 127 to 64 of a value whose mode is 0, 1 or 2
   * @param lo bits 63 to 0
   * @return the fragment, zero-extended
   * @throws IllegalStateException if the mode is 3
   */
  public static long parentFragmentOf(long hi, long lo) {
    return lowBits(lo, fragmentBits(hi));
  }

  /**
   * Returns how many bits of the parent's sequence hash a value keeps.
   *
   * @param hi bits 127 to 64 of the value
   * @return 54, 46 or 38
   * @throws IllegalStateException if the mode is 3
   */
  public static int fragmentBits(long hi) {
    int mode = (int) (hi >>> 62);
    if (mode == 3) {
      throw new IllegalStateException(
          "Invalid mode 3 in PositionalLineageHash; mode must be 0, 1, or 2 (high half "
              + HexFormat.of().toHexDigits(hi)
              + ")");
    }
    return 54 - 8 * mode;
  }

  /**
   * Returns how many bits of its parent's sequence hash a block at {@code position} keeps.
   *
   * @param position the position, unsigned; positions beyond {@link #MAX_POSITION} count as the
   *     last ones
   * @return 54, 46 or 38
   */
  public static int fragmentBitsAt(long position) {
    if (position >>> 8 == 0) {
      return 54;
    }
    return position >>> 16 == 0 ? 46 : 38;
  }

  /** Returns the first position after {@code position} at which the bits are divided otherwise. */
  static int layoutEnd(int position) {
    if (position < MODE_0_POSITIONS) {
      return MODE_0_POSITIONS;
    }
    return position < MODE_1_POSITIONS ? MODE_1_POSITIONS : MAX_POSITION + 1;
  }

  static void checkPosition(long position) {
    if (position >>> 24 != 0) {
      throw positionTooLarge(position);
    }
  }

  private static IllegalArgumentException positionTooLarge(long position) {
    return new IllegalArgumentException(
        "Position "
            + Long.toUnsignedString(position)
            + " exceeds maximum supported value (2^24 - 1 = 16,777,215)");
  }

  private void checkMode() {
    if (mode() == 3) {
      throw new IllegalStateException(
          "Invalid mode 3 in PositionalLineageHash; mode must be 0, 1, or 2 (value "
              + toHex()
              + ")");
    }
  }

  private static long lowBits(long value, int bits) {
    return value & ((1L << bits) - 1);
  }
}
