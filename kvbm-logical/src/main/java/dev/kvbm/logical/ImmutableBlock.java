package dev.kvbm.logical;

import dev.kvbm.logical.registry.RegistrationHandle;
import dev.kvbm.tokens.PositionalLineageHash;

/**
 * A pin on one registered block: the one-block form of {@link ImmutableBlocks}.
 *
 * @param <T> the tier marker
 */
public final class ImmutableBlock<T> extends BlockGuard<T> {

  ImmutableBlock(BlockStore<T> store, int slot) {
    super(store, slot);
  }

  /**
   * {@return the hash of the block}
   *
   * @throws GuardStateException if the guard does not hold its block
   */
  public PositionalLineageHash sequenceHash() {
    requireHeld();
    return new PositionalLineageHash(store.slots.hi(slot), store.slots.lo(slot));
  }

  /**
   * {@return a second guard of the same block; the caller closes it}
   *
   * @throws GuardStateException if this guard does not hold its block
   */
  public ImmutableBlock<T> share() {
    return store.share(this);
  }

  /**
   * {@return a reference that does not keep the block from being evicted; this guard stays as it
   * is}
   *
   * @throws GuardStateException if the guard does not hold its block
   */
  public WeakBlock<T> downgrade() {
    requireHeld();
    return new WeakBlock<>(store, slot, store.slots.generation(slot), sequenceHash());
  }

  /**
   * {@return a pin on the same block without the tier type; the caller closes it}
   *
   * @throws GuardStateException if the guard does not hold its block
   */
  public LifecyclePin pin() {
    return store.pin(this);
  }

  /**
   * {@return how many references the block has: guards, elements of groups, pins, and one for each
   * live duplicate of it} For diagnostics: it may have changed when the caller looks at it.
   *
   * @throws GuardStateException if the guard does not hold its block
   */
  public int useCount() {
    requireHeld();
    return store.useCount(slot);
  }

  /**
   * Decides what becomes of the block when its last reference goes: free at once ({@code true}) or
   * idle with its content kept ({@code false}).
   *
   * <p>The flag belongs to the block, not to the guard: the last call of any holder counts. It
   * survives idle times and hits, and returns to the manager's default when the content is given
   * up. While the block is referenced it stays matchable. A duplicate is freed in any case.
   *
   * @param reset whether the block is freed
   * @throws GuardStateException if the guard does not hold its block
   */
  public void setResetOnRelease(boolean reset) {
    store.setResetOnRelease(this, reset);
  }

  /**
   * {@return a new handle of the block's registration, with its attachments; the caller closes it}
   *
   * @throws GuardStateException if the guard does not hold its block
   */
  public RegistrationHandle registrationHandle() {
    return store.registry.openHandle(sequenceHash());
  }

  @Override
  public void close() {
    store.release(this);
  }
}
