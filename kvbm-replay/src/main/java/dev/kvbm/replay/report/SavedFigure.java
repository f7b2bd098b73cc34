package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.CacheCounts;
import java.util.List;

/** Prompt tokens saved, by policy and cache size. */
final class SavedFigure {

  private final Panel panel;
  private final Markup page;
  private final TraceView view;
  private final TraceReport trace;
  private final TraceReport.Findings findings;
  private final List<ReplayRun> runs;
  private final List<String> policies;

  SavedFigure(Panel panel, TraceView view) {
    this.panel = panel;
    page = panel.page;
    this.view = view;
    trace = view.trace;
    findings = view.findings;
    runs = view.runs;
    policies = view.policies;
  }

  void saved() {
    int[] sizes =
        runs.stream()
            .filter(run -> !run.policy().equals("infinite"))
            .mapToInt(run -> run.counts().blocks())
            .distinct()
            .sorted()
            .toArray();
    if (sizes.length == 0) {
      return;
    }
    panel.figure("wide", "Prefill work saved");
    page.text(
        "p",
        "Prompt tokens whose keys and values were found in the cache, as a share of all prompt"
            + " tokens, and how many they are. Stronger colour is better; the best policy of a size"
            + " is bold.");
    page.close("figcaption").open("div", "class", "scroll").open("table", "class", "heat");
    page.open("thead").open("tr").text("th", "Cache size");
    for (int blocks : sizes) {
      page.open("th").text(Numbers.compact(blocks));
      if (trace.blockSizeTokens() > 0) {
        page.text("small", Numbers.compact((double) blocks * trace.blockSizeTokens()) + " tok");
      }
      if (trace.bytesPerBlock() > 0) {
        page.text("small", Numbers.bytes((double) blocks * trace.bytesPerBlock()));
      }
      page.close("th");
    }
    page.close("tr").close("thead").open("tbody").line();
    for (String policy : policies) {
      savedRow(policy, policy, sizes, "");
    }
    String rule = "rule";
    for (String bound : List.of("min", "minb")) {
      if (view.run(bound, 0) != null) {
        savedRow(bound, bound.equals("min") ? "optimum (min)" : "with bypass (minb)", sizes, rule);
        rule = "";
      }
    }
    CacheCounts all = findings.infinite().counts();
    page.open("tr", "class", rule)
        .text("th", "infinite")
        .open(
            "td",
            "colspan",
            Integer.toString(sizes.length),
            "style",
            "--a:" + tint(all.tokenHitRate()) + ";text-align:center");
    page.text(
            Numbers.percent(all.tokenHitRate())
                + " · "
                + Numbers.count(all.hitTokens())
                + " of "
                + Numbers.count(all.inputTokens())
                + " prompt tokens")
        .close("td")
        .close("tr");
    page.close("tbody").close("table").close("div").close("figure").line();
  }

  private void savedRow(String policy, String label, int[] sizes, String style) {
    page.open("tr", "class", style).text("th", label);
    for (int blocks : sizes) {
      ReplayRun run = view.run(policy, blocks);
      if (run == null) {
        page.text("td", "–");
        continue;
      }
      ReplayRun best = view.best(blocks);
      boolean first =
          !run.isBound()
              && policies.size() > 1
              && best != null
              && best.counts().hits() == run.counts().hits();
      page.open(
              "td",
              "class",
              first ? "best" : "",
              "style",
              "--a:" + tint(run.counts().tokenHitRate()))
          .text(Numbers.percent(run.counts().tokenHitRate()))
          .text("small", Numbers.compact(run.counts().hitTokens()))
          .close("td");
    }
    page.close("tr").line();
  }

  private String tint(double rate) {
    double ceiling = findings.infinite().counts().tokenHitRate();
    double part = ceiling > 0 ? Math.clamp(rate / ceiling, 0, 1) : 0;
    return Math.round(part * 42) + "%";
  }
}
