package dev.kvbm.replay.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.replay.analysis.BlockTrace;
import dev.kvbm.replay.analysis.Bound;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.analysis.TraceStudy;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;
import org.xml.sax.InputSource;

final class HtmlReportTest {

  private static Document parsed(String page) throws Exception {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setFeature("http://apache.org/xml/features/nonvalidating/load-external-dtd", false);
    return factory.newDocumentBuilder().parse(new InputSource(new StringReader(page)));
  }

  private static List<Element> elements(Document page, String name) {
    NodeList nodes = page.getElementsByTagName(name);
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < nodes.getLength(); i++) {
      if (nodes.item(i) instanceof Element element) {
        elements.add(element);
      }
    }
    return elements;
  }

  @Test
  void thePageIsWellFormedAndEveryChartHasATitleADescriptionAndATable() throws Exception {
    Document page =
        parsed(HtmlReport.render(SampleReports.report(SampleReports.chats("chats", 60), 8, 24)));

    List<Element> charts =
        elements(page, "svg").stream()
            .filter(svg -> svg.getAttribute("role").equals("img"))
            .toList();
    assertThat(charts).hasSizeGreaterThanOrEqualTo(7);
    for (Element chart : charts) {
      assertThat(chart.getElementsByTagName("title").getLength()).isEqualTo(1);
      assertThat(chart.getElementsByTagName("desc").getLength()).isEqualTo(1);
    }
    for (Element figure : elements(page, "figure")) {
      assertThat(figure.getElementsByTagName("h3").getLength()).isEqualTo(1);
      assertThat(figure.getElementsByTagName("table").getLength())
          .as(figure.getTextContent())
          .isPositive();
    }
  }

  @Test
  void coordinatesAreNumbersInsideTheDrawing() throws Exception {
    String page = HtmlReport.render(SampleReports.report(SampleReports.chats("chats", 60), 8, 24));

    assertThat(page).doesNotContain("NaN").doesNotContain("Infinity");
    for (Element rect : elements(parsed(page), "rect")) {
      assertThat(Double.parseDouble(rect.getAttribute("width"))).isPositive();
      assertThat(Double.parseDouble(rect.getAttribute("x"))).isBetween(0.0, 1_100.0);
      assertThat(Double.parseDouble(rect.getAttribute("y"))).isBetween(0.0, 600.0);
    }
  }

  @Test
  void nothingIsFetched() {
    String page = HtmlReport.render(SampleReports.report(SampleReports.chats("chats", 60), 8));

    assertThat(page.replace("http://www.w3.org/", ""))
        .doesNotContain("http:")
        .doesNotContain("https:")
        .doesNotContain("src=")
        .doesNotContain("@import")
        .doesNotContain("url(");
  }

  @Test
  void namesFromOutsideAreEscapedEverywhere() throws Exception {
    String evil = "<script>alert(1)</script>\"'&amp;]]>\u0000\uD800";
    ReplayReport plain = SampleReports.report(SampleReports.chats(evil, 30), 8, 24);
    LinkedHashMap<String, String> more = new LinkedHashMap<>();
    more.put(evil, evil);
    ReplayReport report =
        new ReplayReport(
            evil,
            new ReplayOptions(CacheRule.TRACE, 0, List.of(8, 24), List.of(evil), more),
            plain.traces(),
            plain.runs().stream()
                .map(
                    run ->
                        new ReplayRun(
                            run.trace(),
                            run.policy().equals("fifo") ? evil : run.policy(),
                            run.rule(),
                            run.counts(),
                            run.timeline(),
                            run.sharing(),
                            run.regret(),
                            run.wallNanos()))
                .toList());

    String page = HtmlReport.render(report);

    assertThat(page).doesNotContain("<script>alert").contains("&lt;script&gt;alert(1)");
    Document document = parsed(page);
    assertThat(elements(document, "script")).hasSize(1);
    assertThat(elements(document, "h2").getFirst().getTextContent())
        .isEqualTo("<script>alert(1)</script>\"'&amp;]]>\uFFFD\uFFFD");
  }

  @Test
  void theSameReportGivesTheSamePage() {
    assertThat(HtmlReport.render(SampleReports.report(SampleReports.chats("chats", 60), 8, 24)))
        .isEqualTo(
            HtmlReport.render(SampleReports.report(SampleReports.chats("chats", 60), 8, 24)));
  }

  @Test
  void severalTracesShareAPageAndAreListedFirst() throws Exception {
    ReplayReport one = SampleReports.report(SampleReports.chats("one", 40), 8, 24);
    ReplayReport two = SampleReports.report(SampleReports.chats("two", 50), 8, 24);
    List<ReplayRun> runs = new ArrayList<>(one.runs());
    runs.addAll(two.runs());
    Document page =
        parsed(
            HtmlReport.render(
                new ReplayReport(
                    "1",
                    one.options(),
                    List.of(one.traces().getFirst(), two.traces().getFirst()),
                    runs)));

    assertThat(elements(page, "section"))
        .extracting(s -> s.getAttribute("id"))
        .containsExactly("t1", "t2");
    assertThat(elements(page, "a"))
        .extracting(a -> a.getAttribute("href"))
        .containsExactly("#t1", "#t2");
  }

  @Test
  void aReportWithoutRunsShowsWhatTheTraceAllows() throws Exception {
    TraceStudy study = TraceStudy.of(SampleReports.chats("bare", 30), CacheRule.ENGINE, 0.2);
    ReplayReport report =
        new ReplayReport(
            "1",
            new ReplayOptions(CacheRule.ENGINE, 0.2, List.of(), List.of()),
            List.of(TraceReport.of(study, 0)),
            List.of());

    Document page = parsed(HtmlReport.render(report));

    assertThat(elements(page, "h3"))
        .extracting(Element::getTextContent)
        .contains("Hit rate over cache size", "Hits within and across conversations")
        .doesNotContain("Evicted and still needed");
  }

  @Test
  void anEmptyTraceAndOneWithoutAnyReuseStillGiveAPage() throws Exception {
    for (int requests : new int[] {0, 1}) {
      BlockTrace trace = SampleReports.chats("tiny", requests);
      String page = HtmlReport.render(SampleReports.report(trace, 4));
      assertThat(page).doesNotContain("NaN").doesNotContain("Infinity");
      assertThat(elements(parsed(page), "section")).hasSize(1);
    }
  }

  @Test
  void aHundredThousandRequestsAndManyRunsStayBelowTwoMegabytes() {
    TraceStudy study = TraceStudy.of(new Endless(100_000), CacheRule.TRACE, 0);
    int[] blocks = IntStream.rangeClosed(1, 14).map(i -> i * i * 120).toArray();
    List<ReplayRun> bounds = ReplayRun.ofBound(study, Bound.MIN, blocks);
    List<ReplayRun> runs = new ArrayList<>();
    for (int policy = 0; policy < 12; policy++) {
      String name = "policy-" + policy;
      for (ReplayRun run : bounds) {
        runs.add(
            new ReplayRun(
                run.trace(),
                name,
                run.rule(),
                run.counts(),
                run.timeline(),
                run.sharing(),
                null,
                -1));
      }
    }
    ReplayReport report =
        new ReplayReport(
            "1",
            new ReplayOptions(CacheRule.TRACE, 0, List.of(), List.of()),
            List.of(TraceReport.of(study, 0, blocks)),
            runs);

    assertThat(HtmlReport.render(report).length()).isLessThan(2_000_000);
  }

  @Test
  void aReportRefusesRunsOfUnknownTracesAndNamesUsedTwice() {
    ReplayReport report = SampleReports.report(SampleReports.chats("chats", 10), 8);

    assertThatThrownBy(() -> new ReplayReport("1", report.options(), List.of(), report.runs()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'chats'");
    assertThatThrownBy(
            () ->
                new ReplayReport(
                    "1",
                    report.options(),
                    List.of(report.traces().getFirst(), report.traces().getFirst()),
                    List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'chats'");
  }

  /** Requests made from their number: a shared first block, a conversation's blocks, a new one. */
  private record Endless(int requestCount) implements BlockTrace {

    @Override
    public String name() {
      return "endless";
    }

    @Override
    public long accessCount() {
      return 4L * requestCount;
    }

    @Override
    public int uniqueBlocks() {
      return 1 + 2 * 5_000 + requestCount;
    }

    @Override
    public Cursor cursor() {
      return new Cursor() {
        private int at = -1;

        @Override
        public boolean next() {
          return ++at < requestCount;
        }

        @Override
        public int[] ids() {
          int chat = (int) (at * 2_654_435_761L % 5_000);
          return new int[] {0, 1 + 2 * chat, 2 + 2 * chat, 10_001 + at};
        }

        @Override
        public int from() {
          return 0;
        }

        @Override
        public int count() {
          return 4;
        }

        @Override
        public long inputTokens() {
          return 64;
        }

        @Override
        public long outputTokens() {
          return at % 100;
        }

        @Override
        public int blockSizeTokens() {
          return 16;
        }

        @Override
        public double arrivalMillis() {
          return at * 37.0;
        }

        @Override
        public int conversation() {
          return -1;
        }
      };
    }
  }
}
