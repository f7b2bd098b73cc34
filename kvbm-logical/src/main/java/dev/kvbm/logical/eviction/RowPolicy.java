package dev.kvbm.logical.eviction;

/**
 * A policy that can be told of a row of slots by its two ends.
 *
 * <p>The blocks of one request are mostly allocated together, so their slots have consecutive
 * numbers. A policy whose state is arrays indexed by slot can then change as arrays are changed,
 * several elements at a time, where a list of slots would be followed one by one. Implementing this
 * is worth it for cheap policies only, and never needed.
 *
 * <p>A row is {@code first}, {@code last} and every slot between them, in the order from first to
 * last: upwards if {@code first <= last}, else downwards. Both calls may decline; the same slots
 * then come as an array, see {@link EvictionPolicy}. Shorter batches, of fewer than 16 slots, and
 * all others that are no row come as arrays in the first place. Everything that {@link
 * EvictionPolicy} says of its batch calls holds here too.
 */
public interface RowPolicy extends EvictionPolicy {

  /**
   * What {@link #becameIdle(int[], int, int)} does, for a row.
   *
   * @param first the slot that became idle first
   * @param last the slot that became idle last
   * @return whether it was done; if not, nothing has changed
   */
  boolean becameIdleRow(int first, int last);

  /**
   * What {@link #revived(int[], int, int)} does, for a row.
   *
   * @param first one end
   * @param last the other end
   * @return whether it was done; if not, nothing has changed
   */
  boolean revivedRow(int first, int last);
}
