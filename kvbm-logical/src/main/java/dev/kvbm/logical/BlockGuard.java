package dev.kvbm.logical;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One block of one manager, held by one owner.
 *
 * <p>A guard is closed or consumed once. {@link #close} is idempotent and a no-op after the guard
 * was consumed; everything else throws {@link GuardStateException} then and says how the guard
 * ended. An operation that fails leaves its guard as it was. A guard stays valid when its manager
 * is closed.
 *
 * <p>A guard has one owner at a time. Others may close it, also while its owner uses it: of a close
 * and an operation that consumes the guard, one comes first. Using it from several threads is not
 * safe. A guard that is lost to the garbage collector keeps its block for ever; see {@link
 * LeakDetection}.
 *
 * @param <T> the tier marker
 */
public abstract sealed class BlockGuard<T> implements AutoCloseable
    permits MutableBlock, CompleteBlock, ImmutableBlock {
  final BlockStore<T> store;
  final int slot;
  private Ending ending = Ending.HELD;
  private LeakDetector.@Nullable Hold leak;

  BlockGuard(BlockStore<T> store, int slot) {
    this.store = store;
    this.slot = slot;
    this.leak = store.leaks.track(this);
  }

  /**
   * {@return the id of the block: the number of its place in the pool, from 0}
   *
   * @throws GuardStateException if the guard does not hold its block
   */
  public final int blockId() {
    requireHeld();
    return slot;
  }

  /** {@return how many tokens the block has room for} */
  public final int blockSize() {
    return store.blockSize;
  }

  /** {@return the manager that the block belongs to; also after the guard has ended} */
  public final ManagerId managerId() {
    return store.id;
  }

  /** {@return whether the guard holds its block, which ends when it is closed or consumed} */
  public final boolean isHeld() {
    return ending == Ending.HELD;
  }

  /** Gives the block back. Idempotent; a no-op on a consumed guard. */
  @Override
  public abstract void close();

  // --------------- for the store and subclasses ---------------

  final void requireHeld() {
    if (ending != Ending.HELD) {
      throw new GuardStateException(
          getClass().getSimpleName() + " " + slot + " of manager " + store.id + " " + ending.text);
    }
  }

  /** Ends the hold if there is one. Store's lock held. */
  final boolean end(Ending how) {
    if (ending != Ending.HELD) {
      return false;
    }
    ending = how;
    if (leak != null) {
      leak.ended();
      leak = null;
    }
    return true;
  }

  /** The one store of all guards, every one of which holds its block. */
  static <T> BlockStore<T> commonStore(List<? extends BlockGuard<T>> guards) {
    if (guards.isEmpty()) {
      throw new IllegalArgumentException("no guards given; a group needs a manager");
    }
    BlockStore<T> store = guards.getFirst().store;
    for (BlockGuard<T> guard : guards) {
      guard.requireHeld();
      if (guard.store != store) {
        throw new ForeignBlockException(store.id, guard.store.id);
      }
    }
    return store;
  }

  private void prepareToMove() {
    if (ending == Ending.MOVING) {
      throw new IllegalArgumentException("a guard is given twice; each can be moved once");
    }
    requireHeld();
    ending = Ending.MOVING;
  }

  /** The slots of all guards of {@code store}, which end as moved, all or none, each once. */
  static int[] moveAll(BlockStore<?> store, List<? extends BlockGuard<?>> guards) {
    // A copy, because the list is the caller's and this is under the lock.
    BlockGuard<?>[] moved = guards.toArray(new BlockGuard<?>[0]);
    int[] slots = new int[moved.length];
    store.lock.lock();
    try {
      int ready = 0;
      try {
        for (BlockGuard<?> guard : moved) {
          guard.prepareToMove();
          ready++;
        }
      } finally {
        for (int i = 0; i < ready; i++) {
          moved[i].ending = Ending.HELD;
        }
      }
      for (int i = 0; i < moved.length; i++) {
        slots[i] = moved[i].slot;
        moved[i].end(Ending.MOVED);
      }
    } finally {
      store.lock.unlock();
    }
    return slots;
  }

  @Override
  public String toString() {
    return getClass().getSimpleName()
        + "["
        + slot
        + ", manager "
        + store.id
        + (isHeld() ? "]" : ", " + ending.text + "]");
  }
}
