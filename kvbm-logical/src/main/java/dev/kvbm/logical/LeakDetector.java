package dev.kvbm.logical;

import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Finds guards that became unreachable while they held blocks.
 *
 * <p>State: a set of records, one for each watched hold; a record is a phantom reference to the
 * guard and leaves the set when the hold ends. What the collector enqueues and is still in the set
 * was lost. There is no thread: the queue is read at acquisitions.
 */
final class LeakDetector {
  private static final System.Logger LOGGER = System.getLogger(LeakDetector.class.getName());
  private static final int SAMPLE_MASK = 127;

  private final LeakDetection level;
  private final ManagerId managerId;
  private final String label;
  private final ReferenceQueue<Object> queue = new ReferenceQueue<>();
  private final Set<Record> live = ConcurrentHashMap.newKeySet();
  private final AtomicLong lost = new AtomicLong();

  LeakDetector(LeakDetection level, ManagerId managerId, String label) {
    this.level = level;
    this.managerId = managerId;
    this.label = label;
  }

  /** Watches a hold that begins now, if its turn has come. */
  @Nullable Record track(Object guard, int blocks) {
    if (level == LeakDetection.OFF) {
      return null;
    }
    if (level == LeakDetection.SAMPLED
        && (ThreadLocalRandom.current().nextInt() & SAMPLE_MASK) != 0) {
      return null;
    }
    poll();
    Record record = new Record(guard, queue, live, blocks);
    live.add(record);
    return record;
  }

  /** Guards found lost so far. */
  long lost() {
    poll();
    return lost.get();
  }

  private void poll() {
    Reference<?> reference;
    while ((reference = queue.poll()) != null) {
      if (reference instanceof Record record && live.remove(record)) {
        lost.incrementAndGet();
        LOGGER.log(
            System.Logger.Level.WARNING,
            record.kind
                + " of manager "
                + managerId
                + " ("
                + label
                + ") was lost while it held "
                + record.blocks
                + " block(s); they stay in use for ever. Close it. It was acquired here:",
            record.site);
      }
    }
  }

  /** One watched hold. */
  static final class Record extends PhantomReference<Object> {
    private final Set<Record> live;
    private final String kind;
    private final int blocks;
    private final Throwable site = new Throwable("acquired here");

    private Record(Object guard, ReferenceQueue<Object> queue, Set<Record> live, int blocks) {
      super(guard, queue);
      this.live = live;
      this.kind = guard.getClass().getSimpleName();
      this.blocks = blocks;
    }

    /** The hold ended in the proper way. */
    void ended() {
      live.remove(this);
      clear();
    }
  }
}
