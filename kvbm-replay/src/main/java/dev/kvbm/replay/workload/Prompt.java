package dev.kvbm.replay.workload;

import dev.kvbm.replay.trace.TraceRequest;
import java.util.Arrays;

/**
 * A growing prompt, made of texts of which only identity and length are known, cut into blocks.
 *
 * <p>A block's id is a hash over all texts up to its end, so two prompts share an id exactly when
 * they consist of the same texts up to there (but for 64-bit collisions). A partial last block has
 * an id of its own, which changes when the prompt grows.
 */
final class Prompt {
  private static final long STEP = 0x9E3779B97F4A7C15L;
  private static final long PARTIAL = 0xD1B54A32D192ED03L;

  private final int blockSizeTokens;
  private long[] ids = new long[32];
  private int full;
  private long chain;
  private int tail;
  private int tokens;

  Prompt(int blockSizeTokens) {
    this.blockSizeTokens = blockSizeTokens;
  }

  Prompt copy() {
    Prompt copy = new Prompt(blockSizeTokens);
    copy.ids = Arrays.copyOf(ids, full + 32);
    copy.full = full;
    copy.chain = chain;
    copy.tail = tail;
    copy.tokens = tokens;
    return copy;
  }

  int tokens() {
    return tokens;
  }

  /** Appends a text. Texts with equal keys are the same text and must have the same length. */
  Prompt append(long key, int length) {
    int offset = 0;
    while (offset < length) {
      int taken = Math.min(blockSizeTokens - tail, length - offset);
      chain = Sampler.mix(chain * STEP + Sampler.mix(key + offset) + taken);
      tail += taken;
      offset += taken;
      if (tail == blockSizeTokens) {
        // One place stays free for the partial block's id.
        if (full + 2 > ids.length) {
          ids = Arrays.copyOf(ids, ids.length + (ids.length >> 1));
        }
        ids[full++] = chain;
        tail = 0;
      }
    }
    tokens += length;
    return this;
  }

  /** Appends a text, cut where the prompt reaches {@code limit} tokens. */
  Prompt appendUpTo(int limit, long key, int length) {
    return append(key, Math.max(0, Math.min(length, limit - tokens)));
  }

  /** Copies length, block size and block ids into the request. */
  void describe(TraceRequest request) {
    int count = full;
    if (tail > 0) {
      ids[count++] = Sampler.mix(chain ^ PARTIAL);
    }
    request.inputTokens(tokens).blockSizeTokens(blockSizeTokens).copyBlockIds(ids, count);
  }
}
