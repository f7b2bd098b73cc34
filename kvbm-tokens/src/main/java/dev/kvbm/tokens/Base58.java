package dev.kvbm.tokens;

import org.jspecify.annotations.Nullable;

/**
 * Base58 text of 64-bit values in the Bitcoin alphabet, over all eight big-endian bytes.
 *
 * <p>Every leading zero byte is one {@code 1}; the base-58 digits of the number follow.
 */
final class Base58 {
  private static final String ALPHABET =
      "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

  /** Digits that an unsigned 64-bit number needs at most. */
  private static final int MAX_DIGITS = 11;

  private Base58() {}

  static void append(StringBuilder out, long value) {
    if (value == 0) {
      out.append("11111111");
      return;
    }
    for (int i = Long.numberOfLeadingZeros(value) / 8; i > 0; i--) {
      out.append('1');
    }
    int start = out.length();
    for (long rest = value; rest != 0; rest = Long.divideUnsigned(rest, 58)) {
      out.append(ALPHABET.charAt((int) Long.remainderUnsigned(rest, 58)));
    }
    for (int i = start, j = out.length() - 1; i < j; i++, j--) {
      char low = out.charAt(i);
      out.setCharAt(i, out.charAt(j));
      out.setCharAt(j, low);
    }
  }

  /**
   * Returns the value, or null if {@code text} is not what {@link #append} writes for any value.
   */
  static @Nullable Long parse(String text) {
    int zeros = 0;
    while (zeros < text.length() && text.charAt(zeros) == '1') {
      zeros++;
    }
    if (text.length() - zeros > MAX_DIGITS) {
      return null;
    }
    long value = 0;
    for (int i = zeros; i < text.length(); i++) {
      int digit = ALPHABET.indexOf(text.charAt(i));
      if (digit < 0 || Math.unsignedMultiplyHigh(value, 58) != 0) {
        return null;
      }
      long next = value * 58 + digit;
      if (Long.compareUnsigned(next, digit) < 0) {
        return null;
      }
      value = next;
    }
    return zeros == Long.numberOfLeadingZeros(value) / 8 ? value : null;
  }
}
