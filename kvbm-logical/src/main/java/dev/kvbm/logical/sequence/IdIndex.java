package dev.kvbm.logical.sequence;

import java.util.Arrays;

/** A set of numbers from 0: open addressing, at most half full, without boxing. */
final class IdIndex {
  private static final int EMPTY = -1;

  private int[] cells = emptyCells(16);
  private int size;

  private static int[] emptyCells(int length) {
    int[] cells = new int[length];
    Arrays.fill(cells, EMPTY);
    return cells;
  }

  int size() {
    return size;
  }

  boolean contains(int id) {
    return cells[find(id)] == id;
  }

  /** Adds {@code id}; returns false if it was there. */
  boolean add(int id) {
    int cell = find(id);
    if (cells[cell] == id) {
      return false;
    }
    cells[cell] = id;
    if (++size * 2 > cells.length) {
      grow();
    }
    return true;
  }

  /** Removes {@code id} if it is there, and closes the gap so that later probes still arrive. */
  void remove(int id) {
    int mask = cells.length - 1;
    int gap = find(id);
    if (cells[gap] != id) {
      return;
    }
    size--;
    for (int i = (gap + 1) & mask; cells[i] != EMPTY; i = (i + 1) & mask) {
      int distance = (i - home(cells[i])) & mask;
      if (distance >= ((i - gap) & mask)) {
        cells[gap] = cells[i];
        gap = i;
      }
    }
    cells[gap] = EMPTY;
  }

  void clear() {
    if (size > 0) {
      Arrays.fill(cells, EMPTY);
      size = 0;
    }
  }

  /** The cell of {@code id}, or the empty cell where it belongs. */
  private int find(int id) {
    int mask = cells.length - 1;
    int cell = home(id);
    while (cells[cell] != EMPTY && cells[cell] != id) {
      cell = (cell + 1) & mask;
    }
    return cell;
  }

  /** Multiplication by 2^32 over the golden ratio; its upper bits choose the cell. */
  private int home(int id) {
    return (id * 0x9E3779B9) >>> Integer.numberOfLeadingZeros(cells.length - 1);
  }

  private void grow() {
    int[] old = cells;
    cells = emptyCells(2 * old.length);
    for (int id : old) {
      if (id != EMPTY) {
        cells[find(id)] = id;
      }
    }
  }
}
