package dev.kvbm.logical;

import dev.kvbm.logical.frequency.FrequencySketch;
import dev.kvbm.logical.frequency.FrequencyTracker;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.registry.PresenceSource;
import dev.kvbm.tokens.LineageHashes;
import org.jspecify.annotations.Nullable;

/**
 * Tells the frequency tracker what was asked for and found, and what was registered for the first
 * time.
 *
 * <p>Called after the store's lock by the thread whose operation it was. Its group holds the
 * blocks, so trackers of this library read their hashes where they are; others get lists of their
 * own, because who writes into a column of the store breaks it. If another thread closes the group
 * meanwhile, the hashes of whoever has the slots next may be counted instead. A tracker that fails
 * is logged once: the caller is owed what it acquired, whatever becomes of the count.
 */
final class AccessCounter {
  private static final System.Logger LOGGER = System.getLogger(AccessCounter.class.getName());

  /** How many registrations at most are read ahead for. */
  private static final int FEW = 2;

  private final FrequencyTracker tracker;
  private final boolean readsInPlace;
  private final @Nullable FrequencySketch sketch;
  private final BlockRegistry registry;
  private final PresenceSource store;
  private final Slots slots;
  private final ManagerId managerId;
  private volatile boolean failureLogged;

  /** Takes what was read only to have it in the cache. */
  @SuppressWarnings("UnusedVariable")
  private int fetched;

  AccessCounter(
      FrequencyTracker tracker,
      BlockRegistry registry,
      PresenceSource store,
      Slots slots,
      ManagerId managerId) {
    this.tracker = tracker;
    this.readsInPlace = tracker.getClass().getPackage() == FrequencyTracker.class.getPackage();
    this.sketch = tracker instanceof FrequencySketch own ? own : null;
    this.registry = registry;
    this.store = store;
    this.slots = slots;
    this.managerId = managerId;
  }

  /** The hashes {@code from} to before {@code to} were found, in the slots {@code held}. */
  void found(LineageHashes hashes, int[] held, int from, int to) {
    if (from < to) {
      try {
        int run = readsInPlace ? run(held, from, to) : -1;
        if (run >= 0) {
          tracker.touchAll(slots.hashWords(), 2 * run, to - from);
        } else {
          tracker.touchAll(to - from == hashes.size() ? hashes : hashes.slice(from, to));
        }
      } catch (Throwable e) {
        failed(e);
      }
    }
  }

  /** Of {@code n} hashes those were found that have a slot in {@code held}, and not -1. */
  void found(LineageHashes hashes, int[] held, int n) {
    int from = -1;
    for (int i = 0; i <= n; i++) {
      boolean hit = i < n && held[i] >= 0;
      if (hit && from < 0) {
        from = i;
      } else if (!hit && from >= 0) {
        found(hashes, held, from, i);
        from = -1;
      }
    }
  }

  /**
   * All hashes were looked for, here and elsewhere; each that is registered counts, also where it
   * occurs again.
   *
   * @param held the slot of each hash that was found here, at its first occurrence; else -1
   * @param repeated where a hash occurs again, or null if none does; overwritten
   */
  void scanned(LineageHashes hashes, int[] held, boolean @Nullable [] repeated) {
    int n = hashes.size();
    boolean shared = registry.isShared(store);
    if (repeated == null && !shared) {
      found(hashes, held, n);
      return;
    }
    boolean[] registered = repeated == null ? new boolean[n] : repeated;
    for (int i = 0; i < n; i++) {
      registered[i] |= held[i] >= 0;
    }
    try {
      if (shared) {
        registry.markRegisteredElsewhere(store, hashes, registered);
      }
      touchWhere(hashes, registered, true);
    } catch (Throwable e) {
      failed(e);
    }
  }

  /**
   * The hashes of the slots {@code held[0..n)} are about to be registered. Brings their counters
   * into the cache if they are few: that miss and the one on the store's table overlap then. The
   * touches of a larger batch overlap each other, and reading ahead would only cost.
   */
  void registering(int[] held, int n) {
    if (n <= FEW && sketch != null) {
      int sum = 0;
      for (int i = 0; i < n; i++) {
        sum += sketch.count(slots.hi(held[i]), slots.lo(held[i]));
      }
      fetched = sum;
    }
  }

  /**
   * Hashes were registered that the store did not hold before; each counts unless others knew it.
   *
   * @param first those hashes; null if they are those of {@code held[at..at+n)}
   */
  void registered(int[] held, int at, int n, @Nullable LineageHashes first) {
    if (first == null ? n == 0 : first.isEmpty()) {
      return;
    }
    try {
      if (registry.isShared(store)) {
        LineageHashes fresh = first == null ? slots.hashesOf(held, at, n) : first;
        boolean[] elsewhere = new boolean[fresh.size()];
        registry.markRegisteredElsewhere(store, fresh, elsewhere);
        touchWhere(fresh, elsewhere, false);
      } else if (first != null || !readsInPlace) {
        tracker.touchAll(first == null ? slots.hashesOf(held, at, n) : first);
      } else {
        touchRuns(held, at, at + n);
      }
    } catch (Throwable e) {
      failed(e);
    }
  }

  private void touchWhere(LineageHashes hashes, boolean[] flags, boolean wanted) {
    for (int i = 0; i < flags.length; i++) {
      if (flags[i] == wanted) {
        tracker.touch(hashes.hi(i), hashes.lo(i));
      }
    }
  }

  private void touchRuns(int[] held, int from, int to) {
    for (int i = from; i < to; ) {
      int start = held[i];
      int end = i + 1;
      while (end < to && held[end] == start + end - i) {
        end++;
      }
      tracker.touchAll(slots.hashWords(), 2 * start, end - i);
      i = end;
    }
  }

  /** The first slot, if all stand one behind the other, as those of most requests do; or -1. */
  private static int run(int[] held, int from, int to) {
    int first = held[from];
    int differences = 0;
    for (int i = from; i < to; i++) {
      differences |= held[i] - first - (i - from);
    }
    return differences == 0 ? first : -1;
  }

  private void failed(Throwable e) {
    if (!failureLogged) {
      failureLogged = true;
      SafeLog.log(
          () ->
              LOGGER.log(
                  System.Logger.Level.ERROR,
                  "the frequency tracker of manager "
                      + managerId
                      + " failed; accesses are missing from its counts, later failures are not"
                      + " logged",
                  e));
    }
  }
}
