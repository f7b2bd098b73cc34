package dev.kvbm.examples.tiny;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import java.util.List;

/**
 * A way to run the engine.
 *
 * @param name what the table calls it
 * @param blocks the size of the pool
 * @param settings the rest
 */
record Mode(String name, int blocks, Settings settings) {
  static final int BLOCK_SIZE = 8;

  private static final int ROOMY = 1024;

  static final List<Mode> ALL =
      List.of(
          new Mode("cache off", ROOMY, Settings.PLAIN),
          new Mode("cache on", ROOMY, Settings.PLAIN.withPrefixCache()),
          new Mode("thrashing", 40, Settings.PLAIN.withPrefixCache().withMostRunning(2)),
          new Mode("preempted", 40, Settings.PLAIN.withPrefixCache()),
          new Mode("forked", ROOMY, Settings.PLAIN.withPrefixCache().withForks()),
          new Mode("speculative", ROOMY, Settings.PLAIN.withPrefixCache().withGuesses(4)),
          new Mode("all together", 40, Settings.PLAIN.withPrefixCache().withForks().withGuesses(4)),
          new Mode("all, cache off", 40, Settings.PLAIN.withForks().withGuesses(4)));

  /**
   * What came of it.
   *
   * @param mode the mode
   * @param tally what the engine counted
   * @param evictions what the manager counted
   * @param wrongAnswers how many answers differ from what is expected, or are missing
   * @param lostBlocks how many blocks were not given back
   */
  record Outcome(Mode mode, Tally tally, long evictions, int wrongAnswers, int lostBlocks) {
    boolean isIdentical() {
      return wrongAnswers == 0 && lostBlocks == 0;
    }

    String problem() {
      return wrongAnswers + " WRONG, " + lostBlocks + " blocks lost";
    }
  }

  /** Runs the workload on an engine of its own. */
  Outcome run(TinyModel model, Workload workload) {
    BlockManager<G1> manager =
        BlockManager.builder(G1.TIER)
            .blocks(blocks)
            .blockSize(BLOCK_SIZE)
            .registry(BlockRegistry.create())
            .build();
    KvMemory memory = new KvMemory(blocks, BLOCK_SIZE);
    try (manager;
        TinyEngine engine = new TinyEngine(model, manager, memory, settings)) {
      int wrong = workload.answers() - workload.run(engine, () -> {});
      int lost = manager.totalBlocks() - manager.availableBlocks();
      return new Outcome(this, engine.tally(), manager.metrics().evictions(), wrong, lost);
    }
  }
}
