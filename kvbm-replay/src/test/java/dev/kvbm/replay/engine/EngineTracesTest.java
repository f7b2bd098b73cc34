package dev.kvbm.replay.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.scheduling.ReleaseOrder;
import dev.kvbm.replay.CompactBlockTrace;
import dev.kvbm.replay.ReplayPolicy;
import dev.kvbm.replay.Replayer;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.analysis.ReferenceTraces;
import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.replay.trace.TraceOptions;
import dev.kvbm.replay.trace.TraceReader;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The engine loop over recorded traces. */
@Tag("traces")
class EngineTracesTest {
  private static final EngineOptions APART =
      EngineOptions.DEFAULT.withArrivals(Arrivals.APART, 0).withOutput(Output.NONE);

  private static CompactTrace load(String file, int blockSize) {
    return CompactTrace.load(
        ReferenceTraces.folder().resolve(file),
        TraceOptions.defaults().withBlockSizeTokens(blockSize));
  }

  private static EngineResult run(EngineTrace trace, EngineOptions options, int blocks) {
    EngineLoop loop =
        new EngineLoop(trace, options, Eviction.lru(), ReleaseOrder.TAIL_FIRST, blocks);
    loop.tellOutcomes();
    EngineResult result = loop.run(() -> true);
    assertThat(result.complete()).isTrue();
    assertThat(loop.manager().invariantViolations()).isEmpty();
    assertThat(loop.manager().availableBlocks()).isEqualTo(blocks);
    return result;
  }

  private static EngineResult conversation(EngineOptions options, int blocks) {
    return run(EngineTrace.of(load("conversation_trace.jsonl.gz", 0)), options, blocks);
  }

  @ParameterizedTest
  @CsvSource({"1000,12988", "5000,34185", "10000,62001", "50000,102723", "100000,104926"})
  void farApartAndWithoutOutputItHitsWhatARealSchedulerReports(int blocks, long hits) {
    EngineResult result = conversation(APART, blocks);

    assertThat(result.first().hits()).isEqualTo(hits);
    assertThat(result.first().accesses()).isEqualTo(276_491);
  }

  @ParameterizedTest
  @CsvSource({
    "conversation_trace.jsonl.gz, 0, 3000",
    "synthetic_trace.jsonl.gz, 0, 1000",
    "synthetic_trace.jsonl.gz, 0, 10000",
    "mooncake_trace_1000.jsonl.gz, 0, 500",
    "mooncake_trace_1000.jsonl.gz, 0, 5000",
    "sharegpt-llama-3.1-8b-300-sps10.jsonl.gz, 16, 1000",
  })
  void farApartAndWithoutOutputItHitsWhatTheEngineRuleHits(String file, int size, int blocks) {
    CompactTrace trace = load(file, size);

    EngineResult result = run(EngineTrace.of(trace), APART, blocks);

    assertThat(result.refusals().total()).isZero();
    assertThat(result.first().hits())
        .isEqualTo(
            new Replayer(ReplayPolicy.LRU, blocks, CacheRule.ENGINE)
                .replay(new CompactBlockTrace(trace, "trace"), 0, null, () -> true)
                .hits());
  }

  /** What AISimulate 0.13 reports; see {@code docs/engine.md}. */
  @ParameterizedTest
  @CsvSource({"1000,13193", "10000,61591"})
  void withItsCostsAndItsSharingItHitsWhatAnotherSimulatorReports(int blocks, long hits) {
    EngineOptions options =
        EngineOptions.DEFAULT.withCost(new PolynomialCost()).withSharing(Sharing.WITHIN_STEP);

    assertThat(conversation(options, blocks).first().hits()).isEqualTo(hits);
  }

  @ParameterizedTest
  @CsvSource({"1000,13192,264", "10000,61703,0"})
  void theDefaultsGiveTheNumbersOfTheDocumentation(int blocks, long hits, long preemptions) {
    EngineResult result = conversation(EngineOptions.DEFAULT, blocks);

    assertThat(result.first().hits()).isEqualTo(hits);
    assertThat(result.preemptions()).isEqualTo(preemptions);
    assertThat(result.finished()).isEqualTo(12_031);
    assertThat(result.generatedTokens())
        .isEqualTo(load("conversation_trace.jsonl.gz", 0).outputTokens());
  }

  @ParameterizedTest
  @CsvSource({"TRACE,47680", "CONTINUED,53808"})
  void anAgentBehindOneCacheFindsOtherTokensThanTheRecordedTwo(Output output, long hitTokens) {
    EngineResult result =
        run(
            EngineTrace.of(load("pi_request_trace.jsonl.gz", 0)),
            EngineOptions.DEFAULT.withOutput(output),
            20_000);

    assertThat(result.recorded())
        .returns(17, EngineResult.Recorded::requests)
        .returns(50_256L, EngineResult.Recorded::recordedTokens)
        .returns(hitTokens, EngineResult.Recorded::hitTokens);
  }

  @Test
  void anAgentBehindTheTwoRecordedWorkersFindsTokensAsTheyDid() throws IOException {
    long recorded = 0;
    long prompts = 0;
    long continued = 0;
    for (String worker : new String[] {"7587894923333011484", "7587894923333011487"}) {
      EngineTrace trace = ofWorker(worker);
      EngineResult fresh = run(trace, EngineOptions.DEFAULT, 20_000);
      EngineResult known = run(trace, EngineOptions.DEFAULT.withOutput(Output.CONTINUED), 20_000);
      recorded += fresh.outcomes().stream().mapToInt(RequestOutcome::recordedTokens).sum();
      prompts += fresh.first().hitTokens();
      continued += known.first().hitTokens();
    }
    assertThat(recorded).isEqualTo(50_256);
    assertThat(prompts).isEqualTo(46_064);
    assertThat(continued).isEqualTo(51_424);
  }

  private static EngineTrace ofWorker(String worker) throws IOException {
    Path file = ReferenceTraces.folder().resolve("pi_request_trace.jsonl.gz");
    String lines;
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      lines =
          reader
              .lines()
              .filter(line -> line.contains("\"prefill_worker_id\":" + worker))
              .collect(Collectors.joining("\n"));
    }
    try (TraceReader reader =
        TraceReader.of(
            worker,
            new ByteArrayInputStream(lines.getBytes(StandardCharsets.UTF_8)),
            TraceOptions.defaults())) {
      return EngineTrace.of(CompactTrace.of(reader));
    }
  }
}
