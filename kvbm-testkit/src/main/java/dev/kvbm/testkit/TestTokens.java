package dev.kvbm.testkit;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenBlock;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Tokens, token blocks and hashes of made-up prompts. The values are those of the reference's
 * testing module, so hashes made here are the hashes of its tests.
 */
public final class TestTokens {
  /** The salt hash of token blocks made here. */
  public static final long TEST_SALT = 42;

  /** Tokens a block where a test does not say. */
  public static final int DEFAULT_BLOCK_SIZE = 4;

  /** Blocks of a pool where a test does not say. */
  public static final int DEFAULT_BLOCK_COUNT = 10;

  /** The smallest block size. */
  public static final int TINY = 1;

  /** A block size that keeps examples readable. */
  public static final int SMALL = 4;

  /** A common block size. */
  public static final int MEDIUM = 16;

  /** A block size whose hash takes the long path. */
  public static final int LARGE = 64;

  /** The largest block size. */
  public static final int MAX = BlockManager.Builder.MAX_BLOCK_SIZE;

  private TestTokens() {}

  /** {@return every block size: the powers of two from 1 to 1024, ascending} */
  public static List<Integer> blockSizes() {
    return IntStream.rangeClosed(0, 10).map(bits -> 1 << bits).boxed().toList();
  }

  /** {@return block sizes that take different paths through the hash: 1, 4, 16 and 64} */
  public static List<Integer> commonBlockSizes() {
    return List.of(TINY, SMALL, MEDIUM, LARGE);
  }

  /**
   * {@return whether a manager can be built with this block size}
   *
   * @param tokens tokens a block
   */
  public static boolean isValidBlockSize(int tokens) {
    return tokens >= TINY && tokens <= MAX && Integer.bitCount(tokens) == 1;
  }

  // --------------- tokens ---------------

  /**
   * {@return the tokens {@code start, start + 1, ...}}
   *
   * @param start the first token
   * @param count how many
   */
  public static int[] sequentialTokens(int start, int count) {
    return IntStream.range(start, start + count).toArray();
  }

  /**
   * {@return the four tokens from {@code id} on}
   *
   * @param id the first token
   */
  public static int[] tokensForId(int id) {
    return sequentialTokens(id, 4);
  }

  /**
   * {@return runs of tokens that start at 0, 1000, 2000 and so on}
   *
   * @param sequences how many runs
   * @param tokens tokens in each; they overlap beyond 1000
   */
  public static List<int[]> uniqueSequences(int sequences, int tokens) {
    return IntStream.range(0, sequences).mapToObj(i -> sequentialTokens(1000 * i, tokens)).toList();
  }

  // --------------- blocks ---------------

  /**
   * The first block of {@code tokens}, salted with {@link #TEST_SALT}.
   *
   * @param tokens at least {@code blockSize}; those after the first block are left out
   * @param blockSize tokens a block
   * @return the block at position 0
   * @throws IllegalArgumentException if they do not fill a block
   */
  public static TokenBlock tokenBlock(int[] tokens, int blockSize) {
    if (tokens.length < blockSize) {
      throw new IllegalArgumentException(
          tokens.length + " tokens do not fill a block of " + blockSize);
    }
    return TokenBlockSequence.of(Arrays.copyOf(tokens, blockSize), blockSize, TEST_SALT).block(0);
  }

  /**
   * {@return {@link #tokenBlock} of the tokens {@code start, start + 1, ...}}
   *
   * @param start the first token
   * @param blockSize tokens a block
   */
  public static TokenBlock iotaTokenBlock(int start, int blockSize) {
    return tokenBlock(sequentialTokens(start, blockSize), blockSize);
  }

  /**
   * {@return the hash of the block at position 0 that has these tokens, salted with {@link
   * #TEST_SALT}}
   *
   * @param tokens as many as the block has
   */
  public static PositionalLineageHash hashOf(int... tokens) {
    return tokenBlock(tokens, tokens.length).lineageHash();
  }

  /**
   * {@return the hashes of the blocks of the prompt {@code start, start + 1, ...}, one after the
   * other}
   *
   * @param start the first token
   * @param blocks how many blocks
   * @param blockSize tokens a block
   */
  public static LineageHashes chain(int start, int blocks, int blockSize) {
    return TokenBlockSequence.of(sequentialTokens(start, blocks * blockSize), blockSize, TEST_SALT)
        .lineageHashes();
  }

  /**
   * Begins to cut tokens into blocks and to name them.
   *
   * @param tokens a prompt; copied
   * @return options with their defaults
   */
  public static BlockSequenceBuilder fromTokens(int... tokens) {
    return new BlockSequenceBuilder(tokens);
  }

  /** Options of {@link #fromTokens}. Not thread-safe. */
  public static final class BlockSequenceBuilder {
    private final int[] tokens;
    private int blockSize = DEFAULT_BLOCK_SIZE;
    private long saltHash;

    private BlockSequenceBuilder(int[] tokens) {
      this.tokens = tokens.clone();
    }

    /**
     * Sets how many tokens a block has; {@value TestTokens#DEFAULT_BLOCK_SIZE} if not set.
     *
     * @param tokens tokens a block
     * @return this builder
     * @throws IllegalArgumentException if no manager can have that block size
     */
    public BlockSequenceBuilder withBlockSize(int tokens) {
      if (!isValidBlockSize(tokens)) {
        throw new IllegalArgumentException(
            "a block size is a power of two from 1 to " + MAX + ", got " + tokens);
      }
      this.blockSize = tokens;
      return this;
    }

    /**
     * Sets the salt hash.
     *
     * @param saltHash 0 if not set, which is that of a sequence without a salt
     * @return this builder
     */
    public BlockSequenceBuilder withSalt(long saltHash) {
      this.saltHash = saltHash;
      return this;
    }

    /**
     * The hash of each block, in order.
     *
     * @return a new list
     * @throws IllegalArgumentException if the tokens do not fill whole blocks
     */
    public LineageHashes build() {
      if (tokens.length % blockSize != 0) {
        throw new IllegalArgumentException(
            tokens.length + " tokens do not fill whole blocks of " + blockSize);
      }
      return TokenBlockSequence.of(tokens, blockSize, saltHash).lineageHashes();
    }
  }
}
