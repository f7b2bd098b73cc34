package dev.kvbm.logical;

import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;

/**
 * The evictions of one allocation, shown to an {@link EvictionListener} before the blocks are
 * reused. Valid during the call only.
 */
public final class Evictions {
  private final ManagerId managerId;
  private final Tier<?> tier;
  private final int[] slots;
  private final int offset;
  private final LineageHashes hashes;

  Evictions(ManagerId managerId, Tier<?> tier, int[] slots, int held, LineageHashes hashes) {
    this.managerId = managerId;
    this.tier = tier;
    this.slots = slots;
    this.offset = held - hashes.size();
    this.hashes = hashes;
  }

  /** {@return the manager that evicted} */
  public ManagerId managerId() {
    return managerId;
  }

  /** {@return the tier of that manager} */
  public Tier<?> tier() {
    return tier;
  }

  /** {@return how many blocks were evicted; at least 1} */
  public int size() {
    return hashes.size();
  }

  /**
   * {@return the id of the {@code i}-th evicted block; its bytes are still in place}
   *
   * @param i an index in eviction order, from 0 to {@code size() - 1}
   * @throws IndexOutOfBoundsException if there is no such eviction
   */
  public int id(int i) {
    hashes.hi(i);
    return slots[offset + i];
  }

  /**
   * {@return the hash under which the {@code i}-th evicted block could be found until now}
   *
   * @param i an index in eviction order, from 0 to {@code size() - 1}
   * @throws IndexOutOfBoundsException if there is no such eviction
   */
  public PositionalLineageHash hash(int i) {
    return hashes.get(i);
  }

  /**
   * {@return all hashes in eviction order; a view that is valid during the call only, copy what is
   * kept}
   */
  public LineageHashes hashes() {
    return hashes;
  }
}
