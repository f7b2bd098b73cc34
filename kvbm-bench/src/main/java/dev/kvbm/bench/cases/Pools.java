package dev.kvbm.bench.cases;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.PoolExhausted;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.LeafOrder;
import dev.kvbm.logical.frequency.FrequencyCapacity;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;

/** Pools as the cases want them. */
final class Pools {
  static final int BLOCK_SIZE = 4;

  private Pools() {}

  static BlockManager<G1> create(String backend, int blocks, boolean lfu) {
    return create(backend, blocks, BLOCK_SIZE, lfu);
  }

  static BlockManager<G1> create(String backend, int blocks, int blockSize, boolean lfu) {
    BlockRegistry.Builder registry = BlockRegistry.builder();
    if (lfu) {
      registry.frequencyTracker(FrequencyCapacity.MEDIUM.createTracker());
    }
    return BlockManager.builder(G1.TIER)
        .blocks(blocks)
        .blockSize(blockSize)
        .registry(registry.build())
        .eviction(eviction(backend))
        .build();
  }

  /** The policy that evicts in the order of one of the original's backends. */
  private static EvictionPolicy.Factory eviction(String backend) {
    return switch (backend) {
      case "lru" -> Eviction.lru();
      case "multi_lru" -> Eviction.multiLru();
      case "lineage_tick" -> Eviction.lineage(LeafOrder.TICK);
      case "lineage_fifo" -> Eviction.lineage(LeafOrder.FIFO);
      case "hashmap" -> Eviction.fifo();
      default -> throw new IllegalArgumentException("there is no backend " + backend);
    };
  }

  static ImmutableBlocks<G1> register(BlockManager<G1> manager, LineageHashes hashes) {
    return manager.allocate(hashes.size()).orElseThrow(PoolExhausted::new).register(hashes);
  }

  static void fill(MutableBlocks<G1> group, BlockManager<G1> manager, int n) {
    if (!manager.allocate(n, group)) {
      throw new PoolExhausted();
    }
  }

  /** Registers random chains of {@code n} and releases them, until the pool is full. */
  static LineageHashes[] fillWithIdleChains(BlockManager<G1> manager, SplitMix random, int n) {
    MutableBlocks<G1> mutable = manager.newMutableBlocks();
    ImmutableBlocks<G1> immutable = manager.newImmutableBlocks();
    LineageHashes[] chains = new LineageHashes[manager.totalBlocks() / n];
    for (int i = 0; i < chains.length; i++) {
      LineageHashBuffer chain = new LineageHashBuffer(n);
      random.chain(chain, n);
      fill(mutable, manager, n);
      mutable.register(chain, immutable);
      immutable.close();
      chains[i] = chain;
    }
    return chains;
  }
}
