package dev.kvbm.tokens;

import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A complete block: its tokens and all its hashes.
 *
 * <p>A {@link TokenBlockSequence} makes blocks only when asked for one; code that wants the hashes
 * alone reads them from the sequence. Immutable and thread-safe.
 */
public final class TokenBlock {
  private final Tokens tokens;
  private final long saltHash;
  private final long blockHash;
  private final long sequenceHash;
  private final boolean hasParent;
  private final long parentSequenceHash;
  private final int position;

  TokenBlock(
      Tokens tokens,
      long saltHash,
      long blockHash,
      long sequenceHash,
      boolean hasParent,
      long parentSequenceHash,
      int position) {
    this.tokens = tokens;
    this.saltHash = saltHash;
    this.blockHash = blockHash;
    this.sequenceHash = sequenceHash;
    this.hasParent = hasParent;
    this.parentSequenceHash = parentSequenceHash;
    this.position = position;
  }

  /**
   * Returns the block's tokens.
   *
   * @return as many as {@link #blockSize()}
   */
  public Tokens tokens() {
    return tokens;
  }

  /**
   * Returns the salt hash that seeded the block hash.
   *
   * @return the salt hash
   */
  public long saltHash() {
    return saltHash;
  }

  /**
   * Returns the hash of the block's own content.
   *
   * @return the block hash
   */
  public long blockHash() {
    return blockHash;
  }

  /**
   * Returns the hash of the block and all blocks before it.
   *
   * @return the sequence hash
   */
  public long sequenceHash() {
    return sequenceHash;
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
   * Returns how many tokens the block has.
   *
   * @return the block size of its sequence
   */
  public int blockSize() {
    return tokens.size();
  }

  /**
   * Returns the block's index in its sequence.
   *
   * @return the zero-based position
   */
  public int position() {
    return position;
  }

  /**
   * Returns the block's identity with its lineage.
   *
   * @return a new value
   */
  public PositionalLineageHash lineageHash() {
    return PositionalLineageHash.of(sequenceHash, parentSequenceHash, position);
  }

  /**
   * Returns the block's sequence hash with its position and a part of the block hash.
   *
   * @return a new value
   */
  public PositionalSequenceHash positionalSequenceHash() {
    return PositionalSequenceHash.of(sequenceHash, position, blockHash);
  }

  /**
   * Starts the block that follows this one: empty, of the same size and with the same salt hash.
   *
   * @return a new block that the caller owns
   */
  public PartialTokenBlock nextBlock() {
    return new PartialTokenBlock(
        blockSize(), saltHash, /* hasParent= */ true, sequenceHash, position + 1);
  }

  /** Returns whether {@code other} has the same tokens, hashes and position. */
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof TokenBlock that
        && saltHash == that.saltHash
        && blockHash == that.blockHash
        && sequenceHash == that.sequenceHash
        && hasParent == that.hasParent
        && parentSequenceHash == that.parentSequenceHash
        && position == that.position
        && tokens.equals(that.tokens);
  }

  @Override
  public int hashCode() {
    return 31 * Long.hashCode(sequenceHash) + position;
  }

  /** Returns tokens and hashes, unsigned, in the notation of the reference. */
  @Override
  public String toString() {
    StringBuilder out = new StringBuilder(320);
    out.append("TokenBlock { tokens: ").append(tokens);
    out.append(", salt_hash: ").append(Long.toUnsignedString(saltHash));
    out.append(", block_hash: ").append(Long.toUnsignedString(blockHash));
    out.append(", sequence_hash: ").append(Long.toUnsignedString(sequenceHash));
    out.append(", parent_sequence_hash: ");
    appendParent(out, hasParent, parentSequenceHash);
    out.append(", positional_sequence_hash: ").append(positionalSequenceHash());
    out.append(", positional_lineage_hash: ").append(lineageHash());
    return out.append(" }").toString();
  }

  static void appendParent(StringBuilder out, boolean hasParent, long parent) {
    if (hasParent) {
      out.append("Some(").append(Long.toUnsignedString(parent)).append(')');
    } else {
      out.append("None");
    }
  }
}
