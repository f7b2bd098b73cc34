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
   * @throws ForeignBlockException if they belong to several managers; nothing changes
   * @throws GuardStateException if one of them does not hold its block; nothing changes
   * @throws IllegalArgumentException if the list is empty or names a guard twice; nothing changes
   */
  public static <T> ImmutableBlocks<T> of(List<ImmutableBlock<T>> guards) {
    BlockStore<T> store = BlockGuard.commonStore(guards);
    ImmutableBlocks<T> group = new ImmutableBlocks<>(store);
    group.slots = BlockGuard.moveAll(guards);
    group.fill(guards.size(), guards.size());
    return group;
  }

  /** How many elements are blocks and not gaps. */
  public int hits() {
    return isHeld() ? hits : 0;
  }

  /** Whether element {@code i} is a block. */
  public boolean isHit(int i) {
    return id(i) >= 0;
  }

  /** The number of blocks before the first gap. */
  public int leadingHits() {
    requireHeld();
    int n = 0;
    while (n < size && slots[n] >= 0) {
      n++;
    }
    return n;
  }

  /**
   * The hash of the {@code i}-th block.
   *
   * @throws IllegalStateException if that element is a gap
   */
  public PositionalLineageHash hash(int i) {
    int slot = slot(i);
    return new PositionalLineageHash(store.slots.hi(slot), store.slots.lo(slot));
  }

  /** A new guard of the {@code i}-th block, beside this group; the caller closes it. */
  public ImmutableBlock<T> share(int i) {
    return store.share(this, i);
  }

  /** A second group of the same blocks, gaps included; the caller closes it. */
  public ImmutableBlocks<T> share() {
    requireHeld();
    ImmutableBlocks<T> result = new ImmutableBlocks<>(store);
    store.share(this, result);
    return result;
  }

  /**
   * Moves the blocks of {@code other} into the gaps of this group, front to back.
   *
   * @throws IllegalArgumentException if there are not exactly as many blocks as gaps; nothing
   *     changes
   */
  public void fillGaps(ImmutableBlocks<T> other) {
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
    hits = size;
    other.end(Ending.MOVED);
    watch(hits);
  }

  /** Moves the first {@code n} elements to a new group; this group keeps the rest. */
  public ImmutableBlocks<T> takeFirst(int n) {
    ImmutableBlocks<T> result = new ImmutableBlocks<>(store);
    result.slots = removeFirst(n);
    int taken = 0;
    for (int slot : result.slots) {
      taken += slot >= 0 ? 1 : 0;
    }
    hits -= taken;
    result.fill(n, taken);
    watch(hits);
    return result;
  }

  /** Moves all elements of {@code other} to the end of this group. */
  public void addAll(ImmutableBlocks<T> other) {
    int more = other.hits;
    append(other);
    hits += more;
    watch(hits);
  }

  /** One guard for each block, in order, without the gaps. Consumes this group. */
  public List<ImmutableBlock<T>> split() {
    requireHeld();
    List<ImmutableBlock<T>> guards = new ArrayList<>(hits);
    for (int i = 0; i < size; i++) {
      if (slots[i] >= 0) {
        guards.add(new ImmutableBlock<>(store, slots[i]));
      }
    }
    end(Ending.SPLIT);
    return guards;
  }

  /** {@link ImmutableBlock#setResetOnRelease} for every block of the group, under one lock. */
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
