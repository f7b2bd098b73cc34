package dev.kvbm.replay.report;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Writes a report as one HTML page that needs nothing else: style, drawings and a few lines of
 * script are inside, nothing is fetched. It is also well-formed XML. Text that comes from outside
 * (names of traces and policies, options) is escaped. The size does not grow with the trace, only
 * with the number of traces and runs.
 */
public final class HtmlReport {

  private HtmlReport() {}

  /**
   * Writes the page in UTF-8, replacing the file.
   *
   * @param report what to show
   * @param file where to write
   * @throws IOException if it cannot be written
   * @throws IllegalArgumentException if a trace of the report has no findings
   */
  public static void write(ReplayReport report, Path file) throws IOException {
    Files.writeString(file, render(report), StandardCharsets.UTF_8);
  }

  /**
   * {@return the page as text}
   *
   * @param report what to show
   * @throws IllegalArgumentException if a trace of the report has no findings
   */
  public static String render(ReplayReport report) {
    Palette palette = new Palette(report);
    Markup page = new Markup();
    String names =
        report.traces().stream().map(TraceReport::name).collect(Collectors.joining(", "));
    page.raw("<!DOCTYPE html>\n")
        .open("html", "xmlns", "http://www.w3.org/1999/xhtml", "lang", "en")
        .open("head")
        .empty("meta", "charset", "utf-8")
        .empty("meta", "name", "viewport", "content", "width=device-width, initial-scale=1")
        .text("title", "KV cache replay: " + names)
        .open("style")
        .raw("\n" + PageStyle.CSS)
        .close("style")
        .close("head")
        .line()
        .open("body")
        .line();
    header(page, report);
    page.open("main").line();
    Panel panel = new Panel(page, palette);
    int number = 0;
    for (TraceReport trace : report.traces()) {
      TraceView view = new TraceView(trace, findings(trace), report.runsOf(trace));
      new TraceSection(panel, view, "t" + ++number).write();
    }
    page.close("main").line();
    footer(page, report);
    page.raw("<div id=\"tip\" hidden=\"hidden\"></div>\n<script>//<![CDATA[\n")
        .raw(PageStyle.SCRIPT)
        .raw("//]]></script>\n")
        .close("body")
        .close("html")
        .line();
    return page.toString();
  }

  private static TraceReport.Findings findings(TraceReport trace) {
    TraceReport.Findings findings = trace.findings();
    if (findings == null) {
      throw new IllegalArgumentException(
          "trace '" + trace.name() + "' was not studied; make its report with TraceReport.of");
    }
    return findings;
  }

  private static void header(Markup page, ReplayReport report) {
    page.open("header").text("h1", "What a KV cache saves on this traffic");
    page.open("p", "class", "by")
        .text(
            "Replay of "
                + (report.traces().size() == 1 ? "one trace" : report.traces().size() + " traces")
                + " by kvbm "
                + report.toolVersion()
                + ", rule “"
                + report.options().rule().label()
                + "”"
                + (report.options().warmup() > 0
                    ? ", the first "
                        + Numbers.percent(report.options().warmup())
                        + " of requests not counted"
                    : "")
                + ".")
        .close("p");
    if (report.traces().size() > 1) {
      overview(page, report.traces());
    }
    page.close("header").line();
  }

  private static void overview(Markup page, List<TraceReport> traces) {
    page.open("nav").open("div", "class", "scroll").open("table");
    page.open("thead").open("tr");
    for (String head :
        List.of(
            "Trace",
            "Requests",
            "Prompt tokens",
            "Distinct blocks",
            "Ceiling",
            "of tokens",
            "Optimum needs",
            "LRU needs")) {
      page.text("th", head);
    }
    page.close("tr").close("thead").open("tbody");
    int number = 0;
    for (TraceReport trace : traces) {
      TraceReport.Findings findings = findings(trace);
      page.open("tr").open("td").text("a", trace.name(), "href", "#t" + ++number).close("td");
      for (String cell :
          List.of(
              Numbers.count(trace.requests()),
              Numbers.compact(trace.inputTokens()),
              Numbers.count(trace.uniqueBlocks()),
              Numbers.percent(findings.infinite().counts().hitRate()),
              Numbers.percent(findings.infinite().counts().tokenHitRate()),
              Numbers.count(findings.minBlocksForCeiling()) + " blocks",
              Numbers.count(findings.lruBlocksForCeiling()) + " blocks")) {
        page.text("td", cell);
      }
      page.close("tr");
    }
    page.close("tbody").close("table").close("div").close("nav");
  }

  private static void footer(Markup page, ReplayReport report) {
    ReplayOptions options = report.options();
    page.open("footer").text("h2", "How to read this").open("dl").line();
    term(
        page,
        "Hit",
        "A block of a prompt that is in the cache when the request arrives, together with all"
            + " blocks before it. Its keys and values need not be computed again.");
    term(
        page,
        "Rule “trace”",
        "Every block a trace lists is cached and counted, a partial last one too. One request is"
            + " one step; its blocks are pinned while room is made, and touched from the last to"
            + " the first.");
    term(
        page,
        "Rule “engine”",
        "Only full blocks are cached and counted, the last token is always computed, and a"
            + " partial last block takes one more slot while the request runs.");
    term(page, "Ceiling", "Hits of a cache that never evicts (“infinite”).");
    term(
        page,
        "Optimum (min)",
        "Evicts what is used farthest in the future, under the same obligations as real policies."
            + " “minb” may also refuse to keep a block; no policy of that size can beat it.");
    term(
        page,
        "Within a conversation",
        "The request’s own conversation had sent the block before; “across”: only others had."
            + " Where a trace names no conversations, a prompt that contains an earlier prompt is"
            + " taken to continue it.");
    term(
        page,
        "Reuse distance",
        "How many different blocks, counted with the block itself, were used since its last use:"
            + " the smallest LRU cache that still holds it.");
    page.close("dl").line();
    page.text("h2", "Options").open("dl").line();
    term(page, "rule", options.rule().label());
    term(page, "warm-up", Numbers.percent(options.warmup()) + " of requests");
    if (!options.blocks().isEmpty()) {
      term(
          page,
          "blocks",
          options.blocks().stream().map(Numbers::count).collect(Collectors.joining("; ")));
    }
    if (!options.policies().isEmpty()) {
      term(page, "policies", String.join(", ", options.policies()));
    }
    for (Map.Entry<String, String> entry : options.more().entrySet()) {
      term(page, entry.getKey(), entry.getValue());
    }
    page.close("dl").close("footer").line();
  }

  private static void term(Markup page, String term, String meaning) {
    page.text("dt", term).text("dd", meaning).line();
  }
}
