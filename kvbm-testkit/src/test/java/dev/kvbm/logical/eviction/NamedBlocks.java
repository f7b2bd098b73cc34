package dev.kvbm.logical.eviction;

import dev.kvbm.testkit.eviction.SimulatedPool;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** A pool whose blocks have names, so that tests read like the examples they come from. */
final class NamedBlocks {
  private final Map<String, PositionalLineageHash> hashes = new HashMap<>();
  private final Map<PositionalLineageHash, String> names = new HashMap<>();
  private final String[] nameOfSlot;
  final SimulatedPool pool;

  NamedBlocks(int blocks, EvictionPolicy.Factory factory) {
    pool = new SimulatedPool(blocks, factory);
    nameOfSlot = new String[blocks];
  }

  /** Declares a sequence: each block continues the one before, which may be declared already. */
  NamedBlocks sequence(String... blocks) {
    for (int i = 0; i < blocks.length; i++) {
      if (!hashes.containsKey(blocks[i])) {
        long current = blocks[i].hashCode() * 0x9E3779B97F4A7C15L;
        if (i == 0) {
          declare(blocks[i], PositionalLineageHash.of(current, 0, 0));
        } else {
          PositionalLineageHash parent = hash(blocks[i - 1]);
          declare(
              blocks[i],
              PositionalLineageHash.of(
                  current, parent.currentSequenceHash(), parent.position() + 1));
        }
      }
    }
    return this;
  }

  /** Declares a block with a hash of its own. */
  NamedBlocks declare(String block, PositionalLineageHash hash) {
    hashes.put(block, hash);
    names.put(hash, block);
    return this;
  }

  PositionalLineageHash hash(String block) {
    return Objects.requireNonNull(hashes.get(block), block);
  }

  int slot(String block) {
    return pool.find(hash(block));
  }

  /** Makes blocks resident, referenced. */
  NamedBlocks register(String... blocks) {
    for (String block : blocks) {
      nameOfSlot[pool.register(hash(block))] = block;
    }
    return this;
  }

  /** Releases blocks one by one, registering those that are not resident first. */
  NamedBlocks idle(String... blocks) {
    for (String block : blocks) {
      if (slot(block) < 0) {
        register(block);
      }
      pool.release(slot(block));
    }
    return this;
  }

  NamedBlocks match(String... blocks) {
    pool.revive(Arrays.stream(blocks).mapToInt(this::slot).toArray());
    return this;
  }

  NamedBlocks vacate(String... blocks) {
    for (String block : blocks) {
      pool.vacate(slot(block));
    }
    return this;
  }

  /** Evicts up to {@code n} blocks. */
  List<String> evict(int n) {
    List<String> evicted = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      int slot = pool.evict();
      if (slot != -1) {
        evicted.add(nameOfSlot[slot]);
      }
    }
    return evicted;
  }

  List<String> evictAll() {
    return evict(pool.blocks() + 1);
  }

  /** The order of eviction as a preview of all shows it. */
  List<String> order() {
    int[] slots = new int[pool.blocks()];
    int n = pool.policy().preview(slots);
    return Arrays.stream(slots, 0, n).mapToObj(slot -> nameOfSlot[slot]).toList();
  }

  /** The number of leaves, after a check of the whole forest. */
  int leaves() {
    return ((LineagePolicy) pool.policy()).check();
  }

  /** How many ghosts have no slot to stand for them. */
  int keyedNodes() {
    return ((LineagePolicy) pool.policy()).keyedNodes();
  }
}
