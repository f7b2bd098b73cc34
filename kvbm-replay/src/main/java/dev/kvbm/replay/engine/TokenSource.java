package dev.kvbm.replay.engine;

import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
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
  /** Sets the hashes of names apart from small numbers. */
  private static final long NAMES = 0x5851F42D4C957F2DL;

  private final CompactTrace.Cursor cursor;
  private final @Nullable RecordedTokens recorded;
  private final int blockSize;
  private final long seed;
  private long fingerprint;

  /** Zeros except where blocks begin, of the longest prompt so far. */
  private int[] made = new int[0];

  /** Of the blocks of the last prompt. */
  private long[] hashes = new long[0];

  /** Sequences of finished requests, to be used again, by the class of their size. */
  private final List<ArrayDeque<TokenBlockSequence>> spare = new ArrayList<>();

  TokenSource(EngineTrace trace, int blockSize, long seed) {
    this.cursor = trace.requests().cursor();
    this.recorded = trace.tokens();
    this.blockSize = blockSize;
    this.seed = seed;
  }

  /**
   * The prompt of a request, hashed, with room for its output. The caller gives it back when it is
   * done with it.
   */
  TokenBlockSequence prompt(int request, int outputTokens) {
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
    if (hashes.length < listed) {
      hashes = new long[Math.max(listed, hashes.length + (hashes.length >> 1))];
    }
    for (int block = 0, at = 0; at < tokens; block++, at += blockSize) {
      if (block < listed) {
        made[at] = ids[from + block] + 1;
        hashes[block] = mix(ids[from + block] + NAMES);
      } else {
        made[at] = -1 - request;
      }
    }
    TokenBlockSequence sequence = takeSpare(tokens + outputTokens);
    sequence.extendHashed(made, 0, tokens, hashes);
    return sequence;
  }

  /** An empty sequence with room for that many tokens, and less than a quarter more. */
  private TokenBlockSequence takeSpare(int tokens) {
    int size = sizeClass(tokens);
    TokenBlockSequence sequence = size < spare.size() ? spare.get(size).pollLast() : null;
    if (sequence == null) {
      return TokenBlockSequence.empty(blockSize, 0, largest(size));
    }
    sequence.reset();
    return sequence;
  }

  /** Takes back the sequence of a request that is finished, of as many tokens as announced. */
  void giveBack(TokenBlockSequence sequence, int tokens) {
    if (sequence.saltHash() == 0) {
      int size = sizeClass(tokens);
      while (spare.size() <= size) {
        spare.add(new ArrayDeque<>());
      }
      spare.get(size).addLast(sequence);
    }
  }

  /** Four classes for each power of two; up to 7 tokens one each. */
  private static int sizeClass(int tokens) {
    int least = Math.max(0, tokens - 1);
    int shift = Math.max(0, 29 - Integer.numberOfLeadingZeros(least | 1));
    return (shift << 2) + (least >>> shift);
  }

  /** The most tokens of a class. */
  private static int largest(int size) {
    int shift = Math.max(0, (size >>> 2) - 1);
    return (int) Math.min(Integer.MAX_VALUE - 8, (size - (shift << 2) + 1L) << shift);
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
