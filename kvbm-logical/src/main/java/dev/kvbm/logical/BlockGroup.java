package dev.kvbm.logical;

import java.util.Arrays;
import java.util.NoSuchElementException;
import java.util.PrimitiveIterator;
import org.jspecify.annotations.Nullable;

/**
 * A number of blocks of one manager that are held together and given back together.
 *
 * <p>It reads like a list of block ids and is closed once: {@link #close} is idempotent, and a
 * no-op after an operation has consumed the group. Reading a group that holds nothing throws {@link
 * GuardStateException} with the reason. Closing it takes the manager's lock once, however many
 * blocks it holds. A closed, consumed or empty group may be filled again by the operations of its
 * manager that take a group to fill; a loop that does so allocates nothing.
 *
 * <p>A group has one owner at a time. Handing it from thread to thread needs the usual safe
 * publication. Others may close it, also while its owner uses it: of a close and an operation that
 * consumes the group or moves blocks, one comes first. Using it from several threads is not safe.
 *
 * <p>A group must be closed. One that is lost to the garbage collector keeps its blocks for ever;
 * see {@link LeakDetection}.
 *
 * @param <T> the tier marker
 */
public abstract sealed class BlockGroup<T> implements AutoCloseable, Iterable<Integer>
    permits MutableBlocks, CompleteBlocks, ImmutableBlocks {
  private static final int[] NONE = new int[0];

  final BlockStore<T> store;

  /** The held slots are {@code slots[0..size-1]}; -1 is a gap (scattered match only). */
  int[] slots = NONE;

  int size;
  private Ending ending = Ending.NEVER_FILLED;
  private LeakDetector.@Nullable Hold leak;

  BlockGroup(BlockStore<T> store) {
    this.store = store;
  }

  /** {@return how many elements the group has, gaps included; 0 if it holds nothing} */
  public final int size() {
    return ending == Ending.HELD ? size : 0;
  }

  /** {@return whether the group has no element; true for a group that holds nothing} */
  public final boolean isEmpty() {
    return size() == 0;
  }

  /** {@return whether the group can be read, which ends when it is closed or consumed} */
  public final boolean isHeld() {
    return ending == Ending.HELD;
  }

  /**
   * {@return the id of the {@code i}-th block; -1 for a gap}
   *
   * @param i an index from 0 to {@code size() - 1}
   * @throws GuardStateException if the group holds nothing
   * @throws IndexOutOfBoundsException if there is no element {@code i}
   */
  public final int id(int i) {
    requireHeld();
    return slots[index(i)];
  }

  /**
   * {@return a new array of all block ids in order, -1 for a gap}
   *
   * @throws GuardStateException if the group holds nothing
   */
  public final int[] ids() {
    requireHeld();
    return Arrays.copyOf(slots, size);
  }

  /**
   * Copies all block ids, -1 for a gap, to {@code target[offset...]} without allocating.
   *
   * @param target where the page table of a request lies
   * @param offset index in {@code target} for the first id
   * @throws GuardStateException if the group holds nothing
   * @throws IndexOutOfBoundsException if they do not fit; nothing is copied
   */
  public final void copyIds(int[] target, int offset) {
    requireHeld();
    System.arraycopy(slots, 0, target, offset, size);
  }

  /**
   * {@return the block ids in order, -1 for a gap} {@code next()} boxes; use {@link #id} in hot
   * loops.
   *
   * @throws GuardStateException if the group holds nothing
   */
  @Override
  public final PrimitiveIterator.OfInt iterator() {
    requireHeld();
    return new PrimitiveIterator.OfInt() {
      private int next;

      @Override
      public boolean hasNext() {
        return next < size();
      }

      @Override
      public int nextInt() {
        if (!hasNext()) {
          throw new NoSuchElementException("the group has " + size() + " blocks");
        }
        return slots[next++];
      }
    };
  }

  /** {@return the manager that the blocks belong to; also when the group holds nothing} */
  public final ManagerId managerId() {
    return store.id;
  }

  /** Gives all blocks back, in list order. Idempotent; a no-op on a consumed group. */
  @Override
  public abstract void close();

  // --------------- for the store and subclasses ---------------

  /**
   * An array for {@code n} slots: the group's own if it is large enough. Made before the lock is
   * taken, to become the group's own under it, when nobody who is closing the group reads the old
   * one any more.
   */
  final int[] roomFor(int n) {
    int[] own = slots;
    return own.length >= n ? own : new int[n];
  }

  /** An array of what the group holds and room for {@code n} more. Store's lock held. */
  final int[] roomBehind(int n) {
    int held = size();
    int[] own = slots;
    return own.length - held >= n ? own : Arrays.copyOf(own, Math.max(held + n, 2 * held));
  }

  /** Held from now on: {@code n} elements, {@code blocks} of them not gaps. */
  final void filled(int n, int blocks) {
    size = n;
    ending = Ending.HELD;
    watch(0, blocks);
  }

  /**
   * The group holds {@code blocks} blocks now. It is watched, or not, from its first block on; once
   * there is none, nothing is lost with it.
   *
   * @param before how many it held so far
   */
  final void watch(int before, int blocks) {
    if (leak == null) {
      if (before == 0 && blocks > 0) {
        leak = store.leaks.track(this, blocks, store.counts);
      }
    } else if (blocks == 0) {
      leak.ended();
      leak = null;
    } else {
      leak.holds(blocks);
    }
  }

  /** The calling thread waited for the blocks that another one has filled in. */
  final void watchHere() {
    if (leak != null) {
      leak = leak.movedTo(this);
    }
  }

  /** Turns the order of a group that has ended around. Store's lock held. */
  final void reverse() {
    for (int i = 0, k = size - 1; i < k; i++, k--) {
      int slot = slots[i];
      slots[i] = slots[k];
      slots[k] = slot;
    }
  }

  /** Ends the hold if there is one. Store's lock held. */
  final boolean end(Ending how) {
    if (ending != Ending.HELD) {
      return false;
    }
    ending = how;
    if (leak != null) {
      leak.ended();
      leak = null;
    }
    return true;
  }

  /** Forgets the first {@code n} slots, which are held elsewhere now. Store's lock held. */
  final void dropFirst(int n) {
    size -= n;
    System.arraycopy(slots, n, slots, 0, size);
    watch(size + n, size);
  }

  /** Refuses to give {@code n} blocks away if there are fewer. Lock held. */
  final void requireBlocks(int n) {
    requireHeld();
    if (n < 0 || n > size) {
      throw new IllegalArgumentException("cannot take " + n + " blocks of a group of " + size);
    }
  }

  final void requireHeld() {
    if (ending != Ending.HELD) {
      throw new GuardStateException(
          getClass().getSimpleName() + " of manager " + store.id + " " + ending.text);
    }
  }

  final void requireFillable() {
    if (size() > 0) {
      throw new GuardStateException(
          getClass().getSimpleName()
              + " of manager "
              + store.id
              + " still holds "
              + size
              + " blocks; close it before it is filled again");
    }
  }

  final void requireSameStore(BlockGroup<?> other) {
    if (other.store != store) {
      throw new ForeignBlockException(store.id, other.store.id);
    }
  }

  final int index(int i) {
    if (i < 0 || i >= size) {
      throw new IndexOutOfBoundsException("block " + i + " of a group of " + size);
    }
    return i;
  }

  /** Ends the group and returns its slots, gaps included. */
  final int[] endSplit() {
    store.lock.lock();
    try {
      requireHeld();
      int[] held = Arrays.copyOf(slots, size);
      end(Ending.SPLIT);
      return held;
    } finally {
      store.lock.unlock();
    }
  }

  /** Moves the first {@code n} slots, none of them a gap, to a group that holds nothing. */
  final void moveFirst(int n, BlockGroup<T> result) {
    store.lock.lock();
    try {
      result.slots = removeFirst(n);
      result.filled(n, n);
      watch(size + n, size);
    } finally {
      store.lock.unlock();
    }
  }

  /** Removes the first {@code n} slots and returns them. No state of blocks changes. Lock held. */
  final int[] removeFirst(int n) {
    requireBlocks(n);
    int[] first = Arrays.copyOf(slots, n);
    size -= n;
    System.arraycopy(slots, n, slots, 0, size);
    return first;
  }

  /** Removes the last {@code n} slots and returns them. No state of blocks changes. Lock held. */
  final int[] removeLast(int n) {
    requireBlocks(n);
    int[] last = Arrays.copyOfRange(slots, size - n, size);
    size -= n;
    return last;
  }

  /** Moves all slots, none of them a gap, of another group of the same kind to the end of this. */
  final void moveAll(BlockGroup<T> other) {
    store.lock.lock();
    try {
      int before = size;
      append(other);
      watch(before, size);
    } finally {
      store.lock.unlock();
    }
  }

  /** Appends the slots of another group of the same kind, which ends as moved. Lock held. */
  final void append(BlockGroup<T> other) {
    requireHeld();
    other.requireHeld();
    requireSameStore(other);
    if (other == this) {
      throw new IllegalArgumentException("a group cannot be added to itself");
    }
    slots = roomBehind(other.size);
    System.arraycopy(other.slots, 0, slots, size, other.size);
    size += other.size;
    if (leak == null && other.leak != null) {
      leak = other.leak.movedTo(this);
      other.leak = null;
    }
    other.end(Ending.MOVED);
  }

  @Override
  public String toString() {
    String name = getClass().getSimpleName() + "[manager " + store.id + ", ";
    if (ending != Ending.HELD) {
      return name + ending.text + "]";
    }
    return name + Arrays.toString(Arrays.copyOf(slots, size)) + "]";
  }
}
