package dev.kvbm.logical;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.List;

/**
 * Staged blocks: written and named by a hash, not registered yet and so invisible to everybody
 * else.
 *
 * <p>{@link #register} publishes them, {@link #reset} takes the names back, {@link #close} gives
 * the blocks to the free list in list order.
 *
 * @param <T> the tier marker
 */
public final class CompleteBlocks<T> extends BlockGroup<T> {

  CompleteBlocks(BlockStore<T> store) {
    super(store);
  }

  /**
   * A group of the given guards, in order. Consumes them.
   *
   * @param <T> the tier marker
   * @param guards guards that hold their blocks, each named once; the list itself is not kept
   * @return the group; the caller closes or consumes it
   * @throws ForeignBlockException if they belong to several managers; nothing changes
   * @throws GuardStateException if one of them does not hold its block; nothing changes
   * @throws IllegalArgumentException if the list is empty or names a guard twice; nothing changes
   */
  public static <T> CompleteBlocks<T> of(List<CompleteBlock<T>> guards) {
    BlockStore<T> store = BlockGuard.commonStore(guards);
    CompleteBlocks<T> group = new CompleteBlocks<>(store);
    group.slots = BlockGuard.moveAll(store, guards);
    group.filled(guards.size(), guards.size());
    return group;
  }

  /**
   * {@return the hash that the {@code i}-th block will be registered under}
   *
   * @param i an index from 0 to {@code size() - 1}
   * @throws GuardStateException if the group holds nothing
   * @throws IndexOutOfBoundsException if there is no block {@code i}
   */
  public PositionalLineageHash hash(int i) {
    requireHeld();
    int slot = slots[index(i)];
    return new PositionalLineageHash(store.slots.hi(slot), store.slots.lo(slot));
  }

  /**
   * Publishes the blocks in order: from now on they can be matched. Consumes this group. One lock
   * for the whole group; two blocks with the same hash in it meet as they would in two calls.
   *
   * @return the registered blocks in order; under {@link DuplicationPolicy#REJECT} an element is
   *     the block that had the hash before, and the rejected one is free again
   * @throws GuardStateException if the group holds nothing
   */
  public ImmutableBlocks<T> register() {
    ImmutableBlocks<T> result = new ImmutableBlocks<>(store);
    register(result);
    return result;
  }

  /**
   * {@link #register()} into a group that holds nothing, without allocating.
   *
   * @param into filled with the registered blocks
   * @throws ForeignBlockException if {@code into} belongs to another manager; nothing changes
   * @throws GuardStateException if this group holds nothing or {@code into} holds blocks; nothing
   *     changes
   */
  public void register(ImmutableBlocks<T> into) {
    requireSameStore(into);
    store.register(this, into);
  }

  /**
   * Publishes the first blocks of this group and moves them to the end of another. One lock;
   * allocates only if {@code into} has to grow. This group keeps the rest, perhaps none.
   *
   * @param n how many blocks, from 0 to {@link #size}
   * @param into the registered blocks are appended to those it holds, if any; one that was closed,
   *     by whomever, begins anew
   * @throws IllegalArgumentException if there are fewer blocks; nothing changes
   * @throws ForeignBlockException if {@code into} belongs to another manager; nothing changes
   * @throws GuardStateException if this group holds nothing; nothing changes
   */
  public void registerFirst(int n, ImmutableBlocks<T> into) {
    requireSameStore(into);
    store.registerFirst(this, n, into);
  }

  /**
   * Takes the hashes back; the blocks may be written again. Consumes this group.
   *
   * @return the same blocks in order; the caller closes or consumes them
   * @throws GuardStateException if the group holds nothing
   */
  public MutableBlocks<T> reset() {
    requireHeld();
    MutableBlocks<T> result = new MutableBlocks<>(store);
    store.unstage(this, result);
    return result;
  }

  /**
   * Moves blocks from the front of this group to a new one; this group keeps the rest.
   *
   * @param n how many blocks, from 0 to {@link #size}
   * @return the first {@code n} blocks; the caller closes or consumes it
   * @throws GuardStateException if the group holds nothing
   * @throws IllegalArgumentException if it has fewer blocks; nothing changes
   */
  public CompleteBlocks<T> takeFirst(int n) {
    CompleteBlocks<T> result = new CompleteBlocks<>(store);
    moveFirst(n, result);
    return result;
  }

  /**
   * Moves all blocks of another group to the end of this one.
   *
   * @param other another group of the same manager; consumed
   * @throws ForeignBlockException if {@code other} belongs to another manager; nothing changes
   * @throws GuardStateException if one of the two holds nothing; nothing changes
   * @throws IllegalArgumentException if {@code other} is this group
   */
  public void addAll(CompleteBlocks<T> other) {
    moveAll(other);
  }

  /**
   * Turns the group into one guard for each block. Consumes this group.
   *
   * @return the guards in order; the caller closes or consumes each
   * @throws GuardStateException if the group holds nothing
   */
  public List<CompleteBlock<T>> split() {
    int[] held = endSplit();
    List<CompleteBlock<T>> guards = new ArrayList<>(held.length);
    for (int slot : held) {
      guards.add(new CompleteBlock<>(store, slot));
    }
    return guards;
  }

  @Override
  public void close() {
    store.releaseStaged(this);
  }

  void fill(int n) {
    filled(n, n);
  }
}
