package dev.kvbm.bench;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.LeafOrder;
import dev.kvbm.logical.frequency.FrequencyCapacity;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashBuffer;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Groups of 32 blocks on a pool: cached hits, allocation, and turning the pool over. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgs = "-Xmx4g")
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class StoreBenchmark {
  private static final int CHAIN = 32;

  /** The eviction policy. */
  @Param({"lru", "lineage_tick", "lineage_fifo"})
  public String policy = "";

  /** Whether accesses are counted. */
  @Param({"false", "true"})
  public boolean lfu;

  /** Blocks of the pool. */
  @Param({"4096", "1048576"})
  public int pool;

  private final SplitMix random = new SplitMix(1);
  private LineageHashBuffer[] chains = {};
  private LineageHashBuffer fresh = new LineageHashBuffer();
  private BlockManager<G1> manager = emptyPool(1, Eviction.lru(), false);
  private MutableBlocks<G1> mutable = manager.newMutableBlocks();
  private ImmutableBlocks<G1> immutable = manager.newImmutableBlocks();

  private static BlockManager<G1> emptyPool(
      int blocks, EvictionPolicy.Factory eviction, boolean lfu) {
    BlockRegistry.Builder registry = BlockRegistry.builder();
    if (lfu) {
      registry.frequencyTracker(FrequencyCapacity.MEDIUM.createTracker());
    }
    return BlockManager.builder(G1.TIER)
        .blocks(blocks)
        .blockSize(4)
        .registry(registry.build())
        .eviction(eviction)
        .build();
  }

  /** Fills the pool with idle random chains. */
  @Setup
  public void fill() {
    EvictionPolicy.Factory eviction =
        switch (policy) {
          case "lru" -> Eviction.lru();
          case "lineage_tick" -> Eviction.lineage();
          default -> Eviction.lineage(LeafOrder.FIFO);
        };
    manager = emptyPool(pool, eviction, lfu);
    mutable = manager.newMutableBlocks();
    immutable = manager.newImmutableBlocks();
    chains = new LineageHashBuffer[pool / CHAIN];
    for (int i = 0; i < chains.length; i++) {
      chains[i] = new LineageHashBuffer(CHAIN);
      random.chain(chains[i], CHAIN);
      turnOver(chains[i]);
    }
  }

  private void turnOver(LineageHashBuffer hashes) {
    if (!manager.allocate(CHAIN, mutable)) {
      throw new IllegalStateException("pool exhausted");
    }
    mutable.register(hashes, immutable);
    immutable.close();
  }

  /** Match of a random idle chain, all hits, and its release. */
  @Benchmark
  public int matchInactiveRandom() {
    manager.match(chains[random.next(chains.length)], immutable);
    int hits = immutable.size();
    immutable.close();
    return hits;
  }

  /** A fresh chain: allocation by eviction, registration, release. */
  @Benchmark
  public int churn() {
    random.chain(fresh, CHAIN);
    turnOver(fresh);
    return fresh.size();
  }
}
