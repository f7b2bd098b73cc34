package dev.kvbm.replay.trace;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A strict pull scanner for the one JSON object of a line.
 *
 * <p>It works on the bytes in place. The byte at the end of the line is always a line feed, and a
 * raw line feed is legal nowhere inside a one-line JSON text, so no loop needs to compare with the
 * end: the line feed stops all of them. Carriage returns count as blanks, which makes CRLF files
 * work.
 *
 * <p>The caller walks the object: {@link #enterObject}, then {@link #nextKey} until it returns
 * false, and after each key exactly one of the {@code read…} methods, {@link #skipNull} that
 * returned true, {@link #skipValue}, or a nested walk. Not thread-safe; reused for all lines.
 */
final class JsonLine {
  private static final int MAX_DEPTH = 128;
  private static final int EXCERPT_BYTES = 32;
  private static final byte[] NULL = {'n', 'u', 'l', 'l'};
  private static final byte[] TRUE = {'t', 'r', 'u', 'e'};
  private static final byte[] FALSE = {'f', 'a', 'l', 's', 'e'};

  private byte[] buffer = {'\n'};
  private int start;
  private int position;
  private int end;
  private boolean first;

  private byte[] keyBytes = buffer;
  private int keyFrom;
  private int keyTo;

  private long[] longs = new long[256];
  private int[] ints = new int[256];

  /** Points the scanner at bytes {@code from} to {@code to}; {@code bytes[to]} is a line feed. */
  void reset(byte[] bytes, int from, int to) {
    assert bytes[to] == '\n';
    buffer = bytes;
    start = from;
    position = from;
    end = to;
    keyFrom = 0;
    keyTo = 0;
  }

  /** Steps into the line's object, or into the one that is the current key's value. */
  void enterObject() throws Malformed {
    int p = skipBlanks(position);
    position = p;
    if (buffer[p] != '{') {
      throw expected("a JSON object" + (keyTo > keyFrom ? " for " + quoted(key()) : ""));
    }
    position = p + 1;
    first = true;
  }

  /** Moves to the next key of the current object; false at its end. */
  boolean nextKey() throws Malformed {
    byte[] b = buffer;
    int p = skipBlanks(position);
    if (b[p] == '}') {
      position = p + 1;
      first = false;
      return false;
    }
    if (!first) {
      if (b[p] != ',') {
        position = p;
        throw expected("',' or '}'");
      }
      p = skipBlanks(p + 1);
    }
    first = false;
    position = p;
    if (b[p] != '"') {
      throw expected("a quoted key");
    }
    int from = p + 1;
    int q = from;
    while (b[q] != '"' && b[q] != '\\' && (b[q] < 0 || b[q] >= ' ')) {
      q++;
    }
    if (b[q] == '"') {
      keyBytes = b;
      keyFrom = from;
      keyTo = q;
      position = q + 1;
    } else {
      keyBytes = string().getBytes(StandardCharsets.UTF_8);
      keyFrom = 0;
      keyTo = keyBytes.length;
    }
    p = skipBlanks(position);
    position = p;
    if (b[p] != ':') {
      throw expected("':' after key " + quoted(key()));
    }
    position = p + 1;
    return true;
  }

  /** The current key. */
  String key() {
    return new String(keyBytes, keyFrom, keyTo - keyFrom, StandardCharsets.UTF_8);
  }

  /** The index of the current key among these names (UTF-8), or -1. */
  int keyIndex(byte[][] names) {
    int length = keyTo - keyFrom;
    byte first = length == 0 ? 0 : keyBytes[keyFrom];
    for (int i = 0; i < names.length; i++) {
      byte[] name = names[i];
      if (name.length == length
          && length > 0
          && name[0] == first
          && Arrays.equals(name, 0, length, keyBytes, keyFrom, keyTo)) {
        return i;
      }
    }
    return -1;
  }

  /** Checks that nothing follows the object on its line. */
  void finish() throws Malformed {
    position = skipBlanks(position);
    if (position != end) {
      throw expected("nothing after the JSON object");
    }
  }

  /** Consumes a {@code null} if one is next. */
  boolean skipNull() throws Malformed {
    position = skipBlanks(position);
    if (buffer[position] != 'n') {
      return false;
    }
    literal(NULL);
    return true;
  }

  /** A non-negative integer below 2^31. */
  int readLength() throws Malformed {
    int from = skipBlanks(position);
    position = from;
    byte[] b = buffer;
    int p = from;
    long value = 0;
    int digit;
    while ((digit = b[p] - '0') >= 0 && digit <= 9 && p - from < 12) {
      value = value * 10 + digit;
      p++;
    }
    if (p == from || value > Integer.MAX_VALUE || badAfterInteger(b[p]) || leadingZero(from, p)) {
      throw expected("a whole number from 0 to " + Integer.MAX_VALUE + " for " + quoted(key()));
    }
    position = p;
    return (int) value;
  }

  /** A whole number that fits a signed 64-bit integer. */
  long readLong() throws Malformed {
    int from = skipBlanks(position);
    position = from;
    int p = from;
    while (buffer[p] == '-' || (buffer[p] >= '0' && buffer[p] <= '9')) {
      p++;
    }
    try {
      if (p - from <= 20 && !badAfterInteger(buffer[p]) && !leadingZero(from, p)) {
        long value = Long.parseLong(text(from, p));
        position = p;
        return value;
      }
    } catch (NumberFormatException notANumber) {
      // Reported below, like the other shapes that are no 64-bit integer.
    }
    throw expected("a whole number for " + quoted(key()));
  }

  /** A non-negative number of {@code unitNanos}, fractions allowed, rounded to nanoseconds. */
  long readNanos(String unit, long unitNanos) throws Malformed {
    int from = skipBlanks(position);
    position = from;
    byte[] b = buffer;
    int p = from;
    long whole = 0;
    int digit;
    while ((digit = b[p] - '0') >= 0 && digit <= 9 && p - from < 19) {
      whole = whole * 10 + digit;
      p++;
    }
    int wholeDigits = p - from;
    if (wholeDigits == 0 || leadingZero(from, p)) {
      throw expected("a non-negative number of " + unit + " for " + quoted(key()));
    }
    if (wholeDigits < 19 && !badAfterInteger(b[p]) && whole <= Long.MAX_VALUE / unitNanos) {
      position = p;
      return whole * unitNanos;
    }
    p = number(from);
    try {
      BigDecimal exact = new BigDecimal(text(from, p));
      // Decimal digits before the point. An exponent far out of range must not be written out.
      long magnitude = (long) exact.precision() - exact.scale();
      if (exact.signum() == 0 || magnitude < -20) {
        position = p;
        return 0;
      }
      if (magnitude <= 20) {
        long nanos =
            exact
                .multiply(BigDecimal.valueOf(unitNanos))
                .setScale(0, RoundingMode.HALF_EVEN)
                .longValueExact();
        position = p;
        return nanos;
      }
    } catch (ArithmeticException | NumberFormatException outOfRange) {
      // Reported below.
    }
    throw expected("a number of " + unit + " below 2^63 nanoseconds for " + quoted(key()));
  }

  String readString() throws Malformed {
    position = skipBlanks(position);
    if (buffer[position] != '"') {
      throw expected("a string for " + quoted(key()));
    }
    return string();
  }

  /**
   * An array of unsigned 64-bit integers. Returns how many; they are in {@link #longs()} until the
   * next call.
   */
  int readUnsignedLongs() throws Malformed {
    byte[] b = buffer;
    int p = enterArray();
    long[] out = longs;
    int count = 0;
    if (b[p] == ']') {
      position = p + 1;
      return 0;
    }
    while (true) {
      int from = p;
      long value = 0;
      int digit;
      while ((digit = b[p] - '0') >= 0 && digit <= 9) {
        value = value * 10 + digit;
        p++;
      }
      if (p - from > 18 || p == from || badAfterInteger(b[p]) || leadingZero(from, p)) {
        value = longUnsigned(count, from);
      }
      if (count == out.length) {
        out = Arrays.copyOf(out, count * 2);
        longs = out;
      }
      out[count++] = value;
      if (b[p] == ',' && b[p + 1] == ' ') {
        p += 2;
      } else {
        p = skipBlanks(p);
        if (b[p] == ']') {
          position = p + 1;
          return count;
        }
        if (b[p] != ',') {
          position = p;
          throw expected("',' or ']' after " + key() + "[" + (count - 1) + "]");
        }
        p++;
      }
      p = skipBlanks(p);
    }
  }

  /** The array behind {@link #readUnsignedLongs}, overwritten by its next call. */
  long[] longs() {
    return longs;
  }

  /** Takes the array of longs out and puts another in its place, for a second list of a line. */
  long[] exchangeLongs(long[] replacement) {
    long[] taken = longs;
    longs = replacement.length == 0 ? new long[256] : replacement;
    return taken;
  }

  /** An array of token ids, 0 to 2^32 - 1. Returns how many; they are in {@link #ints()}. */
  int readTokens() throws Malformed {
    byte[] b = buffer;
    int p = enterArray();
    int[] out = ints;
    int count = 0;
    if (b[p] == ']') {
      position = p + 1;
      return 0;
    }
    while (true) {
      int from = p;
      long value = 0;
      int digit;
      while ((digit = b[p] - '0') >= 0 && digit <= 9 && p - from < 12) {
        value = value * 10 + digit;
        p++;
      }
      if (p == from || value >>> 32 != 0 || badAfterInteger(b[p]) || leadingZero(from, p)) {
        position = from;
        throw expected("a token id from 0 to 4294967295 for " + key() + "[" + count + "]");
      }
      if (count == out.length) {
        out = Arrays.copyOf(out, count * 2);
        ints = out;
      }
      out[count++] = (int) value;
      p = skipBlanks(p);
      if (b[p] == ']') {
        position = p + 1;
        return count;
      }
      if (b[p] != ',') {
        position = p;
        throw expected("',' or ']' after " + key() + "[" + (count - 1) + "]");
      }
      p = skipBlanks(p + 1);
    }
  }

  /** The array behind {@link #readTokens}, overwritten by its next call. */
  int[] ints() {
    return ints;
  }

  /** Takes the array of ints out and puts another in its place, for a second list of a line. */
  int[] exchangeInts(int[] replacement) {
    int[] taken = ints;
    ints = replacement.length == 0 ? new int[256] : replacement;
    return taken;
  }

  /** Passes over the value, checking that it is JSON. */
  void skipValue() throws Malformed {
    skipValue(0);
    first = false;
  }

  private void skipValue(int depth) throws Malformed {
    if (depth > MAX_DEPTH) {
      throw new Malformed("JSON nested deeper than " + MAX_DEPTH + column());
    }
    int p = skipBlanks(position);
    position = p;
    switch (buffer[p]) {
      case '{' -> {
        enterObject();
        while (nextKey()) {
          skipValue(depth + 1);
        }
      }
      case '[' -> skipArray(depth);
      case '"' -> skipString();
      case 't' -> literal(TRUE);
      case 'f' -> literal(FALSE);
      case 'n' -> literal(NULL);
      default -> position = number(p);
    }
  }

  private void skipArray(int depth) throws Malformed {
    int p = skipBlanks(position + 1);
    if (buffer[p] == ']') {
      position = p + 1;
      return;
    }
    position = p;
    while (true) {
      skipValue(depth + 1);
      p = skipBlanks(position);
      position = p;
      if (buffer[p] == ']') {
        position = p + 1;
        return;
      }
      if (buffer[p] != ',') {
        throw expected("',' or ']'");
      }
      position = p + 1;
    }
  }

  private void skipString() throws Malformed {
    int p = position + 1;
    byte[] b = buffer;
    while (b[p] != '"') {
      if (b[p] == '\\') {
        p = escape(p);
      } else if (b[p] >= 0 && b[p] < ' ') {
        position = p;
        throw expected("the end of a string");
      } else {
        p++;
      }
    }
    position = p + 1;
  }

  private int enterArray() throws Malformed {
    int p = skipBlanks(position);
    position = p;
    if (buffer[p] != '[') {
      throw expected("an array for " + quoted(key()));
    }
    return skipBlanks(p + 1);
  }

  private long longUnsigned(int index, int from) throws Malformed {
    position = from;
    int p = from;
    while (buffer[p] >= '0' && buffer[p] <= '9') {
      p++;
    }
    if (p > from && p - from <= 20 && !badAfterInteger(buffer[p]) && !leadingZero(from, p)) {
      try {
        return Long.parseUnsignedLong(text(from, p));
      } catch (NumberFormatException tooLarge) {
        // Reported below.
      }
    }
    throw expected("an unsigned 64-bit integer for " + key() + "[" + index + "]");
  }

  /** The end of the JSON number that starts here. */
  private int number(int from) throws Malformed {
    byte[] b = buffer;
    int p = from;
    if (b[p] == '-') {
      p++;
    }
    int digits = p;
    p = digits(p);
    boolean good = p > digits && !leadingZero(digits, p);
    if (good && b[p] == '.') {
      int fraction = p + 1;
      p = digits(fraction);
      good = p > fraction;
    }
    if (good && (b[p] == 'e' || b[p] == 'E')) {
      int exponent = b[p + 1] == '+' || b[p + 1] == '-' ? p + 2 : p + 1;
      p = digits(exponent);
      good = p > exponent;
    }
    if (!good || p - from > 1_000) {
      position = from;
      throw expected("a JSON value");
    }
    return p;
  }

  private int digits(int from) {
    int p = from;
    while (buffer[p] >= '0' && buffer[p] <= '9') {
      p++;
    }
    return p;
  }

  private void literal(byte[] word) throws Malformed {
    // Compared byte by byte: the line feed stops it before the end of the buffer.
    for (int i = 0; i < word.length; i++) {
      if (buffer[position + i] != word[i]) {
        throw expected("a JSON value");
      }
    }
    position += word.length;
  }

  /** Decodes the string whose opening quote is next. */
  private String string() throws Malformed {
    int from = position + 1;
    skipString();
    int to = position - 1;
    int escape = from;
    while (escape < to && buffer[escape] != '\\') {
      escape++;
    }
    if (escape == to) {
      return text(from, to);
    }
    StringBuilder decoded = new StringBuilder(to - from);
    int p = from;
    while (p < to) {
      int plain = p;
      while (p < to && buffer[p] != '\\') {
        p++;
      }
      decoded.append(text(plain, p));
      if (p < to) {
        int after = escape(p);
        decoded.append(unescaped(p));
        p = after;
      }
    }
    return decoded.toString();
  }

  /** The position after the escape that starts here. */
  private int escape(int p) throws Malformed {
    byte kind = buffer[p + 1];
    if (kind == 'u') {
      for (int i = p + 2; i < p + 6; i++) {
        if (Character.digit(buffer[i], 16) < 0) {
          position = p;
          throw expected("four hex digits after \\u");
        }
      }
      return p + 6;
    }
    return switch (kind) {
      case '"', '\\', '/', 'b', 'f', 'n', 'r', 't' -> p + 2;
      default -> {
        position = p;
        throw expected("a JSON escape");
      }
    };
  }

  private char unescaped(int p) {
    byte kind = buffer[p + 1];
    return switch (kind) {
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> (char) Integer.parseInt(text(p + 2, p + 6), 16);
      default -> (char) kind;
    };
  }

  private int skipBlanks(int from) {
    byte[] b = buffer;
    int p = from;
    while (b[p] == ' ' || b[p] == '\t' || b[p] == '\r') {
      p++;
    }
    return p;
  }

  private boolean leadingZero(int from, int to) {
    return buffer[from] == '0' && to - from > 1;
  }

  /** Whether this byte, right after digits, shows that the value is no plain integer. */
  private static boolean badAfterInteger(byte b) {
    return switch (b) {
      case ',', ']', '}', ' ', '\t', '\r', '\n' -> false;
      default -> true;
    };
  }

  private String text(int from, int to) {
    return new String(buffer, from, to - from, StandardCharsets.UTF_8);
  }

  private Malformed expected(String what) {
    return new Malformed("expected " + what + ", found " + found() + column());
  }

  private String column() {
    return " (byte " + (position - start + 1) + " of the line)";
  }

  private String found() {
    int p = position;
    if (p >= end) {
      return "the end of the line";
    }
    int to = p + 1;
    byte b = buffer[p];
    if (b == '"') {
      while (to < end && buffer[to] != '"') {
        to++;
      }
      to = Math.min(end, to + 1);
    } else if (wordByte(b)) {
      while (to < end && wordByte(buffer[to])) {
        to++;
      }
    } else if (b < 0) {
      return "byte 0x" + Integer.toHexString(b & 0xff);
    } else if (b < ' ') {
      return "control character 0x" + Integer.toHexString(b);
    }
    boolean cut = to - p > EXCERPT_BYTES;
    return text(p, cut ? p + EXCERPT_BYTES : to) + (cut ? "…" : "");
  }

  private static boolean wordByte(byte b) {
    return (b >= '0' && b <= '9')
        || (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || b == '-'
        || b == '+'
        || b == '.'
        || b == '_';
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }
}
