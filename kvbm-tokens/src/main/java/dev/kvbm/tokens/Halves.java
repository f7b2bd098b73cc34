package dev.kvbm.tokens;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.HexFormat;

/** Byte and text forms that the two 128-bit hashes share. */
final class Halves {
  private static final VarHandle BIG_ENDIAN =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Halves() {}

  static byte[] toBytes(long hi, long lo) {
    byte[] bytes = new byte[16];
    BIG_ENDIAN.set(bytes, 0, hi);
    BIG_ENDIAN.set(bytes, 8, lo);
    return bytes;
  }

  static void checkLength(byte[] bytes) {
    if (bytes.length != 16) {
      throw new IllegalArgumentException("invalid length " + bytes.length + ", expected 16 bytes");
    }
  }

  static long longAt(byte[] bytes, int offset) {
    return (long) BIG_ENDIAN.get(bytes, offset);
  }

  static void checkHex(String hex) {
    if (hex.length() != 32) {
      throw new IllegalArgumentException(
          "A 128-bit hash has 32 hexadecimal digits, but \"" + hex + "\" has " + hex.length());
    }
  }

  static String toHex(long hi, long lo) {
    return HexFormat.of().toHexDigits(hi) + HexFormat.of().toHexDigits(lo);
  }
}
