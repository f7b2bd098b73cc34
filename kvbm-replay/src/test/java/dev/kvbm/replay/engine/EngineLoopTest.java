package dev.kvbm.replay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.scheduling.ReleaseOrder;
import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.replay.trace.TraceOptions;
import dev.kvbm.replay.trace.TraceReader;
import dev.kvbm.replay.trace.TraceRequest;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineLoopTest {
  private static final long MILLI = 1_000_000;

  /** A step takes 10 ms, and a token of prefill one more. */
  private static final EngineOptions OPTIONS =
      EngineOptions.DEFAULT.withCost(new LinearCost(10, 1_000, 0, 0)).withLimits(8, 8, true);

  private static EngineLoop loop(EngineOptions options, int blocks, NaiveEngine.Job... jobs) {
    return new EngineLoop(
        Jobs.trace(List.of(jobs), 4), options, Eviction.lru(), ReleaseOrder.TAIL_FIRST, blocks);
  }

  private static EngineResult run(EngineOptions options, int blocks, NaiveEngine.Job... jobs) {
    EngineLoop loop = loop(options, blocks, jobs);
    loop.tellOutcomes();
    EngineResult result = loop.run(() -> true);
    assertThat(loop.manager().invariantViolations()).isEmpty();
    assertThat(loop.manager().availableBlocks()).isEqualTo(blocks);
    return result;
  }

  @Test
  void aRequestAloneTakesAStepForEachChunkAndEachTokenButTheFirst() {
    EngineResult result = run(OPTIONS, 8, Jobs.job(0, 10, 3, 0, 1, 2));

    assertThat(result.steps()).isEqualTo(4);
    assertThat(result.prefillTokens()).isEqualTo(10);
    assertThat(result.generatedTokens()).isEqualTo(3);
    assertThat(result.timeToFirstToken().maxNanos()).isEqualTo((10 + 8 + 10 + 2) * MILLI);
    assertThat(result.interToken().count()).isEqualTo(2);
    assertThat(result.interToken().maxNanos()).isEqualTo(10 * MILLI);
    assertThat(result.endNanos()).isEqualTo(50 * MILLI);
    assertThat(result.registeredBlocks()).as("the last token is never computed").isEqualTo(3);
    assertThat(result.usage().maxPinnedBlocks()).isEqualTo(4);
  }

  @Test
  void aPromptThatIsCachedAsAWholeStillComputesItsLastBlock() {
    EngineResult result = run(OPTIONS, 8, Jobs.job(0, 8, 1, 0, 1), Jobs.job(900, 8, 1, 0, 1));

    assertThat(result.first().hits()).isEqualTo(1);
    assertThat(result.first().hitTokens()).isEqualTo(4);
    assertThat(result.prefillTokens()).isEqualTo(8 + 4);
  }

  @Test
  void requestsThatOverlapShareTheStepAndItsBudget() {
    EngineResult result = run(OPTIONS, 16, Jobs.job(0, 6, 3, 0, 1), Jobs.job(0.001, 6, 1, 2, 3));

    // 6 tokens; then 1 to decode and 6 of prefill; then 1 to decode.
    assertThat(result.steps()).isEqualTo(3);
    assertThat(result.endNanos()).isEqualTo((16 + 16 + 10) * MILLI);
    assertThat(result.outcomes().get(1).queueingNanos()).isEqualTo(16 * MILLI - 1_000);
    assertThat(result.usage().maxRunning()).isEqualTo(2);
  }

  @Test
  void whatAStepComputesIsSharedAfterItOrWithinIt() {
    NaiveEngine.Job[] twins = {Jobs.job(0, 4, 0, 0), Jobs.job(0, 8, 0, 0, 1), Jobs.job(99, 1, 0)};
    EngineOptions wide = OPTIONS.withLimits(8, 100, true);

    assertThat(run(wide, 9, twins).first().hits()).isZero();
    assertThat(run(wide.withSharing(Sharing.WITHIN_STEP), 9, twins).first().hits()).isEqualTo(1);
  }

  @Test
  void theLastAdmittedIsPreemptedAndComesBackToWhatItComputed() {
    // Both need a second block for their fifth token, and there is one.
    EngineResult result =
        run(OPTIONS, 3, Jobs.job(0, 4, 4, 0), Jobs.job(0.001, 4, 4, 1), Jobs.job(0.002, 4, 1, 2));

    assertThat(result.preemptions()).isPositive();
    assertThat(result.outcomes().get(0).preemptions()).isZero();
    assertThat(result.outcomes().get(1).preemptions()).isEqualTo(1);
    assertThat(result.outcomes().get(2).preemptions()).as("never ran before").isZero();
    assertThat(result.outcomes().get(2).queueingNanos())
        .as("waits behind the preempted one until the first is finished")
        .isEqualTo(result.outcomes().get(0).endToEndNanos() - 2_000);
    assertThat(result.finished()).isEqualTo(3);
    assertThat(result.first().admissions()).isEqualTo(3);
    assertThat(result.first().hits()).isZero();
    assertThat(result.again().admissions()).isEqualTo(1);
    assertThat(result.again().hits()).isEqualTo(1);
  }

  @Test
  void aPromptIsAdmittedAsAWholeOrByItsFirstChunk() {
    NaiveEngine.Job[] jobs = {Jobs.job(0, 4, 8, 0), Jobs.job(0.001, 16, 1, 1, 2, 3, 4)};

    EngineResult whole = run(OPTIONS, 5, jobs);
    EngineResult chunk = run(OPTIONS.withAdmission(Admission.FIRST_CHUNK), 5, jobs);

    assertThat(whole.preemptions()).isZero();
    assertThat(chunk.preemptions()).isPositive();
    assertThat(chunk.outcomes().get(1).queueingNanos())
        .isLessThan(whole.outcomes().get(1).queueingNanos());
  }

  @Test
  void whatCanNeverRunIsRefusedWithTheReasonAndTheOthersRun() {
    EngineResult result =
        run(
            OPTIONS.withLimits(8, 8, false),
            4,
            Jobs.job(0, 17, 0, 0, 1, 2, 3, 4),
            Jobs.job(0, 12, 9, 5, 6, 7),
            Jobs.job(0, 9, 0, 8, 9, 10),
            Jobs.job(0, 0, 3),
            Jobs.job(1, 8, 1, 11, 12));

    assertThat(result.refusals()).isEqualTo(new EngineResult.Refusals(2, 1, 1));
    assertThat(result.finished()).isEqualTo(1);
    assertThat(result.outcomes())
        .extracting(RequestOutcome::end)
        .containsExactly(
            RequestOutcome.End.LARGER_THAN_POOL,
            RequestOutcome.End.LARGER_THAN_POOL,
            RequestOutcome.End.LONGER_THAN_STEP,
            RequestOutcome.End.WITHOUT_PROMPT,
            RequestOutcome.End.FINISHED);
    assertThat(result.first().accesses()).as("of those that ran").isEqualTo(2);
  }

  @Test
  void aRequestMayFillThePoolToTheLastBlock() {
    EngineResult result =
        run(
            OPTIONS,
            4,
            Jobs.job(0, 12, 4, 0, 1, 2),
            Jobs.job(0, 16, 1, 4, 5, 6, 7),
            Jobs.job(1, 1, 0));

    assertThat(result.finished()).isEqualTo(3);
  }

  @Test
  void generatedBlocksTakeRoomAndAreFoundByTheTurnThatSendsThemBack() {
    NaiveEngine.Job[] turns = {Jobs.job(0, 6, 7, 0, 1), Jobs.job(900, 16, 1, 0, 2, 3, 4)};

    EngineResult unrelated = run(OPTIONS, 9, turns);
    EngineResult continued = run(OPTIONS.withOutput(Output.CONTINUED), 9, turns);

    assertThat(unrelated.registeredBlocks()).isEqualTo(3 + 3);
    assertThat(unrelated.first().hits()).isEqualTo(1);
    assertThat(continued.first().hits()).isEqualTo(3);
    assertThat(continued.registeredBlocks()).isEqualTo(3 + 1);
  }

  @Test
  void recordedTokensAreUsedSoThatOutputIsFoundAgain() {
    String lines =
        """
        {"arrival_time_ns":0,"token_ids":[1,2,3,4,5],"output_token_ids":[6,7,8,9],"block_size":4}
        {"arrival_time_ns":900000000,"token_ids":[1,2,3,4,5,6,7,8,1],"output_token_ids":[9],"block_size":4}
        {"arrival_time_ns":950000000,"token_ids":[1,2,3,4,5,6,7,8,1],"output_token_ids":[9],"block_size":4,"cache_salt":"x"}
        """;
    EngineTrace trace;
    try (TraceReader reader =
        TraceReader.of(
            "tokens",
            new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
            TraceOptions.defaults().withKeepTokenIds(true))) {
      trace = EngineTrace.read(reader);
    }
    EngineLoop loop = new EngineLoop(trace, OPTIONS, Eviction.lru(), ReleaseOrder.TAIL_FIRST, 16);
    loop.tellOutcomes();
    EngineResult result = loop.run(() -> true);

    assertThat(trace.hasTokens()).isTrue();
    assertThat(result.outcomes()).extracting(RequestOutcome::hits).containsExactly(0, 2, 0);
  }

  @Test
  void apartMeansThatNobodyWaits() {
    EngineResult result =
        run(
            OPTIONS.withArrivals(Arrivals.APART, 0),
            9,
            Jobs.job(0, 8, 5, 0, 1),
            Jobs.job(0, 8, 5, 0, 1),
            Jobs.job(0, 8, 5, 2, 3));

    assertThat(result.queueing().maxNanos()).isZero();
    assertThat(result.usage().maxRunning()).isEqualTo(1);
    assertThat(result.first().hits()).isEqualTo(1);
  }

  @Test
  void randomArrivalsDependOnTheSeedAndNothingElse() {
    NaiveEngine.Job[] jobs = {
      Jobs.job(0, 8, 5, 0, 1), Jobs.job(0, 8, 5, 2, 3), Jobs.job(0, 8, 5, 4, 5)
    };
    EngineOptions poisson = OPTIONS.withArrivals(Arrivals.POISSON, 2);

    assertThat(run(poisson, 9, jobs)).isEqualTo(run(poisson, 9, jobs));
    assertThat(run(poisson.withSeed(1), 9, jobs).endNanos())
        .isNotEqualTo(run(poisson, 9, jobs).endNanos());
  }

  @Test
  void anotherSeedGeneratesOtherTokensAndNothingElse() {
    NaiveEngine.Job[] jobs = {Jobs.job(0, 8, 5, 0, 1), Jobs.job(1, 8, 5, 2, 3)};
    EngineResult one = run(OPTIONS, 9, jobs);
    EngineResult other = run(OPTIONS.withSeed(1), 9, jobs);

    assertThat(one).isEqualTo(run(OPTIONS, 9, jobs));
    assertThat(other.fingerprint()).isNotEqualTo(one.fingerprint());
    assertThat(other.endNanos()).isEqualTo(one.endNanos());
  }

  @Test
  void aRunThatIsStoppedClosesEveryRequest() {
    EngineLoop loop =
        loop(OPTIONS, 9, Jobs.job(0, 8, 5, 0, 1), Jobs.job(0.1, 8, 5, 2, 3), Jobs.job(9, 4, 1, 4));
    int[] asked = {0};

    EngineResult result = loop.run(() -> asked[0]++ < 2);

    assertThat(result.complete()).isFalse();
    assertThat(result.finished()).isZero();
    assertThat(loop.manager().availableBlocks()).isEqualTo(9);
    assertThatThrownBy(() -> loop.run(() -> true)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void aTraceWithoutAClockIsRefusedUnlessArrivalsAreMade() {
    NaiveEngine.Job[] jobs = {Jobs.job(0, 8, 5, 0, 1), Jobs.job(0, 8, 5, 2, 3)};

    assertThatThrownBy(() -> loop(OPTIONS, 9, jobs))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no clock");
  }

  @Test
  void aBlockSizeThatIsNoPowerOfTwoIsRefused() {
    EngineTrace odd = Jobs.trace(List.of(Jobs.job(0, 3, 1, 0)), 3);

    assertThatThrownBy(
            () -> new EngineLoop(odd, OPTIONS, Eviction.lru(), ReleaseOrder.TAIL_FIRST, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("power of two")
        .hasMessageContaining("blocks of 3");
  }

  @Test
  void blocksOfVariousSizesAreRefused() {
    CompactTrace.Builder builder = new CompactTrace.Builder().source("mixed");
    for (int size : new int[] {4, 8}) {
      builder.add(new TraceRequest().inputTokens(size).blockSizeTokens(size).addBlockId(size));
    }
    EngineTrace mixed = EngineTrace.of(builder.build());

    assertThatThrownBy(
            () -> new EngineLoop(mixed, OPTIONS, Eviction.lru(), ReleaseOrder.TAIL_FIRST, 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("various sizes");
  }
}
