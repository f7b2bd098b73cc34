package dev.kvbm.replay.trace;

import java.nio.charset.StandardCharsets;

/** Turns the lines of one form into requests. One instance reads one source. */
abstract sealed class RecordParser permits FlatRecordParser, DynamoRecordParser {
  private static final byte[][] TELLING_KEYS =
      keys(
          "event",
          "schema",
          "hash_ids",
          "chat_id",
          "block_size",
          "input_tok_ids",
          "token_ids",
          "prompt_token_ids",
          "tokens");

  private final BlockIds blockIds;
  private long[] seen = new long[0];

  RecordParser(BlockIds blockIds) {
    this.blockIds = blockIds;
  }

  static RecordParser of(TraceFormat format, TraceOptions options) {
    return format == TraceFormat.DYNAMO_REQUEST
        ? new DynamoRecordParser(options)
        : new FlatRecordParser(format, options);
  }

  /**
   * Reads the line into {@code request}, which is clear. Returns false if the line is well-formed
   * but no request.
   */
  abstract boolean parse(JsonLine json, TraceRequest request) throws Malformed;

  /** Tells the form of a trace by the keys of its first record. */
  static TraceFormat detect(JsonLine json) throws Malformed {
    int found = 0;
    StringBuilder names = new StringBuilder();
    json.enterObject();
    while (json.nextKey()) {
      int key = json.keyIndex(TELLING_KEYS);
      if (key >= 0) {
        found |= 1 << key;
      }
      if (names.length() < 200) {
        names.append(names.isEmpty() ? "" : ", ").append(json.key());
      }
      json.skipValue();
    }
    json.finish();
    if ((found & 0b11) != 0) {
      return TraceFormat.DYNAMO_REQUEST;
    }
    if ((found & 0b100) != 0) {
      // Qwen-Bailian records never carry a block size; records of MooncakeWriter always do.
      boolean qwen = (found & 0b1000) != 0 && (found & 0b10000) == 0;
      return qwen ? TraceFormat.QWEN_BAILIAN : TraceFormat.MOONCAKE;
    }
    if (found >>> 5 != 0) {
      return TraceFormat.TOKEN_IDS;
    }
    throw new Malformed(
        "expected a trace record: hash_ids (Mooncake, Qwen-Bailian), event or schema"
            + " (dynamo.request.trace.v1), or input_tok_ids, token_ids, prompt_token_ids or tokens"
            + " (token ids); found "
            + (names.isEmpty() ? "no keys" : "only the keys " + names));
  }

  /** Checks the number of ids against the prompt's length. */
  final void checkCount(String key, int ids, int inputTokens, int blockSize, boolean sizeIsOurs)
      throws Malformed {
    int full = inputTokens / blockSize;
    int all = full + (inputTokens % blockSize == 0 ? 0 : 1);
    if (ids == all || ids == full) {
      return;
    }
    String expected =
        "expected "
            + all
            + (all == full ? "" : " (or " + full + ", without the partial last block)")
            + " ids in "
            + key
            + " for "
            + inputTokens
            + " tokens in blocks of "
            + blockSize
            + ", found "
            + ids;
    throw new Malformed(expected + (sizeIsOurs ? fittingSize(ids, inputTokens) : ""));
  }

  private static String fittingSize(int ids, int inputTokens) {
    for (int size = 1; size <= 1 << 16 && ids > 0; size <<= 1) {
      if ((inputTokens + (long) size - 1) / size == ids) {
        return "; a block size of " + size + " would fit: is that the trace's?";
      }
    }
    return "";
  }

  /** Checks or makes the chain of ids, in place. */
  final void chain(String key, long[] ids, int count) throws Malformed {
    switch (blockIds) {
      case CHAINED -> checkDistinct(key, ids, count);
      case CONTENT -> {
        long prefix = 0;
        for (int i = 0; i < count; i++) {
          prefix = mix(prefix * 0x9E3779B97F4A7C15L + mix(ids[i]) + 1);
          ids[i] = prefix;
        }
      }
    }
  }

  /** The 64-bit finaliser of SplitMix64 (Stafford's variant 13): a bijection. */
  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }

  /**
   * Refuses an id that occurs twice. Ids given out in order of first appearance, as in Mooncake,
   * grow along a prompt; then comparing neighbours is enough and no table is needed.
   */
  private void checkDistinct(String key, long[] ids, int count) throws Malformed {
    int i = 1;
    while (i < count && Long.compareUnsigned(ids[i - 1], ids[i]) < 0) {
      i++;
    }
    if (i >= count) {
      return;
    }
    int size = Integer.highestOneBit(Math.max(count, 8)) << 2;
    if (seen.length < size) {
      seen = new long[size];
    } else {
      java.util.Arrays.fill(seen, 0, size, 0);
    }
    int mask = size - 1;
    boolean zeroSeen = false;
    for (int k = 0; k < count; k++) {
      long id = ids[k];
      if (id == 0) {
        if (zeroSeen) {
          throw repeated(key, ids, k);
        }
        zeroSeen = true;
        continue;
      }
      int slot = (int) mix(id) & mask;
      while (seen[slot] != 0) {
        if (seen[slot] == id) {
          throw repeated(key, ids, k);
        }
        slot = (slot + 1) & mask;
      }
      seen[slot] = id;
    }
  }

  private static Malformed repeated(String key, long[] ids, int index) {
    int earlier = 0;
    while (ids[earlier] != ids[index]) {
      earlier++;
    }
    return new Malformed(
        "expected different ids in "
            + key
            + ", since an id stands for a block and its prefix; found "
            + Long.toUnsignedString(ids[index])
            + " at "
            + earlier
            + " and at "
            + index
            + ". If the trace's ids name content alone, read it with content ids");
  }

  static int checkedBlockSize(String key, int blockSize) throws Malformed {
    if (blockSize < 1 || blockSize > TraceOptions.MAX_BLOCK_SIZE_TOKENS) {
      throw new Malformed(
          "expected "
              + key
              + " from 1 to "
              + TraceOptions.MAX_BLOCK_SIZE_TOKENS
              + " tokens, found "
              + blockSize);
    }
    return blockSize;
  }

  static byte[][] keys(String... names) {
    byte[][] keys = new byte[names.length][];
    for (int i = 0; i < names.length; i++) {
      keys[i] = names[i].getBytes(StandardCharsets.UTF_8);
    }
    return keys;
  }
}
