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

  /** The manager that evicted. */
  public ManagerId managerId() {
    return managerId;
  }

  /** Its tier. */
  public Tier<?> tier() {
    return tier;
  }

  /** How many blocks were evicted; at least 1. */
  public int size() {
    return hashes.size();
  }

  /** The id of the {@code i}-th evicted block, in eviction order. Its bytes are still in place. */
  public int id(int i) {
    hashes.hi(i);
    return slots[offset + i];
  }

  /** The hash under which the {@code i}-th block could be found until now. */
  public PositionalLineageHash hash(int i) {
    return hashes.get(i);
  }

  /** All hashes, in eviction order. */
  public LineageHashes hashes() {
    return hashes;
  }
}
