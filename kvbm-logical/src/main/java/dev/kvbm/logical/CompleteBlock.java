package dev.kvbm.logical;

import dev.kvbm.tokens.PositionalLineageHash;

/**
 * One staged block: the one-block form of {@link CompleteBlocks}.
 *
 * @param <T> the tier marker
 */
public final class CompleteBlock<T> extends BlockGuard<T> {

  CompleteBlock(BlockStore<T> store, int slot) {
    super(store, slot);
  }

  /**
   * {@return the hash that the block will be registered under}
   *
   * @throws GuardStateException if the guard does not hold its block
   */
  public PositionalLineageHash sequenceHash() {
    requireHeld();
    return new PositionalLineageHash(store.slots.hi(slot), store.slots.lo(slot));
  }

  /**
   * Publishes the block: from now on it can be matched. Consumes this guard.
   *
   * @return a guard of the registered block. If the hash is held already, it is a duplicate of it
   *     ({@link DuplicationPolicy#ALLOW}), or the block that had the hash before, and this block is
   *     free again ({@link DuplicationPolicy#REJECT})
   * @throws GuardStateException if the guard does not hold its block
   */
  public ImmutableBlock<T> register() {
    return store.register(this);
  }

  /**
   * Takes the hash back; the block may be written again. Consumes this guard.
   *
   * @return a guard of the same block; the caller closes or consumes it
   * @throws GuardStateException if this guard does not hold its block
   */
  public MutableBlock<T> reset() {
    return store.unstage(this);
  }

  @Override
  public void close() {
    store.releaseStaged(this);
  }
}
