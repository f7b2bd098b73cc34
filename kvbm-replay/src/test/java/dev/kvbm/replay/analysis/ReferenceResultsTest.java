package dev.kvbm.replay.analysis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.offset;

import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Tag("traces")
final class ReferenceResultsTest {

  private static PreparedTrace prepared(String name, CacheRule rule) {
    return PreparedTrace.of(ReferenceTraces.named(name), rule, 0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mooncake_conversation",
        "mooncake_synthetic",
        "mooncake_arxiv_first1000",
        "sharegpt300_llama-3.1-8b"
      })
  void boundsAndTheLruCurveEqualTheRecordedResultsToTheBlock(String name) {
    PreparedTrace trace = prepared(name, CacheRule.TRACE);
    Bounds bounds = new Bounds(trace);
    LruCurve curve = LruCurve.of(trace);
    int compared = 0;
    for (String line : ReferenceTraces.lines("reference-results.jsonl")) {
      Map<String, Object> row = ReferenceTraces.object(line);
      if (!name.equals(row.get("trace"))) {
        continue;
      }
      String policy = Objects.toString(row.get("policy"));
      int blocks = (int) ReferenceTraces.number(row, "capacity");
      CacheCounts counts;
      switch (policy) {
        case "min" -> counts = bounds.at(Bound.MIN, blocks);
        case "minb" -> counts = bounds.at(Bound.MINB, blocks);
        case "lru" -> counts = curve.at(blocks);
        default -> {
          continue;
        }
      }
      compared++;
      assertThat(
              new double[] {
                counts.requests(),
                counts.accesses(),
                counts.hits(),
                counts.requestsWithHit(),
                counts.inserted(),
                counts.evicted()
              })
          .as("%s %s %d", name, policy, blocks)
          .containsExactly(
              ReferenceTraces.number(row, "requests"),
              ReferenceTraces.number(row, "blocks"),
              ReferenceTraces.number(row, "hit_blocks"),
              ReferenceTraces.number(row, "requests_with_hit"),
              ReferenceTraces.number(row, "inserted"),
              ReferenceTraces.number(row, "evicted"));
      if (!policy.equals("minb")) {
        assertThat((double) counts.requestsLargerThanCache())
            .isEqualTo(ReferenceTraces.number(row, "requests_larger_than_cache"));
      }
      assertThat(String.format("%.6f %.6f", counts.hitRate(), counts.tokenHitRate()))
          .as("%s %s %d", name, policy, blocks)
          .isEqualTo(
              String.format(
                  "%.6f %.6f",
                  ReferenceTraces.number(row, "hit_rate"),
                  ReferenceTraces.number(row, "token_hit_rate")));
    }
    assertThat(compared).isEqualTo(33);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "mooncake_conversation",
        "mooncake_synthetic",
        "mooncake_arxiv_first1000",
        "sharegpt300_llama-3.1-8b"
      })
  void theAnalysisEqualsTheRecordedStatistics(String name) {
    PreparedTrace trace = prepared(name, CacheRule.TRACE);
    Bounds bounds = new Bounds(trace);
    LruCurve curve = LruCurve.of(trace);
    TraceAnalysis analysis =
        TraceAnalysis.of(curve, Conversations.of(trace), TimeAxis.of(trace, 60), 10);
    Map<String, Object> row =
        ReferenceTraces.lines("reference-stats.jsonl").stream()
            .map(ReferenceTraces::object)
            .filter(stats -> name.equals(stats.get("trace")))
            .findFirst()
            .orElseThrow();
    CacheCounts ideal = bounds.infinite();
    assertThat(
            new double[] {
              trace.accesses(),
              trace.uniqueBlocks(),
              ideal.hits(),
              ideal.requestsWithHit(),
              bounds.blocksForCeiling(Bound.MIN),
              bounds.blocksForCeiling(Bound.MINB),
              analysis.blockUse().once(),
              analysis.blockUse().twice(),
              analysis.blockUse().tenOrMore(),
              analysis.blockUse().hundredOrMore(),
              analysis.blockUse().most(),
              analysis.prefixes().savedBlocks(),
              analysis.prefixes().inconsistentBlocks()
            })
        .containsExactly(
            ReferenceTraces.number(row, "blocks"),
            ReferenceTraces.number(row, "unique"),
            ReferenceTraces.number(row, "ideal_hit_blocks"),
            ReferenceTraces.number(row, "ideal_requests_with_hit"),
            ReferenceTraces.number(row, "min_pool_for_ideal"),
            ReferenceTraces.number(row, "min_pool_for_ideal_bypass"),
            ReferenceTraces.number(row, "used_once"),
            ReferenceTraces.number(row, "used_twice"),
            ReferenceTraces.number(row, "used_ge10"),
            ReferenceTraces.number(row, "used_ge100"),
            ReferenceTraces.number(row, "max_uses"),
            ReferenceTraces.number(row, "ideal_hit_blocks"),
            0);
    assertThat(analysis.prefixes().savedTokens()).isEqualTo(ideal.hitTokens());
    assertThat(analysis.spanSeconds())
        .isCloseTo(ReferenceTraces.number(row, "span_s"), offset(0.06));
    assertQuantiles(analysis.reuseDistanceBlocks(), row, "stack_distance_blocks");
    assertQuantiles(analysis.reuseGapRequests(), row, "reuse_gap_requests");
    assertQuantiles(analysis.reuseGapSeconds(), row, "reuse_gap_s");
  }

  private static void assertQuantiles(
      Distribution distribution, Map<String, Object> row, String key) {
    Distribution.Quantiles q = distribution.quantiles();
    double[] ours = {q.p10(), q.p25(), q.p50(), q.p75(), q.p90(), q.p95(), q.p99(), q.p999()};
    String[] names = {"p10", "p25", "p50", "p75", "p90", "p95", "p99", "p99.9"};
    if (!(row.get(key) instanceof Map<?, ?> recorded)) {
      throw new AssertionError(key);
    }
    for (int i = 0; i < ours.length; i++) {
      Object value = recorded.get(names[i]);
      double rounded = key.endsWith("_s") ? Math.round(ours[i] * 10) / 10.0 : ours[i];
      assertThat(rounded).as("%s %s", key, names[i]).isEqualTo(value);
    }
  }

  @Test
  void theEnginesRuleGivesTheRecordedNumbersOnTheConversationTrace() {
    PreparedTrace trace = prepared("mooncake_conversation", CacheRule.ENGINE);
    Bounds bounds = new Bounds(trace);
    LruCurve curve = LruCurve.of(trace);

    assertThat(trace.accesses()).isEqualTo(276_491);
    assertThat(bounds.infinite().hits()).isEqualTo(105_592);
    assertThat(bounds.all(Bound.MIN, 1_000, 5_000, 10_000))
        .extracting(CacheCounts::hits)
        .containsExactly(51_666L, 97_903L, 105_592L);
    assertThat(IntStream.of(1_000, 5_000, 10_000, 50_000, 100_000).map(curve::hitsAt))
        .containsExactly(12_988, 34_185, 62_001, 102_723, 104_926);
    for (int blocks : new int[] {1_000, 10_000}) {
      assertThat(curve.at(blocks)).isEqualTo(NaiveCaches.lru(trace, blocks));
    }
  }

  @Test
  void halfTheConversationTraceAsWarmUpHasTheCeilingOfThePeersSimulator() {
    PreparedTrace trace =
        PreparedTrace.of(ReferenceTraces.named("mooncake_conversation"), CacheRule.TRACE, 0.5);

    assertThat(new Bounds(trace).infinite().tokenHitRate() * 100).isCloseTo(39.8, offset(0.05));
  }
}
