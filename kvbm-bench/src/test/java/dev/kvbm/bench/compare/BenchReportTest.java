package dev.kvbm.bench.compare;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchReportTest {
  private static final Rounds NONE = Rounds.NONE;

  private static CaseResult compared(String name, double ours, double peer) {
    return new CaseResult(
        name,
        Rounds.of(ours),
        Rounds.of(ours / 2),
        0,
        Rounds.of(peer),
        Rounds.of(peer / 4),
        "",
        NONE,
        Double.NaN);
  }

  private static BenchReport report(CaseResult... cases) {
    return new BenchReport(
        "./kvbm bench --peers",
        new Machine("a processor", 2, "Linux 6", "madvise", "a JVM", 0.5),
        Settings.of(true, 0, List.of("-Xmx4g"), false),
        "kvbm-logical 1.6.1",
        List.of(cases),
        List.of(
            new MemoryResult(
                "memory/lru/state=inactive", Rounds.of(60.0), 40, 61, Rounds.of(610.0))),
        List.of(new PauseResult("pauses/G1", 1000, 10, 20, 30, 40, 50, 2, 7)),
        List.of(
            new ReplayResult(
                "lru at 13 sizes",
                "kvcache-simulator",
                Rounds.of(0.5),
                Rounds.of(80e6),
                Rounds.of(1.5),
                Rounds.of(200e6),
                "equal")),
        0.6);
  }

  @Test
  void theRatioIsTheMedianOfThePeersRoundsByTheMedianOfOurs() {
    CaseResult result =
        new CaseResult(
            "churn/lru/pool=4k/lfu=0/drop=fwd/n=32",
            Rounds.of(110.0, 100.0, 400.0),
            Rounds.of(90.0, 80.0, 100.0),
            3,
            Rounds.of(990.0, 1100.0, 2000.0),
            Rounds.of(960.0, 970.0, 990.0),
            "churn/lru/pool=4k/lfu=0/drop=fwd/n=32/single",
            Rounds.of(220.0),
            7000);
    assertThat(result.ratio()).isEqualTo(10);
    assertThat(result.bestRatio()).isEqualTo(12);
    assertThat(result.otherRatio()).isEqualTo(5);
  }

  @Test
  void theJsonHasACaseForEachResultWithItsRatio() throws IOException {
    CaseResult alone =
        new CaseResult(
            "build/lru/pool=16M/lfu=0",
            Rounds.of(1e9),
            Rounds.of(1e9),
            9,
            NONE,
            NONE,
            "",
            NONE,
            Double.NaN);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BenchJson.write(report(compared("match_active/lru/lfu=1/n=8", 50, 300), alone), bytes);

    JsonObject json = JsonObject.parse(bytes.toString(UTF_8));
    assertThat(json.text("schema")).isEqualTo("kvbm-bench/1");
    List<JsonObject> cases = json.objects("cases");
    assertThat(cases).hasSize(2);
    assertThat(cases.getFirst().text("name")).isEqualTo("match_active/lru/lfu=1/n=8");
    assertThat(cases.getFirst().number("oursNanos")).isEqualTo(50);
    assertThat(cases.getFirst().number("peerNanos")).isEqualTo(300);
    assertThat(cases.getFirst().number("ratio")).isEqualTo(6);
    assertThat(cases.getFirst().number("bestRatio")).isEqualTo(3);
    assertThat(cases.getLast().number("oursNanos")).isEqualTo(1e9);
    assertThat(cases.getLast().has("ratio")).isFalse();
    assertThat(json.objects("memory").getFirst().number("oursBytes")).isEqualTo(60);
    assertThat(json.objects("memory").getFirst().number("ratio")).isEqualTo(10);
    assertThat(json.objects("replays").getFirst().number("ratio")).isEqualTo(3);
  }

  @Test
  void whatAProgramPrintedIsReadOrRefusedWithTheText() throws IOException {
    JsonObject json = JsonObject.parse("{\"a\":[1,2.5],\"b\":{\"c\":3},\"d\":\"e\"}\n");
    assertThat(json.numbers("a")).containsExactly(1.0, 2.5);
    assertThat(json.object("b").number("c")).isEqualTo(3);
    assertThat(json.text("d")).isEqualTo("e");
    assertThatThrownBy(() -> json.number("nanos")).hasMessageContaining("nanos");
    assertThatThrownBy(() -> JsonObject.parse("thread 'main' panicked"))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("panicked");
  }

  @Test
  void aTargetIsMetIfItsSlowestCaseMeetsIt() {
    BenchReport report =
        report(
            compared("bulk_drop/lru/n=8", 10, 200),
            compared("bulk_drop/lru/n=32", 10, 90),
            compared("scan_active/lru/lfu=1/touch=0/n=32", 10, 100));
    assertThat(verdict(report, "release in bulk").met()).isFalse();
    assertThat(verdict(report, "release in bulk").detail())
        .contains("least 9.00 (bulk_drop/lru/n=32)");
    assertThat(verdict(report, "scan").met()).isTrue();
    assertThat(verdict(report, "geometric mean").detail()).isEqualTo("12.16");
    assertThat(verdict(report, "memory/lru/state=inactive").met()).isTrue();
  }

  @Test
  void twoThreadsHaveToGetMoreDoneThanOne() {
    String one = "mt_match_inactive/lru/lfu=1/threads=1/chain=own/n=32";
    String two = "mt_match_inactive/lru/lfu=1/threads=2/chain=own/n=32";
    assertThat(verdict(report(compared(one, 100, 1), compared(two, 190, 1)), two).met()).isTrue();
    assertThat(verdict(report(compared(one, 100, 1), compared(two, 210, 1)), two).met()).isFalse();
  }

  @Test
  void aLargePoolMayBeTwiceAsSlow() {
    String small = "match_inactive_random/lru/pool=1M/lfu=0/n=32";
    String large = "match_inactive_random/lru/pool=16M/lfu=0/n=32";
    assertThat(verdict(report(compared(small, 10, 1), compared(large, 19, 1)), large).met())
        .isTrue();
    assertThat(verdict(report(compared(small, 10, 1), compared(large, 21, 1)), large).met())
        .isFalse();
  }

  @Test
  void theTableShowsEveryCaseAndTheMachinesLoad() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    BenchText.print(
        report(compared("alloc_drop/lru/pool=1024/n=8", 40, 360)),
        new PrintStream(bytes, true, UTF_8));
    assertThat(bytes.toString(UTF_8))
        .contains("load 0.5, 0.6 at the end")
        .containsPattern("alloc_drop/lru/pool=1024/n=8 +40.0 +360.0 +9.00 +4.50 ")
        .containsPattern("pauses/G1 +1000 +0.0 ")
        .containsPattern("allocate and release >= 8 +met ");
  }

  @Test
  void patternsPickCasesByPartsOfTheirNames() {
    CasePatterns patterns = new CasePatterns(List.of("churn/*pool=1M", "n=8"));
    assertThat(patterns.test("churn/lru/pool=1M/lfu=0/drop=fwd/n=32")).isTrue();
    assertThat(patterns.test("churn/lru/pool=4k/lfu=0/drop=fwd/n=32")).isFalse();
    assertThat(patterns.test("match_active/lru/lfu=1/n=8")).isTrue();
    assertThat(new CasePatterns(List.of()).test("anything")).isTrue();
    assertThat(new CasePatterns(List.of("cap=2^21")).test("tinylfu_count/cap=2^21/keys=64"))
        .isTrue();
  }

  @Test
  void theMiddleRoundCountsAndTheSpreadIsRelativeToIt() {
    assertThat(Rounds.of(30.0, 10.0, 20.0).median()).isEqualTo(20);
    assertThat(Rounds.of(10.0, 20.0).median()).isEqualTo(15);
    assertThat(Rounds.of(30.0, 10.0, 20.0).spreadPercent()).isEqualTo(100);
  }

  private static Target.Verdict verdict(BenchReport report, String what) {
    return report.verdicts().stream()
        .filter(verdict -> verdict.what().startsWith(what))
        .findFirst()
        .orElseThrow();
  }
}
