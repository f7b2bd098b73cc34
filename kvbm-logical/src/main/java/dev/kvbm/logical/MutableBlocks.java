package dev.kvbm.logical;

import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Blocks that their holder may write: allocated, without a hash, invisible to everybody else.
 *
 * <p>{@link #register(LineageHashes)} publishes them once their keys and values are written; {@link
 * #close} gives them back untouched, to the tail of the free list in list order.
 *
 * @param <T> the tier marker
 */
public final class MutableBlocks<T> extends BlockGroup<T> {
  private @Nullable LineageHashBuffer evicted;
  private int evictedCount;

  MutableBlocks(BlockStore<T> store) {
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
  public static <T> MutableBlocks<T> of(List<MutableBlock<T>> guards) {
    BlockStore<T> store = BlockGuard.commonStore(guards);
    MutableBlocks<T> group = new MutableBlocks<>(store);
    group.slots = BlockGuard.moveAll(store, guards);
    group.fill(guards.size(), guards.size());
    return group;
  }

  /**
   * The hashes whose content the allocation of this group evicted. Readable after the group is
   * consumed, too, until it is filled again.
   *
   * @return the hashes in eviction order, empty if the free list was enough; a view that the next
   *     filling of this group overwrites
   */
  public LineageHashes evicted() {
    return evicted == null || evictedCount == 0 ? LineageHashes.empty() : evicted;
  }

  /**
   * Stages the blocks under {@code hashes} and registers them, in one step: from now on they can be
   * matched. Consumes this group. Equivalent to {@code stage(hashes).register()}.
   *
   * @param hashes one for each block, in order; taken on trust
   * @return the registered blocks in order; under {@link DuplicationPolicy#REJECT} an element is
   *     the block that had the hash before, and the rejected one is free again
   * @throws IllegalArgumentException if the numbers differ or a hash is malformed; nothing changes
   * @throws GuardStateException if this group holds nothing
   */
  public ImmutableBlocks<T> register(LineageHashes hashes) {
    ImmutableBlocks<T> result = new ImmutableBlocks<>(store);
    register(hashes, result);
    return result;
  }

  /**
   * {@link #register(LineageHashes)} into a group that holds nothing, without allocating.
   *
   * @param hashes one for each block, in order; taken on trust
   * @param into filled with the registered blocks
   * @throws IllegalArgumentException if the numbers differ or a hash is malformed; nothing changes
   * @throws ForeignBlockException if {@code into} belongs to another manager; nothing changes
   * @throws GuardStateException if this group holds nothing or {@code into} holds blocks; nothing
   *     changes
   */
  public void register(LineageHashes hashes, ImmutableBlocks<T> into) {
    requireSameStore(into);
    store.register(this, hashes, into);
  }

  /**
   * Publishes the first blocks of this group, as many as there are hashes, and moves them to the
   * end of another: how the blocks of a request become matchable while more are being written. One
   * lock; allocates only if {@code into} has to grow. This group keeps the rest, perhaps none.
   *
   * @param hashes of the first blocks, in order; taken on trust
   * @param into the registered blocks are appended to those it holds, if any; one that was closed,
   *     by whomever, begins anew
   * @throws IllegalArgumentException if there are more hashes than blocks or a hash is malformed;
   *     nothing changes
   * @throws ForeignBlockException if {@code into} belongs to another manager; nothing changes
   * @throws GuardStateException if this group holds nothing; nothing changes
   */
  public void registerFirst(LineageHashes hashes, ImmutableBlocks<T> into) {
    requireSameStore(into);
    store.registerFirst(this, hashes, into);
  }

  /**
   * Gives each block its hash; they are not matchable yet. Consumes this group.
   *
   * @param hashes one for each block, in order; taken on trust
   * @return the staged blocks in order; the caller closes or consumes them
   * @throws IllegalArgumentException if the numbers differ or a hash is malformed; nothing changes
   * @throws GuardStateException if this group holds nothing
   */
  public CompleteBlocks<T> stage(LineageHashes hashes) {
    CompleteBlocks<T> result = new CompleteBlocks<>(store);
    stage(hashes, result);
    return result;
  }

  /**
   * {@link #stage(LineageHashes)} into a group that holds nothing, without allocating.
   *
   * @param hashes one for each block, in order; taken on trust
   * @param into filled with the staged blocks
   * @throws IllegalArgumentException if the numbers differ or a hash is malformed; nothing changes
   * @throws ForeignBlockException if {@code into} belongs to another manager; nothing changes
   * @throws GuardStateException if this group holds nothing or {@code into} holds blocks; nothing
   *     changes
   */
  public void stage(LineageHashes hashes, CompleteBlocks<T> into) {
    requireSameStore(into);
    store.stage(this, hashes, into);
  }

  /**
   * Moves blocks from the front of this group to a new one; this group keeps the rest.
   *
   * @param n how many blocks, from 0 to {@link #size}
   * @return the first {@code n} blocks; the caller closes or consumes it
   * @throws GuardStateException if the group holds nothing
   * @throws IllegalArgumentException if it has fewer blocks; nothing changes
   */
  public MutableBlocks<T> takeFirst(int n) {
    MutableBlocks<T> result = new MutableBlocks<>(store);
    moveFirst(n, result);
    return result;
  }

  /**
   * Moves blocks from the end of this group, in their order, to a new one; this group keeps the
   * rest.
   *
   * @param n how many blocks, from 0 to {@link #size}
   * @return the last {@code n} blocks; the caller closes or consumes it
   * @throws GuardStateException if the group holds nothing
   * @throws IllegalArgumentException if it has fewer blocks; nothing changes
   */
  public MutableBlocks<T> takeLast(int n) {
    MutableBlocks<T> result = new MutableBlocks<>(store);
    store.lock.lock();
    try {
      result.slots = removeLast(n);
      result.filled(n, n);
      watch(size + n, size);
    } finally {
      store.lock.unlock();
    }
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
  public void addAll(MutableBlocks<T> other) {
    moveAll(other);
  }

  /**
   * Turns the group into one guard for each block. Consumes this group.
   *
   * @return the guards in order; the caller closes or consumes each
   * @throws GuardStateException if the group holds nothing
   */
  public List<MutableBlock<T>> split() {
    int[] held = endSplit();
    List<MutableBlock<T>> guards = new ArrayList<>(held.length);
    for (int slot : held) {
      guards.add(new MutableBlock<>(store, slot));
    }
    return guards;
  }

  /** Gives all blocks back, in list order. Idempotent; a no-op on a consumed group. */
  @Override
  public void close() {
    store.releaseMutable(this, /* tailFirst= */ false);
  }

  /** {@link #close} from the last to the first. Idempotent; a no-op on a consumed group. */
  public void closeTailFirst() {
    store.releaseMutable(this, /* tailFirst= */ true);
  }

  /** The empty buffer for the hashes that an allocation evicts, {@code n} of them. */
  LineageHashBuffer evictedBuffer(int n) {
    LineageHashBuffer buffer = evicted;
    if (buffer == null) {
      buffer = new LineageHashBuffer(n);
      evicted = buffer;
    }
    buffer.clear();
    return buffer;
  }

  /** Held from now on: {@code n} slots, the first {@code fromFree} of them from the free list. */
  void fill(int n, int fromFree) {
    evictedCount = n - fromFree;
    filled(n, n);
  }
}
