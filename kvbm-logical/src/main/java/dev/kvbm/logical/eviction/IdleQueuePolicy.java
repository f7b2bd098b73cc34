package dev.kvbm.logical.eviction;

import java.util.Objects;

/**
 * The slot that has been idle for the longest time goes first.
 *
 * <p>Serves both FIFO and LRU: a hit takes a slot out of the order and its release puts it at the
 * end again, so "first in" and "least recently used" name the same slot.
 *
 * <p>Eight bytes a slot. Every call is O(1), a batch O(its length).
 */
final class IdleQueuePolicy implements RowPolicy {
  private final String name;
  private final SlotList idle;

  IdleQueuePolicy(String name, SlotView slots) {
    this.name = name;
    this.idle = new SlotList(SlotList.links(slots.blocks()));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void becameIdle(int slot) {
    if (idle.isHeld(slot)) {
      throw SlotList.alreadyIdle(slot);
    }
    idle.append(slot);
  }

  @Override
  public void becameIdle(int[] slots, int from, int to) {
    Objects.checkFromToIndex(from, to, slots.length);
    idle.appendRun(slots, from, to);
  }

  @Override
  public void revived(int slot) {
    if (!idle.isHeld(slot)) {
      throw SlotList.notIdle(slot);
    }
    idle.remove(slot);
  }

  @Override
  public void revived(int[] slots, int from, int to) {
    Objects.checkFromToIndex(from, to, slots.length);
    idle.requireHeld(slots, from, to);
    for (int i = from; i < to; ) {
      if (!idle.isHeld(slots[i])) {
        throw SlotList.notIdle(slots[i]);
      }
      i = idle.removeRun(slots, i, to);
    }
  }

  @Override
  public boolean becameIdleRow(int first, int last) {
    return idle.appendRow(first, last);
  }

  @Override
  public boolean revivedRow(int first, int last) {
    return idle.removeRow(first, last);
  }

  @Override
  public int nextVictim() {
    int victim = idle.first();
    if (victim != SlotList.NONE) {
      idle.remove(victim);
    }
    return victim;
  }

  @Override
  public int nextVictims(int[] into, int from, int to) {
    Objects.checkFromToIndex(from, to, into.length);
    return idle.removeFirst(into, from, to);
  }

  @Override
  public int preview(int[] into) {
    return idle.copyTo(into, 0);
  }

  @Override
  public String toString() {
    return name;
  }
}
