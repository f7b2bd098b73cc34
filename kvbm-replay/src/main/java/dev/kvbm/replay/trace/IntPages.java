package dev.kvbm.replay.trace;

import java.util.Arrays;

/** A growing list of ints in pages, so that growth never copies what is there. */
final class IntPages {
  private static final int SHIFT = 14;
  private static final int PAGE = 1 << SHIFT;
  private static final int MASK = PAGE - 1;

  private int[][] pages = new int[4][];
  private int size;

  int size() {
    return size;
  }

  int get(int index) {
    return pages[index >>> SHIFT][index & MASK];
  }

  void add(int value) {
    int page = size >>> SHIFT;
    if ((size & MASK) == 0) {
      if (page == pages.length) {
        pages = Arrays.copyOf(pages, page * 2);
      }
      // The first page starts small: most traces in tests and examples have few requests.
      pages[page] = new int[page == 0 ? 64 : PAGE];
    } else if (page == 0 && size == pages[0].length) {
      pages[0] = Arrays.copyOf(pages[0], Math.min(PAGE, size * 2));
    }
    pages[page][size & MASK] = value;
    size++;
  }

  void set(int index, int value) {
    pages[index >>> SHIFT][index & MASK] = value;
  }

  /** Cuts the last page to what is used of it. Nothing can be added afterwards. */
  void trim() {
    if (size > 0) {
      int last = (size - 1) >>> SHIFT;
      pages[last] = Arrays.copyOf(pages[last], ((size - 1) & MASK) + 1);
    }
  }

  /** What the pages take. */
  long bytes() {
    if (size == 0) {
      return 0;
    }
    int last = (size - 1) >>> SHIFT;
    return ((long) last * PAGE + pages[last].length) * Integer.BYTES;
  }
}
