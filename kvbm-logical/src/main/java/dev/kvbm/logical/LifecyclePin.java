package dev.kvbm.logical;

import dev.kvbm.logical.registry.RegistrationHandle;
import dev.kvbm.tokens.PositionalLineageHash;
import org.jspecify.annotations.Nullable;

/**
 * Keeps one registered block alive, without the tier type: for callers who hold blocks of several
 * tiers in one list.
 *
 * <p>{@link #managerId} and {@link #blockId} together name the block. A pin is closed once ({@link
 * #close} is idempotent), cannot be turned back into a guard, and is not counted by the gauge of
 * guards. One owner at a time, like a guard.
 */
public final class LifecyclePin implements AutoCloseable {
  private final BlockStore<?> store;
  final int slot;
  private boolean held = true;
  private LeakDetector.@Nullable Hold leak;

  LifecyclePin(BlockStore<?> store, int slot) {
    this.store = store;
    this.slot = slot;
    this.leak = store.leaks.track(this);
  }

  /**
   * {@return the id of the block within its manager}
   *
   * @throws GuardStateException if the pin is closed
   */
  public int blockId() {
    requireHeld();
    return slot;
  }

  /** {@return the manager that the block belongs to; also after the pin is closed} */
  public ManagerId managerId() {
    return store.id;
  }

  /**
   * {@return the hash of the block}
   *
   * @throws GuardStateException if the pin is closed
   */
  public PositionalLineageHash sequenceHash() {
    requireHeld();
    return new PositionalLineageHash(store.slots.hi(slot), store.slots.lo(slot));
  }

  /**
   * {@return a new handle of the block's registration, with its attachments; the caller closes it}
   *
   * @throws GuardStateException if the pin is closed
   */
  public RegistrationHandle registrationHandle() {
    return store.registry.openHandle(sequenceHash());
  }

  /**
   * {@return how many references the block has; see {@link ImmutableBlock#useCount}}
   *
   * @throws GuardStateException if the pin is closed
   */
  public int useCount() {
    requireHeld();
    return store.useCount(slot);
  }

  /**
   * {@return a second pin on the same block; the caller closes it}
   *
   * @throws GuardStateException if this pin is closed
   */
  public LifecyclePin share() {
    return store.pin(this);
  }

  /** {@return whether the pin still holds its block} */
  public boolean isHeld() {
    return held;
  }

  /** Gives up the pin's reference to the block. Idempotent. */
  @Override
  public void close() {
    store.release(this);
  }

  void requireHeld() {
    if (!held) {
      throw new GuardStateException(
          "LifecyclePin " + slot + " of manager " + store.id + " " + Ending.CLOSED.text);
    }
  }

  boolean end() {
    if (!held) {
      return false;
    }
    held = false;
    if (leak != null) {
      leak.ended();
      leak = null;
    }
    return true;
  }

  @Override
  public String toString() {
    return "LifecyclePin[" + slot + ", manager " + store.id + (held ? "]" : ", closed]");
  }
}
