package dev.kvbm.tokens;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads the few MessagePack shapes that {@link WireForms} knows. Not thread-safe. */
final class MessagePackReader {
  private static final String A_HASH = "16 bytes (msgpack bin) or a sequence of 16 u8 values";

  private final byte[] data;
  private int at;

  MessagePackReader(byte[] data) {
    this.data = data;
  }

  /** A {@code bin} of 16 bytes, or an array of 16 numbers up to 255. */
  byte[] hashBytes() {
    int marker = peek();
    if (marker >= 0xc4 && marker <= 0xc6) {
      at++;
      byte[] bytes = take(bigEndian(1 << (marker - 0xc4)));
      Halves.checkLength(bytes);
      return bytes;
    }
    if ((marker & 0xf0) == 0x90 || marker == 0xdc || marker == 0xdd) {
      long count = arrayHeader();
      if (count < 16) {
        throw new IllegalArgumentException("invalid length " + count + ", expected 16 u8 elements");
      }
      if (count > 16) {
        throw new IllegalArgumentException("array had incorrect length, expected 16");
      }
      byte[] bytes = new byte[16];
      for (int i = 0; i < bytes.length; i++) {
        long value = unsigned();
        if (value >>> 8 != 0) {
          throw new IllegalArgumentException(
              "invalid value: integer `" + Long.toUnsignedString(value) + "`, expected u8");
        }
        bytes[i] = (byte) value;
      }
      return bytes;
    }
    throw new IllegalArgumentException("invalid type: " + describe() + ", expected " + A_HASH);
  }

  /** An array of the fields in order, or a map of them in any order. */
  void struct(String[] names, WireForms.FieldReader reader) {
    int marker = peek();
    if ((marker & 0xf0) == 0x80) {
      at++;
      WireForms.Fields fields = new WireForms.Fields(names);
      for (int i = marker & 0xf; i > 0; i--) {
        reader.read(fields.take(string()));
      }
      fields.checkComplete();
      return;
    }
    long count = arrayHeader();
    if (count != names.length) {
      throw new IllegalArgumentException(
          "invalid length " + count + ", expected " + names.length + " elements");
    }
    for (int i = 0; i < names.length; i++) {
      reader.read(i);
    }
  }

  void mapOfOne() {
    if (peek() != 0x81) {
      throw new IllegalArgumentException(
          "invalid type: " + describe() + ", expected a map of one entry");
    }
    at++;
  }

  private long arrayHeader() {
    int marker = peek();
    if ((marker & 0xf0) == 0x90) {
      at++;
      return marker & 0xf;
    }
    if (marker == 0xdc || marker == 0xdd) {
      at++;
      return bigEndian(2 << (marker - 0xdc));
    }
    throw new IllegalArgumentException("invalid type: " + describe() + ", expected an array");
  }

  /** An integer that is not negative. */
  long unsigned() {
    int marker = peek();
    if (marker < 0x80) {
      at++;
      return marker;
    }
    if (marker >= 0xcc && marker <= 0xcf) {
      at++;
      return bigEndian(1 << (marker - 0xcc));
    }
    throw new IllegalArgumentException(
        "invalid type: " + describe() + ", expected an unsigned integer");
  }

  String string() {
    int marker = peek();
    long length;
    if ((marker & 0xe0) == 0xa0) {
      at++;
      length = marker & 0x1f;
    } else if (marker >= 0xd9 && marker <= 0xdb) {
      at++;
      length = bigEndian(1 << (marker - 0xd9));
    } else {
      throw new IllegalArgumentException("invalid type: " + describe() + ", expected a string");
    }
    return new String(take(length), StandardCharsets.UTF_8);
  }

  /** What stands here, for a message. */
  private String describe() {
    int marker = peek();
    if (marker < 0x80 || (marker >= 0xcc && marker <= 0xcf)) {
      return "integer `" + Long.toUnsignedString(unsigned()) + "`";
    }
    if ((marker & 0xe0) == 0xa0 || (marker >= 0xd9 && marker <= 0xdb)) {
      return "string \"" + string() + "\"";
    }
    return marker == 0xc0 ? "unit value" : "marker 0x" + Integer.toHexString(marker);
  }

  private int peek() {
    if (at == data.length) {
      throw endOfInput();
    }
    return data[at] & 0xff;
  }

  private long bigEndian(int bytes) {
    long value = 0;
    for (byte b : take(bytes)) {
      value = (value << 8) | (b & 0xff);
    }
    return value;
  }

  private byte[] take(long count) {
    if (count > data.length - at) {
      throw endOfInput();
    }
    byte[] taken = Arrays.copyOfRange(data, at, at + (int) count);
    at += (int) count;
    return taken;
  }

  private IllegalArgumentException endOfInput() {
    return new IllegalArgumentException(
        "failed to fill whole buffer: the input ends after " + data.length + " bytes");
  }

  void end() {
    if (at != data.length) {
      throw new IllegalArgumentException(
          "trailing bytes: the value ends after " + at + " of " + data.length);
    }
  }
}
