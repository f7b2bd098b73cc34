package dev.kvbm.logical.metrics;

/**
 * All counters and gauges of one block manager, read at one moment under its lock: a consistent
 * cut.
 *
 * <p>The names are those of the reference. Counters only grow. The last three gauges have no
 * counterpart there.
 *
 * @param allocations blocks handed out by allocation, from the free list or by eviction
 * @param allocationsFromReset of these, taken from the free list
 * @param evictions of these, taken from idle blocks
 * @param registrations blocks given to registration, including duplicates and rejected ones
 * @param duplicateBlocks registrations that made a duplicate
 * @param registrationDedup registrations that were answered with an existing block
 * @param stagings blocks that got a hash
 * @param matchHashesRequested hashes asked for by prefix and scattered match, each occurrence
 * @param matchBlocksReturned hits of prefix and scattered match, each occurrence
 * @param scanHashesRequested hashes asked for by scan, each occurrence
 * @param scanBlocksReturned distinct hits of scan
 * @param eagerPrimaryToInactive always 0: reference counts live in the slots, so no lookup can meet
 *     a block whose release is still to come; kept because the reference exports the series
 * @param allocateAtomicRollback allocations undone because the eviction policy broke its contract
 * @param releasePrimaryNoop always 0, for the reason given at {@code eagerPrimaryToInactive}
 * @param releaseDuplicateNoop always 0, for the same reason
 * @param inflightMutable blocks held to be written; staged ones are not included
 * @param inflightImmutable strong guards of registered blocks: every guard counts, pins do not
 * @param resetPoolSize free blocks
 * @param inactivePoolSize idle blocks: content kept, referenced by nobody
 * @param distinctActive registered blocks, each once, that are referenced by somebody
 * @param staged blocks that have a hash and are not registered yet
 * @param lockContentions how often the store's lock was found held
 */
public record MetricsSnapshot(
    long allocations,
    long allocationsFromReset,
    long evictions,
    long registrations,
    long duplicateBlocks,
    long registrationDedup,
    long stagings,
    long matchHashesRequested,
    long matchBlocksReturned,
    long scanHashesRequested,
    long scanBlocksReturned,
    long eagerPrimaryToInactive,
    long allocateAtomicRollback,
    long releasePrimaryNoop,
    long releaseDuplicateNoop,
    long inflightMutable,
    long inflightImmutable,
    long resetPoolSize,
    long inactivePoolSize,
    long distinctActive,
    long staged,
    long lockContentions) {

  /**
   * {@return hits per hash asked for by prefix and scattered match, 0 to 1; 0 if nothing was asked}
   */
  public double matchHitRate() {
    return matchHashesRequested == 0 ? 0 : (double) matchBlocksReturned / matchHashesRequested;
  }
}
