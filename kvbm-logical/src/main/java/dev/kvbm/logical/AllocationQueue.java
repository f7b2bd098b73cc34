package dev.kvbm.logical;

import java.util.ArrayDeque;
import java.util.concurrent.locks.LockSupport;

/**
 * Requests that wait for blocks, oldest first.
 *
 * <p>The queue itself is guarded by the store's lock. Whoever makes blocks available grants them to
 * the oldest request right away, under that lock, so nobody can overtake; the waiting thread only
 * has to notice. {@link Waiter#outcome} is the one field that the waiting thread reads without the
 * lock; it is written last.
 */
final class AllocationQueue<T> {
  private static final int WAITING = 0;
  private static final int GRANTED = 1;
  private static final int STORE_CLOSED = 2;

  /** One request. */
  static final class Waiter<T> {
    final int blocks;
    private final MutableBlocks<T> into;
    private final Thread thread = Thread.currentThread();
    private volatile int outcome = WAITING;

    private Waiter(int blocks, MutableBlocks<T> into) {
      this.blocks = blocks;
      this.into = into;
    }
  }

  private final ArrayDeque<Waiter<T>> queue = new ArrayDeque<>(0);
  private int demand;

  boolean isEmpty() {
    return demand == 0;
  }

  /** The sum of all waiting requests, in blocks. */
  int demand() {
    return demand;
  }

  Waiter<T> first() {
    return queue.getFirst();
  }

  Waiter<T> add(int blocks, MutableBlocks<T> into) {
    Waiter<T> waiter = new Waiter<>(blocks, into);
    queue.addLast(waiter);
    demand = (int) Math.min(Integer.MAX_VALUE / 2, (long) demand + blocks);
    return waiter;
  }

  /** Allocates for the oldest request and wakes its thread; false if the policy did not deliver. */
  boolean grantFirst(BlockStore<T> store) {
    Waiter<T> waiter = queue.getFirst();
    if (!store.allocateLocked(waiter.blocks, waiter.into)) {
      return false;
    }
    remove(waiter);
    finish(waiter, GRANTED);
    return true;
  }

  void wakeAll() {
    for (Waiter<T> waiter : queue) {
      finish(waiter, STORE_CLOSED);
    }
    queue.clear();
    demand = 0;
  }

  private void remove(Waiter<T> waiter) {
    queue.remove(waiter);
    demand = 0;
    for (Waiter<T> other : queue) {
      demand = (int) Math.min(Integer.MAX_VALUE / 2, (long) demand + other.blocks);
    }
  }

  private static void finish(Waiter<?> waiter, int outcome) {
    waiter.outcome = outcome;
    LockSupport.unpark(waiter.thread);
  }

  /** Waits, without the lock, until the request is granted; false if the time is over. */
  boolean await(Waiter<T> waiter, long timeoutNanos, BlockStore<T> store)
      throws InterruptedException {
    long start = System.nanoTime();
    boolean interrupted = false;
    while (waiter.outcome == WAITING) {
      long left = timeoutNanos - (System.nanoTime() - start);
      interrupted = Thread.interrupted();
      if ((left <= 0 || interrupted) && withdraw(waiter, store)) {
        if (interrupted) {
          throw new InterruptedException("interrupted while waiting for blocks");
        }
        return false;
      }
      if (interrupted) {
        break;
      }
      LockSupport.parkNanos(this, left);
    }
    if (interrupted) {
      // The blocks came first: the caller gets them, and the interrupt stays visible.
      Thread.currentThread().interrupt();
    }
    if (waiter.outcome == STORE_CLOSED) {
      throw new IllegalStateException(
          "manager " + store.id + " was closed while a request waited for blocks");
    }
    return true;
  }

  /** Takes a request back; false if it has an outcome already. */
  private boolean withdraw(Waiter<T> waiter, BlockStore<T> store) {
    store.lock.lock();
    try {
      if (waiter.outcome != WAITING) {
        return false;
      }
      remove(waiter);
      store.serveWaiters();
      return true;
    } finally {
      store.lock.unlock();
    }
  }
}
