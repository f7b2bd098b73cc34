package dev.kvbm.logical.eviction;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.Objects;

/**
 * Gives up leaves of the prefix forest only.
 *
 * <p>The forest's nodes are the idle blocks (<em>real</em> nodes) and those blocks that are not
 * idle but have a node that continues them (<em>ghosts</em>): active blocks, and blocks that are
 * not resident at all. A leaf is a real node without children. A node that is neither idle nor has
 * children is not in the forest.
 *
 * <p>When a node enters it is linked to its parent, which enters as a ghost if need be. A ghost
 * that entered so has no parent itself: what it continues is not known before it becomes idle. A
 * node that turns from real to ghost keeps its parent, and keeps it when it turns back.
 */
/*
 * State.
 *
 * A node is a slot number, or the complement of an index into `keyed`.
 *
 * Slot nodes. A block that is resident and whose key nobody else uses has its slot for a node. One
 * word a slot in `words`:
 *
 *   bit 63      IDLE      idle; the node, wherever it is, is real
 *   bit 62      LINKED    the parent is a node of the forest and counts this one as its child
 *   bit 61      KEYED     the block's node is in `keyed`, if it has one; this word has no children
 *   bit 60      ALONE     idle, but apart from the forest: see twins
 *   bits 59-32  children  number of nodes linked to this one
 *   bits 31-0   parent    the parent if LINKED, else a guess: where the parent was last time
 *
 * With ticks, the word after it is the slot's tick. There are no lists of children, so linking and
 * unlinking is O(1) however many siblings a node has.
 *
 * Keyed nodes stand for blocks without a slot of their own to do so, by (position, fragment of the
 * current hash that children name):
 *   - ghosts of blocks that are not resident. If such a block becomes resident its slot is marked
 *     KEYED and the node stays where it is until it leaves the forest.
 *   - twins: resident blocks with equal keys but different hashes. They share one node. One of them
 *     at a time can be the node's idle block; a second one that becomes idle stays ALONE: a leaf of
 *     its own that nothing links to.
 *
 * Moves. A slot node moves to `keyed` when its block is vacated while it has children, or when a
 * twin of its block arrives. Its children still name the slot. `movedNodes` counts the nodes with
 * such children. While it is not 0 the parent of a node is looked up by key first and the link
 * counts only if there is no such keyed node. Keyed nodes never move, so a link to one is right.
 *
 * Leaves. `list` holds leaves by slot. By ticks it is sorted, except that a slot that returns to a
 * place too far to walk to goes to `heap`; the victim is the smaller of both heads.
 */
final class LineagePolicy implements EvictionPolicy {
  private static final int NONE = SlotList.NONE;

  /** No parent: the block is the first of its sequence. Not a node, nor {@link #NONE}. */
  private static final int ROOT = Integer.MIN_VALUE;

  private static final long IDLE = 1L << 63;
  private static final long LINKED = 1L << 62;
  private static final long KEYED = 1L << 61;
  private static final long ALONE = 1L << 60;
  private static final long CHILD = 1L << 32;
  private static final long CHILDREN = 0x0FFF_FFFFL << 32;
  private static final long LINK = 0xFFFF_FFFFL;
  private static final int MAX_BLOCKS = 1 << 28;

  private static final int DEFAULT_WALK = 16;

  private final SlotView view;
  private final LeafOrder order;
  private final boolean byTick;

  /** How far a returning leaf looks for its place in the list before it goes to the heap. */
  private final int walk;

  /** One word a slot, or two with ticks. */
  private final long[] words;

  private final int shift;
  private final TickColumn ticks;
  private long nextTick;

  private final SlotList list;
  private final TickHeap heap;

  /**
   * The newest leaf while it is not in the list yet, only inside a call; else NONE. Of a chain only
   * the last block is still a leaf when the chain is done, so only that one is listed.
   */
  private int waiting = NONE;

  /** The member of the list before the leaf that was last taken out, or NONE. */
  private int gap = NONE;

  private final KeyedNodes keyed = new KeyedNodes();
  private int movedNodes;
  private boolean twinsSeen;

  LineagePolicy(SlotView view, LeafOrder order) {
    this(view, order, DEFAULT_WALK);
  }

  LineagePolicy(SlotView view, LeafOrder order, int walk) {
    int blocks = view.blocks();
    if (blocks >= MAX_BLOCKS) {
      throw new IllegalArgumentException(
          "lineage eviction handles fewer than "
              + MAX_BLOCKS
              + " blocks, not "
              + blocks
              + "; use another policy or split the pool");
    }
    this.view = view;
    this.order = order;
    this.walk = walk;
    this.byTick = order == LeafOrder.TICK;
    this.shift = byTick ? 1 : 0;
    this.words = new long[blocks << shift];
    this.ticks = new TickColumn(words);
    this.list = new SlotList(SlotList.links(blocks));
    this.heap = new TickHeap(ticks, list, true);
  }

  @Override
  public String name() {
    return switch (order) {
      case TICK -> "lineage-tick";
      case FIFO -> "lineage-fifo";
    };
  }

  @Override
  public String toString() {
    return name();
  }

  // ---------------------------------------------------------------- becoming idle

  @Override
  public void becameIdle(int slot) {
    enter(slot, NONE, NONE);
    listWaiting();
  }

  /**
   * Slots that must not be there are found before anything changes, and all words are fetched on
   * the way, with loads that need not wait for each other.
   *
   * <p>Blocks of one request continue each other and come in sequence order or from the tail. While
   * they do, each word is written once, when all that is to be in it is known, and the list is
   * touched once for the whole chain.
   */
  @Override
  public void becameIdle(int[] slots, int from, int to) {
    Objects.checkFromToIndex(from, to, slots.length);
    if (from == to) {
      return;
    }
    requireNotIdle(slots[from]);
    int chainEnd = chainEnd(slots, from + 1, to);
    for (int i = chainEnd; i < to; i++) {
      requireNotIdle(slots[i]);
    }
    for (int i = from; i < to; ) {
      int slot = slots[i];
      int before = i > from ? slots[i - 1] : NONE;
      i++;
      int after = i < to ? slots[i] : NONE;
      enter(slot, before, after);
      long word = word(slot);
      if (after != NONE && (word & KEYED) == 0 && !twinsSeen) {
        // The link may be an old one, so the count of children has to agree.
        if ((int) word == after && (word(after) & CHILDREN) != 0) {
          i = enterTowardsRoot(slots, i, to);
        } else {
          chainEnd = i == from + 1 ? chainEnd : chainEnd(slots, i, to);
          enterTowardsTail(slots, i, chainEnd);
          i = chainEnd;
        }
      }
    }
    listWaiting();
  }

  private void requireNotIdle(int slot) {
    if (word(slot) < 0) {
      throw SlotList.alreadyIdle(slot);
    }
  }

  /**
   * Makes {@code slots[start..end)} real, each of which continues the one before it and is linked
   * to nothing yet; the one before them is real. Only the last of them can be a leaf.
   */
  private void enterTowardsTail(int[] slots, int start, int end) {
    if (start == end) {
      return;
    }
    long[] words = this.words;
    int shift = this.shift;
    int parent = slots[start - 1];
    words[parent << shift] += CHILD;
    if (waiting == parent) {
      waiting = NONE;
    }
    for (int i = start; i < end; i++) {
      int slot = slots[i];
      words[slot << shift] = ((words[slot << shift] & CHILDREN) | IDLE | LINKED | parent) + CHILD;
      parent = slot;
    }
    words[parent << shift] -= CHILD;
    if (byTick) {
      ticks.setAll(slots, start, end, nextTick);
    }
    nextTick += end - start;
    if ((words[parent << shift] & CHILDREN) == 0) {
      newLeaf(parent);
    }
  }

  /** The index of the first slot that does not continue the one before it, or is linked already. */
  private int chainEnd(int[] slots, int start, int to) {
    int first = slots[start - 1];
    long parentHi = view.hashHi(first);
    int position = PositionalLineageHash.positionOf(parentHi);
    long parentCurrent = PositionalLineageHash.currentOf(parentHi, view.hashLo(first));
    for (int i = start; i < to; i++) {
      int slot = slots[i];
      long hi = view.hashHi(slot);
      long lo = view.hashLo(slot);
      int bits = PositionalLineageHash.fragmentBits(hi);
      position++;
      // What isParent would say of the one before, which is resident because it is idle.
      if ((word(slot) & (IDLE | LINKED | KEYED)) != 0
          || (hi << 2) >>> (2 + bits) != position
          || (parentCurrent ^ lo) << -bits != 0) {
        return i;
      }
      parentCurrent = hi << -bits | lo >>> bits;
    }
    return to;
  }

  /**
   * Makes slots real as long as each is continued by the one before it, is linked to nothing yet
   * and itself continues the one after it. None of them can be a leaf.
   *
   * @param start index of the first slot, which has children
   * @return the index of the first slot left out
   */
  private int enterTowardsRoot(int[] slots, int start, int to) {
    long newChild = 0;
    int i = start;
    for (long tick = nextTick; i + 1 < to; i++, tick++) {
      int slot = slots[i];
      int parent = slots[i + 1];
      long word = word(slot) + newChild;
      if ((word & (IDLE | LINKED | KEYED)) != 0
          || (word(parent) & (IDLE | KEYED)) != 0
          || !view.isParent(parent, slot)) {
        break;
      }
      setWord(slot, (word & CHILDREN) | IDLE | LINKED | parent);
      if (byTick) {
        ticks.set(slot, tick);
      }
      newChild = CHILD;
    }
    setWord(slots[i], word(slots[i]) + newChild);
    nextTick += i - start;
    return i;
  }

  /**
   * Makes the slot's node real. If it is a leaf, it becomes the one that waits for the list.
   *
   * @param before a slot that may be the parent, or NONE
   * @param after a slot that may be the parent, or NONE
   */
  private void enter(int slot, int before, int after) {
    long word = word(slot);
    if (word < 0) {
      listWaiting();
      throw SlotList.alreadyIdle(slot);
    }
    if (isKeyed(slot, word)) {
      int node = keyedNode(slot, true);
      if (node != NONE) {
        enterKeyed(slot, node);
        return;
      }
      word &= ~KEYED;
    }
    if (byTick) {
      ticks.set(slot, nextTick++);
    }
    if ((word & LINKED) == 0) {
      int parent = findParent(slot, before, after, (int) word);
      if (parent != ROOT) {
        addChild(parent);
        word = (word & ~LINK) | LINKED | (parent & LINK);
      }
    }
    setWord(slot, word | IDLE);
    if ((word & CHILDREN) == 0) {
      newLeaf(slot);
    }
  }

  private void enterKeyed(int slot, int node) {
    long mark = KEYED | IDLE;
    if (byTick) {
      ticks.set(slot, nextTick++);
    }
    if (keyed.idleSlot[node] != NONE) {
      setWord(slot, mark | ALONE);
      newLeaf(slot);
      return;
    }
    setWord(slot, mark);
    keyed.idleSlot[node] = slot;
    if (!keyed.linked[node]) {
      int parent = findParent(slot, NONE, NONE, NONE);
      if (parent != ROOT) {
        addChild(parent);
        keyed.linked[node] = true;
        keyed.parent[node] = parent;
        keyed.parentFragment[node] = parentFragment(slot);
      }
    }
    if (keyed.children[node] == 0) {
      newLeaf(slot);
    }
  }

  private void newLeaf(int slot) {
    listWaiting();
    waiting = slot;
  }

  private void listWaiting() {
    if (waiting != NONE) {
      list.append(waiting);
      waiting = NONE;
    }
  }

  /** The node of the block that the slot's block continues, entered if need be, or ROOT. */
  private int findParent(int slot, int before, int after, int former) {
    int found;
    if (view.position(slot) == 0) {
      return ROOT;
    } else if (before != NONE && view.isParent(before, slot)) {
      found = before;
    } else if (after != NONE && view.isParent(after, slot)) {
      found = after;
    } else if (former >= 0 && view.isParent(former, slot)) {
      found = former;
    } else {
      found = view.parent(slot);
    }
    if (found >= 0) {
      if (!isKeyed(found, word(found))) {
        return found;
      }
      int node = keyedNode(found, true);
      if (node != NONE) {
        return ~node;
      }
      setWord(found, word(found) & ~KEYED);
      return found;
    }
    int position = view.position(slot) - 1;
    long fragment = parentFragment(slot);
    int node = keyed.find(position, fragment);
    return ~(node != KeyedNodes.NONE ? node : keyed.add(position, fragment));
  }

  private void addChild(int node) {
    int demoted = NONE;
    if (node >= 0) {
      long word = word(node);
      setWord(node, word + CHILD);
      if (word < 0 && (word & CHILDREN) == 0) {
        demoted = node;
      }
    } else if (keyed.children[~node]++ == 0) {
      demoted = keyed.idleSlot[~node];
    }
    if (demoted == NONE) {
      return;
    }
    if (demoted == waiting) {
      waiting = NONE;
    } else {
      takeLeaf(demoted);
    }
  }

  // ---------------------------------------------------------------- leaving

  @Override
  public void revived(int slot) {
    long _ = requireIdle(slot);
    leave(slot);
  }

  /** As with becoming idle, slots that must not be there are found before anything changes. */
  @Override
  public void revived(int[] slots, int from, int to) {
    Objects.checkFromToIndex(from, to, slots.length);
    if (from == to) {
      return;
    }
    int end = linkedEnd(slots, from, to);
    for (int i = end; i < to; i++) {
      requireIdle(slots[i]);
    }
    leaveChain(slots, from, end);
    for (int i = end; i < to; i = end) {
      end = linkedEnd(slots, i, to);
      leaveChain(slots, i, end);
    }
  }

  /**
   * The index after the slots that are idle and linked each to the one before it, the first of
   * which is {@code slots[from]}.
   */
  private int linkedEnd(int[] slots, int from, int to) {
    int slot = slots[from];
    int i = from + 1;
    if ((requireIdle(slot) & KEYED) != 0 || movedNodes > 0) {
      return i;
    }
    long chained = IDLE | LINKED;
    for (; i < to; i++) {
      long next = word(slots[i]);
      if ((next & chained) != chained || (int) next != slot) {
        break;
      }
      slot = slots[i];
    }
    return i;
  }

  private long requireIdle(int slot) {
    long word = word(slot);
    if (word >= 0) {
      throw SlotList.notIdle(slot);
    }
    return word;
  }

  @Override
  public int nextVictim() {
    int victim = list.first();
    if (!heap.isEmpty() && (victim == NONE || ticks.of(heap.at(0)) < ticks.of(victim))) {
      victim = heap.at(0);
    }
    if (victim != NONE) {
      leave(victim);
      setWord(victim, word(victim) & LINK);
    }
    return victim;
  }

  private void leave(int slot) {
    long word = word(slot);
    if ((word & KEYED) != 0) {
      leaveKeyed(slot, word);
      return;
    }
    if ((word & CHILDREN) != 0) {
      setWord(slot, word & ~IDLE);
      return;
    }
    takeLeaf(slot);
    setWord(slot, word & LINK);
    if ((word & LINKED) != 0) {
      removeChild(parentOf(slot, word));
    }
  }

  /**
   * Makes {@code slots[from..to)}, each the parent of the next, leave together, last first: what is
   * left of the forest does not depend on the order, and this way no block in between becomes a
   * leaf for a moment.
   */
  private void leaveChain(int[] slots, int from, int to) {
    if (to == from + 1) {
      leave(slots[from]);
      return;
    }
    long lostChild = 0;
    for (int i = to - 1; i >= from; i--) {
      int slot = slots[i];
      long word = word(slot) - lostChild;
      if ((word & CHILDREN) != 0) {
        setWord(slot, word & ~IDLE);
        lostChild = 0;
        continue;
      }
      if (lostChild == 0) {
        takeLeaf(slot);
      }
      setWord(slot, word & LINK);
      if (i > from) {
        lostChild = CHILD;
      } else if ((word & LINKED) != 0) {
        removeChild(parentOf(slot, word));
      }
    }
  }

  private void leaveKeyed(int slot, long word) {
    setWord(slot, KEYED);
    if ((word & ALONE) != 0) {
      takeLeaf(slot);
      return;
    }
    int node = keyedNode(slot, false);
    keyed.idleSlot[node] = NONE;
    if (keyed.children[node] == 0) {
      takeLeaf(slot);
      int parent = forget(node);
      if (parent != ROOT) {
        removeChild(parent);
      }
    }
  }

  /** One child less; what is neither idle nor has children leaves, and so on upwards. */
  private void removeChild(int start) {
    int node = start;
    while (node != ROOT) {
      if (node >= 0) {
        long word = word(node) - CHILD;
        setWord(node, word);
        if ((word & CHILDREN) != 0) {
          return;
        }
        if (word < 0) {
          putLeafBack(node);
          return;
        }
        if ((word & LINKED) == 0) {
          return;
        }
        setWord(node, word & ~LINKED);
        node = parentOf(node, word);
      } else {
        int index = ~node;
        if (--keyed.children[index] > 0) {
          return;
        }
        int slot = keyed.idleSlot[index];
        if (slot != NONE) {
          putLeafBack(slot);
          return;
        }
        node = forget(index);
      }
    }
  }

  /** Removes a keyed node without children from the forest and returns its parent or ROOT. */
  private int forget(int index) {
    int parent = keyed.linked[index] ? keyedParentOf(index) : ROOT;
    if (keyed.moved[index]) {
      movedNodes--;
    }
    keyed.remove(index);
    return parent;
  }

  // ---------------------------------------------------------------- residence

  @Override
  public void resident(int slot) {
    if (view.sharesFragment(slot)) {
      twinsSeen = true;
      setWord(slot, KEYED);
      int position = view.position(slot);
      long fragment = fragment(slot);
      if (keyed.find(position, fragment) == KeyedNodes.NONE) {
        moveTwin(slot, position, fragment);
      }
    } else if (!keyed.isEmpty()
        && keyed.find(view.position(slot), fragment(slot)) != KeyedNodes.NONE) {
      setWord(slot, KEYED);
    }
  }

  @Override
  public void vacated(int slot) {
    long word = word(slot);
    if ((word & CHILDREN) != 0) {
      move(slot, word, view.position(slot), fragment(slot));
    }
    setWord(slot, 0);
  }

  /**
   * A block whose key had one owner so far, so that its node may be its slot, has got a twin: finds
   * it by looking at all slots and moves its node. Costs O(blocks), once for each pair of blocks
   * made to collide.
   */
  private void moveTwin(int arrival, int position, long fragment) {
    int blocks = view.blocks();
    for (int slot = 0; slot < blocks; slot++) {
      long word = word(slot);
      if ((word & (IDLE | CHILDREN)) != 0
          && (word & KEYED) == 0
          && slot != arrival
          && view.position(slot) == position
          && fragment(slot) == fragment) {
        int node = move(slot, word, position, fragment);
        if (word < 0) {
          keyed.idleSlot[node] = slot;
        }
        setWord(slot, KEYED | (word & IDLE));
        return;
      }
    }
  }

  /** Copies a slot's node to a new keyed node. The slot's word is left to the caller. */
  private int move(int slot, long word, int position, long fragment) {
    int node = keyed.add(position, fragment);
    int children = (int) ((word & CHILDREN) >>> 32);
    if (children > 0) {
      keyed.children[node] = children;
      keyed.moved[node] = true;
      movedNodes++;
    }
    if ((word & LINKED) != 0) {
      keyed.linked[node] = true;
      keyed.parent[node] = parentOf(slot, word);
      keyed.parentFragment[node] = parentFragment(slot);
    }
    return node;
  }

  // ---------------------------------------------------------------- leaves

  private void takeLeaf(int slot) {
    if (byTick) {
      if (list.isAside(slot)) {
        heap.removeAt(list.mark(slot));
        gap = NONE;
        return;
      }
      gap = list.before(slot);
    }
    list.remove(slot);
  }

  /**
   * A real node has lost its last child. By ticks it belongs near the leaf that was just taken out:
   * a released chain has neighbouring ticks.
   */
  private void putLeafBack(int slot) {
    if (!byTick) {
      list.append(slot);
      return;
    }
    long tick = ticks.of(slot);
    int first = list.first();
    int last = list.last();
    if (last == NONE || ticks.of(last) < tick) {
      list.append(slot);
      return;
    }
    if (tick < ticks.of(first)) {
      list.insertBefore(first, slot);
      return;
    }
    // Somewhere between first and last, so neither walk can run off the list.
    int at = gap == NONE ? first : gap;
    if (ticks.of(at) < tick) {
      for (int step = 0; step < walk; step++) {
        at = list.after(at);
        if (tick < ticks.of(at)) {
          list.insertBefore(at, slot);
          return;
        }
      }
    } else {
      for (int step = 0; step < walk; step++) {
        int before = list.before(at);
        if (ticks.of(before) < tick) {
          list.insertBefore(at, slot);
          return;
        }
        at = before;
      }
    }
    heap.push(slot);
  }

  // ---------------------------------------------------------------- preview

  /** Plays the evictions with counts of its own: O(k log k) for k victims, plus ghosts passed. */
  @Override
  public int preview(int[] into) {
    Tally gone = new Tally(into.length);
    // Leaves that come after those of the list: by ticks the rest of the heap and what becomes a
    // leaf on the way, in arrival order only the latter.
    TickHeap soon = new TickHeap(ticks, list, false);
    int[] later = new int[byTick ? 0 : into.length];
    int laterFrom = 0;
    int laterTo = 0;
    int inList = list.first();
    if (!heap.isEmpty()) {
      soon.push(heap.at(0));
    }
    int filled = 0;
    while (filled < into.length) {
      int victim;
      if (!soon.isEmpty() && (inList == NONE || ticks.of(soon.at(0)) < ticks.of(inList))) {
        victim = soon.removeAt(0);
        if (list.isAside(victim)) {
          for (int at = 2 * list.mark(victim) + 1, end = at + 2;
              at < end && at < heap.size();
              at++) {
            soon.push(heap.at(at));
          }
        }
      } else if (inList != NONE) {
        victim = inList;
        inList = list.after(inList);
      } else if (laterFrom < laterTo) {
        victim = later[laterFrom++];
      } else {
        break;
      }
      into[filled++] = victim;
      int exposed = exposedBy(victim, gone);
      if (exposed == NONE) {
        continue;
      }
      if (byTick) {
        soon.push(exposed);
      } else {
        later[laterTo++] = exposed;
      }
    }
    return filled;
  }

  /**
   * The slot that becomes a leaf when {@code victim} leaves, or NONE.
   *
   * @param gone how many children each node has lost in this preview
   */
  private int exposedBy(int victim, Tally gone) {
    long word = word(victim);
    if ((word & ALONE) != 0) {
      return NONE;
    }
    int node = (word & KEYED) != 0 ? ~keyed.find(view.position(victim), fragment(victim)) : victim;
    while (true) {
      if (node >= 0) {
        word = word(node);
        node = (word & LINKED) != 0 ? parentOf(node, word) : ROOT;
      } else {
        node = keyed.linked[~node] ? keyedParentOf(~node) : ROOT;
      }
      if (node == ROOT) {
        return NONE;
      }
      int children;
      int idle;
      if (node >= 0) {
        word = word(node);
        children = (int) ((word & CHILDREN) >>> 32);
        idle = word < 0 ? node : NONE;
      } else {
        children = keyed.children[~node];
        idle = keyed.idleSlot[~node];
      }
      if (gone.increment(node) < children) {
        return NONE;
      }
      if (idle != NONE) {
        return idle;
      }
    }
  }

  // ---------------------------------------------------------------- words and keys

  private long word(int slot) {
    return words[slot << shift];
  }

  private void setWord(int slot, long word) {
    words[slot << shift] = word;
  }

  /** Whether the slot's node, if there is one, may be in {@code keyed}. */
  private boolean isKeyed(int slot, long word) {
    return (word & KEYED) != 0 || (twinsSeen && view.sharesFragment(slot));
  }

  /**
   * The keyed node of a slot for which {@link #isKeyed} holds.
   *
   * @param add whether to add it if the slot's key is shared; a slot that shares its key with
   *     nobody can stand for its node itself
   * @return the node's index or NONE
   */
  private int keyedNode(int slot, boolean add) {
    int position = view.position(slot);
    long fragment = fragment(slot);
    int node = keyed.find(position, fragment);
    return node == KeyedNodes.NONE && add && view.sharesFragment(slot)
        ? keyed.add(position, fragment)
        : node;
  }

  /** The parent of a linked slot node. */
  private int parentOf(int slot, long word) {
    int parent = (int) word;
    if (movedNodes > 0 && parent >= 0) {
      int node = keyed.find(view.position(slot) - 1, parentFragment(slot));
      if (node != KeyedNodes.NONE) {
        return ~node;
      }
    }
    return parent;
  }

  /** The parent of a linked keyed node. */
  private int keyedParentOf(int index) {
    int parent = keyed.parent[index];
    if (movedNodes > 0 && parent >= 0) {
      int node = keyed.find(keyed.position(index) - 1, keyed.parentFragment[index]);
      if (node != KeyedNodes.NONE) {
        return ~node;
      }
    }
    return parent;
  }

  private long fragment(int slot) {
    return LineageKey.fragment(view.hashHi(slot), view.hashLo(slot));
  }

  private long parentFragment(int slot) {
    return PositionalLineageHash.parentFragmentOf(view.hashHi(slot), view.hashLo(slot));
  }

  // ---------------------------------------------------------------- self-check

  /** How many nodes are not slots. */
  int keyedNodes() {
    return keyed.size();
  }

  /**
   * Compares counts, links and lists with each other. Costs O(blocks).
   *
   * @return the number of leaves
   * @throws IllegalStateException if they disagree, naming the node
   */
  int check() {
    int blocks = view.blocks();
    int[] children = new int[blocks];
    int[] keyedChildren = new int[keyed.capacity()];
    int idle = 0;
    int moved = 0;
    for (int slot = 0; slot < blocks; slot++) {
      long word = word(slot);
      if ((word & LINKED) != 0) {
        count(parentOf(slot, word), children, keyedChildren);
      }
      idle += word < 0 ? 1 : 0;
    }
    for (int index = 0; index < keyedChildren.length; index++) {
      if (keyed.isUsed(index)) {
        moved += keyed.moved[index] ? 1 : 0;
        if (keyed.linked[index]) {
          count(keyedParentOf(index), children, keyedChildren);
        }
      }
    }
    require(moved == movedNodes, "moved nodes", movedNodes);
    int leaves = 0;
    for (int slot = 0; slot < blocks; slot++) {
      long word = word(slot);
      int expected = (int) ((word & CHILDREN) >>> 32);
      require(children[slot] == expected, "children of slot", slot);
      boolean leaf = word < 0 && expected == 0;
      if ((word & (KEYED | ALONE)) == KEYED) {
        require((word & LINKED) == 0 && expected == 0, "keyed slot", slot);
        if (word < 0) {
          int index = keyed.find(view.position(slot), fragment(slot));
          require(index >= 0 && keyed.idleSlot[index] == slot, "node of keyed slot", slot);
          leaf = keyed.children[index] == 0;
        }
      }
      require(word < 0 || expected > 0 || (word & LINKED) == 0, "childless ghost slot", slot);
      require(leaf == list.isHeld(slot), "leaf state of slot", slot);
      leaves += leaf ? 1 : 0;
    }
    for (int index = 0; index < keyedChildren.length; index++) {
      if (keyed.isUsed(index)) {
        require(keyed.children[index] == keyedChildren[index], "children of keyed node", index);
        require(
            keyed.children[index] > 0 || keyed.idleSlot[index] != NONE, "childless ghost", index);
      }
    }
    int listed = heap.size();
    for (int slot = list.first(); slot != NONE; slot = list.after(slot)) {
      int after = list.after(slot);
      require(!byTick || after == NONE || ticks.of(slot) < ticks.of(after), "list order at", slot);
      listed++;
    }
    require(listed == leaves, "number of leaves", listed);
    require(idle == 0 || leaves > 0, "idle slots without a leaf", idle);
    return leaves;
  }

  private static void count(int node, int[] children, int[] keyedChildren) {
    if (node >= 0) {
      children[node]++;
    } else {
      keyedChildren[~node]++;
    }
  }

  private static void require(boolean holds, String what, int which) {
    if (!holds) {
      throw new IllegalStateException("lineage forest is inconsistent: " + what + " " + which);
    }
  }
}
