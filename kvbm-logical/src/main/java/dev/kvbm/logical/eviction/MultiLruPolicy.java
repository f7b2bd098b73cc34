package dev.kvbm.logical.eviction;

import java.util.Arrays;
import java.util.Objects;

/**
 * Four queues by frequency; the slot idle for the longest time in the lowest non-empty one goes
 * first.
 *
 * <p>A slot's level is read from {@link SlotView#frequency} when it becomes idle and stays until it
 * is revived or evicted, whatever happens to the estimate meanwhile.
 *
 * <p>Nine bytes a slot. Every call is O(1), a batch O(its length).
 */
final class MultiLruPolicy implements EvictionPolicy {
  static final int MAX_FREQUENCY = 15;
  private static final int LEVELS = 4;

  private final SlotView slots;

  /** The level for each estimate. */
  private final byte[] levelOf = new byte[MAX_FREQUENCY + 1];

  private final SlotList[] queues = new SlotList[LEVELS];
  private final SlotList links;

  /** The level of each idle slot; of no meaning for others. */
  private final byte[] level;

  MultiLruPolicy(SlotView slots, int warm, int hot, int veryHot) {
    this.slots = slots;
    Arrays.fill(levelOf, warm, hot, (byte) 1);
    Arrays.fill(levelOf, hot, veryHot, (byte) 2);
    Arrays.fill(levelOf, veryHot, MAX_FREQUENCY + 1, (byte) 3);
    long[] shared = SlotList.links(slots.blocks());
    for (int i = 0; i < LEVELS; i++) {
      queues[i] = new SlotList(shared);
    }
    this.links = queues[0];
    this.level = new byte[slots.blocks()];
  }

  /** Refuses thresholds in the order in which users will look at them: order, maximum, minimum. */
  static void check(int warm, int hot, int veryHot) {
    String given = warm + ", " + hot + ", " + veryHot;
    if (warm >= hot || hot >= veryHot) {
      throw new IllegalArgumentException(
          "multi-LRU thresholds must be in ascending order, without repeats; they are " + given);
    }
    if (veryHot > MAX_FREQUENCY) {
      throw new IllegalArgumentException(
          "multi-LRU thresholds must be <= "
              + MAX_FREQUENCY
              + ", the highest frequency estimate; they are "
              + given);
    }
    if (warm < 1) {
      throw new IllegalArgumentException(
          "multi-LRU thresholds must be >= 1, or no block could ever be cold; they are " + given);
    }
  }

  @Override
  public String name() {
    return "multi-lru";
  }

  @Override
  public void becameIdle(int slot) {
    if (links.isHeld(slot)) {
      throw SlotList.alreadyIdle(slot);
    }
    byte at = levelNow(slot);
    level[slot] = at;
    queues[at].append(slot);
  }

  @Override
  public void becameIdle(int[] slots, int from, int to) {
    Objects.checkFromToIndex(from, to, slots.length);
    // Checked here, not left to appendRun: an idle slot's level must not be overwritten.
    links.requireFree(slots, from, to);
    for (int start = from; start < to; ) {
      byte at = levelNow(slots[start]);
      level[slots[start]] = at;
      int end = start + 1;
      for (; end < to; end++) {
        byte next = levelNow(slots[end]);
        if (next != at) {
          break;
        }
        level[slots[end]] = next;
      }
      queues[at].appendRun(slots, start, end);
      start = end;
    }
  }

  @Override
  public void revived(int slot) {
    if (!links.isHeld(slot)) {
      throw SlotList.notIdle(slot);
    }
    queues[level[slot]].remove(slot);
  }

  @Override
  public void revived(int[] slots, int from, int to) {
    Objects.checkFromToIndex(from, to, slots.length);
    links.requireHeld(slots, from, to);
    for (int i = from; i < to; ) {
      int slot = slots[i];
      if (!links.isHeld(slot)) {
        throw SlotList.notIdle(slot);
      }
      i = queues[level[slot]].removeRun(slots, i, to);
    }
  }

  @Override
  public int nextVictim() {
    for (SlotList queue : queues) {
      int victim = queue.first();
      if (victim != SlotList.NONE) {
        queue.remove(victim);
        return victim;
      }
    }
    return SlotList.NONE;
  }

  @Override
  public int nextVictims(int[] into, int from, int to) {
    Objects.checkFromToIndex(from, to, into.length);
    int at = from;
    for (SlotList queue : queues) {
      at += queue.removeFirst(into, at, to);
    }
    return at - from;
  }

  @Override
  public int preview(int[] into) {
    int filled = 0;
    for (SlotList queue : queues) {
      filled = queue.copyTo(into, filled);
    }
    return filled;
  }

  @Override
  public String toString() {
    return name();
  }

  private byte levelNow(int slot) {
    return levelOf[Math.clamp(slots.frequency(slot), 0, MAX_FREQUENCY)];
  }
}
