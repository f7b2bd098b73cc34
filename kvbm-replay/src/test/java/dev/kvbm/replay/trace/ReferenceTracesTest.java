package dev.kvbm.replay.trace;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Real traces, against statistics that another program took of them. */
@Tag("traces")
final class ReferenceTracesTest {
  private static Path traces() {
    String configured = System.getProperty("kvbm.shared");
    if (configured != null && Files.isDirectory(Path.of(configured, "traces"))) {
      return Path.of(configured, "traces");
    }
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolveSibling("shared").resolve("traces");
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    throw new AssertionError(
        "no folder shared/traces beside the checkout; set -Dkvbm.shared, or exclude tag traces");
  }

  private static String statistics(String name) throws Exception {
    List<String> all = Files.readAllLines(traces().resolve("reference-stats.jsonl"));
    return all.stream()
        .filter(line -> line.contains("\"trace\":\"" + name + "\""))
        .findFirst()
        .orElseThrow();
  }

  private static double number(String statistics, String key) {
    Matcher found = Pattern.compile("\"" + key + "\":([-0-9.e]+)").matcher(statistics);
    assertThat(found.find()).as(key).isTrue();
    return Double.parseDouble(found.group(1));
  }

  @ParameterizedTest
  @CsvSource({
    "conversation_trace.jsonl.gz, mooncake_conversation, MOONCAKE",
    "synthetic_trace.jsonl.gz, mooncake_synthetic, MOONCAKE",
    "mooncake_trace_1000.jsonl.gz, mooncake_arxiv_first1000, MOONCAKE",
    "sharegpt-llama-3.1-8b-300-sps10.jsonl.gz, sharegpt300_llama-3.1-8b, TOKEN_IDS",
    "pi_request_trace.jsonl.gz, dynamo_pi_agent, DYNAMO_REQUEST",
  })
  void countsAreThoseOfTheReference(String file, String name, TraceFormat format) throws Exception {
    String expected = statistics(name);
    TraceReader reader = TraceReader.open(traces().resolve(file));
    CompactTrace trace;
    try (reader) {
      trace = CompactTrace.of(reader);
    }
    assertThat(reader.format()).isEqualTo(format);
    assertThat(trace.requestCount()).isEqualTo((int) number(expected, "requests"));
    assertThat(trace.accessCount()).isEqualTo((long) number(expected, "blocks"));
    assertThat(trace.uniqueBlocks()).isEqualTo((int) number(expected, "unique"));
    assertThat(trace.inputTokens()).isEqualTo((long) number(expected, "input_tokens"));
    assertThat(trace.chainViolations()).isEqualTo((long) number(expected, "chain_violations"));
    assertThat(trace.maxBlockCount()).isEqualTo((int) number(expected, "blocks_per_req_max"));
    assertThat(trace.blockSizeTokens()).isEqualTo((int) number(expected, "block"));
    assertThat(Math.round(trace.spanNanos() / 1e8) / 10.0).isEqualTo(number(expected, "span_s"));

    long full = 0;
    long hits = 0;
    long requestsWithHit = 0;
    BitSet known = new BitSet();
    CompactTrace.Cursor cursor = trace.cursor();
    while (cursor.next()) {
      int hit = 0;
      while (hit < cursor.count() && known.get(cursor.ids()[hit])) {
        hit++;
      }
      hits += hit;
      requestsWithHit += hit > 0 ? 1 : 0;
      for (int i = 0; i < cursor.count(); i++) {
        known.set(cursor.ids()[i]);
      }
      full += trace.fullBlockCount(cursor.request());
    }
    assertThat(hits).isEqualTo((long) number(expected, "ideal_hit_blocks"));
    assertThat(requestsWithHit).isEqualTo((long) number(expected, "ideal_requests_with_hit"));
    assertThat(full).isEqualTo((long) number(expected, "vllm_rule_full_blocks"));
  }

  @Test
  void recordedEnginesCachedTokensAndSessionsAreKept() {
    CompactTrace trace =
        CompactTrace.load(traces().resolve("pi_request_trace.jsonl.gz"), TraceOptions.defaults());
    assertThat(trace.hasCachedTokens()).isTrue();
    assertThat(trace.outOfOrder()).isPositive();
    assertThat(trace.conversationCount()).isEqualTo(5);
    long cached = 0;
    for (int i = 0; i < trace.requestCount(); i++) {
      cached += trace.cachedTokens(i);
    }
    assertThat(cached).isEqualTo(50_256);
  }

  @Test
  void smallTraceIsReadFromAPlainFile() {
    CompactTrace trace =
        CompactTrace.load(traces().resolve("mooncake_tiny.jsonl"), TraceOptions.defaults());
    assertThat(trace.requestCount()).isEqualTo(16);
    assertThat(trace.accessCount()).isEqualTo(313);
    assertThat(trace.uniqueBlocks()).isEqualTo(263);
  }
}
