package dev.kvbm.tokens;

/**
 * A complete block as a request names it: its content hash and its lineage hash, without tokens.
 *
 * <p>Immutable and thread-safe.
 *
 * @param blockHash hash of the block's own content, unsigned
 * @param lineageHash the block's identity
 */
public record UniversalBlock(long blockHash, PositionalLineageHash lineageHash) {

  /**
   * Makes the short form of a block.
   *
   * @param block the block
   * @return its hashes
   */
  public static UniversalBlock of(TokenBlock block) {
    return new UniversalBlock(block.blockHash(), block.lineageHash());
  }

  /**
   * Returns the block's index in its sequence.
   *
   * @return the zero-based position
   * @throws IllegalStateException if the lineage hash's mode is 3
   */
  public int position() {
    return lineageHash.position();
  }

  /**
   * Returns the hash of the block and all blocks before it.
   *
   * @return the sequence hash
   * @throws IllegalStateException if the lineage hash's mode is 3
   */
  public long sequenceHash() {
    return lineageHash.currentSequenceHash();
  }

  /** Returns both hashes in the notation of the reference. */
  @Override
  public String toString() {
    return "UniversalBlock { block_hash: "
        + Long.toUnsignedString(blockHash)
        + ", plh: "
        + lineageHash
        + " }";
  }
}
