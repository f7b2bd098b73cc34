package dev.kvbm.tokens;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicReferenceArray;

/**
 * Hashes many equal blocks of token ids, some blocks at a time. The results equal those of {@link
 * Xxh3#hashInts(int[], int, int, long)}.
 *
 * <p>One thread at a time; {@link #take()} hands an object out to one caller.
 */
final class BlockWords {
  /*
   * XXH3 reads 64-bit words. Two ids cost five instructions to become one; the virtual machine
   * copies ids into an array of longs for a fraction of that, and each word is one load from then on.
   *
   * For blocks of more than 240 bytes, what a word adds to its own accumulator is the product of its
   * halves after the secret was mixed in. That depends on nothing else, so the products of a whole
   * batch are made first, in the simplest loop there is: one array, one index, constant distances.
   * HotSpot's C2 makes vector instructions of that, and of nothing more complicated. Adding the
   * products up stays scalar.
   *
   * Three areas share one array, because the compiler can tell that they do not overlap only if they
   * do. Their distance of 2 KiB is also as far as stores can be from the loads that follow them
   * before the low 12 bits of the addresses meet, which the processor would take for a dependency.
   */

  /** How many words a batch has; a block must fit. */
  private static final int CAPACITY = 512;

  /** Where the products of the words start. */
  private static final int PRODUCTS = CAPACITY + 256;

  /** Where the secret's words start, one for each word of a batch. */
  private static final int SECRET = 2 * CAPACITY + 256;

  private static final int MAX_BLOCK = 2 * CAPACITY;

  /** Fewer ids are hashed as fast from where they are. */
  private static final int MIN_IDS = 256;

  private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  /** Objects not in use, by thread, a cache line apart; a thread that finds none makes one. */
  private static final AtomicReferenceArray<BlockWords> IDLE = new AtomicReferenceArray<>(256);

  private final long[] d = new long[3 * CAPACITY + 256];

  // What the third area holds.
  private Xxh3.Secret secret = Xxh3.derivedSecret(0);
  private int blockSize;

  private BlockWords() {}

  /**
   * Returns whether blocks of this size can be hashed here, and so many that it is quicker than one
   * by one.
   */
  static boolean suit(int blockSize, int blocks) {
    return LITTLE_ENDIAN
        && (blockSize & 15) == 0
        && (blockSize <= 32 || blockSize > Xxh3.MAX_SHORT_INTS) // of 16, 32, 48: not 48
        && blockSize <= MAX_BLOCK
        && (long) blocks * blockSize >= MIN_IDS;
  }

  /** Returns an object for {@link #release}. */
  static BlockWords take() {
    BlockWords idle = IDLE.getAndSet(slot(), null);
    return idle == null ? new BlockWords() : idle;
  }

  /** Gives the object back; the caller must not use it again. */
  void release() {
    IDLE.setRelease(slot(), this);
  }

  private static int slot() {
    return (int) (Thread.currentThread().threadId() & 15) << 4;
  }

  /** Returns how many blocks of a size a batch takes. */
  static int capacity(int blockSize) {
    return MAX_BLOCK / blockSize;
  }

  /** Takes in the blocks of the next batch. The caller has checked the range. */
  void load(int[] tokens, int from, int blocks, int blockSize, Xxh3.Secret derived) {
    int words = blocks * blockSize >> 1;
    MemorySegment.copy(
        MemorySegment.ofArray(tokens), 4L * from, MemorySegment.ofArray(d), 0, 8L * words);
    if (blockSize > Xxh3.MAX_SHORT_INTS) {
      if (derived != secret || blockSize != this.blockSize) {
        layOut(derived, blockSize);
      }
      multiply(d, words);
    }
  }

  private void layOut(Xxh3.Secret derived, int blockSize) {
    int blockWords = blockSize >> 1;
    for (int i = 0; i < blockWords; i += 8) {
      derived.copyStripe(i >> 3, i + 8 == blockWords, d, SECRET + i);
    }
    for (int i = blockWords; i < CAPACITY; i += blockWords) {
      System.arraycopy(d, SECRET, d, SECRET + i, Math.min(blockWords, CAPACITY - i));
    }
    secret = derived;
    this.blockSize = blockSize;
  }

  private static void multiply(long[] d, int words) {
    for (int i = 0; i < words; i++) {
      long k = d[i] ^ d[i + SECRET];
      d[i + PRODUCTS] = (k & 0xFFFFFFFFL) * (k >>> 32);
    }
  }

  /** Returns the hash of a block of the batch. */
  long hash(int block, int blockSize, Xxh3.Secret derived, long seed) {
    return switch (blockSize) {
      case 16 -> Xxh3.hash8Words(d, 8 * block, seed);
      case 32 -> Xxh3.hash16Words(d, 16 * block, seed);
      case 64 -> Xxh3.sum4(d, 32 * block, PRODUCTS, derived);
      default -> Xxh3.sumStripes(d, block * blockSize >> 1, PRODUCTS, blockSize >> 4, derived);
    };
  }
}
