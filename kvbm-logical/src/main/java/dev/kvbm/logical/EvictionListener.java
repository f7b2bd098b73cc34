package dev.kvbm.logical;

/**
 * Sees evicted blocks while their bytes are still there, for example to copy them to a lower tier.
 *
 * <p>Called by the allocating thread after the blocks can no longer be matched and before its
 * allocation returns, outside every lock. The blocks belong to that allocation already: nobody else
 * can be given them. The time spent here delays the caller of the allocation. What a listener
 * throws is logged; the eviction and the allocation stand.
 */
@FunctionalInterface
public interface EvictionListener {
  /**
   * Takes the evictions of one allocation.
   *
   * @param evictions which blocks, under which hashes; valid during the call only
   */
  void onEviction(Evictions evictions);
}
