package dev.kvbm.logical;

import java.util.concurrent.Callable;

/** Reaches the store behind a manager, for tests that need its lock or want to break it. */
final class BlockStoreAccess {
  private BlockStoreAccess() {}

  static BlockStore<?> store(BlockManager<?> manager) {
    return manager.newMutableBlocks().store;
  }

  /** Runs {@code action} while the manager's lock is held by this thread. */
  static <R> R whileLocked(BlockManager<?> manager, Callable<R> action) {
    StoreLock lock = store(manager).lock;
    lock.lock();
    try {
      return action.call();
    } catch (Exception e) {
      throw new AssertionError(e);
    } finally {
      lock.unlock();
    }
  }

  /** Returns when {@code thread} waits for something; fails if it ends instead. */
  static void awaitParked(Thread thread) {
    while (true) {
      switch (thread.getState()) {
        case WAITING, TIMED_WAITING -> {
          return;
        }
        case TERMINATED -> throw new AssertionError(thread + " did not wait");
        default -> Thread.onSpinWait();
      }
    }
  }
}
