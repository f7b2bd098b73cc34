package dev.kvbm.bench.cases;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashBuffer;

/** A pool that is built and then filled with random chains, for weighing. */
public final class Residency implements AutoCloseable {
  private static final int CHAIN = 32;

  private final BlockManager<G1> manager;
  private final boolean held;

  private Residency(BlockManager<G1> manager, boolean held) {
    this.manager = manager;
    this.held = held;
  }

  /** Builds an empty pool for a memory case. */
  public static Residency build(String text, int blocks) {
    CaseName name = CaseName.parse(text);
    boolean lfu = name.backend().equals("multi_lru");
    return new Residency(
        Pools.create(name.backend(), blocks, lfu), name.option("state").equals("active"));
  }

  /**
   * Registers a chain after the other until the pool is full, and releases each or holds all in one
   * group.
   *
   * @return that group; empty if the blocks are idle
   */
  public ImmutableBlocks<G1> fill() {
    SplitMix random = new SplitMix(1);
    LineageHashBuffer chain = new LineageHashBuffer(CHAIN);
    MutableBlocks<G1> mutable = manager.newMutableBlocks();
    ImmutableBlocks<G1> registered = manager.newImmutableBlocks();
    ImmutableBlocks<G1> all = manager.match(chain);
    for (int i = 0; i < manager.totalBlocks() / CHAIN; i++) {
      random.chain(chain, CHAIN);
      Pools.fill(mutable, manager, CHAIN);
      mutable.register(chain, registered);
      if (held) {
        all.addAll(registered);
      } else {
        registered.close();
      }
    }
    return all;
  }

  @Override
  public void close() {
    manager.close();
  }
}
