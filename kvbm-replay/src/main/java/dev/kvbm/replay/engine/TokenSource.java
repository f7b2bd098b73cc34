package dev.kvbm.replay.engine;

import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.tokens.TokenBlockSequence;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of requests: recorded ones, or made of the names of blocks.
 *
 * <p>A block with a name is made of the name, as its first token, and zeros; so equal names give
 * equal tokens and equal hashes, and different names differ. A last partial block without a name
 * and every generated token are made of the request's number and the seed, and occur nowhere else.
 * Owned by one loop.
 */
final class TokenSource {
  private final CompactTrace.Cursor cursor;
  private final @Nullable RecordedTokens recorded;
  private final int blockSize;
  private final long seed;

  /** Zeros except where blocks begin, of the longest prompt so far. */
  private int[] made = new int[0];

  /** The last prompt that was made of names, reused. */
  private final TokenBlockSequence named;

  TokenSource(EngineTrace trace, int blockSize, long seed) {
    this.cursor = trace.requests().cursor();
    this.recorded = trace.tokens();
    this.blockSize = blockSize;
    this.seed = seed;
    this.named = TokenBlockSequence.empty(blockSize, 0);
  }

  /** The prompt of a request, hashed; valid until the next call. */
  TokenBlockSequence prompt(int request) {
    if (recorded != null && recorded.prompt(request).length > 0) {
      return TokenBlockSequence.of(recorded.prompt(request), blockSize, recorded.saltHash(request));
    }
    cursor.seek(request);
    int tokens = (int) cursor.inputTokens();
    if (tokens > made.length) {
      made = new int[Math.max(tokens, made.length + (made.length >> 1))];
    }
    int listed = cursor.count();
    int[] ids = cursor.ids();
    int from = cursor.from();
    for (int block = 0, at = 0; at < tokens; block++, at += blockSize) {
      made[at] = block < listed ? ids[from + block] + 1 : -1 - request;
    }
    named.reset();
    named.extend(made, 0, tokens);
    return named;
  }

  /** The ids of a request's output that were recorded; empty if none were. */
  int[] recordedOutput(int request) {
    return recorded == null ? NO_TOKENS : recorded.output(request);
  }

  /** A generated token that was not recorded: the {@code index}-th of the request. */
  int generated(int request, int index) {
    long z = seed + request * 0x9E3779B97F4A7C15L + index * 0xD1B54A32D192ED03L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return (int) (z ^ (z >>> 31));
  }

  private static final int[] NO_TOKENS = {};
}
