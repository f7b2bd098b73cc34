package dev.kvbm.replay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.scheduling.ReleaseOrder;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop does what a plain simulation of the same rules does, on random traces and options. */
class EngineLoopModelTest {
  private static final int RUNS = 400;

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void theLoopDoesWhatAPlainSimulationDoes(long seed) {
    Random random = new Random(seed);
    long preemptions = 0;
    long hits = 0;
    for (int run = 0; run < RUNS; run++) {
      int blockSize = 1 << random.nextInt(5);
      List<NaiveEngine.Job> jobs = Jobs.random(random, blockSize);
      EngineOptions options = options(random, jobs);
      int blocks = 1 + random.nextInt(random.nextBoolean() ? 20 : 120);
      EngineTrace trace = Jobs.trace(jobs, blockSize);
      int[] continuations = Continuations.of(trace.requests());
      NaiveEngine.Outcome expected =
          new NaiveEngine(jobs, continuations, options, blockSize, blocks).run();
      EngineLoop loop =
          new EngineLoop(trace, options, Eviction.lru(), ReleaseOrder.TAIL_FIRST, blocks);

      EngineResult result = loop.run(() -> true);

      String what =
          "seed %d run %d: %s, %d blocks of %d, %s"
              .formatted(seed, run, options, blocks, blockSize, jobs);
      assertThat(loop.manager().invariantViolations()).as(what).isEmpty();
      assertThat(loop.manager().availableBlocks()).as(what).isEqualTo(blocks);
      compare(what, result, expected);
      preemptions += result.preemptions();
      hits += result.first().hits() + result.again().hits();
    }
    assertThat(preemptions).isGreaterThan(100);
    assertThat(hits).isGreaterThan(1_000);
  }

  private static EngineOptions options(Random random, List<NaiveEngine.Job> jobs) {
    boolean clock = jobs.getLast().arrivalNanos() > 0;
    boolean apart = !clock || random.nextInt(5) == 0;
    return EngineOptions.DEFAULT
        .withLimits(
            1 + random.nextInt(12),
            1 + random.nextInt(random.nextInt(3) == 0 ? 12 : 200),
            random.nextInt(4) > 0)
        .withAdmission(random.nextBoolean() ? Admission.WHOLE_PROMPT : Admission.FIRST_CHUNK)
        .withSharing(random.nextBoolean() ? Sharing.AFTER_STEP : Sharing.WITHIN_STEP)
        .withArrivals(apart ? Arrivals.APART : Arrivals.TRACE, 0)
        .withOutput(
            switch (random.nextInt(6)) {
              case 0 -> Output.NONE;
              case 1, 2 -> Output.CONTINUED;
              default -> Output.TRACE;
            })
        .withCost(random.nextBoolean() ? LinearCost.DEFAULT : new PolynomialCost());
  }

  private static void compare(String what, EngineResult result, NaiveEngine.Outcome expected) {
    assertThat(result.complete()).as(what).isTrue();
    assertThat(result.refusals().total()).as(what).isEqualTo(expected.refused);
    assertThat(result.finished()).as(what).isEqualTo(expected.finished);
    assertThat(result.preemptions()).as(what).isEqualTo(expected.preemptions);
    assertThat(result.steps()).as(what).isEqualTo(expected.steps);
    assertThat(result.endNanos()).as(what).isEqualTo(expected.endNanos);
    assertThat(result.first().hits()).as(what).isEqualTo(expected.hits);
    assertThat(result.first().accesses()).as(what).isEqualTo(expected.accesses);
    assertThat(result.again().hits()).as(what).isEqualTo(expected.againHits);
    assertThat(result.again().accesses()).as(what).isEqualTo(expected.againAccesses);
    assertThat(result.prefillTokens()).as(what).isEqualTo(expected.prefillTokens);
    assertThat(result.generatedTokens()).as(what).isEqualTo(expected.generated);
    assertThat(result.registeredBlocks()).as(what).isEqualTo(expected.registrations);
    assertThat(result.evictions()).as(what).isEqualTo(expected.evictions);
    assertThat(result.usage().maxPinnedBlocks()).as(what).isEqualTo(expected.maxPinned);
    assertThat(result.interToken().count()).as(what).isEqualTo(expected.interTokens);
    sum(what, result.queueing(), expected.queueingNanos);
    sum(what, result.timeToFirstToken(), expected.firstTokenNanos);
    sum(what, result.interToken(), expected.interTokenNanos);
    sum(what, result.endToEnd(), expected.endToEndNanos);
  }

  private static void sum(String what, Latency latency, double expected) {
    assertThat(latency.meanNanos() * latency.count())
        .as(what)
        .isCloseTo(expected, offset(1 + expected * 1e-9));
  }
}
