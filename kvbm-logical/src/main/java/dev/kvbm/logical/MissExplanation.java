package dev.kvbm.logical;

import java.time.Instant;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Why a lookup found no more than it did.
 *
 * @param matchedBlocks the length of the prefix that is held
 * @param cause why the prefix ends there
 * @param departure when and how the block at which it ends was lost, if it was held once and the
 *     history reaches back so far
 * @param otherSalt for {@link Cause#OTHER_SALT} the salt hash under which the same tokens are held
 */
public record MissExplanation(
    int matchedBlocks, Cause cause, @Nullable Departure departure, OptionalLong otherSalt) {

  /** Why a prefix ends. */
  public enum Cause {
    /** It does not end: every full block is held, and there are no tokens left over. */
    COMPLETE,
    /** Every full block is held; the last tokens fill no block, and only full blocks are kept. */
    PARTIAL_BLOCK,
    /** The block was evicted to make room. */
    EVICTED,
    /** The block was registered and then freed on release, as its flag demanded. */
    RESET_ON_RELEASE,
    /** The block was idle when the pool was reset. */
    POOL_RESET,
    /** The same tokens are held under another salt, which is another identity on purpose. */
    OTHER_SALT,
    /** No block with this hash was ever held here. */
    NEVER_SEEN,
    /** None is among the departures that are remembered; it left long ago or was never held. */
    UNKNOWN
  }

  /**
   * A block that was held once.
   *
   * @param cause {@link Cause#EVICTED}, {@link Cause#RESET_ON_RELEASE} or {@link Cause#POOL_RESET}
   * @param at when, by the manager's clock
   * @param policy the eviction policy of the manager
   * @param departuresSince how many blocks have left the manager after it
   */
  public record Departure(Cause cause, Instant at, String policy, long departuresSince) {}
}
