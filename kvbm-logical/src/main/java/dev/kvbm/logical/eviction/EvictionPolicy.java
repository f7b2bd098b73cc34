package dev.kvbm.logical.eviction;

import java.util.Objects;

/**
 * Orders the idle blocks of one block manager for eviction.
 *
 * <p>Implement it to bring an order of your own, and hand a {@link Factory} to the manager's
 * builder. A policy belongs to one manager and is used by nobody else.
 *
 * <h2>What the manager promises</h2>
 *
 * <p>All calls are made under the manager's lock, one at a time, in the order in which things
 * happened. For each slot they follow this cycle, from left to right:
 *
 * <pre>
 *   resident ─┬─► becameIdle ─┬─► revived ─┬─► becameIdle …
 *             │               │            └─► vacated
 *             │               └─► returned by nextVictim
 *             └─► vacated
 * </pre>
 *
 * <ul>
 *   <li>{@link #resident} comes first: the slot holds a block that is referenced.
 *   <li>{@link #becameIdle} and {@link #revived} alternate. A slot returned by {@link #nextVictim}
 *       is no longer idle for the policy. Usually it is overwritten and the next call for it is
 *       {@code resident}; if the manager cannot use it after all, it comes back by {@code
 *       becameIdle} with its old content.
 *   <li>{@link #vacated} ends the residence of a referenced slot without an eviction. The slot's
 *       hash can still be read during the call.
 *   <li>A batch names distinct slots. It means the same as single calls in array order; whether the
 *       view already shows the state after the whole batch is left open, except that hashes,
 *       positions and parents can be read.
 * </ul>
 *
 * <h2>What the policy promises</h2>
 *
 * <ul>
 *   <li>It is quick: everything else the manager does waits. It does not block, does not take locks
 *       that others hold while they call the manager, and never calls the manager or its guards.
 *   <li>It keeps no reference to arrays it is given and does not write to them, except to fill.
 *   <li>{@link #nextVictim} returns every idle slot sooner or later and each only once: as long as
 *       slots are idle it does not return -1.
 * </ul>
 *
 * <h2>When it does not keep its promise</h2>
 *
 * <p>The manager does not trust a policy with its blocks. Whatever a policy throws is caught and
 * logged (once a manager), and then:
 *
 * <ul>
 *   <li>{@code becameIdle}: the slots of that call are emptied instead of cached. For each of them
 *       {@code revived} and {@code vacated} follow, in case the policy knows it.
 *   <li>{@code revived}: the blocks are referenced all the same. After a batch {@code revived}
 *       follows for each of its slots.
 *   <li>{@code nextVictim} and {@code nextVictims}, also if they give a slot that is not idle, or
 *       too few: the allocation is undone and the caller is told that the pool is exhausted. Good
 *       victims are given back by {@code becameIdle}.
 *   <li>{@code resident}, {@code vacated}: nothing.
 * </ul>
 *
 * <p>So a policy that fails costs cached content, never a block.
 */
public interface EvictionPolicy {

  /** {@return a short name for metrics and reports, such as {@code lru}} */
  String name();

  /**
   * The last reference to the slot's block is gone; it keeps its content and may be evicted.
   *
   * @param slot a resident slot that was referenced until now
   * @throws IllegalStateException if the policy finds that the slot is idle already
   */
  void becameIdle(int slot);

  /**
   * An idle slot is referenced again and must not be evicted.
   *
   * @param slot a slot that became idle and was not returned by {@link #nextVictim} since
   * @throws IllegalStateException if the policy finds that the slot is not idle
   */
  void revived(int slot);

  /**
   * Removes the next victim from the order.
   *
   * @return its slot, or -1 if no slot is idle
   */
  int nextVictim();

  /**
   * Takes the next victims, at most {@code to - from}, and writes them to {@code into[from]} and
   * on, in eviction order. The same as so many calls of {@link #nextVictim}. Each victim is written
   * before the next one is taken, so that none is lost if a call throws.
   *
   * @param into filled from {@code from} on; what is not filled stays as it was
   * @param from index for the first victim
   * @param to index after the place of the last one wanted
   * @return how many there were
   */
  default int nextVictims(int[] into, int from, int to) {
    Objects.checkFromToIndex(from, to, into.length);
    for (int i = from; i < to; i++) {
      int victim = nextVictim();
      if (victim < 0) {
        return i - from;
      }
      into[i] = victim;
    }
    return to - from;
  }

  /**
   * Several slots became idle, in this order: {@code slots[from]} first. The blocks of one request
   * usually come in one call and in sequence order.
   *
   * <p>The same as single calls; override it where a batch can be cheaper.
   *
   * @param slots read only during the call
   * @param from index of the first slot
   * @param to index after the last slot
   */
  default void becameIdle(int[] slots, int from, int to) {
    Objects.checkFromToIndex(from, to, slots.length);
    for (int i = from; i < to; i++) {
      becameIdle(slots[i]);
    }
  }

  /**
   * Several idle slots are referenced again, in this order.
   *
   * <p>The same as single calls; override it where a batch can be cheaper.
   *
   * @param slots read only during the call
   * @param from index of the first slot
   * @param to index after the last slot
   */
  default void revived(int[] slots, int from, int to) {
    Objects.checkFromToIndex(from, to, slots.length);
    for (int i = from; i < to; i++) {
      revived(slots[i]);
    }
  }

  /**
   * The slot became the primary block of its hash. It is referenced, not idle. Does nothing unless
   * overridden.
   *
   * @param slot the slot; what it held before is gone
   */
  default void resident(int slot) {}

  /**
   * A resident, referenced slot is about to lose its content without having been a victim, because
   * it is to be reset when released. Its hash, position and parent can still be read. Does nothing
   * unless overridden.
   *
   * @param slot the slot, which is not idle
   */
  default void vacated(int slot) {}

  /**
   * Writes the next victims in eviction order and changes nothing: as long as nothing else happens,
   * {@link #nextVictim} returns exactly these slots.
   *
   * @param into filled from index 0; its length is the most that is wanted
   * @return how many slots were written: {@code into.length}, or fewer if fewer are idle
   */
  int preview(int[] into);

  /** Makes the policy of one block manager. */
  @FunctionalInterface
  interface Factory {

    /**
     * Makes a policy with no idle slots. Called once, while the manager is built.
     *
     * @param slots the manager's slots; may be kept, and is usable only inside calls of the policy
     *     made here ({@link SlotView#blocks()} at any time)
     * @return the policy, which the manager owns from now on
     */
    EvictionPolicy create(SlotView slots);

    /**
     * {@return whether the policy reads {@link SlotView#frequency}; if so, a manager whose registry
     * has no frequency tracker refuses to be built}
     */
    default boolean needsFrequency() {
      return false;
    }
  }
}
