package dev.kvbm.logical.eviction;

import java.util.Objects;

/**
 * The eviction policies that are shipped, for the block manager's builder.
 *
 * <p>A factory made here is immutable, may be shared and makes an independent policy for every
 * manager.
 */
public final class Eviction {
  private static final int WARM = 3;
  private static final int HOT = 8;
  private static final int VERY_HOT = 15;

  private Eviction() {}

  /**
   * First in, first out: the block that has been idle for the longest time goes first. A hit takes
   * a block out of the order, so this is the same order as {@link #lru()} under the name of the
   * reference's hash map backend. Eight bytes a slot.
   *
   * @return the factory
   */
  public static EvictionPolicy.Factory fifo() {
    return new Named("fifo", false, slots -> new IdleQueuePolicy("fifo", slots));
  }

  /**
   * Least recently used: the block released longest ago goes first. A sequence released from its
   * start to its end loses its first block first, which makes the rest unreachable; {@link
   * #lineage()} avoids that. Eight bytes a slot.
   *
   * @return the factory
   */
  public static EvictionPolicy.Factory lru() {
    return new Named("lru", false, slots -> new IdleQueuePolicy("lru", slots));
  }

  /** {@return {@link #multiLru(int, int, int)} with the thresholds 3, 8 and 15} */
  public static EvictionPolicy.Factory multiLru() {
    return multiLru(WARM, HOT, VERY_HOT);
  }

  /**
   * Least recently used in four levels: of the lowest level that has idle blocks, the one released
   * longest ago goes first. A block's level follows from the frequency estimate of its hash when it
   * becomes idle and is not looked at again while it stays idle. Needs a frequency tracker. Nine
   * bytes a slot.
   *
   * @param warm the lowest estimate of level 1; below it a block is in level 0; at least 1
   * @param hot the lowest estimate of level 2
   * @param veryHot the lowest estimate of level 3, at most 15
   * @return the factory
   * @throws IllegalArgumentException unless {@code 1 <= warm < hot < veryHot <= 15}
   */
  public static EvictionPolicy.Factory multiLru(int warm, int hot, int veryHot) {
    MultiLruPolicy.check(warm, hot, veryHot);
    return new Named("multi-lru", true, slots -> new MultiLruPolicy(slots, warm, hot, veryHot));
  }

  /** {@return {@link #lineage(LeafOrder)} with {@link LeafOrder#TICK}} */
  public static EvictionPolicy.Factory lineage() {
    return lineage(LeafOrder.TICK);
  }

  /**
   * Leaves first: a block is given up only when no idle block continues it, so that what stays idle
   * stays reachable from its start. Sixteen bytes a slot, 24 with {@link LeafOrder#TICK}, plus a
   * little for every block that idle blocks continue and that is not resident itself. All calls are
   * O(1), except that a leaf that returns far from its place by tick costs O(log leaves).
   *
   * @param order which of the leaves goes first
   * @return the factory
   */
  public static EvictionPolicy.Factory lineage(LeafOrder order) {
    Objects.requireNonNull(order, "order");
    return switch (order) {
      case TICK -> new Named("lineage-tick", false, slots -> new LineagePolicy(slots, order));
      case FIFO -> new Named("lineage-fifo", false, slots -> new LineagePolicy(slots, order));
    };
  }

  /** A factory that can be read in a report. */
  private record Named(String name, boolean needsFrequency, EvictionPolicy.Factory factory)
      implements EvictionPolicy.Factory {

    @Override
    public EvictionPolicy create(SlotView slots) {
      return factory.create(slots);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
