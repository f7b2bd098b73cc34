package dev.kvbm.tokens;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicIntegerArray;
import org.jspecify.annotations.Nullable;

/**
 * Hashes blocks of one size, a batch of neighbours at a time. The results equal those of {@link
 * Xxh3#hashInts(int[], int, int, long)}.
 *
 * <p>An object serves one caller at a time, from {@link #take} to {@link #release}.
 */
final class BlockWords {
  /*
   * XXH3 reads 64-bit words. Making one of two ids takes five instructions. Copying a batch of ids
   * into an array of longs takes a fraction of that for a word, which is one load from then on.
   *
   * In blocks of more than 240 bytes, a word adds the product of its two halves, after the secret was
   * mixed in, to one accumulator and itself to that one's neighbour. The products need nothing else,
   * so those of the whole batch are made in advance, and so are sums of words two stripes apart. That
   * loop is the simplest there is: one array, one index, constant distances. C2 makes vector
   * instructions of such a loop only: two arrays could overlap for all it knows, and it leaves a body
   * that was unrolled by hand alone. What is left, adding up a block's products and sums, stays
   * scalar. Without vector instructions the batch is still no slower than single blocks.
   */

  /** How many words a batch has; a block must fit. */
  private static final int CAPACITY = 512;

  // Where the areas of a batch start; the first one has the words.
  private static final int PRODUCTS = CAPACITY;
  private static final int SUMS = 2 * CAPACITY;
  private static final int SECRET = 3 * CAPACITY;

  private static final int MAX_BLOCK_SIZE = 2 * CAPACITY;

  /** Fewer ids, 32 blocks of 16, are hashed as fast from where they are. */
  private static final int MIN_IDS = 512;

  /** Otherwise the words in memory would not be those that are hashed. */
  private static final boolean LITTLE_ENDIAN = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;

  private static final int SLOTS = 16;

  /** One object a slot, made when first needed and kept. Who has the slot may use its object. */
  private static final @Nullable BlockWords[] KEPT = new BlockWords[SLOTS];

  /**
   * Which slots are taken, a cache line apart. Numbers, not the objects themselves: storing a
   * reference would go through the collector's write barrier for each prompt.
   */
  private static final AtomicIntegerArray TAKEN = new AtomicIntegerArray(SLOTS * 16);

  private static final int NO_SLOT = -1;

  private final long[] words = new long[4 * CAPACITY];

  // Whose secret is laid out, and for blocks of which size; 0 if none is yet.
  private Xxh3.Secret secret = Xxh3.derivedSecret(0);
  private int secretBlockSize;

  private final int slot;

  private BlockWords(int slot) {
    this.slot = slot;
  }

  /**
   * Returns whether blocks of this size can be hashed here, and are so many that it is quicker than
   * one by one.
   */
  static boolean suit(int blockSize, int blocks) {
    return LITTLE_ENDIAN
        && (blockSize == 16 || blockSize == 32 || hasStripes(blockSize))
        && (long) blocks * blockSize >= MIN_IDS;
  }

  /** Whether blocks take the path for more than 240 bytes and have whole stripes of 16 ids. */
  private static boolean hasStripes(int blockSize) {
    return blockSize > Xxh3.MAX_SHORT_INTS && blockSize <= MAX_BLOCK_SIZE && blockSize % 16 == 0;
  }

  /** Returns how many blocks of a suitable size a batch takes. */
  static int capacity(int blockSize) {
    return MAX_BLOCK_SIZE / blockSize;
  }

  /**
   * Returns an object that nobody else has until {@link #release}. Threads are spread over the
   * slots by their number; one that finds its slot taken gets an object that is not kept.
   */
  static BlockWords take() {
    int slot = (int) (Thread.currentThread().threadId() % SLOTS);
    if (!TAKEN.compareAndSet(slot * 16, 0, 1)) {
      return new BlockWords(NO_SLOT);
    }
    try {
      BlockWords kept = KEPT[slot];
      if (kept == null) {
        kept = new BlockWords(slot);
        KEPT[slot] = kept;
      }
      return kept;
    } catch (OutOfMemoryError e) {
      TAKEN.setRelease(slot * 16, 0);
      throw e;
    }
  }

  /** Lets others have the object. */
  void release() {
    if (slot != NO_SLOT) {
      TAKEN.setRelease(slot * 16, 0);
    }
  }

  /**
   * Takes in the next batch: blocks of suitable size, at most {@link #capacity}. The caller has
   * checked the range.
   *
   * @param derived {@link Xxh3#derivedSecret} of the seed
   */
  void load(int[] tokens, int from, int blocks, int blockSize, Xxh3.Secret derived) {
    int count = blocks * blockSize / 2;
    MemorySegment.copy(
        MemorySegment.ofArray(tokens), 4L * from, MemorySegment.ofArray(words), 0, 8L * count);
    if (hasStripes(blockSize)) {
      if (derived != secret || blockSize != secretBlockSize) {
        layOut(derived, blockSize);
      }
      multiply(words, count);
    }
  }

  /** Fills the area of the secret: the word that each word of the batch meets. */
  private void layOut(Xxh3.Secret derived, int blockSize) {
    int blockWords = blockSize / 2;
    int lastStripe = blockWords - 8;
    for (int i = 0; i <= lastStripe; i += 8) {
      derived.copyStripe(i / 8, i == lastStripe, words, SECRET + i);
    }
    for (int i = blockWords; i < CAPACITY; i += blockWords) {
      System.arraycopy(words, SECRET, words, SECRET + i, Math.min(blockWords, CAPACITY - i));
    }
    secret = derived;
    secretBlockSize = blockSize;
  }

  private static void multiply(long[] words, int count) {
    for (int i = 0; i < count; i++) {
      long word = words[i];
      long key = word ^ words[i + SECRET];
      words[i + PRODUCTS] = (key & 0xFFFFFFFFL) * (key >>> 32);
      // Towards the end of a block this adds words of the next one; those sums are not used.
      words[i + SUMS] = word + words[i + 16];
    }
  }

  /*
   * One method a kernel, and the choice at the caller: a method with all of them in it becomes too
   * much machine code to be inlined, once several block sizes are in use.
   */

  /** Returns the hash of a block of 16 ids, given its number within the batch. */
  long hash16(int block, long seed) {
    return Xxh3.hash8Words(words, 8 * block, seed);
  }

  /** Returns the hash of a block of 32 ids, given its number within the batch. */
  long hash32(int block, long seed) {
    return Xxh3.hash16Words(words, 16 * block, seed);
  }

  /** Returns the hash of a block of 64 ids, given its number within the batch. */
  long hash64(int block) {
    return Xxh3.hash4Stripes(words, 32 * block, PRODUCTS, SUMS, secret);
  }

  /** Returns the hash of a block of 64 ids or more, given its number within the batch. */
  long hashLong(int block) {
    int size = secretBlockSize;
    return Xxh3.hashStripes(words, block * size / 2, PRODUCTS, size / 16, secret);
  }
}
