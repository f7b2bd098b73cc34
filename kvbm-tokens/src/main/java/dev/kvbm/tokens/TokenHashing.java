package dev.kvbm.tokens;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The hash functions that give blocks their identities, for code that keeps its own arrays.
 *
 * <p>All hashes are XXH3-64. A block hash is seeded by the salt hash; the chain of sequence hashes
 * is seeded by {@link #CHAIN_SEED}. The salt therefore reaches the chain through the block hashes.
 *
 * <p>Thread-safe: all methods are pure functions of their arguments, except that {@link
 * #appendLineageHashes} fills the caller's buffer.
 */
public final class TokenHashing {
  /** The seed of every chain step, and the salt hash of a request with neither salt nor LoRA. */
  public static final long CHAIN_SEED = 1337;

  /** The salt hash of a sequence that is made without one. */
  public static final long NO_SALT = 0;

  private static final long LORA_SEED = 0;
  private static final long SALT_SEED = 1;

  private TokenHashing() {}

  /**
   * Returns the hash of a block's tokens.
   *
   * @param tokens the tokens of exactly one block
   * @param saltHash the salt hash
   * @return the block hash
   */
  public static long blockHash(int[] tokens, long saltHash) {
    return Xxh3.hashInts(tokens, saltHash);
  }

  /**
   * Returns the hash of a block's tokens within a longer array. Nothing is copied.
   *
   * @param tokens the tokens
   * @param from index of the block's first token
   * @param to index after the block's last token
   * @param saltHash the salt hash
   * @return the block hash
   * @throws IndexOutOfBoundsException if the range does not lie within {@code tokens}
   */
  public static long blockHash(int[] tokens, int from, int to, long saltHash) {
    return Xxh3.hashInts(tokens, from, to, saltHash);
  }

  /**
   * Returns the hash of a block that is given as bytes, such as those of {@link #blockBytesWithMm}.
   *
   * @param bytes the bytes of exactly one block
   * @param saltHash the salt hash
   * @return the block hash
   */
  public static long blockHashOfBytes(byte[] bytes, long saltHash) {
    return Xxh3.hash(bytes, saltHash);
  }

  /**
   * Returns the sequence hash of a block that has a parent. The sequence hash of a block without
   * one is its block hash.
   *
   * @param parentSequenceHash the parent's sequence hash
   * @param childBlockHash the block's own hash
   * @return the block's sequence hash
   */
  public static long nextSequenceHash(long parentSequenceHash, long childBlockHash) {
    return Xxh3.hashTwoLongs(parentSequenceHash, childBlockHash, CHAIN_SEED);
  }

  /**
   * Returns the salt hash of a request. A missing argument and an empty one mean the same; nothing
   * is trimmed. One string as a salt and as a LoRA name gives different hashes.
   *
   * @param salt keeps requests apart that must not share blocks, such as tenants; may be null
   * @param loraName the adapter's name; may be null
   * @return the salt hash; {@link #CHAIN_SEED} if both are missing
   */
  public static long saltHash(@Nullable String salt, @Nullable String loraName) {
    long seed = CHAIN_SEED;
    if (loraName != null && !loraName.isEmpty()) {
      seed += Xxh3.hash(loraName.getBytes(StandardCharsets.UTF_8), LORA_SEED);
    }
    if (salt != null && !salt.isEmpty()) {
      seed += Xxh3.hash(salt.getBytes(StandardCharsets.UTF_8), SALT_SEED);
    }
    return seed;
  }

  /**
   * Returns the salt hash of a payload of bytes. This is not the function of {@link #saltHash}: use
   * it for salts that are not a request's salt or LoRA name.
   *
   * @param payload the bytes; may be empty
   * @return the salt hash
   */
  public static long saltHashOfBytes(byte[] payload) {
    return Xxh3.hash(payload, 0);
  }

  /**
   * Appends the lineage hashes of all complete blocks of a prompt. Trailing tokens that fill no
   * block are ignored. Allocates nothing beyond what the buffer must grow.
   *
   * <p>This is what a {@link TokenBlockSequence} computes, for callers that need only the hashes.
   *
   * @param tokens the tokens
   * @param from index of the prompt's first token, which starts block 0
   * @param to index after the prompt's last token
   * @param blockSize tokens a block
   * @param saltHash the salt hash
   * @param into receives a hash a block
   * @return how many hashes were appended
   * @throws IndexOutOfBoundsException if the range does not lie within {@code tokens}
   * @throws IllegalArgumentException if {@code blockSize} is not positive or there are more than
   *     2^24 blocks; then nothing is appended
   */
  public static int appendLineageHashes(
      int[] tokens, int from, int to, int blockSize, long saltHash, LineageHashBuffer into) {
    Objects.checkFromToIndex(from, to, tokens.length);
    checkBlockSize(blockSize);
    int blocks = (to - from) / blockSize;
    if (blocks == 0) {
      return 0;
    }
    PositionalLineageHash.checkPosition(blocks - 1L);
    into.ensureCapacity((long) into.size + blocks);
    chain(tokens, from, blocks, blockSize, saltHash, null, 0, 0, into.words, into.size);
    into.size += blocks;
    return blocks;
  }

  /**
   * Returns the bytes that a block with multimodal runs is hashed over.
   *
   * <p>If no run touches the block, these are its tokens as little-endian 32-bit words. Otherwise
   * every slot becomes a frame of 13 bytes. A slot within a run gives {@code 0x01}, its offset from
   * the start of the run as 32 bits and the run's hash as 64 bits, all little-endian; the token id
   * is ignored. Another slot gives {@code 0x00}, its token id as 32 bits and 8 zero bytes.
   *
   * @param tokens the block's tokens
   * @param blockOffset index of the block's first token in the whole sequence
   * @param runs the runs of the whole sequence, as {@link TokenBlockMmInfo#validateAndSort} returns
   *     them; other orders give other bytes
   * @return a new array
   * @throws IllegalArgumentException if {@code blockOffset} is negative or the bytes would not fit
   *     an array
   */
  public static byte[] blockBytesWithMm(
      int[] tokens, long blockOffset, List<TokenBlockMmInfo> runs) {
    if (blockOffset < 0) {
      throw new IllegalArgumentException("The block offset must not be negative: " + blockOffset);
    }
    int first = MmFrames.firstRunAfter(runs, blockOffset);
    if (MmFrames.touches(runs, first, blockOffset, tokens.length)) {
      byte[] frames = new byte[MmFrames.byteCount(tokens.length)];
      MmFrames.write(tokens, 0, tokens.length, blockOffset, runs, first, frames);
      return frames;
    }
    ByteBuffer bytes =
        ByteBuffer.allocate(MmFrames.arrayLength(4L * tokens.length))
            .order(ByteOrder.LITTLE_ENDIAN);
    bytes.asIntBuffer().put(tokens);
    return bytes.array();
  }

  static void checkBlockSize(int blockSize) {
    if (blockSize <= 0) {
      throw new IllegalArgumentException("block_size must be greater than 0, but is " + blockSize);
    }
  }

  /**
   * Hashes {@code blocks} text blocks in a row and packs their lineage hashes.
   *
   * @param position position of the first block; with {@code parent}, its parent's sequence hash
   * @param blockHashes receives the block hash of position p at index p, unless null
   * @param words receives the halves of the first block at {@code 2 * at}
   */
  static void chain(
      int[] tokens,
      int from,
      int blocks,
      int blockSize,
      long saltHash,
      long @Nullable [] blockHashes,
      int position,
      long parent,
      long[] words,
      int at) {
    Xxh3.Secret derived = Xxh3.derivedSecret(blockSize > Xxh3.MAX_SHORT_INTS ? saltHash : 0);
    if (BlockWords.suit(blockSize, blocks)) {
      BlockWords batch = BlockWords.take();
      try {
        chainBatches(
            batch,
            tokens,
            from,
            blocks,
            blockSize,
            saltHash,
            derived,
            blockHashes,
            position,
            parent,
            words,
            at);
      } finally {
        batch.release();
      }
      return;
    }
    int token = from;
    int word = 2 * at;
    for (int p = position; p < position + blocks; p++) {
      long blockHash =
          blockSize == 16
              ? Xxh3.hash16Ints(tokens, token, saltHash)
              : Xxh3.hashIntsTrusted(tokens, token, blockSize, saltHash, derived);
      long current = p == 0 ? blockHash : nextSequenceHash(parent, blockHash);
      if (blockHashes != null) {
        blockHashes[p] = blockHash;
      }
      words[word] = PositionalLineageHash.packHi(current, parent, p);
      words[word + 1] = PositionalLineageHash.packLo(current, parent, p);
      parent = current;
      token += blockSize;
      word += 2;
    }
  }

  /**
   * As {@link #chain}, for many blocks. A loop that serves both takes 12 to 20 ns longer for a
   * single block, which is what generating tokens hashes.
   */
  private static void chainBatches(
      BlockWords batch,
      int[] tokens,
      int from,
      int blocks,
      int blockSize,
      long saltHash,
      Xxh3.Secret derived,
      long @Nullable [] blockHashes,
      int position,
      long parent,
      long[] words,
      int at) {
    int token = from;
    int word = 2 * at;
    int end = position + blocks;
    int p = position;
    while (p < end) {
      // Within one batch, all lineage hashes have the same layout.
      int layoutEnd = Math.min(end, PositionalLineageHash.layoutEnd(p));
      int count = Math.min(layoutEnd - p, BlockWords.capacity(blockSize));
      int parentBits = PositionalLineageHash.fragmentBitsAt(p);
      long parentMask = (1L << parentBits) - 1;
      long head = PositionalLineageHash.packHi(0, 0, p);
      batch.load(tokens, token, count, blockSize, derived);
      for (int i = 0; i < count; i++) {
        long blockHash =
            switch (blockSize) {
              case 16 -> batch.hash16(i, saltHash);
              case 32 -> batch.hash32(i, saltHash);
              case 64 -> batch.hash64(i);
              default -> batch.hashLong(i);
            };
        long current = p == 0 ? blockHash : nextSequenceHash(parent, blockHash);
        if (blockHashes != null) {
          blockHashes[p] = blockHash;
        }
        words[word] = head | (current >>> (64 - parentBits));
        words[word + 1] = (current << parentBits) | (parent & parentMask);
        head += parentMask + 1;
        parent = current;
        word += 2;
        p++;
      }
      token += count * blockSize;
    }
  }
}
