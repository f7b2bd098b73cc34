package dev.kvbm.logical;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.Optional;

/**
 * Remembers a block without keeping it: neither from eviction nor its hash in the registry.
 *
 * <p>Immutable, thread-safe, and in need of no closing.
 *
 * @param <T> the tier marker
 */
public final class WeakBlock<T> {
  private final BlockStore<T> store;
  private final int slot;
  private final int generation;
  private final PositionalLineageHash hash;

  WeakBlock(BlockStore<T> store, int slot, int generation, PositionalLineageHash hash) {
    this.store = store;
    this.slot = slot;
    this.generation = generation;
    this.hash = hash;
  }

  /** {@return the hash of the block, whatever has become of it} */
  public PositionalLineageHash sequenceHash() {
    return hash;
  }

  /**
   * Takes a block back into use if the manager still or again holds one with this hash.
   *
   * <p>It is the same block as long as that lives; afterwards it is whichever block has the hash
   * now, possibly another id. An idle block is no longer idle then. Counts neither as an access nor
   * as a match. O(1), one lock.
   *
   * @return a guard, which the caller closes; empty if no block has the hash
   */
  public Optional<ImmutableBlock<T>> upgrade() {
    return Optional.ofNullable(store.upgrade(hash, slot, generation));
  }

  @Override
  public String toString() {
    return "WeakBlock[" + hash + ", manager " + store.id + "]";
  }
}
