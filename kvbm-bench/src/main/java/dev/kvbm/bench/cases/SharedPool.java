package dev.kvbm.bench.cases;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import java.util.ArrayList;
import java.util.List;

/** A pool that several threads look chains up in, each its own or all the same. */
public final class SharedPool implements AutoCloseable {
  private static final int BLOCKS = 64;

  private final BlockManager<G1> manager;
  private final List<LineageHashes> chains = new ArrayList<>();
  private final boolean single;
  private final int availableAtRest;

  SharedPool(CaseName name, boolean held) {
    manager = Pools.create(name.backend(), BLOCKS, name.flag("lfu"));
    single = name.isForm("single");
    boolean own = name.option("chain").equals("own");
    int n = name.number("n");
    for (int t = 0; t < name.number("threads"); t++) {
      chains.add(Chains.ofTokensFrom(own ? t * 1_000_000 : 0, n));
    }
    for (LineageHashes chain : own ? chains : chains.subList(0, 1)) {
      ImmutableBlocks<G1> holder = Pools.register(manager, chain);
      if (!held) {
        holder.close();
      }
    }
    availableAtRest = manager.availableBlocks();
  }

  /** How many threads the case has. */
  public int threads() {
    return chains.size();
  }

  /** The work of the thread with this number, from 0. */
  public BenchCase worker(int thread) {
    LineageHashes chain = chains.get(thread);
    return single ? new SingleWorker(manager, chain) : new Worker(manager, chain);
  }

  /**
   * Checks that no blocks are held that were not held at the start.
   *
   * @throws IllegalStateException if that is not so
   */
  public void check() {
    if (!manager.invariantViolations().isEmpty() || manager.availableBlocks() != availableAtRest) {
      throw new IllegalStateException("the pool is not as it was: " + manager.dump(8));
    }
  }

  @Override
  public void close() {
    manager.close();
  }

  private static final class Worker extends BenchCase {
    private final BlockManager<G1> manager;
    private final LineageHashes chain;
    private final ImmutableBlocks<G1> group;

    Worker(BlockManager<G1> manager, LineageHashes chain) {
      this.manager = manager;
      this.chain = chain;
      this.group = manager.newImmutableBlocks();
    }

    @Override
    public long run() {
      manager.match(chain, group);
      int hits = group.size();
      group.close();
      return hits;
    }

    @Override
    public long expected() {
      return chain.size();
    }
  }

  private static final class SingleWorker extends BenchCase {
    private final BlockManager<G1> manager;
    private final LineageHashes chain;

    SingleWorker(BlockManager<G1> manager, LineageHashes chain) {
      this.manager = manager;
      this.chain = chain;
    }

    @Override
    public long run() {
      int hits = 0;
      for (ImmutableBlock<G1> guard : manager.match(chain).split()) {
        guard.close();
        hits++;
      }
      return hits;
    }

    @Override
    public long expected() {
      return chain.size();
    }
  }
}
