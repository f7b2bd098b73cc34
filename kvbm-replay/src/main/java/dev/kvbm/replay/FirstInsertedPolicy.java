package dev.kvbm.replay;

import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.SlotView;
import java.util.Arrays;

/**
 * FIFO as the literature has it: the block that was inserted first goes first, and a hit moves
 * nothing. (The FIFO backend of the block manager queues a block anew each time it becomes idle.)
 *
 * <p>A doubly linked list of slots in order of their first idle moment. A slot keeps its place
 * while it is in use, so the search for a victim passes over slots that are not idle. It goes on
 * where it ended as long as no slot became idle in between.
 */
final class FirstInsertedPolicy implements EvictionPolicy {
  private static final int NONE = -1;
  private static final int UNLINKED = -2;

  private final SlotView view;
  private final int[] next;
  private final int[] previous;
  private int head = NONE;
  private int tail = NONE;

  /** Every slot before this one is in use; {@link #NONE} if that holds for all. */
  private int firstCandidate = NONE;

  FirstInsertedPolicy(SlotView view) {
    this.view = view;
    next = new int[view.blocks()];
    previous = new int[view.blocks()];
    Arrays.fill(next, UNLINKED);
  }

  @Override
  public String name() {
    return "fifo";
  }

  @Override
  public void becameIdle(int slot) {
    if (next[slot] == UNLINKED) {
      previous[slot] = tail;
      next[slot] = NONE;
      if (tail == NONE) {
        head = slot;
      } else {
        next[tail] = slot;
      }
      tail = slot;
    }
    firstCandidate = head;
  }

  @Override
  public void revived(int slot) {
    // Its place stays.
  }

  @Override
  public void vacated(int slot) {
    if (next[slot] != UNLINKED) {
      unlink(slot);
    }
  }

  @Override
  public int nextVictim() {
    int victim = skipInUse(firstCandidate);
    if (victim == NONE) {
      return NONE;
    }
    unlink(victim);
    return victim;
  }

  private int skipInUse(int from) {
    int slot = from;
    while (slot != NONE && !view.isIdle(slot)) {
      slot = next[slot];
    }
    return slot;
  }

  private void unlink(int slot) {
    int before = previous[slot];
    int after = next[slot];
    if (before == NONE) {
      head = after;
    } else {
      next[before] = after;
    }
    if (after == NONE) {
      tail = before;
    } else {
      previous[after] = before;
    }
    next[slot] = UNLINKED;
    firstCandidate = after;
  }

  @Override
  public int preview(int[] into) {
    int n = 0;
    for (int slot = skipInUse(head); slot != NONE && n < into.length; ) {
      into[n++] = slot;
      slot = skipInUse(next[slot]);
    }
    return n;
  }
}
