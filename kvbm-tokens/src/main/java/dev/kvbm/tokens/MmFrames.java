package dev.kvbm.tokens;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The encoding of blocks that multimodal runs touch: a frame of 13 bytes a token.
 *
 * <p>All methods take validated runs, sorted by offset.
 */
final class MmFrames {
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private static final int FRAME_BYTES = 13;
  private static final byte TOKEN = 0;
  private static final byte PLACEHOLDER = 1;

  private MmFrames() {}

  static int byteCount(int tokens) {
    return arrayLength((long) FRAME_BYTES * tokens);
  }

  static int arrayLength(long bytes) {
    if (bytes > Integer.MAX_VALUE - 8) {
      throw new IllegalArgumentException(
          "A block of " + bytes + " bytes does not fit an array; use a smaller block size");
    }
    return (int) bytes;
  }

  /** Index of the first run that ends after {@code offset}; the number of runs if none does. */
  static int firstRunAfter(List<TokenBlockMmInfo> runs, long offset) {
    int low = 0;
    int high = runs.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (runs.get(middle).end() > offset) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low;
  }

  /** Whether the run found by {@link #firstRunAfter} starts before the block ends. */
  static boolean touches(List<TokenBlockMmInfo> runs, int run, long blockOffset, int length) {
    return run < runs.size() && runs.get(run).offset() < blockOffset + length;
  }

  /** Writes the frames of {@code length} tokens; {@code run} as {@link #firstRunAfter} found it. */
  static void write(
      int[] tokens,
      int from,
      int length,
      long blockOffset,
      List<TokenBlockMmInfo> runs,
      int run,
      byte[] out) {
    int at = 0;
    for (int slot = 0; slot < length; slot++, at += FRAME_BYTES) {
      long index = blockOffset + slot;
      while (run < runs.size() && runs.get(run).end() <= index) {
        run++;
      }
      if (run < runs.size() && runs.get(run).offset() <= index) {
        TokenBlockMmInfo covering = runs.get(run);
        out[at] = PLACEHOLDER;
        INTS.set(out, at + 1, (int) (index - covering.offset()));
        LONGS.set(out, at + 5, covering.mmHash());
      } else {
        out[at] = TOKEN;
        INTS.set(out, at + 1, tokens[from + slot]);
        LONGS.set(out, at + 5, 0L);
      }
    }
  }
}
