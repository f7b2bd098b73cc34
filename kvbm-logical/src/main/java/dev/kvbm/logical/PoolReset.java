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

  /** {@return how many blocks somebody held, which therefore stayed as they were} */
  public int heldBlocks() {
    return totalBlocks - freeBlocks;
  }

  /** {@return whether the whole pool is free now: nobody held a block} */
  public boolean isComplete() {
    return freeBlocks == totalBlocks;
  }
}
