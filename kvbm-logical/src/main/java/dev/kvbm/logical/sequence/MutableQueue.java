package dev.kvbm.logical.sequence;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.PoolExhausted;
import java.util.ArrayDeque;

/**
 * Blocks to be written, first in, first out, as a queue of groups. Held groups are not empty.
 *
 * <p>Taking blocks from the front of a large group would move all others every time. So a front
 * group is halved until it is about as large as what is taken: each block is moved at most once for
 * each halving, and staging n blocks one by one costs n log n, not n squared.
 */
final class MutableQueue<T> {
  /** Groups up to this size are not halved. */
  private static final int SMALL = 64;

  private final BlockManager<T> manager;
  private final ArrayDeque<MutableBlocks<T>> groups = new ArrayDeque<>(4);
  private int size;

  MutableQueue(BlockManager<T> manager) {
    this.manager = manager;
  }

  int size() {
    return size;
  }

  /** Appends a group, which belongs to the queue from now on. */
  void addLast(MutableBlocks<T> group) {
    if (group.isEmpty()) {
      group.close();
      return;
    }
    size += group.size();
    groups.addLast(group);
  }

  /** Puts a group that was just taken back to the front. */
  void addFirst(MutableBlocks<T> group) {
    if (!group.isEmpty()) {
      size += group.size();
      groups.addFirst(group);
    }
  }

  /** Takes the first {@code n} blocks, 1 to {@link #size}, as one group. */
  MutableBlocks<T> takeFirst(int n) {
    MutableBlocks<T> taken = takeFromFront(n);
    while (taken.size() < n) {
      taken.addAll(takeFromFront(n - taken.size()));
    }
    return taken;
  }

  /** Takes blocks from the front group only, at most {@code n}. */
  private MutableBlocks<T> takeFromFront(int n) {
    MutableBlocks<T> front = groups.removeFirst();
    while (front.size() > Math.max(2 * n, SMALL)) {
      MutableBlocks<T> half = front.takeFirst(front.size() / 2);
      groups.addFirst(front);
      front = half;
    }
    MutableBlocks<T> taken = front;
    if (front.size() > n) {
      taken = front.takeFirst(n);
      groups.addFirst(front);
    }
    size -= taken.size();
    return taken;
  }

  /** Takes the last block; there is one. */
  MutableBlocks<T> takeLast() {
    MutableBlocks<T> last = groups.getLast();
    size--;
    return last.size() == 1 ? groups.removeLast() : last.takeLast(1);
  }

  /** Gives up the last {@code n} blocks, 0 to {@link #size}, the last one first. */
  void dropLast(int n) {
    int left = n;
    while (left > 0) {
      MutableBlocks<T> last = groups.getLast();
      MutableBlocks<T> dropped = last.size() <= left ? groups.removeLast() : last.takeLast(left);
      int blocks = dropped.size();
      size -= blocks;
      left -= blocks;
      dropped.closeTailFirst();
    }
  }

  /** Takes everything as one group. */
  MutableBlocks<T> takeAll() {
    return size == 0 ? none(manager) : takeFirst(size);
  }

  /** A group that is held and has no block. */
  static <T> MutableBlocks<T> none(BlockManager<T> manager) {
    return manager.allocate(0).orElseThrow(PoolExhausted::new);
  }

  /** Gives up everything, the first block first. */
  void clear() {
    while (!groups.isEmpty()) {
      MutableBlocks<T> first = groups.removeFirst();
      size -= first.size();
      first.close();
    }
  }

  int id(int i) {
    int left = i;
    for (MutableBlocks<T> group : groups) {
      if (left < group.size()) {
        return group.id(left);
      }
      left -= group.size();
    }
    throw new IndexOutOfBoundsException("unassigned block " + i + " of " + size);
  }

  /** Copies the ids to {@code target[at...]}. */
  void copyIds(int[] target, int at) {
    int next = at;
    for (MutableBlocks<T> group : groups) {
      group.copyIds(target, next);
      next += group.size();
    }
  }
}
