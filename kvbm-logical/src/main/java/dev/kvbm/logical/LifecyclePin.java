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
    this.leak = store.leaks.track(this, 1);
  }

  /** The id of the block within its manager. */
  public int blockId() {
    requireHeld();
    return slot;
  }

  /** The manager that the block belongs to. */
  public ManagerId managerId() {
    return store.id;
  }

  /** The hash of the block. */
  public PositionalLineageHash sequenceHash() {
    requireHeld();
    return new PositionalLineageHash(store.slots.hi(slot), store.slots.lo(slot));
  }

  /** A handle of the block's registration; the caller closes it. */
  public RegistrationHandle registrationHandle() {
    return store.registry.openHandle(sequenceHash());
  }

  /** How many references the block has; see {@link ImmutableBlock#useCount}. */
  public int useCount() {
    requireHeld();
    return store.useCount(slot);
  }

  /** A second pin on the same block; the caller closes it. */
  public LifecyclePin share() {
    return store.pin(this);
  }

  /** Whether the pin still holds its block. */
  public boolean isHeld() {
    return held;
  }

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
