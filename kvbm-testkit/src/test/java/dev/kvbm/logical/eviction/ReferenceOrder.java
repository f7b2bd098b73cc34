package dev.kvbm.logical.eviction;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The eviction orders as plainly as they can be written: objects, maps and linear searches. Knows
 * blocks by hash only and hears nothing about residence, like the indexes of inactive blocks whose
 * order the policies have to reproduce.
 */
interface ReferenceOrder {

  void insert(PositionalLineageHash hash, int id, int frequency);

  /** Removes a block that was matched. */
  void remove(PositionalLineageHash hash);

  /** Removes and returns the next victim, or -1. */
  int evict();

  /** A map from ever growing numbers to blocks. */
  final class Fifo implements ReferenceOrder {
    private record Entry(PositionalLineageHash hash, int id) {}

    private final TreeMap<Long, Entry> order = new TreeMap<>();
    private long next;

    @Override
    public void insert(PositionalLineageHash hash, int id, int frequency) {
      order.put(next++, new Entry(hash, id));
    }

    @Override
    public void remove(PositionalLineageHash hash) {
      order.values().removeIf(entry -> entry.hash().equals(hash));
    }

    @Override
    public int evict() {
      var entry = order.pollFirstEntry();
      return entry == null ? -1 : entry.getValue().id();
    }
  }

  /** One map in insertion order for each level. */
  final class Levels implements ReferenceOrder {
    private final List<Map<PositionalLineageHash, Integer>> levels = new ArrayList<>();
    private final int[] thresholds;

    /** With no thresholds, plain LRU. */
    Levels(int... thresholds) {
      this.thresholds = thresholds;
      for (int i = 0; i <= thresholds.length; i++) {
        levels.add(new LinkedHashMap<>());
      }
    }

    @Override
    public void insert(PositionalLineageHash hash, int id, int frequency) {
      int level = 0;
      while (level < thresholds.length && frequency >= thresholds[level]) {
        level++;
      }
      levels.get(level).put(hash, id);
    }

    @Override
    public void remove(PositionalLineageHash hash) {
      levels.forEach(level -> level.remove(hash));
    }

    @Override
    public int evict() {
      for (var level : levels) {
        var entries = level.entrySet().iterator();
        if (entries.hasNext()) {
          int id = entries.next().getValue();
          entries.remove();
          return id;
        }
      }
      return -1;
    }
  }

  /** The prefix forest with real nodes, ghosts and lists of children. */
  final class Lineage implements ReferenceOrder {
    private record Key(int position, long fragment) {}

    private static final class Node {
      final Key key;
      @Nullable PositionalLineageHash real;
      int id;
      @Nullable Node parent;
      final List<Node> children = new ArrayList<>();
      long tick;

      Node(Key key) {
        this.key = key;
      }
    }

    private final boolean byTick;
    private final Map<Key, Node> nodes = new HashMap<>();
    private final TreeMap<Long, Node> leavesByTick = new TreeMap<>();
    private final LinkedHashSet<Node> leavesByArrival = new LinkedHashSet<>();
    private long nextTick;

    Lineage(LeafOrder order) {
      byTick = order == LeafOrder.TICK;
    }

    @Override
    public void insert(PositionalLineageHash hash, int id, int frequency) {
      Node node = nodes.computeIfAbsent(keyOf(hash), Node::new);
      if (node.real != null) {
        throw new IllegalStateException("two blocks of one key are idle: " + hash);
      }
      node.real = hash;
      node.id = id;
      node.tick = nextTick++;
      if (hash.position() > 0 && node.parent == null) {
        Key parentKey = new Key(hash.position() - 1, hash.parentHashFragment());
        Node parent = nodes.computeIfAbsent(parentKey, Node::new);
        boolean wasLeaf = parent.real != null && parent.children.isEmpty();
        node.parent = parent;
        parent.children.addFirst(node);
        if (wasLeaf) {
          removeLeaf(parent);
        }
      }
      if (node.children.isEmpty()) {
        addLeaf(node);
      }
    }

    @Override
    public void remove(PositionalLineageHash hash) {
      Node node = nodes.get(keyOf(hash));
      if (node == null || !hash.equals(node.real)) {
        throw new IllegalStateException("not in the index: " + hash);
      }
      remove(node);
    }

    @Override
    public int evict() {
      Node victim = null;
      if (byTick && !leavesByTick.isEmpty()) {
        victim = leavesByTick.firstEntry().getValue();
      } else if (!byTick && !leavesByArrival.isEmpty()) {
        victim = leavesByArrival.getFirst();
      }
      if (victim == null) {
        return -1;
      }
      int id = victim.id;
      remove(victim);
      return id;
    }

    int leaves() {
      return byTick ? leavesByTick.size() : leavesByArrival.size();
    }

    int nodes() {
      return nodes.size();
    }

    private void remove(Node removed) {
      removed.real = null;
      removeLeaf(removed);
      Node node = removed;
      while (node.children.isEmpty()) {
        nodes.remove(node.key);
        Node parent = node.parent;
        if (parent == null) {
          return;
        }
        parent.children.remove(node);
        if (!parent.children.isEmpty()) {
          return;
        }
        if (parent.real != null) {
          addLeaf(parent);
          return;
        }
        node = parent;
      }
    }

    private void addLeaf(Node node) {
      if (byTick) {
        leavesByTick.put(node.tick, node);
      } else {
        leavesByArrival.add(node);
      }
    }

    private void removeLeaf(Node node) {
      if (byTick) {
        leavesByTick.remove(node.tick);
      } else {
        leavesByArrival.remove(node);
      }
    }

    private static Key keyOf(PositionalLineageHash hash) {
      int next = hash.position() + 1;
      int bits = next <= 0xFF ? 54 : next <= 0xFFFF ? 46 : 38;
      return new Key(hash.position(), hash.currentSequenceHash() << (64 - bits) >>> (64 - bits));
    }
  }
}
