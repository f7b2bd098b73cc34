package dev.kvbm.examples.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.LeakDetection;
import dev.kvbm.logical.SlotInfo;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.frequency.FrequencyCapacity;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.scheduling.Publication;
import dev.kvbm.logical.tier.G1;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;

/** Settings that nobody has thought of, looked at after every step. */
class RandomSettingsTest {

  private static <T> T oneOf(SplittableRandom random, List<T> choices) {
    return choices.get(random.nextInt(choices.size()));
  }

  private static EvictionPolicy.Factory policy(SplittableRandom random) {
    return oneOf(
        random, List.of(Eviction.lineage(), Eviction.lru(), Eviction.fifo(), Eviction.multiLru()));
  }

  private static Settings settings(SplittableRandom random) {
    return new Settings(
        random.nextInt(4) > 0,
        random.nextInt(1, 10),
        random.nextInt(1, 60),
        random.nextBoolean(),
        random.nextInt(6),
        Publication.WHEN_COMPUTED);
  }

  /** What others could match, and what requests hold as published, has to have its content. */
  private static void check(BlockManager<G1> manager, KvMemory memory, String what) {
    assertThat(manager.invariantViolations()).as(what).isEmpty();
    for (SlotInfo slot : manager.slots()) {
      switch (slot.state()) {
        case PRIMARY, DUPLICATE, INACTIVE ->
            assertThat(memory.isWritten(slot.id())).as("%s: %s", what, slot).isTrue();
        case RESET, MUTABLE, STAGED -> {}
      }
    }
  }

  @RepeatedTest(40)
  void theAnswersDoNotDependOnTheSettings(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    SplittableRandom random = new SplittableRandom(seed);
    TinyModel model = new TinyModel(random.nextLong());
    Workload workload = Workload.of(model, random.nextLong(), 6);
    int blockSize = oneOf(random, List.of(1, 2, 4, 8, 16, 32));
    int fewest = (workload.mostTokens() + blockSize - 1) / blockSize;
    int blocks = fewest + random.nextInt(4 * fewest);
    Settings settings = settings(random);
    String what = "seed %d, %d blocks of %d, %s".formatted(seed, blocks, blockSize, settings);
    BlockManager<G1> manager =
        BlockManager.builder(G1.TIER)
            .blocks(blocks)
            .blockSize(blockSize)
            .eviction(policy(random))
            .duplicationPolicy(oneOf(random, List.of(DuplicationPolicy.values())))
            .leakDetection(LeakDetection.ALL)
            .registry(
                BlockRegistry.builder()
                    .frequencyTracker(FrequencyCapacity.SMALL.createTracker())
                    .build())
            .build();
    KvMemory memory = new KvMemory(blocks, blockSize);

    try (TinyEngine engine = new TinyEngine(model, manager, memory, settings)) {
      int right = workload.run(engine, () -> check(manager, memory, what));

      assertThat(right).as(what).isEqualTo(workload.answers());
      assertThat(manager.availableBlocks()).as(what).isEqualTo(blocks);
      assertThat(manager.heldGuards()).as(what).isEmpty();
    }
  }

  /** Requests are cut off wherever they are: waiting, scheduled, forked, preempted. */
  @RepeatedTest(20)
  void anEngineThatIsClosedMidwayGivesEveryBlockBack(RepetitionInfo repetition) {
    long seed = repetition.getCurrentRepetition();
    SplittableRandom random = new SplittableRandom(seed);
    TinyModel model = new TinyModel(seed);
    BlockManager<G1> manager =
        BlockManager.builder(G1.TIER)
            .blocks(30)
            .blockSize(8)
            .registry(BlockRegistry.create())
            .build();
    KvMemory memory = new KvMemory(30, 8);

    try (TinyEngine engine = new TinyEngine(model, manager, memory, settings(random))) {
      IntStream.range(0, 8)
          .mapToObj(id -> new Request(id, random.ints(40, 0, 9).toArray(), 30, 2, 10))
          .forEach(engine::submit);
      for (int steps = random.nextInt(1, 60); steps > 0; steps--) {
        engine.step();
      }
    }

    assertThat(manager.availableBlocks()).as("seed %d", seed).isEqualTo(30);
    check(manager, memory, "seed " + seed);
  }
}
