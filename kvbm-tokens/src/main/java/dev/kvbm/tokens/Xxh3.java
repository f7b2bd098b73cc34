package dev.kvbm.tokens;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Objects;

/**
 * XXH3 with 64 bits of output, seeded, over bytes, token ids and longs.
 *
 * <p>The results equal those of the XXH3 family as published by the xxHash project (format of
 * version 0.8) for every input length. Token ids count as little-endian 32-bit words and longs as
 * little-endian 64-bit words, on every platform. Inputs are read in place: nothing is copied.
 * Nothing is allocated either, except for a derived secret when a seed is first used on an input of
 * more than 240 bytes; those secrets are cached.
 *
 * <p>This is a fast hash, not a cryptographic one: an attacker who chooses the input can make
 * collisions.
 *
 * <p>Thread-safe: all methods are pure functions.
 */
public final class Xxh3 {
  /*
   * Input lengths fall into classes with an algorithm each: 0, 1..3, 4..8, 9..16, 17..128, 129..240
   * and more than 240 bytes. Up to 240 bytes the seed is added to and taken from the secret's words
   * while they are read. Above that, the seed is baked into a secret of its own first.
   *
   * The classes exist once for byte[] and once for int[]. The copies differ only in how a 64-bit
   * word is read; sharing the code through an interface would cost the kernel its inlining. Those
   * for long[] are the second half of what BlockWords does for the usual block sizes.
   */

  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle INTS =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

  // Primes of the xxHash family.
  private static final long PRIME32_1 = 0x9E3779B1L;
  private static final long PRIME32_2 = 0x85EBCA77L;
  private static final long PRIME32_3 = 0xC2B2AE3DL;
  private static final long PRIME64_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME64_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME64_3 = 0x165667B19E3779F9L;
  private static final long PRIME64_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME64_5 = 0x27D4EB2F165667C5L;
  private static final long PRIME_MX1 = 0x165667919E3779F9L;
  private static final long PRIME_MX2 = 0x9FB21C651E98DF25L;

  /** The longest run of ids that needs no derived secret: 240 bytes. */
  static final int MAX_SHORT_INTS = 60;

  private static final int MAX_SHORT_BYTES = 240;

  private static final long LOW_32 = 0xFFFFFFFFL;

  /** The default secret of 192 bytes as little-endian words. */
  private static final long[] DEFAULT_SECRET = {
    0xbe4ba423396cfeb8L, 0x1cad21f72c81017cL, 0xdb979083e96dd4deL, 0x1f67b3b7a4a44072L,
    0x78e5c0cc4ee679cbL, 0x2172ffcc7dd05a82L, 0x8e2443f7744608b8L, 0x4c263a81e69035e0L,
    0xcb00c391bb52283cL, 0xa32e531b8b65d088L, 0x4ef90da297486471L, 0xd8acdea946ef1938L,
    0x3f349ce33f76faa8L, 0x1d4f0bc7c7bbdcf9L, 0x3159b4cd4be0518aL, 0x647378d9c97e9fc8L,
    0xc3ebd33483acc5eaL, 0xeb6313faffa081c5L, 0x49daf0b751dd0d17L, 0x9e68d429265516d3L,
    0xfca1477d58be162bL, 0xce31d07ad1b8f88fL, 0x280416958f3acb45L, 0x7e404bbbcafbd7afL,
  };

  // Single words of the default secret as constants, for the classes that hash one block of tokens.
  private static final long S0 = DEFAULT_SECRET[0];
  private static final long S1 = DEFAULT_SECRET[1];
  private static final long S2 = DEFAULT_SECRET[2];
  private static final long S3 = DEFAULT_SECRET[3];
  private static final long S4 = DEFAULT_SECRET[4];
  private static final long S5 = DEFAULT_SECRET[5];
  private static final long S6 = DEFAULT_SECRET[6];
  private static final long S7 = DEFAULT_SECRET[7];
  private static final long FLIP_4_TO_8 = S1 ^ S2;
  private static final long FLIP_16_LOW = S3 ^ S4;
  private static final long FLIP_16_HIGH = S5 ^ S6;

  private static final Secret STANDARD = new Secret(0);

  /** Derived secrets by seed, direct mapped. Entries are immutable, so a racy read is harmless. */
  private static final Secret[] DERIVED = new Secret[64];

  static {
    Arrays.fill(DERIVED, STANDARD);
  }

  private Xxh3() {}

  /**
   * Returns the hash of all bytes of {@code data}.
   *
   * @param data the input, not changed
   * @param seed the seed; 0 gives the unseeded hash
   * @return the hash, unsigned
   */
  public static long hash(byte[] data, long seed) {
    return hashBytes(data, 0, data.length, seed);
  }

  /**
   * Returns the hash of the bytes {@code from} (inclusive) to {@code to} (exclusive).
   *
   * @param data the input, not changed
   * @param from index of the first byte
   * @param to index after the last byte
   * @param seed the seed; 0 gives the unseeded hash
   * @return the hash, unsigned
   * @throws IndexOutOfBoundsException if the range does not lie within {@code data}
   */
  public static long hash(byte[] data, int from, int to, long seed) {
    Objects.checkFromToIndex(from, to, data.length);
    return hashBytes(data, from, to - from, seed);
  }

  /**
   * Returns the hash of all token ids as little-endian 32-bit words.
   *
   * @param tokens the token ids, not changed
   * @param seed the seed; 0 gives the unseeded hash
   * @return the hash, unsigned
   */
  public static long hashInts(int[] tokens, long seed) {
    return hashIntsTrusted(tokens, 0, tokens.length, seed);
  }

  /**
   * Returns the hash of the token ids {@code from} (inclusive) to {@code to} (exclusive) as
   * little-endian 32-bit words. Equals {@link #hash(byte[], long)} over those {@code 4 * (to -
   * from)} bytes; the ids are read in place.
   *
   * @param tokens the token ids, not changed
   * @param from index of the first id
   * @param to index after the last id
   * @param seed the seed; 0 gives the unseeded hash
   * @return the hash, unsigned
   * @throws IndexOutOfBoundsException if the range does not lie within {@code tokens}
   */
  public static long hashInts(int[] tokens, int from, int to, long seed) {
    Objects.checkFromToIndex(from, to, tokens.length);
    return hashIntsTrusted(tokens, from, to - from, seed);
  }

  /**
   * Returns the hash of one long as 8 little-endian bytes.
   *
   * @param value the input
   * @param seed the seed; 0 gives the unseeded hash
   * @return the hash, unsigned
   */
  public static long hashLong(long value, long seed) {
    return finish8(Long.rotateLeft(value, 32), FLIP_4_TO_8, seed, 8);
  }

  /**
   * Returns the hash of two longs as 16 little-endian bytes, {@code first} before {@code second}.
   *
   * @param first the first 8 bytes
   * @param second the last 8 bytes
   * @param seed the seed; 0 gives the unseeded hash
   * @return the hash, unsigned
   */
  public static long hashTwoLongs(long first, long second, long seed) {
    return finish16(first ^ (FLIP_16_LOW + seed), second ^ (FLIP_16_HIGH - seed), 16);
  }

  /**
   * Returns the secret that inputs of more than 240 bytes use under {@code seed}. Never slower than
   * deriving it, cached for seeds in use.
   */
  static Secret derivedSecret(long seed) {
    if (seed == 0) {
      return STANDARD;
    }
    int slot = (int) ((seed * PRIME64_1) >>> 58);
    Secret cached = DERIVED[slot];
    if (cached.seed == seed) {
      return cached;
    }
    Secret fresh = new Secret(seed);
    DERIVED[slot] = fresh;
    return fresh;
  }

  /**
   * Hashes {@code count} ids from {@code from}. The caller has checked the range. {@code derived}
   * is {@link #derivedSecret} of {@code seed}, looked up once for many blocks.
   */
  static long hashIntsTrusted(int[] tokens, int from, int count, long seed, Secret derived) {
    if (count <= MAX_SHORT_INTS) {
      return intsUpTo240Bytes(tokens, from, count, STANDARD, seed);
    }
    return count == 64
        ? hash64Ints(tokens, from, derived.words)
        : longInts(tokens, from, count, derived.words);
  }

  private static long hashIntsTrusted(int[] tokens, int from, int count, long seed) {
    if (count == 16) {
      return hash16Ints(tokens, from, seed);
    }
    if (count <= MAX_SHORT_INTS) {
      return intsUpTo240Bytes(tokens, from, count, STANDARD, seed);
    }
    return hashIntsTrusted(tokens, from, count, seed, derivedSecret(seed));
  }

  /** Hashes the 16 ids from {@code from}: the usual block. The caller has checked the range. */
  static long hash16Ints(int[] a, int p, long seed) {
    long acc = PRIME64_1 << 6; // times 64 bytes
    acc += fold(word(a, p) ^ (S0 + seed), word(a, p + 2) ^ (S1 - seed));
    acc += fold(word(a, p + 12) ^ (S2 + seed), word(a, p + 14) ^ (S3 - seed));
    acc += fold(word(a, p + 4) ^ (S4 + seed), word(a, p + 6) ^ (S5 - seed));
    acc += fold(word(a, p + 8) ^ (S6 + seed), word(a, p + 10) ^ (S7 - seed));
    return avalanche(acc);
  }

  private static long hashBytes(byte[] data, int from, int count, long seed) {
    if (count <= MAX_SHORT_BYTES) {
      return bytesUpTo240(data, from, count, STANDARD, seed);
    }
    return longBytes(data, from, count, derivedSecret(seed).words);
  }

  // ---------------------------------------------------------------------------------------- int[]

  private static long intsUpTo240Bytes(int[] a, int p, int count, Secret secret, long seed) {
    if (count > 4) {
      return count <= 32
          ? mediumInts(a, p, count, secret.words, seed)
          : largeInts(a, p, count, secret, seed);
    }
    long[] w = secret.words;
    return switch (count) {
      case 0 -> finishEmpty(w[7] ^ w[8], seed);
      case 1 -> finish8((a[p] & LOW_32) * 0x1_0000_0001L, w[1] ^ w[2], seed, 4);
      case 2 -> finish8(Long.rotateLeft(word(a, p), 32), w[1] ^ w[2], seed, 8);
      default -> {
        long low = word(a, p) ^ ((w[3] ^ w[4]) + seed);
        long high = word(a, p + count - 2) ^ ((w[5] ^ w[6]) - seed);
        yield finish16(low, high, 4L * count);
      }
    };
  }

  /** 17 to 128 bytes. */
  private static long mediumInts(int[] a, int p, int count, long[] w, long seed) {
    int end = p + count;
    long acc = 4L * count * PRIME64_1;
    if (count > 8) {
      if (count > 16) {
        if (count > 24) {
          acc += mix(a, p + 12, w[12], w[13], seed);
          acc += mix(a, end - 16, w[14], w[15], seed);
        }
        acc += mix(a, p + 8, w[8], w[9], seed);
        acc += mix(a, end - 12, w[10], w[11], seed);
      }
      acc += mix(a, p + 4, w[4], w[5], seed);
      acc += mix(a, end - 8, w[6], w[7], seed);
    }
    acc += mix(a, p, w[0], w[1], seed);
    acc += mix(a, end - 4, w[2], w[3], seed);
    return avalanche(acc);
  }

  /** 129 to 240 bytes. */
  private static long largeInts(int[] a, int p, int count, Secret secret, long seed) {
    long[] w = secret.words;
    long acc = 4L * count * PRIME64_1;
    for (int i = 0; i < 8; i++) {
      acc += mix(a, p + 4 * i, w[2 * i], w[2 * i + 1], seed);
    }
    acc = avalanche(acc);
    int lanes = count / 4;
    for (int i = 8; i < lanes; i++) {
      int offset = 16 * (i - 8) + 3;
      acc += mix(a, p + 4 * i, secret.wordAt(offset), secret.wordAt(offset + 8), seed);
    }
    acc += mix(a, p + count - 4, secret.wordAt(119), secret.wordAt(127), seed);
    return avalanche(acc);
  }

  /** More than 240 bytes; the seed is already in the secret. */
  private static long longInts(int[] a, int p, int count, long[] w) {
    long a0 = PRIME32_3;
    long a1 = PRIME64_1;
    long a2 = PRIME64_2;
    long a3 = PRIME64_3;
    long a4 = PRIME64_4;
    long a5 = PRIME32_2;
    long a6 = PRIME64_5;
    long a7 = PRIME32_1;
    // A stripe is 16 ids. The last one may overlap its predecessor and has a secret of its own.
    int end = p + count;
    int lastFull = (count - 1) / 16;
    int o = p;
    int s = 0;
    for (int stripe = 0; stripe <= lastFull; stripe++) {
      if (stripe == lastFull) {
        o = end - 16;
        s = Secret.LAST_STRIPE;
      }
      long v0 = word(a, o);
      long v1 = word(a, o + 2);
      long v2 = word(a, o + 4);
      long v3 = word(a, o + 6);
      long v4 = word(a, o + 8);
      long v5 = word(a, o + 10);
      long v6 = word(a, o + 12);
      long v7 = word(a, o + 14);
      a0 += v1 + halves(v0 ^ w[s]);
      a1 += v0 + halves(v1 ^ w[s + 1]);
      a2 += v3 + halves(v2 ^ w[s + 2]);
      a3 += v2 + halves(v3 ^ w[s + 3]);
      a4 += v5 + halves(v4 ^ w[s + 4]);
      a5 += v4 + halves(v5 ^ w[s + 5]);
      a6 += v7 + halves(v6 ^ w[s + 6]);
      a7 += v6 + halves(v7 ^ w[s + 7]);
      o += 16;
      s++;
      if (s == 16) {
        a0 = scramble(a0, w[16]);
        a1 = scramble(a1, w[17]);
        a2 = scramble(a2, w[18]);
        a3 = scramble(a3, w[19]);
        a4 = scramble(a4, w[20]);
        a5 = scramble(a5, w[21]);
        a6 = scramble(a6, w[22]);
        a7 = scramble(a7, w[23]);
        s = 0;
      }
    }
    return merge(a0, a1, a2, a3, a4, a5, a6, a7, w, 4L * count);
  }

  /**
   * Hashes the 64 ids from {@code p}, four stripes, without a loop.
   *
   * <p>The eight accumulators only meet in pairs, so each pair is summed up on its own. That keeps
   * two accumulators alive at a time instead of eight.
   */
  private static long hash64Ints(int[] a, int p, long[] w) {
    long acc = PRIME64_1 << 8; // times 256 bytes
    acc += pair64(a, p, w, 0, PRIME32_3, PRIME64_1);
    acc += pair64(a, p + 4, w, 2, PRIME64_2, PRIME64_3);
    acc += pair64(a, p + 8, w, 4, PRIME64_4, PRIME32_2);
    acc += pair64(a, p + 12, w, 6, PRIME64_5, PRIME32_1);
    return avalanche(acc);
  }

  private static long pair64(int[] a, int p, long[] w, int lane, long x, long y) {
    x +=
        lane(a, p, p + 2, w[lane])
            + lane(a, p + 16, p + 18, w[lane + 1])
            + lane(a, p + 32, p + 34, w[lane + 2])
            + lane(a, p + 48, p + 50, w[Secret.LAST_STRIPE + lane]);
    y +=
        lane(a, p + 2, p, w[lane + 1])
            + lane(a, p + 18, p + 16, w[lane + 2])
            + lane(a, p + 34, p + 32, w[lane + 3])
            + lane(a, p + 50, p + 48, w[Secret.LAST_STRIPE + lane + 1]);
    return fold(x ^ w[Secret.MERGE + lane], y ^ w[Secret.MERGE + lane + 1]);
  }

  /** What one stripe adds to the accumulator of the word {@code own}; its partner is the other. */
  private static long lane(int[] a, int own, int partner, long secret) {
    return word(a, partner) + halves(word(a, own) ^ secret);
  }

  private static long mix(int[] a, int p, long s0, long s1, long seed) {
    return fold(word(a, p) ^ (s0 + seed), word(a, p + 2) ^ (s1 - seed));
  }

  /** Two neighbouring ids as one little-endian word. */
  private static long word(int[] a, int p) {
    return (a[p] & LOW_32) | ((long) a[p + 1] << 32);
  }

  // --------------------------------------------------------------------------------------- long[]

  /** Hashes 8 words: a block of 16 ids. */
  static long hash8Words(long[] d, int p, long seed) {
    long acc = PRIME64_1 << 6; // times 64 bytes
    acc += mix(d, p, S0, S1, seed);
    acc += mix(d, p + 2, S4, S5, seed);
    acc += mix(d, p + 4, S6, S7, seed);
    acc += mix(d, p + 6, S2, S3, seed);
    return avalanche(acc);
  }

  /** Hashes 16 words: a block of 32 ids. */
  static long hash16Words(long[] d, int p, long seed) {
    long[] w = DEFAULT_SECRET;
    long acc = PRIME64_1 << 7; // times 128 bytes
    acc += mix(d, p, S0, S1, seed);
    acc += mix(d, p + 2, S4, S5, seed);
    acc += mix(d, p + 4, w[8], w[9], seed);
    acc += mix(d, p + 6, w[12], w[13], seed);
    acc += mix(d, p + 8, w[14], w[15], seed);
    acc += mix(d, p + 10, w[10], w[11], seed);
    acc += mix(d, p + 12, S6, S7, seed);
    acc += mix(d, p + 14, S2, S3, seed);
    return avalanche(acc);
  }

  /**
   * Hashes whole stripes, more than 240 bytes, whose products have been made.
   *
   * @param products how far behind each word the product of its halves is, the secret mixed in
   */
  static long hashStripes(long[] d, int p, int products, int stripes, Secret derived) {
    long[] w = derived.words;
    long a0 = PRIME32_3;
    long a1 = PRIME64_1;
    long a2 = PRIME64_2;
    long a3 = PRIME64_3;
    long a4 = PRIME64_4;
    long a5 = PRIME32_2;
    long a6 = PRIME64_5;
    long a7 = PRIME32_1;
    int end = p + 8 * stripes;
    int scrambleAt = p + 128;
    for (int o = p; o < end; o += 8) {
      if (o == scrambleAt) {
        a0 = scramble(a0, w[16]);
        a1 = scramble(a1, w[17]);
        a2 = scramble(a2, w[18]);
        a3 = scramble(a3, w[19]);
        a4 = scramble(a4, w[20]);
        a5 = scramble(a5, w[21]);
        a6 = scramble(a6, w[22]);
        a7 = scramble(a7, w[23]);
        scrambleAt += 128;
      }
      int q = o + products;
      a0 += d[o + 1] + d[q];
      a1 += d[o] + d[q + 1];
      a2 += d[o + 3] + d[q + 2];
      a3 += d[o + 2] + d[q + 3];
      a4 += d[o + 5] + d[q + 4];
      a5 += d[o + 4] + d[q + 5];
      a6 += d[o + 7] + d[q + 6];
      a7 += d[o + 6] + d[q + 7];
    }
    return merge(a0, a1, a2, a3, a4, a5, a6, a7, w, 64L * stripes);
  }

  /**
   * Hashes four stripes, a block of 64 ids, whose products have been made. {@link #hashStripes}
   * gives the same, but makes a block take 1.6 times as long: four rounds do not pay for a loop.
   *
   * @param products how far behind each word the product of its halves is, the secret mixed in
   * @param sums how far behind each word the sum of it and the word two stripes on is
   */
  static long hash4Stripes(long[] d, int p, int products, int sums, Secret derived) {
    long[] w = derived.words;
    int q = p + products;
    int s = p + sums;
    long acc = PRIME64_1 << 8; // times 256 bytes
    acc += pair4(d, q, s, w, 0, PRIME32_3, PRIME64_1);
    acc += pair4(d, q + 2, s + 2, w, 2, PRIME64_2, PRIME64_3);
    acc += pair4(d, q + 4, s + 4, w, 4, PRIME64_4, PRIME32_2);
    acc += pair4(d, q + 6, s + 6, w, 6, PRIME64_5, PRIME32_1);
    return avalanche(acc);
  }

  private static long pair4(long[] d, int q, int s, long[] w, int lane, long x, long y) {
    x += d[s + 1] + d[s + 9] + d[q] + d[q + 8] + d[q + 16] + d[q + 24];
    y += d[s] + d[s + 8] + d[q + 1] + d[q + 9] + d[q + 17] + d[q + 25];
    return fold(x ^ w[Secret.MERGE + lane], y ^ w[Secret.MERGE + lane + 1]);
  }

  private static long mix(long[] d, int p, long s0, long s1, long seed) {
    return fold(d[p] ^ (s0 + seed), d[p + 1] ^ (s1 - seed));
  }

  // --------------------------------------------------------------------------------------- byte[]

  private static long bytesUpTo240(byte[] d, int p, int n, Secret secret, long seed) {
    long[] w = secret.words;
    if (n > 16) {
      return n <= 128 ? mediumBytes(d, p, n, w, seed) : largeBytes(d, p, n, secret, seed);
    }
    if (n > 8) {
      long low = word(d, p) ^ ((w[3] ^ w[4]) + seed);
      long high = word(d, p + n - 8) ^ ((w[5] ^ w[6]) - seed);
      return finish16(low, high, n);
    }
    if (n >= 4) {
      long first = (int) INTS.get(d, p);
      long last = (int) INTS.get(d, p + n - 4) & LOW_32;
      return finish8(last + (first << 32), w[1] ^ w[2], seed, n);
    }
    if (n > 0) {
      long combined =
          ((d[p] & 0xFFL) << 16) | ((d[p + n / 2] & 0xFFL) << 24) | (d[p + n - 1] & 0xFFL) | n << 8;
      long flip = (w[0] & LOW_32) ^ (w[0] >>> 32);
      return avalanche64(combined ^ (flip + seed));
    }
    return finishEmpty(w[7] ^ w[8], seed);
  }

  private static long mediumBytes(byte[] d, int p, int n, long[] w, long seed) {
    int end = p + n;
    long acc = n * PRIME64_1;
    for (int i = (n - 1) / 32; i >= 0; i--) {
      acc += mix(d, p + 16 * i, w[4 * i], w[4 * i + 1], seed);
      acc += mix(d, end - 16 * (i + 1), w[4 * i + 2], w[4 * i + 3], seed);
    }
    return avalanche(acc);
  }

  private static long largeBytes(byte[] d, int p, int n, Secret secret, long seed) {
    long[] w = secret.words;
    long acc = n * PRIME64_1;
    for (int i = 0; i < 8; i++) {
      acc += mix(d, p + 16 * i, w[2 * i], w[2 * i + 1], seed);
    }
    acc = avalanche(acc);
    int lanes = n / 16;
    for (int i = 8; i < lanes; i++) {
      int offset = 16 * (i - 8) + 3;
      acc += mix(d, p + 16 * i, secret.wordAt(offset), secret.wordAt(offset + 8), seed);
    }
    acc += mix(d, p + n - 16, secret.wordAt(119), secret.wordAt(127), seed);
    return avalanche(acc);
  }

  private static long longBytes(byte[] d, int p, int n, long[] w) {
    long a0 = PRIME32_3;
    long a1 = PRIME64_1;
    long a2 = PRIME64_2;
    long a3 = PRIME64_3;
    long a4 = PRIME64_4;
    long a5 = PRIME32_2;
    long a6 = PRIME64_5;
    long a7 = PRIME32_1;
    int end = p + n;
    int lastFull = (n - 1) / 64;
    int o = p;
    int s = 0;
    for (int stripe = 0; stripe <= lastFull; stripe++) {
      if (stripe == lastFull) {
        o = end - 64;
        s = Secret.LAST_STRIPE;
      }
      long v0 = word(d, o);
      long v1 = word(d, o + 8);
      long v2 = word(d, o + 16);
      long v3 = word(d, o + 24);
      long v4 = word(d, o + 32);
      long v5 = word(d, o + 40);
      long v6 = word(d, o + 48);
      long v7 = word(d, o + 56);
      a0 += v1 + halves(v0 ^ w[s]);
      a1 += v0 + halves(v1 ^ w[s + 1]);
      a2 += v3 + halves(v2 ^ w[s + 2]);
      a3 += v2 + halves(v3 ^ w[s + 3]);
      a4 += v5 + halves(v4 ^ w[s + 4]);
      a5 += v4 + halves(v5 ^ w[s + 5]);
      a6 += v7 + halves(v6 ^ w[s + 6]);
      a7 += v6 + halves(v7 ^ w[s + 7]);
      o += 64;
      s++;
      if (s == 16) {
        a0 = scramble(a0, w[16]);
        a1 = scramble(a1, w[17]);
        a2 = scramble(a2, w[18]);
        a3 = scramble(a3, w[19]);
        a4 = scramble(a4, w[20]);
        a5 = scramble(a5, w[21]);
        a6 = scramble(a6, w[22]);
        a7 = scramble(a7, w[23]);
        s = 0;
      }
    }
    return merge(a0, a1, a2, a3, a4, a5, a6, a7, w, n);
  }

  private static long mix(byte[] d, int p, long s0, long s1, long seed) {
    return fold(word(d, p) ^ (s0 + seed), word(d, p + 8) ^ (s1 - seed));
  }

  private static long word(byte[] d, int p) {
    return (long) LONGS.get(d, p);
  }

  // ---------------------------------------------------------------------------- steps of all paths

  /** Low half of the unsigned 128-bit product, xor its high half. */
  private static long fold(long x, long y) {
    return (x * y) ^ Math.unsignedMultiplyHigh(x, y);
  }

  private static long halves(long k) {
    return (k & LOW_32) * (k >>> 32);
  }

  private static long scramble(long acc, long secret) {
    return (acc ^ (acc >>> 47) ^ secret) * PRIME32_1;
  }

  private static long merge(
      long a0,
      long a1,
      long a2,
      long a3,
      long a4,
      long a5,
      long a6,
      long a7,
      long[] w,
      long byteCount) {
    int s = Secret.MERGE;
    long acc = byteCount * PRIME64_1;
    acc += fold(a0 ^ w[s], a1 ^ w[s + 1]);
    acc += fold(a2 ^ w[s + 2], a3 ^ w[s + 3]);
    acc += fold(a4 ^ w[s + 4], a5 ^ w[s + 5]);
    acc += fold(a6 ^ w[s + 6], a7 ^ w[s + 7]);
    return avalanche(acc);
  }

  private static long finishEmpty(long flip, long seed) {
    return avalanche64(seed ^ flip);
  }

  /** 4 to 8 bytes; {@code input} holds the last 4 bytes below and the first 4 above. */
  private static long finish8(long input, long flip, long seed, int n) {
    long keyed = seed ^ ((long) Integer.reverseBytes((int) seed) << 32);
    long k = input ^ (flip - keyed);
    k ^= Long.rotateLeft(k, 49) ^ Long.rotateLeft(k, 24);
    k *= PRIME_MX2;
    k ^= (k >>> 35) + n;
    k *= PRIME_MX2;
    return k ^ (k >>> 28);
  }

  /** 9 to 16 bytes, after the secret was mixed in. */
  private static long finish16(long low, long high, long n) {
    return avalanche(n + Long.reverseBytes(low) + high + fold(low, high));
  }

  /** Final mixing of XXH3. */
  private static long avalanche(long h) {
    h ^= h >>> 37;
    h *= PRIME_MX1;
    return h ^ (h >>> 32);
  }

  /** Final mixing of XXH64, which the shortest inputs use. */
  private static long avalanche64(long h) {
    h ^= h >>> 33;
    h *= PRIME64_2;
    h ^= h >>> 29;
    h *= PRIME64_3;
    return h ^ (h >>> 32);
  }

  /**
   * A secret of 192 bytes, for the variant of XXH3 that takes a secret in place of a seed.
   *
   * <p>{@code Secret.ofSeed(s).hash(x)} and {@code Xxh3.hash(x, s)} agree only for inputs of more
   * than 240 bytes. Below that they are independent functions of {@code x}: a frequency sketch
   * takes several secrets to get several hashes of one key.
   *
   * <p>Immutable and thread-safe. Hashing allocates nothing.
   */
  public static final class Secret {
    private static final int WORDS = 24;

    /** Where {@link #words} has the eight words from byte 121, used for the last stripe. */
    private static final int LAST_STRIPE = WORDS;

    /** Where {@link #words} has the eight words from byte 11, used for the final merge. */
    private static final int MERGE = WORDS + 8;

    private final long seed;

    /** The secret's 24 words, then the two unaligned runs that the long path reads. */
    private final long[] words;

    private final long flip8;
    private final long flip16Low;
    private final long flip16High;

    private Secret(long seed) {
      this.seed = seed;
      words = new long[WORDS + 16];
      for (int i = 0; i < WORDS; i += 2) {
        words[i] = DEFAULT_SECRET[i] + seed;
        words[i + 1] = DEFAULT_SECRET[i + 1] - seed;
      }
      for (int i = 0; i < 8; i++) {
        words[LAST_STRIPE + i] = wordAt(121 + 8 * i);
        words[MERGE + i] = wordAt(11 + 8 * i);
      }
      flip8 = words[1] ^ words[2];
      flip16Low = words[3] ^ words[4];
      flip16High = words[5] ^ words[6];
    }

    /**
     * Returns the default secret customised with {@code seed}: in every group of 16 bytes the seed
     * is added to the first little-endian word and taken from the second. Seed 0 gives the default
     * secret itself.
     *
     * @param seed the seed
     * @return a secret; not necessarily a new object
     */
    public static Secret ofSeed(long seed) {
      return seed == 0 ? STANDARD : new Secret(seed);
    }

    /**
     * Returns the hash of one long as 8 little-endian bytes.
     *
     * @param value the input
     * @return the hash, unsigned
     */
    public long hashLong(long value) {
      return finish8(Long.rotateLeft(value, 32), flip8, 0, 8);
    }

    /**
     * Returns the hash of two longs as 16 little-endian bytes, {@code first} before {@code second}.
     * A 128-bit number as little-endian bytes is its low half first.
     *
     * @param first the first 8 bytes
     * @param second the last 8 bytes
     * @return the hash, unsigned
     */
    public long hashTwoLongs(long first, long second) {
      return finish16(first ^ flip16Low, second ^ flip16High, 16);
    }

    /**
     * Returns the hash of all bytes of {@code data}.
     *
     * @param data the input, not changed
     * @return the hash, unsigned
     */
    public long hash(byte[] data) {
      return data.length <= MAX_SHORT_BYTES
          ? bytesUpTo240(data, 0, data.length, this, 0)
          : longBytes(data, 0, data.length, words);
    }

    /**
     * Returns the hash of the token ids {@code from} (inclusive) to {@code to} (exclusive) as
     * little-endian 32-bit words.
     *
     * @param tokens the token ids, not changed
     * @param from index of the first id
     * @param to index after the last id
     * @return the hash, unsigned
     * @throws IndexOutOfBoundsException if the range does not lie within {@code tokens}
     */
    public long hashInts(int[] tokens, int from, int to) {
      Objects.checkFromToIndex(from, to, tokens.length);
      int count = to - from;
      return count <= MAX_SHORT_INTS
          ? intsUpTo240Bytes(tokens, from, count, this, 0)
          : longInts(tokens, from, count, words);
    }

    /** Copies the eight words that the long path mixes into a stripe of the input. */
    void copyStripe(int stripe, boolean last, long[] target, int offset) {
      System.arraycopy(words, last ? LAST_STRIPE : stripe & 15, target, offset, 8);
    }

    /** The little-endian word at a byte offset that is not a multiple of 8. */
    private long wordAt(int offset) {
      int index = offset >> 3;
      int shift = (offset & 7) << 3;
      return (words[index] >>> shift) | (words[index + 1] << (64 - shift));
    }
  }
}
