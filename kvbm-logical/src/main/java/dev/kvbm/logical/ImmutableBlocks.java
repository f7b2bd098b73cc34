package dev.kvbm.logical;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.List;

/**
 * Registered blocks, pinned: while the group is held they are neither evicted nor freed, and others
 * may match and pin them as well.
 *
 * <p>The result of a scattered match or a scan is aligned with the hashes asked for and has a gap
 * for every miss: {@link #id} is -1 there. {@link #fillGaps} turns it into a whole page table.
 *
 * <p>Closing gives up one reference to each block. A block that nobody references any more becomes
 * idle: it keeps its content, can be matched again and may be evicted. The order in which blocks of
 * one group become idle matters to eviction: {@link #close} goes from the first to the last, {@link
 * #closeTailFirst} the other way, so that the head of a prompt outlives its tail under LRU.
 *
 * @param <T> the tier marker
 */
public final class ImmutableBlocks<T> extends BlockGroup<T> {

  /** Elements that are not gaps. */
  int hits;

  ImmutableBlocks(BlockStore<T> store) {
    super(store);
  }

  /**
   * A group of the given guards, in order. Consumes them.
   *
   * @param <T> the tier marker
   * @param guards guards that hold their blocks, each named once; the list itself is not kept
   * @return the group; the caller closes it
   * @throws ForeignBlockException if they belong to several managers; nothing changes
   * @throws GuardStateException if one of them does not hold its block; nothing changes
   * @throws IllegalArgumentException if the list is empty or names a guard twice; nothing changes
   */
  public static <T> ImmutableBlocks<T> of(List<ImmutableBlock<T>> guards) {
    BlockStore<T> store = BlockGuard.commonStore(guards);
    ImmutableBlocks<T> group = new ImmutableBlocks<>(store);
    group.slots = BlockGuard.moveAll(store, guards);
    group.fill(guards.size(), guards.size());
    return group;
  }

  /** {@return how many elements are blocks and not gaps; 0 if the group holds nothing} */
  public int hits() {
    return isHeld() ? hits : 0;
  }

  /**
   * {@return whether element {@code i} is a block and not a gap}
   *
   * @param i an index from 0 to {@code size() - 1}
   * @throws GuardStateException if the group holds nothing
   * @throws IndexOutOfBoundsException if there is no element {@code i}
   */
  public boolean isHit(int i) {
    return id(i) >= 0;
  }

  /**
   * {@return the number of blocks before the first gap: the length of the prefix that was found}
   *
   * @throws GuardStateException if the group holds nothing
   */
  public int leadingHits() {
    requireHeld();
    int n = 0;
    while (n < size && slots[n] >= 0) {
      n++;
    }
    return n;
  }

  /**
   * {@return the hash of the {@code i}-th block, a new object at each call}
   *
   * @param i an index from 0 to {@code size() - 1}
   * @throws GuardStateException if the group holds nothing
   * @throws IndexOutOfBoundsException if there is no element {@code i}
   * @throws IllegalStateException if that element is a gap
   */
  public PositionalLineageHash hash(int i) {
    int slot = slot(i);
    return new PositionalLineageHash(store.slots.hi(slot), store.slots.lo(slot));
  }

  /**
   * Takes one more reference to one block, beside those of this group. O(1), one lock.
   *
   * @param i an index from 0 to {@code size() - 1}
   * @return a new guard of the {@code i}-th block; the caller closes it
   * @throws GuardStateException if the group holds nothing
   * @throws IndexOutOfBoundsException if there is no element {@code i}
   * @throws IllegalStateException if that element is a gap
   */
  public ImmutableBlock<T> share(int i) {
    return store.share(this, i);
  }

  /**
   * Takes one more reference to every block, under one lock.
   *
   * @return a second group of the same blocks, gaps included; the caller closes it
   * @throws GuardStateException if the group holds nothing
   */
  public ImmutableBlocks<T> share() {
    requireHeld();
    ImmutableBlocks<T> result = new ImmutableBlocks<>(store);
    store.share(this, result);
    return result;
  }

  /**
   * Moves the blocks of {@code other} into the gaps of this group, front to back.
   *
   * @param other a group of the same manager without gaps, with one block for each gap here;
   *     consumed
   * @throws IllegalArgumentException if there are not exactly as many blocks as gaps; nothing
   *     changes
   * @throws ForeignBlockException if {@code other} belongs to another manager; nothing changes
   * @throws GuardStateException if one of the two holds nothing; nothing changes
   */
  public void fillGaps(ImmutableBlocks<T> other) {
    store.lock.lock();
    try {
      fillGapsLocked(other);
    } finally {
      store.lock.unlock();
    }
  }

  private void fillGapsLocked(ImmutableBlocks<T> other) {
    requireHeld();
    other.requireHeld();
    requireSameStore(other);
    if (other == this || other.hits != other.size || other.size != size - hits) {
      throw new IllegalArgumentException(
          "cannot fill "
              + (size - hits)
              + " gaps with "
              + other.hits
              + " blocks in "
              + other.size
              + " elements; give one block for each gap");
    }
    int from = 0;
    for (int i = 0; from < other.size; i++) {
      if (slots[i] < 0) {
        slots[i] = other.slots[from++];
      }
    }
    int before = hits;
    hits = size;
    other.end(Ending.MOVED);
    watch(before, hits);
  }

  /**
   * Moves elements from the front of this group to a new one; this group keeps the rest. No
   * reference is taken or given up.
   *
   * @param n how many elements, gaps included, from 0 to {@link #size}
   * @return the first {@code n} elements; the caller closes it
   * @throws GuardStateException if the group holds nothing
   * @throws IllegalArgumentException if it has fewer elements; nothing changes
   */
  public ImmutableBlocks<T> takeFirst(int n) {
    ImmutableBlocks<T> result = new ImmutableBlocks<>(store);
    store.lock.lock();
    try {
      result.slots = removeFirst(n);
      int taken = 0;
      for (int slot : result.slots) {
        taken += slot >= 0 ? 1 : 0;
      }
      hits -= taken;
      result.fill(n, taken);
      watch(hits + taken, hits);
    } finally {
      store.lock.unlock();
    }
    return result;
  }

  /**
   * Moves all elements of another group to the end of this one. No reference is taken or given up.
   *
   * @param other another group of the same manager, gaps included; consumed
   * @throws ForeignBlockException if {@code other} belongs to another manager; nothing changes
   * @throws GuardStateException if one of the two holds nothing; nothing changes
   * @throws IllegalArgumentException if {@code other} is this group
   */
  public void addAll(ImmutableBlocks<T> other) {
    store.lock.lock();
    try {
      int before = hits;
      append(other);
      hits += other.hits;
      watch(before, hits);
    } finally {
      store.lock.unlock();
    }
  }

  /**
   * Turns the group into one guard for each block. Consumes this group; its references move to the
   * guards.
   *
   * @return the guards in order, without the gaps; the caller closes each
   * @throws GuardStateException if the group holds nothing
   */
  public List<ImmutableBlock<T>> split() {
    int[] held = endSplit();
    List<ImmutableBlock<T>> guards = new ArrayList<>(held.length);
    for (int slot : held) {
      if (slot >= 0) {
        guards.add(new ImmutableBlock<>(store, slot));
      }
    }
    return guards;
  }

  /**
   * {@link ImmutableBlock#setResetOnRelease} for every block of the group, under one lock.
   *
   * @param reset whether the blocks are freed, not kept idle, when their last references go
   * @throws GuardStateException if the group holds nothing
   */
  public void setResetOnRelease(boolean reset) {
    store.setResetOnRelease(this, reset);
  }

  /** Gives up one reference to each block, from the first to the last. Idempotent. */
  @Override
  public void close() {
    store.release(this, /* tailFirst= */ false);
  }

  /** {@link #close} from the last to the first. Idempotent. */
  public void closeTailFirst() {
    store.release(this, /* tailFirst= */ true);
  }

  /** Held from now on: {@code n} elements, {@code hits} of them blocks. */
  void fill(int n, int hits) {
    this.hits = hits;
    filled(n, hits);
  }

  /** {@code more} blocks are behind those held so far, if any. */
  void grow(int more) {
    int before = hits();
    hits = before + more;
    if (isHeld()) {
      size += more;
      watch(before, hits);
    } else {
      filled(more, more);
    }
  }

  /** The slot of element {@code i}, which must be a block. */
  int slot(int i) {
    requireHeld();
    int slot = slots[index(i)];
    if (slot < 0) {
      throw new IllegalStateException("element " + i + " is a gap: its hash was not found");
    }
    return slot;
  }
}
