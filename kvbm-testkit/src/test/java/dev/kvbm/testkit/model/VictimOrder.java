package dev.kvbm.testkit.model;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** In which order idle blocks go: searches lists, remembers nothing it could search for. */
abstract class VictimOrder {

  /** A block became idle; {@code frequency} is what the tracker says at this moment. */
  abstract void add(PositionalLineageHash hash, int id, int frequency);

  /** A block is in use again. */
  abstract void remove(PositionalLineageHash hash);

  /** Removes and returns the next victim; -1 if there is none. */
  abstract int take();

  /** A copy that goes its own way. */
  abstract VictimOrder copy();

  /** All victims in order; nothing changes. */
  final List<Integer> all() {
    VictimOrder copy = copy();
    List<Integer> ids = new ArrayList<>();
    for (int id = copy.take(); id >= 0; id = copy.take()) {
      ids.add(id);
    }
    return ids;
  }

  /**
   * The lowest level first, in it the longest idle first. Without thresholds this is FIFO and LRU.
   */
  static final class Levels extends VictimOrder {
    private record Entry(PositionalLineageHash hash, int id, int level) {}

    private final int[] thresholds;
    private final List<Entry> entries = new ArrayList<>();

    Levels(int... thresholds) {
      this.thresholds = thresholds;
    }

    @Override
    void add(PositionalLineageHash hash, int id, int frequency) {
      int level = 0;
      for (int threshold : thresholds) {
        level += frequency >= threshold ? 1 : 0;
      }
      entries.add(new Entry(hash, id, level));
    }

    @Override
    void remove(PositionalLineageHash hash) {
      if (!entries.removeIf(entry -> entry.hash.equals(hash))) {
        throw new IllegalStateException("not idle: " + hash);
      }
    }

    @Override
    int take() {
      if (entries.isEmpty()) {
        return -1;
      }
      int lowest = entries.stream().mapToInt(Entry::level).min().orElseThrow();
      for (int i = 0; ; i++) {
        if (entries.get(i).level == lowest) {
          return entries.remove(i).id;
        }
      }
    }

    @Override
    VictimOrder copy() {
      Levels copy = new Levels(thresholds);
      copy.entries.addAll(entries);
      return copy;
    }
  }

  /** Goes the way that somebody else shows, and knows only which blocks are idle. */
  static final class Followed extends VictimOrder {
    private final Supplier<int[]> guide;
    private final Map<PositionalLineageHash, Integer> idle = new HashMap<>();

    Followed(Supplier<int[]> guide) {
      this.guide = guide;
    }

    @Override
    void add(PositionalLineageHash hash, int id, int frequency) {
      idle.put(hash, id);
    }

    @Override
    void remove(PositionalLineageHash hash) {
      idle.remove(hash);
    }

    @Override
    int take() {
      if (idle.isEmpty()) {
        return -1;
      }
      for (int id : guide.get()) {
        if (idle.values().remove(id)) {
          return id;
        }
      }
      throw new IllegalStateException("the guide does not know that these are idle: " + idle);
    }

    @Override
    VictimOrder copy() {
      Followed copy = new Followed(guide);
      copy.idle.putAll(idle);
      return copy;
    }
  }

  /**
   * Leaves of the prefix forest first. A node is a block that is idle, or a placeholder for a block
   * that an idle block continues; the latter goes when nothing below it is left.
   */
  static final class Lineage extends VictimOrder {
    private record Key(int position, long fragment) {}

    private static final class Node {
      final Key key;
      @Nullable PositionalLineageHash block;
      int id;
      @Nullable Node parent;
      int children;

      /** When the block became idle. */
      long idleSince;

      /** When it became a leaf for the last time. */
      long leafSince;

      Node(Key key) {
        this.key = key;
      }

      boolean isLeaf() {
        return block != null && children == 0;
      }
    }

    private final boolean tick;
    private final Map<Key, Node> nodes = new HashMap<>();
    private long clock;

    Lineage(boolean tick) {
      this.tick = tick;
    }

    @Override
    void add(PositionalLineageHash hash, int id, int frequency) {
      Node node = nodes.computeIfAbsent(key(hash), Node::new);
      if (node.block != null) {
        throw new IllegalStateException("two idle blocks with the key of " + hash);
      }
      node.block = hash;
      node.id = id;
      node.idleSince = clock++;
      node.leafSince = clock++;
      if (hash.position() > 0 && node.parent == null) {
        Key above = new Key(hash.position() - 1, hash.parentHashFragment());
        node.parent = nodes.computeIfAbsent(above, Node::new);
        node.parent.children++;
      }
    }

    @Override
    void remove(PositionalLineageHash hash) {
      Node node = nodes.get(key(hash));
      if (node == null || !hash.equals(node.block)) {
        throw new IllegalStateException("not idle: " + hash);
      }
      remove(node);
    }

    @Override
    int take() {
      Comparator<Node> order = Comparator.comparingLong(n -> tick ? n.idleSince : n.leafSince);
      Node victim = nodes.values().stream().filter(Node::isLeaf).min(order).orElse(null);
      if (victim == null) {
        return -1;
      }
      remove(victim);
      return victim.id;
    }

    private void remove(Node removed) {
      removed.block = null;
      Node node = removed;
      while (node.children == 0) {
        nodes.remove(node.key);
        Node parent = node.parent;
        if (parent == null) {
          return;
        }
        parent.children--;
        if (parent.isLeaf()) {
          parent.leafSince = clock++;
        }
        if (parent.block != null) {
          return;
        }
        node = parent;
      }
    }

    @Override
    VictimOrder copy() {
      Lineage copy = new Lineage(tick);
      copy.clock = clock;
      nodes.keySet().forEach(key -> copy.nodes.put(key, new Node(key)));
      for (Node node : nodes.values()) {
        Node twin = copy.node(node.key);
        twin.block = node.block;
        twin.id = node.id;
        twin.parent = node.parent == null ? null : copy.node(node.parent.key);
        twin.children = node.children;
        twin.idleSince = node.idleSince;
        twin.leafSince = node.leafSince;
      }
      return copy;
    }

    private Node node(Key key) {
      Node node = nodes.get(key);
      if (node == null) {
        throw new IllegalStateException("no node at " + key);
      }
      return node;
    }

    /** What children of this block name as their parent: as many bits as their position has. */
    private static Key key(PositionalLineageHash hash) {
      return new Key(hash.position(), hash.parentFragmentForChildPosition(hash.position() + 1L));
    }
  }
}
