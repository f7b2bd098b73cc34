package dev.kvbm.replay.trace;

import java.util.Arrays;

/**
 * A growing byte string of variable-length integers: seven bits a byte, low bits first, the high
 * bit set on all bytes but the last. Kept in pages, so that growth never copies what is there.
 */
final class VarintPages {
  private static final int SHIFT = 16;
  private static final int PAGE = 1 << SHIFT;
  private static final int MASK = PAGE - 1;

  private byte[][] pages = new byte[4][];
  private long size;

  long size() {
    return size;
  }

  void add(int value) {
    int rest = value;
    while (rest >>> 7 != 0) {
      addByte((byte) (rest | 0x80));
      rest >>>= 7;
    }
    addByte((byte) rest);
  }

  private void addByte(byte value) {
    int page = (int) (size >>> SHIFT);
    int offset = (int) (size & MASK);
    if (offset == 0) {
      if (page == pages.length) {
        pages = Arrays.copyOf(pages, page * 2);
      }
      pages[page] = new byte[page == 0 ? 1 << 10 : PAGE];
    } else if (page == 0 && offset == pages[0].length) {
      pages[0] = Arrays.copyOf(pages[0], Math.min(PAGE, offset * 2));
    }
    pages[page][offset] = value;
    size++;
  }

  /** Cuts the last page to what is used of it. Nothing can be added afterwards. */
  void trim() {
    if (size > 0) {
      int last = (int) ((size - 1) >>> SHIFT);
      pages[last] = Arrays.copyOf(pages[last], (int) ((size - 1) & MASK) + 1);
    }
  }

  /** What the pages take. */
  long bytes() {
    if (size == 0) {
      return 0;
    }
    int last = (int) ((size - 1) >>> SHIFT);
    return ((long) last * PAGE + pages[last].length);
  }

  /** A reading position; any number of them may be used at once. */
  static final class Position {
    private final VarintPages pages;
    private byte[] page = {};
    private int pageIndex = -1;
    private int offset;

    Position(VarintPages pages) {
      this.pages = pages;
    }

    void moveTo(long position) {
      int wanted = (int) (position >>> SHIFT);
      offset = (int) (position & MASK);
      if (wanted != pageIndex) {
        page = pages.pages[wanted];
        pageIndex = wanted;
      }
    }

    int next() {
      int value = nextByte();
      if (value >= 0) {
        return value;
      }
      value &= 0x7f;
      int shift = 7;
      while (true) {
        int b = nextByte();
        value |= (b & 0x7f) << shift;
        if (b >= 0) {
          return value;
        }
        shift += 7;
      }
    }

    private byte nextByte() {
      if (offset == PAGE) {
        pageIndex++;
        page = pages.pages[pageIndex];
        offset = 0;
      }
      return page[offset++];
    }
  }
}
