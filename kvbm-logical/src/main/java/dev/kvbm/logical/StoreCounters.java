package dev.kvbm.logical;

import dev.kvbm.logical.metrics.MetricsSnapshot;
import java.util.List;

/**
 * Counters and gauges of one store, guarded by the lock that they extend; only {@link
 * #unwatchedHolds} is changed without it now and then.
 *
 * <p>They lie beside the lock's word, those first that every match and release changes, so that a
 * thread which gets the lock from another core gets them with the same cache line, and the line of
 * the store's own fields, which never change, stays in the caches of both.
 */
final class StoreCounters extends StoreLock {
  long matchRequested;
  long matchReturned;
  long inflightImmutable;
  long active;
  long inactive;
  long unwatchedHolds;
  long inflightMutable;
  long staged;
  long liveDuplicates;
  long allocations;
  long allocationsFromReset;
  long evictions;
  long registrations;
  long duplicates;
  long dedups;
  long stagings;
  long scanRequested;
  long scanReturned;
  long rollbacks;

  /** All of them, for {@code reset} free blocks. Lock held. */
  MetricsSnapshot snapshot(int reset) {
    return new MetricsSnapshot(
        allocations,
        allocationsFromReset,
        evictions,
        registrations,
        duplicates,
        dedups,
        stagings,
        matchRequested,
        matchReturned,
        scanRequested,
        scanReturned,
        0,
        rollbacks,
        0,
        0,
        inflightMutable,
        inflightImmutable,
        reset,
        inactive,
        active,
        staged,
        contended());
  }

  /** Compares the gauges with what was counted. Lock held. */
  void checkGauges(
      List<String> problems, int mutables, int stagedSlots, int activeSlots, int duplicateSlots) {
    StoreInspection.expect(problems, "I7: inflight mutable", inflightMutable, mutables);
    StoreInspection.expect(problems, "I7: staged", staged, stagedSlots);
    StoreInspection.expect(problems, "I7: distinct active", active, activeSlots);
    StoreInspection.expect(problems, "I7: duplicates", liveDuplicates, duplicateSlots);
  }
}
