package dev.kvbm.logical;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs a few actions at the same moment, again and again. Every action has a thread of its own and
 * starts when all are ready; a round ends when all are done. There are no sleeps; a round that does
 * not end fails.
 */
final class Race implements AutoCloseable {
  private final ExecutorService threads;

  Race(int actions) {
    threads = Executors.newFixedThreadPool(actions);
  }

  /** One round. What an action throws fails the test. */
  void run(Runnable... actions) {
    AtomicInteger ready = new AtomicInteger();
    List<Future<?>> running = new ArrayList<>();
    for (Runnable action : actions) {
      running.add(
          threads.submit(
              () -> {
                ready.incrementAndGet();
                awaitAll(ready, actions.length);
                action.run();
              }));
    }
    for (Future<?> action : running) {
      try {
        action.get(30, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw new AssertionError("an action of the race failed", e.getCause());
      } catch (TimeoutException | InterruptedException e) {
        throw new AssertionError("an action of the race does not end", e);
      }
    }
  }

  /** Spins, so that all start within nanoseconds, and yields: there may be fewer processors. */
  @SuppressWarnings("ThreadPriorityCheck")
  private static void awaitAll(AtomicInteger ready, int all) {
    while (ready.get() < all) {
      Thread.yield();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
