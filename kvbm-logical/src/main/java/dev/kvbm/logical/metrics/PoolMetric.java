package dev.kvbm.logical.metrics;

import java.util.function.ToLongFunction;

/**
 * Every series that a block manager exports: its name, its kind, what it counts, and where its
 * value is found.
 *
 * <p>This is the one place that names them. Exporters go through {@link #values()} in this order
 * and write no name of their own. The first 19 have the names, kinds and meanings of the reference,
 * in its order; the last three are additions.
 */
public enum PoolMetric {
  /** {@link MetricsSnapshot#allocations}. */
  ALLOCATIONS(
      "kvbm_allocations_total",
      Kind.COUNTER,
      "Blocks handed out to be written, from the free list or by eviction",
      MetricsSnapshot::allocations),
  /** {@link MetricsSnapshot#allocationsFromReset}. */
  ALLOCATIONS_FROM_RESET(
      "kvbm_allocations_from_reset_total",
      Kind.COUNTER,
      "Blocks handed out to be written that came from the free list",
      MetricsSnapshot::allocationsFromReset),
  /** {@link MetricsSnapshot#evictions}. */
  EVICTIONS(
      "kvbm_evictions_total",
      Kind.COUNTER,
      "Blocks handed out to be written whose cached content was given up for it",
      MetricsSnapshot::evictions),
  /** {@link MetricsSnapshot#registrations}. */
  REGISTRATIONS(
      "kvbm_registrations_total",
      Kind.COUNTER,
      "Blocks given to registration, duplicates and rejected ones included",
      MetricsSnapshot::registrations),
  /** {@link MetricsSnapshot#duplicateBlocks}. */
  DUPLICATE_BLOCKS(
      "kvbm_duplicate_blocks_total",
      Kind.COUNTER,
      "Registrations that kept a second block beside one with the same hash",
      MetricsSnapshot::duplicateBlocks),
  /** {@link MetricsSnapshot#registrationDedup}. */
  REGISTRATION_DEDUP(
      "kvbm_registration_dedup_total",
      Kind.COUNTER,
      "Registrations that were answered with the block that had the hash before",
      MetricsSnapshot::registrationDedup),
  /** {@link MetricsSnapshot#stagings}. */
  STAGINGS("kvbm_stagings_total", Kind.COUNTER, "Blocks given a hash", MetricsSnapshot::stagings),
  /** {@link MetricsSnapshot#matchHashesRequested}. */
  MATCH_HASHES_REQUESTED(
      "kvbm_match_hashes_requested_total",
      Kind.COUNTER,
      "Hashes asked for by prefix and scattered match, each occurrence",
      MetricsSnapshot::matchHashesRequested),
  /** {@link MetricsSnapshot#matchBlocksReturned}. */
  MATCH_BLOCKS_RETURNED(
      "kvbm_match_blocks_returned_total",
      Kind.COUNTER,
      "Hits of prefix and scattered match, each occurrence",
      MetricsSnapshot::matchBlocksReturned),
  /** {@link MetricsSnapshot#scanHashesRequested}. */
  SCAN_HASHES_REQUESTED(
      "kvbm_scan_hashes_requested_total",
      Kind.COUNTER,
      "Hashes asked for by scan, each occurrence",
      MetricsSnapshot::scanHashesRequested),
  /** {@link MetricsSnapshot#scanBlocksReturned}. */
  SCAN_BLOCKS_RETURNED(
      "kvbm_scan_blocks_returned_total",
      Kind.COUNTER,
      "Hits of scan, each hash once a scan",
      MetricsSnapshot::scanBlocksReturned),
  /** {@link MetricsSnapshot#eagerPrimaryToInactive}. */
  EAGER_PRIMARY_TO_INACTIVE(
      "kvbm_eager_primary_to_inactive_total",
      Kind.COUNTER,
      "Always 0: no lookup can meet a block whose release is still to come",
      MetricsSnapshot::eagerPrimaryToInactive),
  /** {@link MetricsSnapshot#allocateAtomicRollback}. */
  ALLOCATE_ATOMIC_ROLLBACK(
      "kvbm_allocate_atomic_rollback_total",
      Kind.COUNTER,
      "Allocations undone because the eviction policy delivered no victim; any is a defect of it",
      MetricsSnapshot::allocateAtomicRollback),
  /** {@link MetricsSnapshot#releasePrimaryNoop}. */
  RELEASE_PRIMARY_NOOP(
      "kvbm_release_primary_noop_total",
      Kind.COUNTER,
      "Always 0: no release of a block can come late",
      MetricsSnapshot::releasePrimaryNoop),
  /** {@link MetricsSnapshot#releaseDuplicateNoop}. */
  RELEASE_DUPLICATE_NOOP(
      "kvbm_release_duplicate_noop_total",
      Kind.COUNTER,
      "Always 0: no release of a duplicate can come late",
      MetricsSnapshot::releaseDuplicateNoop),
  /** {@link MetricsSnapshot#inflightMutable}. */
  INFLIGHT_MUTABLE(
      "kvbm_inflight_mutable",
      Kind.GAUGE,
      "Blocks held to be written; staged ones are not among them",
      MetricsSnapshot::inflightMutable),
  /** {@link MetricsSnapshot#inflightImmutable}. */
  INFLIGHT_IMMUTABLE(
      "kvbm_inflight_immutable",
      Kind.GAUGE,
      "Guards of registered blocks; a block counts once for each guard, pins do not count",
      MetricsSnapshot::inflightImmutable),
  /** {@link MetricsSnapshot#resetPoolSize}. */
  RESET_POOL_SIZE(
      "kvbm_reset_pool_size",
      Kind.GAUGE,
      "Blocks on the free list",
      MetricsSnapshot::resetPoolSize),
  /** {@link MetricsSnapshot#inactivePoolSize}. */
  INACTIVE_POOL_SIZE(
      "kvbm_inactive_pool_size",
      Kind.GAUGE,
      "Idle blocks: cached, held by nobody, evictable",
      MetricsSnapshot::inactivePoolSize),
  /** {@link MetricsSnapshot#distinctActive}; an addition to the reference. */
  DISTINCT_ACTIVE(
      "kvbm_distinct_active",
      Kind.GAUGE,
      "Registered blocks held by somebody, each counted once",
      MetricsSnapshot::distinctActive),
  /** {@link MetricsSnapshot#staged}; an addition to the reference. */
  STAGED(
      "kvbm_staged",
      Kind.GAUGE,
      "Blocks that have a hash and are not registered yet",
      MetricsSnapshot::staged),
  /** {@link MetricsSnapshot#lockContentions}; an addition to the reference. */
  LOCK_CONTENTIONS(
      "kvbm_lock_contentions_total",
      Kind.COUNTER,
      "Operations that found the manager's lock held by another thread",
      MetricsSnapshot::lockContentions);

  /** What a series does over time. */
  public enum Kind {
    /** Only grows while its manager lives. */
    COUNTER,
    /** Goes up and down. */
    GAUGE
  }

  private final String prometheusName;
  private final Kind kind;
  private final String help;

  @SuppressWarnings("ImmutableEnumChecker") // accessors of a record: no state
  private final ToLongFunction<MetricsSnapshot> value;

  PoolMetric(String prometheusName, Kind kind, String help, ToLongFunction<MetricsSnapshot> value) {
    this.prometheusName = prometheusName;
    this.kind = kind;
    this.help = help;
    this.value = value;
  }

  /** {@return the name as it stands in a scrape, with the {@code _total} of counters} */
  public String prometheusName() {
    return prometheusName;
  }

  /** {@return counter or gauge} */
  public Kind kind() {
    return kind;
  }

  /** {@return one line for people: what is counted} */
  public String help() {
    return help;
  }

  /** {@return whether the reference exports this series too} */
  public boolean isReference() {
    return compareTo(INACTIVE_POOL_SIZE) <= 0;
  }

  /**
   * Reads this series from a snapshot.
   *
   * @param snapshot the values of one pool
   * @return the value of this series in it
   */
  public long value(MetricsSnapshot snapshot) {
    return value.applyAsLong(snapshot);
  }
}
