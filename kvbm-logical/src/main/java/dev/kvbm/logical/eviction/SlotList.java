package dev.kvbm.logical.eviction;

import java.util.Arrays;

/**
 * A doubly linked list of slots whose links live in one array, eight bytes a slot.
 *
 * <p>Several lists may share the array as long as a slot is in one of them at a time. A word holds
 * the neighbour before (high half) and after (low half); a word of a slot in no list is {@link
 * #FREE}. A word whose high half is {@link #ASIDE} belongs to a slot that is kept in order by some
 * other structure, which owns the low half.
 *
 * <p>Blocks of one request are released and matched together, so they are mostly neighbours. The
 * run operations use that: they write each slot's own word once and the words around the run once,
 * whatever the run's length. The row operations are for slots that have consecutive numbers as
 * well: they compute the words instead of following them, so the processor does several at a time.
 */
final class SlotList {
  /** No slot: the end of a list. */
  static final int NONE = -1;

  private static final int ASIDE = -2;

  /** Word of a slot in no list. Not the word of a list's only member, which is all ones. */
  private static final long FREE = (long) Integer.MIN_VALUE << 32;

  /** By how much the words of two neighbours between neighbours differ. */
  private static final long NEXT_SLOT = (1L << 32) + 1;

  private final long[] links;
  private int first = NONE;
  private int last = NONE;

  /** A list over {@code links}, which {@link #links(int)} made. */
  SlotList(long[] links) {
    this.links = links;
  }

  /** Links for {@code blocks} slots, all of them in no list. */
  static long[] links(int blocks) {
    long[] links = new long[blocks];
    Arrays.fill(links, FREE);
    return links;
  }

  int first() {
    return first;
  }

  int last() {
    return last;
  }

  /** The slot after {@code slot} in its list, or {@link #NONE}. */
  int after(int slot) {
    return (int) links[slot];
  }

  /** The slot before {@code slot} in its list, or {@link #NONE}. */
  int before(int slot) {
    return (int) (links[slot] >> 32);
  }

  /** Whether the slot is in one of the lists that share the links, or set aside. */
  boolean isHeld(int slot) {
    return links[slot] != FREE;
  }

  /** Whether the slot is set aside. */
  boolean isAside(int slot) {
    return (int) (links[slot] >> 32) == ASIDE;
  }

  /** The mark of a slot set aside. */
  int mark(int slot) {
    return (int) links[slot];
  }

  /** Sets a slot that is in no list aside, or changes its mark. */
  void setAside(int slot, int mark) {
    links[slot] = word(ASIDE, mark);
  }

  /** Ends a slot's being set aside. */
  void release(int slot) {
    links[slot] = FREE;
  }

  /** Puts a slot that is in no list at the end of this one. */
  void append(int slot) {
    int tail = last;
    links[slot] = word(tail, NONE);
    setAfter(tail, slot);
    last = slot;
  }

  /** Puts a slot that is in no list before the member {@code next}. */
  void insertBefore(int next, int slot) {
    int previous = before(next);
    links[slot] = word(previous, next);
    setAfter(previous, slot);
    setBefore(next, slot);
  }

  /** Takes a member out. */
  void remove(int slot) {
    long word = links[slot];
    links[slot] = FREE;
    close((int) (word >> 32), (int) word);
  }

  /**
   * Puts slots at the end of this list, in order.
   *
   * @throws IllegalStateException if one of them is in a list already or occurs twice; the list is
   *     as before
   */
  void appendRun(int[] slots, int from, int to) {
    if (from == to) {
      return;
    }
    int tail = last;
    int previous = tail;
    for (int i = from; i < to; i++) {
      int slot = slots[i];
      if (links[slot] != FREE) {
        for (int undo = from; undo < i; undo++) {
          links[slots[undo]] = FREE;
        }
        throw alreadyIdle(slot);
      }
      links[slot] = word(previous, i + 1 < to ? slots[i + 1] : NONE);
      previous = slot;
    }
    setAfter(tail, slots[from]);
    last = previous;
  }

  /**
   * Takes out the longest run of {@code slots[from..to)} that stands together in this list, in the
   * same or the opposite order. {@code slots[from]} must be a member.
   *
   * @return the index after the run
   */
  int removeRun(int[] slots, int from, int to) {
    long word = links[slots[from]];
    links[slots[from]] = FREE;
    int before = (int) (word >> 32);
    int after = (int) word;
    int i = from + 1;
    // Reads the next link by the array's slot, not by the link before it, though they are equal:
    // so one load need not wait for the other.
    if (i < to && slots[i] == after) {
      for (; i < to && slots[i] == after; i++) {
        after = (int) links[slots[i]];
        links[slots[i]] = FREE;
      }
    } else {
      for (; i < to && slots[i] == before; i++) {
        before = (int) (links[slots[i]] >> 32);
        links[slots[i]] = FREE;
      }
    }
    close(before, after);
    return i;
  }

  /**
   * Puts a row of slots, see {@link RowPolicy}, at the end of this list.
   *
   * @return whether all were in no list; if not, nothing changes
   */
  boolean appendRow(int start, int end) {
    int low = Math.min(start, end);
    int high = Math.max(start, end);
    if (!areFree(low, high)) {
      return false;
    }
    int tail = last;
    int step = start <= end ? 1 : -1;
    chain(low + 1, high, step);
    links[start] = word(tail, start == end ? NONE : start + step);
    if (start != end) {
      links[end] = word(end - step, NONE);
    }
    setAfter(tail, start);
    last = end;
    return true;
  }

  /**
   * Takes a row of slots out if they stand side by side in this list, upwards or downwards.
   *
   * @return whether they did; if not, nothing changes
   */
  boolean removeRow(int start, int end) {
    int low = Math.min(start, end);
    int high = Math.max(start, end);
    if (low == high || isAside(low) || !isHeld(low)) {
      return false;
    }
    int step = after(low) == low + 1 ? 1 : -1;
    int front = step > 0 ? low : high;
    int back = step > 0 ? high : low;
    if (!isHeld(front)
        || !isHeld(back)
        || after(front) != front + step
        || before(back) != back - step
        || !areChained(low + 1, high, step)) {
      return false;
    }
    int before = before(front);
    int after = after(back);
    Arrays.fill(links, low, high + 1, FREE);
    close(before, after);
    return true;
  }

  private boolean areFree(int low, int high) {
    long[] links = this.links;
    long differences = 0;
    for (int slot = low; slot <= high; slot++) {
      differences |= links[slot] ^ FREE;
    }
    return differences == 0;
  }

  /** Links the slots from {@code low} to before {@code high} to their neighbours. */
  private void chain(int low, int high, int step) {
    long[] links = this.links;
    long word = between(low, step);
    for (int k = 0; k < high - low; k++) {
      links[low + k] = word + k * NEXT_SLOT;
    }
  }

  /** Whether the slots from {@code low} to before {@code high} are linked to their neighbours. */
  private boolean areChained(int low, int high, int step) {
    long[] links = this.links;
    long differences = 0;
    for (int slot = low + 1; slot < high; slot++) {
      differences |= (links[slot] - links[slot - 1]) ^ NEXT_SLOT;
    }
    return differences == 0 && (low >= high || links[low] == between(low, step));
  }

  /** The word of a slot between its neighbours, which is not the first of the pool. */
  private static long between(int slot, int step) {
    return word(slot - step, slot + step);
  }

  /** Takes members from the front into {@code into[from..to)} and returns how many there were. */
  int removeFirst(int[] into, int from, int to) {
    int slot = first;
    int i = from;
    while (i < to && slot != NONE) {
      into[i++] = slot;
      int after = after(slot);
      links[slot] = FREE;
      slot = after;
    }
    if (i > from) {
      close(NONE, slot);
    }
    return i - from;
  }

  /** Copies members from the first on and returns the index after the last one written. */
  int copyTo(int[] into, int at) {
    int i = at;
    for (int slot = first; slot != NONE && i < into.length; slot = after(slot)) {
      into[i++] = slot;
    }
    return i;
  }

  /**
   * Refuses a batch of slots of which one is in a list.
   *
   * @throws IllegalStateException naming the first such slot
   */
  void requireFree(int[] slots, int from, int to) {
    for (int i = from; i < to; i++) {
      if (links[slots[i]] != FREE) {
        throw alreadyIdle(slots[i]);
      }
    }
  }

  /**
   * Refuses a batch of slots of which one is in no list.
   *
   * @throws IllegalStateException naming the first such slot
   */
  void requireHeld(int[] slots, int from, int to) {
    for (int i = from; i < to; i++) {
      if (links[slots[i]] == FREE) {
        throw notIdle(slots[i]);
      }
    }
  }

  static IllegalStateException alreadyIdle(int slot) {
    return new IllegalStateException(
        "slot "
            + slot
            + " is idle already; becameIdle() and revived() of a slot have to alternate");
  }

  static IllegalStateException notIdle(int slot) {
    return new IllegalStateException(
        "slot " + slot + " is not idle; only a slot that became idle can be revived");
  }

  private void close(int before, int after) {
    setAfter(before, after);
    setBefore(after, before);
  }

  /** Makes {@code after} the successor of {@code slot}, or the first if there is no such slot. */
  private void setAfter(int slot, int after) {
    if (slot == NONE) {
      first = after;
    } else {
      links[slot] = (links[slot] & 0xFFFF_FFFF_0000_0000L) | (after & 0xFFFF_FFFFL);
    }
  }

  /** Makes {@code before} the predecessor of {@code slot}, or the last if there is no such slot. */
  private void setBefore(int slot, int before) {
    if (slot == NONE) {
      last = before;
    } else {
      links[slot] = ((long) before << 32) | (links[slot] & 0xFFFF_FFFFL);
    }
  }

  private static long word(int before, int after) {
    return ((long) before << 32) | (after & 0xFFFF_FFFFL);
  }
}
