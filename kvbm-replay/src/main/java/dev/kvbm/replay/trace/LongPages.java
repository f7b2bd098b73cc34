package dev.kvbm.replay.trace;

import java.util.Arrays;

/** A growing list of longs in pages, so that growth never copies what is there. */
final class LongPages {
  private static final int SHIFT = 13;
  private static final int PAGE = 1 << SHIFT;
  private static final int MASK = PAGE - 1;

  private long[][] pages = new long[4][];
  private int size;

  int size() {
    return size;
  }

  long get(int index) {
    return pages[index >>> SHIFT][index & MASK];
  }

  void add(long value) {
    int page = size >>> SHIFT;
    if ((size & MASK) == 0) {
      if (page == pages.length) {
        pages = Arrays.copyOf(pages, page * 2);
      }
      pages[page] = new long[page == 0 ? 64 : PAGE];
    } else if (page == 0 && size == pages[0].length) {
      pages[0] = Arrays.copyOf(pages[0], Math.min(PAGE, size * 2));
    }
    pages[page][size & MASK] = value;
    size++;
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
    return ((long) last * PAGE + pages[last].length) * Long.BYTES;
  }
}
