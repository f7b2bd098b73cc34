package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Builds the managers of a test and checks the invariants of every one of them when the test is
 * over, whether it passed or not.
 */
public final class Pools implements AfterEachCallback {
  private final List<BlockManager<?>> managers = new ArrayList<>();

  /** LRU, blocks of 4 tokens, a registry of its own that counts accesses. */
  public static BlockManager.Builder<G1> builder(int blocks) {
    return builder(G1.TIER, blocks, countingRegistry());
  }

  public static <T> BlockManager.Builder<T> builder(
      Tier<T> tier, int blocks, BlockRegistry registry) {
    return BlockManager.builder(tier)
        .blocks(blocks)
        .blockSize(Hashes.BLOCK_SIZE)
        .registry(registry)
        .eviction(Eviction.lru());
  }

  public static BlockRegistry countingRegistry() {
    return BlockRegistry.builder().frequencyTracker(new CountingTracker()).build();
  }

  public BlockManager<G1> of(int blocks) {
    return build(builder(blocks));
  }

  BlockManager<G1> of(int blocks, Backend backend) {
    return build(builder(blocks).eviction(backend.factory()));
  }

  BlockManager<G1> evicting(int blocks, EvictionPolicy.Factory policy) {
    return build(builder(blocks).eviction(policy));
  }

  public BlockManager<G1> with(int blocks, UnaryOperator<BlockManager.Builder<G1>> options) {
    return build(options.apply(builder(blocks)));
  }

  public <T> BlockManager<T> build(BlockManager.Builder<T> builder) {
    return track(builder.build());
  }

  public <T> BlockManager<T> track(BlockManager<T> manager) {
    managers.add(manager);
    return manager;
  }

  /** For the few tests that break a pool on purpose. */
  void forget(BlockManager<?> manager) {
    managers.remove(manager);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    for (BlockManager<?> manager : managers) {
      assertThat(manager.invariantViolations()).as("invariants of %s", manager).isEmpty();
    }
  }

  // --------------- steps of many tests ---------------

  /** Allocates and registers one block for each hash. */
  public static <T> ImmutableBlocks<T> register(BlockManager<T> manager, LineageHashes hashes) {
    return manager.allocate(hashes.size()).orElseThrow(PoolExhausted::new).register(hashes);
  }

  public static <T> ImmutableBlock<T> register(
      BlockManager<T> manager, PositionalLineageHash hash) {
    return manager
        .allocate()
        .orElseThrow(PoolExhausted::new)
        .stage(hash, manager.blockSize())
        .register();
  }

  /** Registers the blocks and lets go of them: they are idle now. */
  public static void cache(BlockManager<?> manager, LineageHashes hashes) {
    register(manager, hashes).close();
  }

  public static void cache(BlockManager<?> manager, PositionalLineageHash hash) {
    register(manager, hash).close();
  }

  /** Evicts {@code n} blocks, frees them again and returns what they held. */
  public static LineageHashes evict(BlockManager<?> manager, int n) {
    try (MutableBlocks<?> blocks =
        manager.allocate((int) manager.metrics().resetPoolSize() + n).orElseThrow()) {
      return LineageHashes.copyOf(List.of(blocks.evicted().toArray()));
    }
  }

  /** Free and idle blocks, as the gauges tell them. */
  public static String pools(BlockManager<?> manager) {
    var metrics = manager.metrics();
    return metrics.resetPoolSize() + " free, " + metrics.inactivePoolSize() + " idle";
  }
}
