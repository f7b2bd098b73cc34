package dev.kvbm.logical.event;

import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.PositionalLineageHash;

/**
 * Receives, in order, what becomes and what ceases to be matchable.
 *
 * <p>Calls for one manager come one at a time and in the order in which the store changed; calls
 * for different managers of one registry may overlap. They are made outside every lock of the
 * library by whichever thread changed the store (or by another one that is delivering already), so
 * a listener must be thread-safe, may call back into managers and the registry, and should be
 * quick. What it throws is logged and does not reach the thread that changed the store.
 */
@FunctionalInterface
public interface BlockEventListener {

  /** What happened to a hash in one manager. */
  enum Kind {
    /** The hash can be matched from now on. */
    CREATED,
    /** It cannot be matched any more: evicted, reset on release, drained, or its manager closed. */
    REMOVED
  }

  /**
   * One fact.
   *
   * @param kind what happened
   * @param tier the tier of the manager in which it happened
   * @param managerId the number of that manager
   * @param sequence consecutive number of the fact within that manager, from 0
   * @param hash the hash concerned
   */
  record Event(
      Kind kind, Tier<?> tier, long managerId, long sequence, PositionalLineageHash hash) {}

  /**
   * Takes one fact.
   *
   * @param event what happened, where, and as which in order; immutable and free to be kept
   */
  void onEvent(Event event);
}
