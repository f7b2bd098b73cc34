package dev.kvbm.tokens;

import java.util.Arrays;
import java.util.Objects;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A block that does not have all its tokens yet.
 *
 * <p>It stands on its own: {@link TokenBlockSequence#currentBlock()} returns a copy, so changing
 * one does not change the sequence. Prompts are best kept in a sequence; this class is for code
 * that builds single blocks.
 *
 * <p>Not thread-safe: one thread at a time.
 */
public final class PartialTokenBlock {
  private final int blockSize;
  private final long saltHash;
  private int[] tokens;
  private int length;
  private boolean hasParent;
  private long parentSequenceHash;
  private int position;

  PartialTokenBlock(
      int blockSize, long saltHash, boolean hasParent, long parentSequenceHash, int position) {
    this.blockSize = blockSize;
    this.saltHash = saltHash;
    this.tokens = new int[Math.min(blockSize, 256)];
    this.hasParent = hasParent;
    this.parentSequenceHash = parentSequenceHash;
    this.position = position;
  }

  /**
   * Starts the first block of a sequence.
   *
   * @param blockSize tokens a block
   * @param saltHash the salt hash
   * @return an empty block at position 0
   * @throws IllegalArgumentException if {@code blockSize} is not positive
   */
  public static PartialTokenBlock root(int blockSize, long saltHash) {
    TokenHashing.checkBlockSize(blockSize);
    return new PartialTokenBlock(
        blockSize, saltHash, /* hasParent= */ false, /* parentSequenceHash= */ 0, 0);
  }

  /**
   * Adds a token.
   *
   * @param token the token id
   * @throws TokenBlockException of kind {@code FULL} if the block has all its tokens
   */
  public void push(int token) {
    if (length == blockSize) {
      throw new TokenBlockException(TokenBlockException.Kind.FULL);
    }
    ensureCapacity(1);
    tokens[length++] = token;
  }

  /**
   * Adds as many tokens as fit.
   *
   * @param ids the token ids
   * @param from index of the first id to add
   * @param to index after the last id to add
   * @return how many were added; 0 if the block has all its tokens
   * @throws IndexOutOfBoundsException if the range does not lie within {@code ids}
   */
  public int pushAll(int[] ids, int from, int to) {
    Objects.checkFromToIndex(from, to, ids.length);
    int taken = Math.min(to - from, remaining());
    ensureCapacity(taken);
    System.arraycopy(ids, from, tokens, length, taken);
    length += taken;
    return taken;
  }

  private void ensureCapacity(int more) {
    if (length + more > tokens.length) {
      int doubled = (int) Math.min(blockSize, 2L * tokens.length);
      tokens = Arrays.copyOf(tokens, Math.max(doubled, length + more));
    }
  }

  /**
   * Removes the last token.
   *
   * @return the removed id
   * @throws TokenBlockException of kind {@code EMPTY} if there is none
   */
  public int pop() {
    if (length == 0) {
      throw new TokenBlockException(TokenBlockException.Kind.EMPTY);
    }
    return tokens[--length];
  }

  /**
   * Removes the last tokens.
   *
   * @param count how many to remove
   * @throws TokenBlockException of kind {@code INSUFFICIENT_TOKENS} if there are fewer
   * @throws IllegalArgumentException if {@code count} is negative
   */
  public void pop(int count) {
    TokenBlockSequence.checkNotNegative("count", count);
    if (count > length) {
      throw new TokenBlockException(TokenBlockException.Kind.INSUFFICIENT_TOKENS);
    }
    length -= count;
  }

  /**
   * Completes the block and turns this object into the next one: empty, with the completed block as
   * its parent.
   *
   * @return the complete block
   * @throws TokenBlockException of kind {@code INCOMPLETE} if tokens are missing
   * @throws IllegalArgumentException if the position does not fit a lineage hash
   */
  public TokenBlock commit() {
    if (length != blockSize) {
      throw new TokenBlockException(TokenBlockException.Kind.INCOMPLETE);
    }
    PositionalLineageHash.checkPosition(position);
    Tokens complete = Tokens.copyOf(tokens, 0, length);
    long blockHash = TokenHashing.blockHash(tokens, 0, length, saltHash);
    long sequenceHash =
        hasParent ? TokenHashing.nextSequenceHash(parentSequenceHash, blockHash) : blockHash;
    TokenBlock block =
        new TokenBlock(
            complete, saltHash, blockHash, sequenceHash, hasParent, parentSequenceHash, position);
    length = 0;
    hasParent = true;
    parentSequenceHash = sequenceHash;
    position++;
    return block;
  }

  /**
   * Returns how many tokens are missing.
   *
   * @return the block size less the tokens that are there
   */
  public int remaining() {
    return blockSize - length;
  }

  /**
   * Returns how many tokens are there.
   *
   * @return 0 to {@link #blockSize()}
   */
  public int length() {
    return length;
  }

  /**
   * Returns whether no token is there.
   *
   * @return true if {@link #length()} is 0
   */
  public boolean isEmpty() {
    return length == 0;
  }

  /**
   * Returns the tokens that are there.
   *
   * @return a copy
   */
  public Tokens tokens() {
    return Tokens.copyOf(tokens, 0, length);
  }

  /**
   * Returns how many tokens the complete block will have.
   *
   * @return the block size
   */
  public int blockSize() {
    return blockSize;
  }

  /**
   * Returns the salt hash that will seed the block hash.
   *
   * @return the salt hash
   */
  public long saltHash() {
    return saltHash;
  }

  /**
   * Returns the sequence hash of the block before this one.
   *
   * @return empty for a first block
   */
  public OptionalLong parentSequenceHash() {
    return hasParent ? OptionalLong.of(parentSequenceHash) : OptionalLong.empty();
  }

  /**
   * Returns the block's index in its sequence.
   *
   * @return the zero-based position
   */
  public int position() {
    return position;
  }

  /** Returns whether {@code other} is now the same block with the same tokens. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof PartialTokenBlock that
        && blockSize == that.blockSize
        && saltHash == that.saltHash
        && hasParent == that.hasParent
        && parentSequenceHash == that.parentSequenceHash
        && position == that.position
        && Arrays.equals(tokens, 0, length, that.tokens, 0, that.length);
  }

  /** Changes with the content, as equality does. */
  @Override
  public int hashCode() {
    return 31 * Long.hashCode(parentSequenceHash) + position + 31 * length;
  }

  /** Returns all state, unsigned, in the notation of the reference. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(160);
    out.append("PartialTokenBlock { tokens: ").append(tokens());
    out.append(", block_size: ").append(blockSize);
    out.append(", salt_hash: ").append(Long.toUnsignedString(saltHash));
    out.append(", parent_sequence_hash: ");
    TokenBlock.appendParent(out, hasParent, parentSequenceHash);
    return out.append(", position: ").append(position).append(" }").toString();
  }
}
