package dev.kvbm.logical.registry;

import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;

/**
 * Something that holds blocks of one tier and can say which hashes they have: a block manager.
 *
 * <p>Implementations are thread-safe, answer from their own state at the moment of the call, and
 * never call the registry while they hold a lock of their own.
 */
public interface PresenceSource {

  /** {@return the tier whose blocks are held here} */
  Tier<?> tier();

  /**
   * {@return whether a block with this hash is held, in use or idle} Does not count as an access.
   *
   * @param hi the upper 64 bits of the lineage hash
   * @param lo its lower 64 bits
   */
  boolean isPresent(long hi, long lo);

  /**
   * Sets {@code present[i]} for every {@code hashes[i]} that is held; leaves the other elements as
   * they are. The whole list is answered from one state.
   *
   * @param hashes which blocks
   * @param present aligned with {@code hashes}
   */
  void markPresent(LineageHashes hashes, boolean[] present);

  /**
   * Appends every hash that is held, each once, in no particular order.
   *
   * @param into the end of which is appended to
   */
  void collectPresent(LineageHashBuffer into);

  /** {@return how many distinct hashes are held} */
  int presentCount();
}
