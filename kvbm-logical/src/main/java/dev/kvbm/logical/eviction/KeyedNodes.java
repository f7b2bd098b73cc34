package dev.kvbm.logical.eviction;

import java.util.Arrays;

/**
 * Nodes of the lineage graph that no slot can stand for, found by their key (position, fragment).
 *
 * <p>A node is an index into columns that grow; indexes of removed nodes are used again. The index
 * table is open addressing with linear probing over node indexes; the keys are in the columns. Its
 * size is a power of two and at most half of it is filled.
 */
final class KeyedNodes {
  static final int NONE = -1;

  private static final int INITIAL = 16;

  /** Number of children in the graph. */
  int[] children = new int[INITIAL];

  /** The node this one continues, if {@link #linked}; the next unused index while unused. */
  int[] parent = new int[INITIAL];

  /** Whether the node is linked to a parent. */
  boolean[] linked = new boolean[INITIAL];

  /** The fragment of the parent's key, if {@link #linked}. */
  long[] parentFragment = new long[INITIAL];

  /** The idle slot whose block this node is, or {@link #NONE}. */
  int[] idleSlot = new int[INITIAL];

  /** Whether children may exist whose links still name the slot where this node was before. */
  boolean[] moved = new boolean[INITIAL];

  private int[] position = new int[INITIAL];
  private long[] fragment = new long[INITIAL];

  /** Node index + 1, or 0. */
  private int[] table = new int[2 * INITIAL];

  private int unused = NONE;
  private int used;
  private int size;

  boolean isEmpty() {
    return size == 0;
  }

  int size() {
    return size;
  }

  int position(int node) {
    return position[node];
  }

  /** All node indexes are below this. */
  int capacity() {
    return used;
  }

  /** Whether the index names a node now. */
  boolean isUsed(int node) {
    return find(position[node], fragment[node]) == node;
  }

  /** The node with this key, or {@link #NONE}. */
  int find(int position, long fragment) {
    int mask = table.length - 1;
    for (int at = home(position, fragment, mask); table[at] != 0; at = (at + 1) & mask) {
      int node = table[at] - 1;
      if (this.fragment[node] == fragment && this.position[node] == position) {
        return node;
      }
    }
    return NONE;
  }

  /** Adds a node without children, parent or slot. The key must be new. */
  int add(int position, long fragment) {
    int node = unused;
    if (node != NONE) {
      unused = parent[node];
    } else {
      if (used == this.position.length) {
        growColumns();
      }
      node = used++;
    }
    this.position[node] = position;
    this.fragment[node] = fragment;
    children[node] = 0;
    parent[node] = NONE;
    linked[node] = false;
    parentFragment[node] = 0;
    idleSlot[node] = NONE;
    moved[node] = false;
    if (2 * ++size > table.length) {
      growTable();
    }
    insert(node);
    return node;
  }

  /** Removes a node; its index may be used again. */
  void remove(int node) {
    int mask = table.length - 1;
    int gap = home(position[node], fragment[node], mask);
    while (table[gap] != node + 1) {
      gap = (gap + 1) & mask;
    }
    // Closes the gap, so that no probe ends too early: what follows moves up unless it would get
    // in front of its home.
    for (int at = (gap + 1) & mask; table[at] != 0; at = (at + 1) & mask) {
      int candidate = table[at] - 1;
      int home = home(position[candidate], fragment[candidate], mask);
      if (((at - home) & mask) >= ((at - gap) & mask)) {
        table[gap] = table[at];
        gap = at;
      }
    }
    table[gap] = 0;
    size--;
    parent[node] = unused;
    unused = node;
  }

  private void insert(int node) {
    int mask = table.length - 1;
    int at = home(position[node], fragment[node], mask);
    while (table[at] != 0) {
      at = (at + 1) & mask;
    }
    table[at] = node + 1;
  }

  private void growTable() {
    int[] old = table;
    table = new int[2 * old.length];
    for (int entry : old) {
      if (entry != 0) {
        insert(entry - 1);
      }
    }
  }

  private void growColumns() {
    int capacity = 2 * used;
    children = Arrays.copyOf(children, capacity);
    parent = Arrays.copyOf(parent, capacity);
    linked = Arrays.copyOf(linked, capacity);
    parentFragment = Arrays.copyOf(parentFragment, capacity);
    idleSlot = Arrays.copyOf(idleSlot, capacity);
    moved = Arrays.copyOf(moved, capacity);
    position = Arrays.copyOf(position, capacity);
    fragment = Arrays.copyOf(fragment, capacity);
  }

  /** Fragments are hash bits; the multiplication (2^64 / golden ratio) spreads crafted ones. */
  private static int home(int position, long fragment, int mask) {
    long mixed = (fragment + position) * 0x9E3779B97F4A7C15L;
    return (int) (mixed >>> 32) & mask;
  }
}
