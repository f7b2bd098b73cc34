package dev.kvbm.logical.eviction;

/**
 * What an eviction policy may read about the slots of its block manager.
 *
 * <p>A slot is a physical block, named by a number in {@code 0..blocks()-1}. A slot is
 * <em>resident</em> while it holds the primary block of some hash, whether that block is referenced
 * (active) or not (idle). Except for {@link #blocks()} and the first argument of {@link
 * #isParent(int, int)} every method requires a resident slot; for other slots the answer means
 * nothing.
 *
 * <p>The methods are answered from the manager's own tables under its lock. They must be called
 * only from inside a call of the {@link EvictionPolicy} the view was made for. None of them
 * allocates, none changes anything.
 */
public interface SlotView {

  /** {@return the number of slots, fixed for the life of the manager} */
  int blocks();

  /**
   * {@return the high 64 bits of the slot's positional lineage hash}
   *
   * @param slot a resident slot
   */
  long hashHi(int slot);

  /**
   * {@return the low 64 bits of the slot's positional lineage hash}
   *
   * @param slot a resident slot
   */
  long hashLo(int slot);

  /**
   * {@return the block's position in its sequence, 0 for the first block}
   *
   * @param slot a resident slot
   */
  int position(int slot);

  /**
   * Finds a resident slot whose block is the one this slot's block continues, that is the block at
   * the position before whose current hash ends in this block's parent fragment.
   *
   * <p>If several resident blocks fit (see {@link #sharesFragment(int)}) any of them is returned.
   * Costs one probe of the manager's table.
   *
   * @param slot a resident slot
   * @return the parent's slot, or -1 if the parent is not resident or the block is the first of its
   *     sequence
   */
  int parent(int slot);

  /**
   * Tells whether {@link #parent(int)} might return {@code candidate} for {@code slot}. Compares
   * content and does not probe a table.
   *
   * @param candidate any number in {@code 0..blocks()-1}, resident or not
   * @param slot a resident slot
   * @return whether the block in {@code candidate} is resident and fits
   */
  boolean isParent(int candidate, int slot);

  /**
   * {@return whether the slot is resident and nobody references it}
   *
   * @param slot a resident slot
   */
  boolean isIdle(int slot);

  /**
   * Tells whether the slot's lineage key is ambiguous: another resident block has, or had at some
   * time since this one became resident, the same position and the same fragment of the current
   * hash that children name, yet a different hash. Such blocks practically arise on purpose only.
   *
   * @param slot a resident slot
   * @return whether a second block of this key is or was there
   */
  boolean sharesFragment(int slot);

  /**
   * {@return the frequency estimate of the slot's hash, 0 to 15; always 0 without a frequency
   * tracker}
   *
   * @param slot a resident slot
   */
  int frequency(int slot);
}
