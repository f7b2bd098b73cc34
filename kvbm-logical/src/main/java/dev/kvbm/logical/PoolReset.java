package dev.kvbm.logical;

import dev.kvbm.tokens.LineageHashes;

/**
 * What {@link BlockManager#resetInactivePool} did.
 *
 * @param drained the hashes whose content was given up, in eviction order
 * @param freeBlocks the length of the free list afterwards
 * @param totalBlocks the size of the pool
 */
public record PoolReset(LineageHashes drained, int freeBlocks, int totalBlocks) {

  /** Blocks that were held by somebody and therefore stayed. */
  public int heldBlocks() {
    return totalBlocks - freeBlocks;
  }

  /** Whether the whole pool is free now. */
  public boolean isComplete() {
    return freeBlocks == totalBlocks;
  }
}
