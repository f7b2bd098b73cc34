package dev.kvbm.logical;

import dev.kvbm.logical.event.BlockEventListener;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Carries facts from under the store's lock to the listeners, in order.
 *
 * <p>Ordering: facts are appended under the store's lock, so the queue has the order of the
 * changes. One thread at a time delivers. A thread that finds another one delivering adds to its
 * work ({@link #requests}) and leaves; the deliverer goes on until no work was added meanwhile. So
 * no fact is left behind, no two are delivered at once, and nobody waits for a listener but the
 * thread that delivers.
 */
final class FactQueue {
  private static final System.Logger LOGGER = System.getLogger(FactQueue.class.getName());

  private final Tier<?> tier;
  private final ManagerId managerId;
  private final BlockRegistry registry;
  private final ConcurrentLinkedQueue<BlockEventListener.Event> queue =
      new ConcurrentLinkedQueue<>();
  private final AtomicInteger requests = new AtomicInteger();

  /** Guarded by the store's lock. */
  private long next;

  /** No more facts: the manager is closed. Guarded by the store's lock. */
  private boolean ended;

  FactQueue(Tier<?> tier, ManagerId managerId, BlockRegistry registry) {
    this.tier = tier;
    this.managerId = managerId;
    this.registry = registry;
  }

  /** Notes a fact. Lock held. Costs one check while nobody listens. */
  void add(BlockEventListener.Kind kind, long hi, long lo) {
    if (ended) {
      return;
    }
    long sequence = next++;
    if (!registry.listeners().isEmpty()) {
      queue.add(
          new BlockEventListener.Event(
              kind, tier, managerId.value(), sequence, new PositionalLineageHash(hi, lo)));
    }
  }

  /** Whether somebody listens; if not, {@link #skip} does for many what {@link #add} does. */
  boolean isListening() {
    return !registry.listeners().isEmpty();
  }

  /** Counts facts that nobody is to hear of. Lock held. */
  void skip(int facts) {
    if (!ended) {
      next += facts;
    }
  }

  /** Takes no more facts. Lock held. */
  void end() {
    ended = true;
  }

  boolean hasPending() {
    return !queue.isEmpty();
  }

  /** Delivers what is queued, unless another thread is at it. Call without the store's lock. */
  void deliver() {
    if (queue.isEmpty() || requests.getAndIncrement() != 0) {
      return;
    }
    int seen = 1;
    do {
      BlockEventListener.Event event;
      while ((event = queue.poll()) != null) {
        deliver(event);
      }
      seen = requests.addAndGet(-seen);
    } while (seen != 0);
  }

  private void deliver(BlockEventListener.Event event) {
    for (BlockEventListener listener : registry.listeners()) {
      try {
        listener.onEvent(event);
      } catch (Throwable e) {
        // An Error too: letting it pass would end all deliveries and lose the caller's guard.
        SafeLog.log(
            () ->
                LOGGER.log(
                    System.Logger.Level.ERROR, "a block event listener failed on " + event, e));
      }
    }
  }
}
