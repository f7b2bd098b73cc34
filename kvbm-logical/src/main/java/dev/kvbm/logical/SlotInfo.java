package dev.kvbm.logical;

import dev.kvbm.tokens.PositionalLineageHash;
import org.jspecify.annotations.Nullable;

/**
 * What one block of a pool was at the moment of {@link BlockManager#slots}.
 *
 * @param id the block id
 * @param state its state
 * @param hash its hash; null while it has none
 * @param references guards, pins and live duplicates that hold it
 * @param resetOnRelease whether it is freed, not kept, when the last reference goes
 * @param generation changes whenever the block is handed out to be written or its content is given
 *     up, and not in between: it tells two lives of one block apart; modulo 2^24
 */
public record SlotInfo(
    int id,
    State state,
    @Nullable PositionalLineageHash hash,
    int references,
    boolean resetOnRelease,
    int generation) {

  /** The states of a block. */
  public enum State {
    /** Free. */
    RESET,
    /** Held to be written. */
    MUTABLE,
    /** Named, not registered. */
    STAGED,
    /** Registered and referenced: the one block of its hash that lookups find. */
    PRIMARY,
    /** Registered and referenced, beside a primary of the same hash. */
    DUPLICATE,
    /** Registered and referenced by nobody: kept until it is matched or evicted. */
    INACTIVE
  }
}
