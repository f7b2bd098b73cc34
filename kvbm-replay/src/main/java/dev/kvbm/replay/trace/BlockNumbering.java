package dev.kvbm.replay.trace;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Gives source ids dense numbers 0, 1, 2, … in order of first appearance.
 *
 * <p>Small ids that lie close together, as Mooncake's do, are looked up by address in pages of
 * {@value #PAGE} entries: four bytes an id and no probing. Every other id goes through an
 * open-addressing table, at about sixteen bytes an id. A page is only made while pages are well
 * used; once an id of a page's range had to go to the table, that range stays there.
 */
final class BlockNumbering {
  private static final int SHIFT = 12;
  static final int PAGE = 1 << SHIFT;
  private static final int MASK = PAGE - 1;

  /** The highest page that is addressed directly: ids below 2^31. */
  private static final long MAX_PAGE = (1L << 31 >>> SHIFT) - 1;

  /** Pages that may be made before any is checked for use, so that a small trace has no table. */
  private static final int FREE_PAGES = 64;

  /** Above this many ids, source ids are not kept: they would cost more than the trace. */
  static final int MAX_SOURCE_IDS = 1 << 22;

  private static final int MAX_IDS = Integer.MAX_VALUE - 1;

  /** The page of ids that are in the table. */
  private static final int[] IN_TABLE = {};

  /** Dense number + 1 by source id; null pages are unused, empty ones refused. */
  private int[] @Nullable [] pages = new int[16][];

  private int pagesMade;

  /** Cells hold the index of a key in {@link #tableIds}, plus 1. */
  private int[] table = {};

  private final LongPages tableIds = new LongPages();

  /** Numbers of the table's keys once one differs from its index, that is, once pages are used. */
  private @Nullable IntPages tableNumbers;

  /** Source ids by dense number once one differs from its number; null before and when too many. */
  private @Nullable LongPages sourceIds;

  private boolean identity = true;
  private int size;

  /** How many different ids were seen. */
  int size() {
    return size;
  }

  /** The number of this id; a new one if it was not seen, which {@link #size()} then shows. */
  int numberOf(long id) {
    long page = id >>> SHIFT;
    if (page <= MAX_PAGE) {
      int index = (int) page;
      int[] entries = index < pages.length ? pages[index] : null;
      if (entries == null) {
        entries = makePage(index);
      }
      if (entries.length != 0) {
        int offset = (int) id & MASK;
        int number = entries[offset];
        if (number != 0) {
          return number - 1;
        }
        entries[offset] = size + 1;
        return add(id);
      }
    }
    return inTable(id);
  }

  private int[] makePage(int index) {
    if (index >= pages.length) {
      pages = Arrays.copyOf(pages, Math.max(index + 1, pages.length * 2));
    }
    // A quarter full on average is still cheaper than the table.
    boolean wellUsed =
        pagesMade < FREE_PAGES || (long) pagesMade << (SHIFT - 2) <= size - tableIds.size();
    int[] made = wellUsed ? new int[PAGE] : IN_TABLE;
    pagesMade += wellUsed ? 1 : 0;
    pages[index] = made;
    return made;
  }

  private int inTable(long id) {
    int used = tableIds.size();
    if (used >= (table.length >>> 3) * 5) {
      grow();
    }
    int mask = table.length - 1;
    int cell = (int) RecordParser.mix(id) & mask;
    int key;
    while ((key = table[cell]) != 0) {
      if (tableIds.get(key - 1) == id) {
        IntPages numbers = tableNumbers;
        return numbers == null ? key - 1 : numbers.get(key - 1);
      }
      cell = (cell + 1) & mask;
    }
    table[cell] = used + 1;
    tableIds.add(id);
    IntPages numbers = tableNumbers;
    if (numbers == null && size != used) {
      numbers = new IntPages();
      for (int i = 0; i < used; i++) {
        numbers.add(i);
      }
      tableNumbers = numbers;
    }
    if (numbers != null) {
      numbers.add(size);
    }
    return add(id);
  }

  private void grow() {
    int mask = Math.max(1 << 10, table.length * 2) - 1;
    // The old cells can be rebuilt from the keys, so they need not stay while the new are filled.
    table = new int[0];
    int[] grown = new int[mask + 1];
    for (int key = 0; key < tableIds.size(); key++) {
      int cell = (int) RecordParser.mix(tableIds.get(key)) & mask;
      while (grown[cell] != 0) {
        cell = (cell + 1) & mask;
      }
      grown[cell] = key + 1;
    }
    table = grown;
  }

  private int add(long id) {
    if (size >= MAX_IDS) {
      throw new IllegalStateException(
          "the trace has more than " + MAX_IDS + " different blocks; replay it in parts");
    }
    if (identity && id != size) {
      identity = false;
      if (size < MAX_SOURCE_IDS) {
        LongPages ids = new LongPages();
        for (int i = 0; i < size; i++) {
          ids.add(i);
        }
        sourceIds = ids;
      }
    }
    LongPages ids = sourceIds;
    if (ids != null) {
      if (size < MAX_SOURCE_IDS) {
        ids.add(id);
      } else {
        sourceIds = null;
      }
    }
    return size++;
  }

  /** Whether every id is its own number. */
  boolean identity() {
    return identity;
  }

  /** The source ids by number, or null if they are their numbers or too many to keep. */
  @Nullable LongPages sourceIds() {
    return sourceIds;
  }
}
