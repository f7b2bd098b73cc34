package dev.kvbm.replay.engine;

import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.ArrayDeque;
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
  private long fingerprint;

  /** Zeros except where blocks begin, of the longest prompt so far. */
  private int[] made = new int[0];

  /** Sequences of finished requests, to be used again. */
  private final ArrayDeque<TokenBlockSequence> spare = new ArrayDeque<>();

  TokenSource(EngineTrace trace, int blockSize, long seed) {
    this.cursor = trace.requests().cursor();
    this.recorded = trace.tokens();
    this.blockSize = blockSize;
    this.seed = seed;
  }

  /** The prompt of a request, hashed. The caller gives it back when it is done with it. */
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
    TokenBlockSequence sequence = spare.pollLast();
    if (sequence == null) {
      sequence = TokenBlockSequence.empty(blockSize, 0);
    }
    sequence.reset();
    sequence.extend(made, 0, tokens);
    return sequence;
  }

  /** Takes back the sequence of a request that is finished. */
  void giveBack(TokenBlockSequence sequence) {
    if (sequence.saltHash() == 0) {
      spare.addLast(sequence);
    }
  }

  /** The {@code position}-th token that a request generates. To be asked for once each. */
  int output(int request, int position) {
    long place = request * 0x9E3779B97F4A7C15L + position * 0xD1B54A32D192ED03L;
    if (recorded != null && position < recorded.output(request).length) {
      int token = recorded.output(request)[position];
      fingerprint += mix(place ^ token);
      return token;
    }
    long made = mix(seed + place);
    fingerprint += made;
    return (int) made;
  }

  /** Of all output tokens asked for, whatever the order. */
  long fingerprint() {
    return fingerprint;
  }

  /** The 64-bit finaliser of SplitMix64 (Stafford's variant 13). */
  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
