package dev.kvbm.tokens;

import java.util.UUID;

/**
 * A block that can be told from every other: a complete one by its hash, an unfinished one by a
 * random id.
 *
 * <p>Immutable and thread-safe.
 */
public sealed interface UniqueBlock {

  /**
   * Names an unfinished block.
   *
   * @return a block with a fresh random id
   */
  static UniqueBlock partial() {
    return new PartialBlock(UUID.randomUUID());
  }

  /**
   * An unfinished block.
   *
   * @param id its id
   */
  record PartialBlock(UUID id) implements UniqueBlock {
    @Override
    public String toString() {
      return "PartialBlock(" + id + ")";
    }
  }

  /**
   * A complete block.
   *
   * @param globalHash its hash, unsigned
   */
  record FullBlock(long globalHash) implements UniqueBlock {
    @Override
    public String toString() {
      return "FullBlock(" + Long.toUnsignedString(globalHash) + ")";
    }
  }
}
