package dev.kvbm.logical;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds guards that became unreachable while they held blocks.
 *
 * <p>State: one phantom reference for each watched hold; a hold is a phantom reference to the guard
 * and leaves the set when the hold ends. What the collector enqueues and is still in the set was
 * lost. There is no thread: the queue is read at acquisitions, after the store's lock.
 */
final class LeakDetector {
  private static final System.Logger LOGGER = System.getLogger(LeakDetector.class.getName());

  /** One in so many holds is watched by {@link LeakDetection#SAMPLED}. */
  private static final int SAMPLE = 128;

  private final LeakDetection level;
  private final ManagerId managerId;
  private final String label;
  private final ReferenceQueue<Object> queue = new ReferenceQueue<>();
  private final Set<Hold> live = ConcurrentHashMap.newKeySet();
  private final AtomicLong lost = new AtomicLong();
  private final AtomicLong next = new AtomicLong();

  /** What was lost; at most as many as there are blocks, since lost blocks never come back. */
  private final Queue<Hold> lostHolds = new ConcurrentLinkedQueue<>();

  LeakDetector(LeakDetection level, ManagerId managerId, String label) {
    this.level = level;
    this.managerId = managerId;
    this.label = label;
  }

  /** Watches a guard or pin that begins to hold its block now, if its turn has come. */
  @Nullable Hold track(Object guard) {
    if (level == LeakDetection.OFF
        || (level == LeakDetection.SAMPLED && ThreadLocalRandom.current().nextInt(SAMPLE) != 0)) {
      return null;
    }
    return watch(guard, 1);
  }

  /**
   * Watches a group that begins to hold blocks now, if its turn has come.
   *
   * @param counts where the turns are counted, which is faster than to ask for a random number each
   *     time. Mostly under the store's lock; a turn lost to a race does no harm
   */
  @Nullable Hold track(BlockGroup<?> group, int blocks, StoreCounters counts) {
    if (level == LeakDetection.OFF) {
      return null;
    }
    if (level == LeakDetection.SAMPLED) {
      if (--counts.unwatchedHolds >= 0) {
        return null;
      }
      // Not every 128th: a leak may have a rhythm too.
      counts.unwatchedHolds = ThreadLocalRandom.current().nextInt(2 * SAMPLE - 1);
    }
    return watch(group, blocks);
  }

  private Hold watch(Object guard, int blocks) {
    Hold hold = new Hold(guard, queue, live, next.getAndIncrement(), blocks);
    live.add(hold);
    return hold;
  }

  /**
   * Logs the losses that the collector has found since. Not under the store's lock: the log's
   * handler may look at the manager.
   */
  void report() {
    if (level != LeakDetection.OFF) {
      poll();
    }
  }

  /** Guards found lost so far. */
  long lost() {
    poll();
    return lost.get();
  }

  /** Every watched hold that has not ended, oldest first; lost ones included. */
  List<HeldGuard> held() {
    poll();
    List<HeldGuard> held = new ArrayList<>();
    live.forEach(hold -> held.add(hold.info(false)));
    lostHolds.forEach(hold -> held.add(hold.info(true)));
    held.sort(Comparator.comparingLong(HeldGuard::number));
    return held;
  }

  private void poll() {
    Reference<?> reference;
    while ((reference = queue.poll()) != null) {
      if (reference instanceof Hold hold && live.remove(hold)) {
        lost.incrementAndGet();
        lostHolds.add(hold);
        SafeLog.log(
            () ->
                LOGGER.log(
                    System.Logger.Level.WARNING,
                    hold.kind
                        + " of manager "
                        + managerId
                        + " ("
                        + label
                        + ") was lost while it held "
                        + hold.blocks
                        + " block(s); they stay in use for ever. Close it. It was acquired here:",
                    hold.site));
      }
    }
  }

  /** One watched hold. */
  static final class Hold extends PhantomReference<Object> {
    private final ReferenceQueue<Object> queue;
    private final Set<Hold> live;
    private final String kind;
    private final long number;
    private volatile int blocks;
    private final Throwable site = new Throwable("acquired here");

    private Hold(
        Object guard, ReferenceQueue<Object> queue, Set<Hold> live, long number, int blocks) {
      super(guard, queue);
      this.queue = queue;
      this.live = live;
      this.number = number;
      this.kind = guard.getClass().getSimpleName();
      this.blocks = blocks;
    }

    /** The same hold, acquired by the thread that calls. */
    Hold movedTo(Object guard) {
      Hold moved = new Hold(guard, queue, live, number, blocks);
      live.add(moved);
      ended();
      return moved;
    }

    /** The group has more or fewer blocks now. */
    void holds(int blocks) {
      this.blocks = blocks;
    }

    private HeldGuard info(boolean isLost) {
      return new HeldGuard(number, kind, blocks, isLost, site);
    }

    /** The hold ended in the proper way. */
    void ended() {
      live.remove(this);
      clear();
    }
  }
}
