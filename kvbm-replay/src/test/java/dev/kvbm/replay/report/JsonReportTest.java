package dev.kvbm.replay.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.analysis.ListTrace;
import dev.kvbm.replay.analysis.TraceStudy;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

final class JsonReportTest {

  @Test
  void aSmallReportIsWrittenByteForByteAsRecorded() throws IOException {
    ReplayReport report = SampleReports.report(SampleReports.chats("chats", 40), 8, 24);

    try (InputStream golden =
        Objects.requireNonNull(
            JsonReportTest.class.getResourceAsStream("chats-report.json"), "chats-report.json")) {
      assertThat(JsonReport.render(report))
          .isEqualTo(new String(golden.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  @Test
  void everyResultHasWhatTheSchemaPromises() {
    ReplayReport report = SampleReports.report(SampleReports.chats("chats", 40), 8, 24);
    List<String> promised =
        List.of(
            "trace",
            "policy",
            "bound",
            "rule",
            "blocks",
            "requests",
            "accesses",
            "hits",
            "hitRate",
            "inputTokens",
            "hitTokens",
            "tokenHitRate",
            "evictions");
    int results = 0;

    try (JsonParser parser =
        new JsonFactory().createParser(ObjectReadContext.empty(), JsonReport.render(report))) {
      while (!"results".equals(parser.currentName())) {
        parser.nextToken();
      }
      parser.nextToken();
      while (parser.nextToken() == JsonToken.START_OBJECT) {
        List<String> names = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_OBJECT) {
          names.add(parser.currentName());
          parser.nextToken();
          parser.skipChildren();
        }
        assertThat(names).containsAll(promised).doesNotContain("wallSeconds");
        results++;
      }
    }
    assertThat(results).isEqualTo(2 + 2 + 1 + 2 + 2);
  }

  @Test
  void durationsAppearOnlyIfGiven() {
    ReplayReport report = SampleReports.report(SampleReports.chats("chats", 10), 8);
    ReplayReport timed =
        new ReplayReport(
            report.toolVersion(),
            report.options(),
            report.traces(),
            report.runs().stream().map(run -> run.tookNanos(1_500_000_000)).toList());

    assertThat(JsonReport.render(report)).doesNotContain("wallSeconds");
    assertThat(JsonReport.render(timed)).contains("\"wallSeconds\": 1.5");
  }

  @Test
  void aTraceThatWasNotStudiedHasTheSameFactsButNoPage() {
    ListTrace chats = SampleReports.chats("chats", 41);
    for (CacheRule rule : CacheRule.values()) {
      TraceReport studied = TraceReport.of(TraceStudy.of(chats, rule, 0.3), 64, 8);
      TraceReport facts = TraceReport.facts(chats, rule, 0.3, 4, 64);

      assertThat(facts).usingRecursiveComparison().ignoringFields("findings").isEqualTo(studied);
      ReplayReport report =
          new ReplayReport(
              "1", new ReplayOptions(rule, 0.3, List.of(), List.of()), List.of(facts), List.of());
      assertThat(JsonReport.render(report)).doesNotContain("curves");
      assertThatThrownBy(() -> HtmlReport.render(report))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("'chats'");
    }
  }

  @Test
  void theStreamStaysOpen() {
    boolean[] closed = new boolean[1];
    ByteArrayOutputStream out =
        new ByteArrayOutputStream() {
          @Override
          public void close() {
            closed[0] = true;
          }
        };

    JsonReport.write(SampleReports.report(SampleReports.chats("chats", 5), 8), out);

    assertThat(closed[0]).isFalse();
    assertThat(out.toString(StandardCharsets.UTF_8)).startsWith("{").endsWith("}\n");
  }
}
