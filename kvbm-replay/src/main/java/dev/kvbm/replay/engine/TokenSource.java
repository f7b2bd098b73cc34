package dev.kvbm.replay.engine;

import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.tokens.TokenBlockSequence;
import dev.kvbm.tokens.TokenHashing;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of requests: recorded ones, or made of the names of blocks.
 *
 * <p>A block with a name is made of the name, as its first token, and zeros; so equal names give
 * equal tokens and equal hashes, and different names differ. A last partial block without a name
 * and every token that is generated out of nothing are made of the request's number and the seed,
 * and occur nowhere else. Owned by one loop.
 */
final class TokenSource {
  private static final int[] NO_BLOCKS = {};

  /** Sets the hashes of names apart from small numbers. */
  private static final long NAMES = 0x5851F42D4C957F2DL;

  private final CompactTrace trace;
  private final CompactTrace.Cursor cursor;
  private final @Nullable RecordedTokens recorded;
  private final int blockSize;
  private final long seed;
  private long fingerprint;

  /** Who goes on from each request; empty if outputs do not follow the prompts of others. */
  private final int[] continuations;

  /**
   * The hashes of the blocks of names, made when needed; empty if no output has a name. Then
   * nothing but other names is compared with them, and the names themselves serve.
   */
  private final long[] hashesOfNames;

  /** A block of a name, to be hashed. */
  private final int[] block;

  /** Zeros except where blocks begin, of the longest prompt so far. */
  private int[] made = new int[0];

  /** Of the blocks of the last prompt. */
  private long[] hashes = new long[0];

  /** Sequences of finished requests, to be used again, by the class of their size. */
  private final List<ArrayDeque<TokenBlockSequence>> spare = new ArrayList<>();

  TokenSource(EngineTrace trace, int blockSize, Output output, long seed) {
    this.trace = trace.requests();
    this.cursor = this.trace.cursor();
    this.recorded = trace.tokens();
    this.blockSize = blockSize;
    this.seed = seed;
    boolean continued = output == Output.CONTINUED;
    this.continuations = continued ? Continuations.of(this.trace) : NO_BLOCKS;
    this.hashesOfNames = new long[continued ? this.trace.uniqueBlocks() : 0];
    this.block = new int[blockSize];
  }

  /**
   * The prompt of a request, hashed, with room for its output. The caller gives it back when it is
   * done with it.
   *
   * @param continuation what {@link #continuation} returned for the request
   */
  TokenBlockSequence prompt(int request, int outputTokens, int[] continuation) {
    if (isRecorded(request)) {
      return TokenBlockSequence.of(
          recordedTokens().prompt(request), blockSize, recordedTokens().saltHash(request));
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
    for (int i = 0, at = 0; at < tokens; i++, at += blockSize) {
      if (i < listed) {
        made[at] = firstToken(ids[from + i]);
        hashes[i] = hashOfName(ids[from + i]);
      } else {
        made[at] = -1 - request;
      }
    }
    if (continuation.length > 0 && tokens % blockSize != 0) {
      made[tokens / blockSize * blockSize] = firstToken(continuation[0]);
    }
    TokenBlockSequence sequence = takeSpare(tokens + outputTokens);
    sequence.extendHashed(made, 0, tokens, hashes);
    return sequence;
  }

  private static int firstToken(int name) {
    return name + 1;
  }

  private long hashOfName(int name) {
    if (hashesOfNames.length == 0) {
      return mix(name + NAMES);
    }
    if (hashesOfNames[name] == 0) {
      block[0] = firstToken(name);
      hashesOfNames[name] = TokenHashing.blockHash(block, 0);
    }
    return hashesOfNames[name];
  }

  /**
   * The names of the blocks that a request completes by what it generates, from the block on in
   * which its prompt ends; empty if they have none.
   */
  int[] continuation(int request, int outputTokens) {
    if (continuations.length == 0 || continuations[request] < 0 || isRecorded(request)) {
      return NO_BLOCKS;
    }
    int next = continuations[request];
    int first = trace.inputTokens(request) / blockSize;
    int end = (trace.inputTokens(request) + outputTokens) / blockSize;
    end = Math.min(end, trace.fullBlockCount(next));
    if (end <= first) {
      return NO_BLOCKS;
    }
    cursor.seek(next);
    return Arrays.copyOfRange(cursor.ids(), cursor.from() + first, cursor.from() + end);
  }

  private boolean isRecorded(int request) {
    return recorded != null && recorded.prompt(request).length > 0;
  }

  private RecordedTokens recordedTokens() {
    return Objects.requireNonNull(recorded, "the trace has no tokens");
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
  void giveBack(int request, TokenBlockSequence sequence, int tokens) {
    if (!isRecorded(request)) {
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

  /**
   * The {@code position}-th token that a request generates. To be asked for once each.
   *
   * @param at its index in the whole sequence
   * @param continuation what {@link #continuation} returned for the request
   */
  int output(int request, int position, int at, int[] continuation) {
    long place = request * 0x9E3779B97F4A7C15L + position * 0xD1B54A32D192ED03L;
    int named = continuation.length == 0 ? -1 : at / blockSize - (at - position) / blockSize;
    if (named >= 0 && named < continuation.length) {
      int token = at % blockSize == 0 ? firstToken(continuation[named]) : 0;
      fingerprint += mix(place ^ token);
      return token;
    }
    if (recorded != null && position < recorded.output(request).length) {
      int token = recorded.output(request)[position];
      fingerprint += mix(place ^ token);
      return token;
    }
    long generated = mix(seed + place);
    fingerprint += generated;
    return (int) generated;
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
