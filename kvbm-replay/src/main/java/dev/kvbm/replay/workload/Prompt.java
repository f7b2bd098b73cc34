package dev.kvbm.replay.workload;

import dev.kvbm.replay.trace.TraceRequest;
import java.util.Arrays;

/**
 * A growing prompt, made of texts of which only identity and length are known, cut into blocks.
 *
 * <p>Texts that several prompts may have come first and have a key; their blocks are told apart by
 * a hash over all texts up to the block's end, so two prompts share an id exactly when they agree
 * up to there. From the first text of its own on, everything in a prompt is its own, and blocks get
 * fresh ids without a look-up. A partial last block has an id of its own, which changes when the
 * prompt grows.
 */
final class Prompt {
  private static final long STEP = 0x9E3779B97F4A7C15L;
  private static final long PARTIAL = 0xD1B54A32D192ED03L;
  private static final long NONE = -1;

  private final BlockNames names;
  private final int blockSizeTokens;
  private long[] ids = new long[32];
  private int full;
  private boolean own;
  private long chain;
  private int tail;
  private long tailId = NONE;
  private int tokens;

  Prompt(BlockNames names, int blockSizeTokens) {
    this.names = names;
    this.blockSizeTokens = blockSizeTokens;
  }

  /** A prompt with the same blocks so far. The two go on with different texts. */
  Prompt copy() {
    Prompt copy = new Prompt(names, blockSizeTokens);
    copy.ids = Arrays.copyOf(ids, full + 32);
    copy.full = full;
    copy.own = own;
    copy.chain = chain;
    copy.tail = tail;
    copy.tailId = tailId;
    copy.tokens = tokens;
    return copy;
  }

  int tokens() {
    return tokens;
  }

  /**
   * Appends a text that other prompts may have, cut where the prompt reaches {@code limit} tokens.
   * Texts with equal keys are the same text and have the same length.
   */
  Prompt appendShared(long key, int length, int limit) {
    int taken = Math.max(0, Math.min(length, limit - tokens));
    if (own) {
      return grow(taken);
    }
    int offset = 0;
    while (offset < taken) {
      int piece = Math.min(blockSizeTokens - tail, taken - offset);
      chain = Sampler.mix(chain * STEP + Sampler.mix(key + offset) + piece);
      offset += piece;
      grow(piece);
    }
    return this;
  }

  /** Appends a text that occurs nowhere else. */
  Prompt append(int length) {
    own |= length > 0;
    return grow(length);
  }

  /** As {@link #append}, cut where the prompt reaches {@code limit} tokens. */
  Prompt appendUpTo(int limit, int length) {
    return append(Math.max(0, Math.min(length, limit - tokens)));
  }

  private Prompt grow(int length) {
    if (length > 0) {
      tailId = NONE;
    }
    tokens += length;
    tail += length;
    while (tail >= blockSizeTokens) {
      // One place stays free for the partial block's id.
      if (full + 2 > ids.length) {
        ids = Arrays.copyOf(ids, ids.length + (ids.length >> 1));
      }
      ids[full++] = own ? names.fresh() : names.of(chain);
      tail -= blockSizeTokens;
    }
    return this;
  }

  /** Copies length, block size and block ids into the request. */
  void describe(TraceRequest request) {
    int count = full;
    if (tail > 0) {
      if (tailId == NONE) {
        tailId = own ? names.fresh() : names.of(chain ^ PARTIAL);
      }
      ids[count++] = tailId;
    }
    request.inputTokens(tokens).blockSizeTokens(blockSizeTokens).copyBlockIds(ids, count);
  }
}
