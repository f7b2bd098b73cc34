package dev.kvbm.bench.cases;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.tier.G1;
import java.util.List;

/** A case on one pool. */
abstract class PoolCase extends BenchCase {
  final BlockManager<G1> manager;
  private int availableAtRest;

  PoolCase(BlockManager<G1> manager) {
    this.manager = manager;
  }

  /** Says that the pool is now as it should be between runs. */
  final void atRest() {
    availableAtRest = manager.availableBlocks();
  }

  @Override
  public void check() {
    List<String> problems = manager.invariantViolations();
    if (!problems.isEmpty()) {
      throw new IllegalStateException("the pool is broken: " + problems);
    }
    if (manager.availableBlocks() != availableAtRest) {
      throw new IllegalStateException(
          manager.availableBlocks()
              + " blocks are available after the work, not "
              + availableAtRest);
    }
  }

  @Override
  public void close() {
    manager.close();
  }
}
