package dev.kvbm.logical;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.locks.LockSupport;

/**
 * The lock of one store: not reentrant, not fair, made for critical sections of well under a
 * microsecond.
 *
 * <p>State: 0 free, else the id of the thread that holds it. Taking it is one compare-and-set with
 * acquire semantics, releasing it one store with release semantics; there is no fence and no list
 * of waiters, which is about half the cost of {@link java.util.concurrent.locks.ReentrantLock}. A
 * thread that finds it held spins for a moment, looking ever more rarely because each look takes
 * the cache line from the holder, then yields, then parks for growing intervals of at most {@value
 * #MAX_PARK_NANOS} ns, so a holder that lost its processor does not cost the others theirs. Parking
 * is friendly to virtual threads.
 *
 * <p>The state names the holder so that a policy which calls back into its store is told instead of
 * waiting for itself for ever.
 */
class StoreLock {
  private static final int SPINS = 16;
  private static final int MAX_PAUSES = 32;
  private static final int YIELDS = 8;
  private static final long MAX_PARK_NANOS = 200_000;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(StoreLock.class, "state", long.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  @SuppressWarnings("unused") // accessed through STATE
  private long state;

  /** How often the lock was found held. Guarded by the lock itself. */
  private long contended;

  final void lock() {
    long self = Thread.currentThread().threadId();
    if (!STATE.compareAndSet(this, 0L, self)) {
      lockContended(self);
    }
  }

  final void unlock() {
    STATE.setRelease(this, 0L);
  }

  final boolean isHeldByCurrentThread() {
    return (long) STATE.getOpaque(this) == Thread.currentThread().threadId();
  }

  /** How many acquisitions had to wait. Call with the lock held. */
  final long contended() {
    return contended;
  }

  @SuppressWarnings("ThreadPriorityCheck") // between spinning and parking, yielding is the point
  private void lockContended(long self) {
    if ((long) STATE.getOpaque(this) == self) {
      throw new IllegalStateException(
          "a block store was called from inside itself; an eviction policy must not call managers,"
              + " guards or the registry");
    }
    long parkNanos = 1_000;
    int pauses = 1;
    for (int attempt = 0; ; attempt++) {
      if ((long) STATE.getOpaque(this) == 0 && STATE.compareAndSet(this, 0L, self)) {
        contended++;
        return;
      }
      if (attempt < SPINS) {
        for (int i = 0; i < pauses; i++) {
          Thread.onSpinWait();
        }
        pauses = Math.min(2 * pauses, MAX_PAUSES);
      } else if (attempt < SPINS + YIELDS) {
        Thread.yield();
      } else {
        LockSupport.parkNanos(this, parkNanos);
        if (Thread.currentThread().isInterrupted()) {
          // No park waits then; the holder may need this processor.
          Thread.yield();
        }
        parkNanos = Math.min(parkNanos * 2, MAX_PARK_NANOS);
      }
    }
  }
}
