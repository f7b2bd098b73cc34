package dev.kvbm.tokens;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the few JSON shapes that {@link WireForms} knows. Not thread-safe. */
final class JsonReader {
  private static final String A_HASH = "16 bytes (msgpack bin) or a sequence of 16 u8 values";

  private final String text;
  private int at;

  JsonReader(String text) {
    this.text = text;
  }

  /** An array of 16 numbers up to 255, or a string of 16 UTF-8 bytes. */
  byte[] hashBytes() {
    char first = peek();
    if (first == '"') {
      byte[] bytes = string().getBytes(StandardCharsets.UTF_8);
      Halves.checkLength(bytes);
      return bytes;
    }
    if (first != '[') {
      throw new IllegalArgumentException("invalid type: " + describe() + ", expected " + A_HASH);
    }
    at++;
    byte[] bytes = new byte[16];
    int count = 0;
    if (peek() != ']') {
      while (true) {
        long value = unsigned("u8");
        if (value >>> 8 != 0) {
          throw invalidValue(Long.toUnsignedString(value), "u8");
        }
        bytes[count++] = (byte) value;
        if (peek() == ']') {
          break;
        }
        if (count == bytes.length) {
          throw new IllegalArgumentException("trailing characters after 16 u8 elements");
        }
        expect(',');
      }
    }
    at++;
    if (count != bytes.length) {
      throw new IllegalArgumentException("invalid length " + count + ", expected 16 u8 elements");
    }
    return bytes;
  }

  /** An object with each of the fields once, in any order. */
  void object(String[] names, WireForms.FieldReader reader) {
    WireForms.Fields fields = new WireForms.Fields(names);
    expect('{');
    if (peek() != '}') {
      while (true) {
        int field = fields.take(string());
        expect(':');
        reader.read(field);
        if (peek() == '}') {
          break;
        }
        expect(',');
      }
    }
    at++;
    fields.checkComplete();
  }

  /** An integer that fits 64 bits without a sign. */
  long unsigned(String type) {
    String number = number();
    boolean integer = !number.isEmpty();
    for (int i = 0; i < number.length(); i++) {
      char c = number.charAt(i);
      integer &= c >= '0' && c <= '9';
    }
    if (!integer || (number.length() > 1 && number.charAt(0) == '0')) {
      if (number.isEmpty()) {
        throw new IllegalArgumentException("invalid type: " + describe() + ", expected " + type);
      }
      throw invalidValue(number, type);
    }
    try {
      return Long.parseUnsignedLong(number);
    } catch (NumberFormatException e) {
      throw invalidValue(number, type);
    }
  }

  private static IllegalArgumentException invalidValue(String value, String type) {
    return new IllegalArgumentException("invalid value: integer `" + value + "`, expected " + type);
  }

  private String number() {
    peek();
    int start = at;
    while (at < text.length() && "+-.0123456789Ee".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    return text.substring(start, at);
  }

  /** What stands here, for a message. */
  private String describe() {
    int start = at;
    String number = number();
    if (!number.isEmpty()) {
      return "integer `" + number + "`";
    }
    for (String word : Arrays.asList("null", "true", "false")) {
      if (text.startsWith(word, start)) {
        return word;
      }
    }
    return "`" + peek() + "` at offset " + start;
  }

  String string() {
    expect('"');
    StringBuilder out = new StringBuilder();
    while (true) {
      char c = next();
      if (c == '"') {
        return out.toString();
      }
      if (c < ' ') {
        throw new IllegalArgumentException("control character in a string at offset " + (at - 1));
      }
      out.append(c == '\\' ? escape() : c);
    }
  }

  private char escape() {
    char c = next();
    return switch (c) {
      case '"', '\\', '/' -> c;
      case 'b' -> '\b';
      case 'f' -> '\f';
      case 'n' -> '\n';
      case 'r' -> '\r';
      case 't' -> '\t';
      case 'u' -> {
        int code = 0;
        for (int i = 0; i < 4; i++) {
          int digit = Character.digit(next(), 16);
          if (digit < 0) {
            throw new IllegalArgumentException("invalid escape at offset " + (at - 1));
          }
          code = 16 * code + digit;
        }
        yield (char) code;
      }
      default -> throw new IllegalArgumentException("invalid escape at offset " + (at - 1));
    };
  }

  void expect(char c) {
    if (peek() != c) {
      throw new IllegalArgumentException(
          "expected `" + c + "` at offset " + at + ", not `" + text.charAt(at) + "`");
    }
    at++;
  }

  /** The next character that is not white space, which stays unread. */
  private char peek() {
    while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) {
      at++;
    }
    if (at == text.length()) {
      throw new IllegalArgumentException("EOF while parsing a value");
    }
    return text.charAt(at);
  }

  private char next() {
    if (at == text.length()) {
      throw new IllegalArgumentException("EOF while parsing a string");
    }
    return text.charAt(at++);
  }

  void end() {
    if (!text.substring(at).isBlank()) {
      throw new IllegalArgumentException("trailing characters at offset " + at);
    }
  }
}
