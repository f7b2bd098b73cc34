package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.EvictionRegret;
import dev.kvbm.replay.analysis.HitSharing;
import java.util.ArrayList;
import java.util.List;

/** One bar a policy, divided: whose blocks were hit, and what became of the evicted. */
final class BarFigures {

  private final Panel panel;
  private final Markup page;
  private final TraceView view;
  private final TraceReport trace;
  private final TraceReport.Findings findings;
  private final List<ReplayRun> runs;
  private final int focus;

  BarFigures(Panel panel, TraceView view) {
    this.panel = panel;
    page = panel.page;
    this.view = view;
    trace = view.trace;
    findings = view.findings;
    runs = view.runs;
    focus = view.focus;
  }

  private record Part(double value, String style, String tip) {}

  private record Stack(String label, List<Part> parts, String note) {}

  void sharing() {
    List<ReplayRun> shown = new ArrayList<>();
    for (ReplayRun run : runs) {
      boolean wanted = run.policy().equals("infinite") || run.counts().blocks() == focus;
      if (wanted && run.sharing() != null) {
        shown.add(run);
      }
    }
    if (shown.isEmpty() || trace.accesses() == 0) {
      return;
    }
    panel.figure("half", "Hits within and across conversations");
    page.text(
        "p",
        (focus > 0 ? "At " + view.size(focus) + ". " : "")
            + "Within: the conversation had sent the block before. Across: only others had. "
            + (findings.analysis().conversationsInferred()
                ? "The trace names no conversations; "
                    + Numbers.count(findings.analysis().conversations())
                    + " were inferred from prompts that contain earlier prompts."
                : Numbers.count(findings.analysis().conversations()) + " conversations."));
    page.close("figcaption").open("ul", "class", "legend");
    panel.swatch("within", "f0");
    panel.swatch("across", "f2");
    panel.swatch("reusable, missed", "fi");
    page.close("ul");
    double all = trace.accesses();
    double ceiling = findings.infinite().counts().hits();
    List<Stack> stacks = new ArrayList<>();
    for (ReplayRun run : shown) {
      HitSharing sharing = run.sharing();
      if (sharing == null) {
        continue;
      }
      double hits = (double) sharing.withinHits() + sharing.acrossHits();
      stacks.add(
          new Stack(
              run.policy(),
              List.of(
                  new Part(
                      sharing.withinHits() / all,
                      "f0",
                      "within: "
                          + Numbers.count(sharing.withinHits())
                          + " blocks, "
                          + Numbers.count(sharing.withinTokens())
                          + " tokens"),
                  new Part(
                      sharing.acrossHits() / all,
                      "f2",
                      "across: "
                          + Numbers.count(sharing.acrossHits())
                          + " blocks, "
                          + Numbers.count(sharing.acrossTokens())
                          + " tokens"),
                  new Part(
                      Math.max(0, ceiling - hits) / all,
                      "fi",
                      "missed: " + Numbers.count((long) Math.max(0, ceiling - hits)) + " blocks")),
              Numbers.percent(hits / all)));
    }
    double full = Math.max(ceiling / all, 0.001);
    stacks(
        "Hits within and across conversations for " + trace.name(),
        "Share of all requested blocks, one bar a policy. All values are in the table below.",
        stacks,
        full,
        Scale.linear(0, full, 0, 1));
    panel.details("As a table, all sizes");
    panel.table(
        "Policy",
        "Blocks",
        "Within (blocks)",
        "Across (blocks)",
        "Within (tokens)",
        "Across (tokens)");
    for (ReplayRun run : runs) {
      HitSharing sharing = run.sharing();
      if (sharing != null) {
        panel.row(
            run.policy(),
            Numbers.count(run.counts().blocks()),
            Numbers.count(sharing.withinHits()),
            Numbers.count(sharing.acrossHits()),
            Numbers.count(sharing.withinTokens()),
            Numbers.count(sharing.acrossTokens()));
      }
    }
    panel.endTable();
    page.close("div").close("details").close("figure").line();
  }

  void evicted() {
    List<ReplayRun> shown =
        runs.stream()
            .filter(run -> !run.isBound() && run.counts().blocks() == focus && run.regret() != null)
            .toList();
    if (shown.isEmpty()) {
      return;
    }
    panel.figure("half", "Evicted and still needed");
    page.text(
        "p",
        "What became of the blocks evicted at "
            + view.size(focus)
            + ": how many requests later somebody asked for them again.");
    page.close("figcaption").open("ul", "class", "legend");
    panel.swatch("within 10", "fn1");
    panel.swatch("11–100", "fn2");
    panel.swatch("101–1,000", "fn3");
    panel.swatch("later", "fn4");
    panel.swatch("never", "fi");
    page.close("ul");
    List<Stack> stacks = new ArrayList<>();
    for (ReplayRun run : shown) {
      EvictionRegret.Result regret = run.regret();
      if (regret != null) {
        double all = Math.max(1, regret.evictions());
        stacks.add(
            new Stack(
                run.policy(),
                List.of(
                    part(regret.within10(), all, "fn1", "within 10 requests"),
                    part(regret.within100(), all, "fn2", "after 11 to 100 requests"),
                    part(regret.within1000(), all, "fn3", "after 101 to 1,000 requests"),
                    part(regret.later(), all, "fn4", "after more than 1,000 requests"),
                    part(regret.neverNeeded(), all, "fi", "never again")),
                Numbers.percent(regret.neededAgain() / all)));
      }
    }
    stacks(
        "Evicted blocks that were needed again for " + trace.name(),
        "Share of evictions by when the block was requested again, one bar a policy; the number is"
            + " the share needed again. All values are in the table below.",
        stacks,
        1,
        Scale.linear(0, 1, 0, 1));
    panel.details("As a table, all sizes");
    panel.table(
        "Policy",
        "Blocks",
        "Evicted",
        "Needed again",
        "Share",
        "Within 10 requests",
        "11–100",
        "101–1,000",
        "Later");
    for (ReplayRun run : runs) {
      EvictionRegret.Result regret = run.regret();
      if (regret != null) {
        panel.row(
            run.policy(),
            Numbers.count(run.counts().blocks()),
            Numbers.count(regret.evictions()),
            Numbers.count(regret.neededAgain()),
            Numbers.percent(regret.neededAgain() / (double) Math.max(1, regret.evictions())),
            Numbers.count(regret.within10()),
            Numbers.count(regret.within100()),
            Numbers.count(regret.within1000()),
            Numbers.count(regret.later()));
      }
    }
    panel.endTable();
    page.close("div").close("details").close("figure").line();
  }

  /** What fits left of the bars. */
  private static String shortened(String label) {
    return label.length() <= 16 ? label : label.substring(0, 15) + "…";
  }

  private static Part part(long value, double all, String style, String when) {
    return new Part(value / all, style, when + ": " + Numbers.count(value) + " evictions");
  }

  /** Horizontal stacked bars; values are fractions of {@code full}. */
  private void stacks(
      String title, String description, List<Stack> stacks, double full, Scale grid) {
    double rowHeight = 27;
    Plot plot =
        Plot.open(
            page, title, description, Panel.HALF, 30 + rowHeight * stacks.size(), 108, 78, 4, 24);
    Scale x = Scale.linear(0, full, plot.left, plot.right);
    List<Double> ticks = grid.ticks(5);
    plot.verticals(x, ticks, "grid");
    plot.xLabels(x, ticks, 0, v -> Panel.percentTick(v, grid), "");
    for (int i = 0; i < stacks.size(); i++) {
      Stack stack = stacks.get(i);
      double at = plot.top + i * rowHeight + 4;
      plot.text(shortened(stack.label()), plot.left - 8, at + 14, "row end");
      double from = 0;
      for (Part part : stack.parts()) {
        double left = x.at(from);
        double right = x.at(from + part.value());
        plot.rect(part.style(), left, at, right - left, rowHeight - 8, part.tip());
        from += part.value();
      }
      plot.text(stack.note(), plot.right + 8, at + 14, "val");
    }
    plot.close();
  }
}
