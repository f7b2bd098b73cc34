package dev.kvbm.replay.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.replay.CompactBlockTrace;
import dev.kvbm.replay.EngineSession;
import dev.kvbm.replay.ReplayPolicy;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.engine.EngineOptions;
import dev.kvbm.replay.engine.EngineTrace;
import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.replay.trace.TraceRequest;
import java.util.List;
import org.junit.jupiter.api.Test;

final class EngineJsonTest {

  /** Two requests of which the second is preempted, and one that is larger than the pool. */
  private static EngineTrace trace() {
    CompactTrace.Builder builder = new CompactTrace.Builder().source("small.jsonl");
    for (int i = 0; i < 3; i++) {
      TraceRequest request =
          new TraceRequest()
              .arrivalNanos(i * 1_000L)
              .inputTokens(i == 2 ? 16 : 4)
              .outputTokens(4)
              .blockSizeTokens(4)
              .cachedTokens(i == 0 ? 0 : 4);
      for (int k = 0; k < (i == 2 ? 4 : 1); k++) {
        request.addBlockId(10L * i + k);
      }
      builder.add(request);
    }
    return EngineTrace.of(builder.build());
  }

  private static ReplayReport report(int threads, boolean details) {
    EngineTrace trace = trace();
    EngineSession session =
        new EngineSession(
            trace, "small", List.of(ReplayPolicy.LRU), EngineOptions.DEFAULT, details, threads);
    List<EngineRun> runs = session.run(3, 9);
    assertThat(session.progress()).isEqualTo(1);
    return new ReplayReport(
        "1",
        new ReplayOptions(CacheRule.ENGINE, 0, List.of(3, 9), List.of("lru")),
        List.of(
            TraceReport.facts(
                new CompactBlockTrace(trace.requests(), "small"), CacheRule.ENGINE, 0, 4, 8)),
        List.of(),
        new ReplayReport.EngineSection(EngineOptions.DEFAULT, runs));
  }

  private static String compact(ReplayReport report) {
    return JsonReport.render(report).replaceAll("\\s+", "");
  }

  @Test
  void aRunTellsFirstAdmissionsFromThoseAfterPreemption() {
    assertThat(compact(report(1, false)))
        .contains("\"maxSequences\":256,\"maxBatchedTokens\":8192,\"chunkedPrefill\":true")
        .contains("\"cost\":{\"model\":\"linear\",\"stepMillis\":5.0")
        .contains("\"policy\":\"lru\",\"bound\":false,\"rule\":\"engine\",\"blocks\":3")
        .contains("\"cacheTokens\":12,\"cacheBytes\":24")
        .contains("\"requests\":2,\"accesses\":2,\"hits\":0,\"hitRate\":0.0")
        .contains("\"refused\":{\"largerThanPool\":1,\"longerThanStep\":0,\"withoutPrompt\":0}")
        .contains(
            "\"preemptions\":1,\"afterPreemption\":{\"admissions\":1,\"accesses\":1,\"hits\":1")
        .contains("\"pinnedBlocks\":{\"mean\":", "\"max\":3}", "\"overTime\":{\"widthSeconds\":")
        .contains("\"recorded\":{\"requests\":2,\"recordedTokens\":4,\"hitTokens\":0,\"equal\":1")
        .doesNotContain("perRequest");
  }

  @Test
  void detailsTellOfEveryRequest() {
    assertThat(compact(report(1, true)))
        .contains("\"perRequest\":[{\"request\":0,\"end\":\"finished\",\"arrivalSeconds\":0,")
        .contains("{\"request\":2,\"end\":\"larger-than-pool\"}")
        .contains("\"hits\":0,\"preemptions\":1,\"hitTokens\":0,\"recordedTokens\":4}");
  }

  @Test
  void theBytesDoNotDependOnTheNumberOfThreads() {
    assertThat(JsonReport.render(report(2, true))).isEqualTo(JsonReport.render(report(1, true)));
  }

  @Test
  void aRunOfAnUnknownTraceIsRefused() {
    ReplayReport report = report(1, false);

    assertThatThrownBy(
            () -> new ReplayReport("1", report.options(), List.of(), List.of(), report.engine()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'small', which the report does not have");
  }

  @Test
  void aStoppedSessionGivesWhatItHas() {
    EngineSession session =
        new EngineSession(
            trace(), "small", List.of(ReplayPolicy.LRU), EngineOptions.DEFAULT, false, 1);
    session.stop();

    assertThat(session.run(3, 9)).isEmpty();
  }

  @Test
  void anEmptyPoolIsRefused() {
    EngineSession session =
        new EngineSession(
            trace(), "small", List.of(ReplayPolicy.LRU), EngineOptions.DEFAULT, false, 1);

    assertThatThrownBy(() -> session.run(0)).isInstanceOf(IllegalArgumentException.class);
  }
}
