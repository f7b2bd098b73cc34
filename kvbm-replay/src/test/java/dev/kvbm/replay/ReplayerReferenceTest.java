package dev.kvbm.replay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.kvbm.replay.analysis.BlockTrace;
import dev.kvbm.replay.analysis.CacheCounts;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.analysis.ReferenceTraces;
import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.replay.trace.TraceOptions;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The block manager hits what two independent simulators recorded, to the last block. */
@Tag("traces")
class ReplayerReferenceTest {
  private static final Map<String, String> FILES =
      Map.of(
          "mooncake_conversation", "conversation_trace.jsonl.gz",
          "mooncake_synthetic", "synthetic_trace.jsonl.gz",
          "mooncake_arxiv_first1000", "mooncake_trace_1000.jsonl.gz",
          "sharegpt300_llama-3.1-8b", "sharegpt-llama-3.1-8b-300-sps10.jsonl.gz");

  private static BlockTrace load(String trace) {
    return new CompactBlockTrace(
        CompactTrace.load(
            ReferenceTraces.folder().resolve(FILES.get(trace)), TraceOptions.defaults()),
        trace);
  }

  private static CacheCounts replay(
      BlockTrace trace, ReplayPolicy policy, int blocks, CacheRule rule) {
    Replayer replayer = new Replayer(policy, blocks, rule);
    CacheCounts counts = replayer.replay(trace, 0, null, () -> true);
    assertThat(replayer.manager().invariantViolations()).isEmpty();
    return counts;
  }

  @Test
  void everyRecordedHitCountIsReproduced() {
    Map<String, BlockTrace> traces = new HashMap<>();
    int checked = 0;
    for (Map<String, Object> row : ReferenceTraces.results()) {
      ReplayPolicy policy = ReplayPolicy.ofLabel(String.valueOf(row.get("policy"))).orElse(null);
      if (policy == null) {
        continue;
      }
      BlockTrace trace =
          traces.computeIfAbsent(String.valueOf(row.get("trace")), ReplayerReferenceTest::load);
      int blocks = (int) ReferenceTraces.number(row, "capacity");
      CacheCounts counts = replay(trace, policy, blocks, CacheRule.TRACE);
      assertThat(counts)
          .as("%s %s %d", row.get("trace"), policy, blocks)
          .returns((long) ReferenceTraces.number(row, "requests"), CacheCounts::requests)
          .returns((long) ReferenceTraces.number(row, "blocks"), CacheCounts::accesses)
          .returns((long) ReferenceTraces.number(row, "hit_blocks"), CacheCounts::hits)
          .returns((long) ReferenceTraces.number(row, "inserted"), CacheCounts::inserted)
          .returns((long) ReferenceTraces.number(row, "evicted"), CacheCounts::evicted)
          .returns(
              (long) ReferenceTraces.number(row, "requests_with_hit"),
              CacheCounts::requestsWithHit);
      assertThat(counts.tokenHitRate())
          .isCloseTo(ReferenceTraces.number(row, "token_hit_rate"), offset(1e-6));
      checked++;
    }
    assertThat(checked).isEqualTo(4 * 11 * 4);
  }

  @ParameterizedTest
  @CsvSource({"1000,12988", "5000,34185", "10000,62001", "50000,102723", "100000,104926"})
  void theEngineRuleHitsWhatARealSchedulerReports(int blocks, long hits) {
    CacheCounts counts =
        replay(load("mooncake_conversation"), ReplayPolicy.LRU, blocks, CacheRule.ENGINE);
    assertThat(counts.hits()).isEqualTo(hits);
    assertThat(counts.accesses()).isEqualTo(276_491);
  }
}
