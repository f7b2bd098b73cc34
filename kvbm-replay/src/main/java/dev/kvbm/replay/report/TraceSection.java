package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.CacheCounts;
import dev.kvbm.replay.analysis.HitSharing;

/** The part of the page that is about one trace. */
final class TraceSection {

  private final Panel panel;
  private final Markup page;
  private final TraceView view;
  private final TraceReport trace;
  private final TraceReport.Findings findings;
  private final String anchor;

  TraceSection(Panel panel, TraceView view, String anchor) {
    this.panel = panel;
    page = panel.page;
    this.view = view;
    trace = view.trace;
    findings = view.findings;
    this.anchor = anchor;
  }

  void write() {
    page.open("section", "id", anchor).line();
    page.text("h2", trace.name());
    lead();
    tiles();
    new CapacityFigure(panel, view).capacity();
    new SavedFigure(panel, view).saved();
    page.open("div", "class", "pair").line();
    TimeFigures time = new TimeFigures(panel, view);
    time.overTime();
    time.workingSet();
    BarFigures bars = new BarFigures(panel, view);
    bars.sharing();
    bars.evicted();
    Histograms histograms = new Histograms(panel, view);
    histograms.reuseDistance();
    histograms.reuseGap();
    histograms.lengths("Prompt lengths", findings.analysis().promptTokens(), "prompt");
    if (findings.analysis().outputTokens().max() > 0) {
      histograms.lengths("Generated lengths", findings.analysis().outputTokens(), "generated");
    }
    page.close("div").line();
    new PrefixFigures(panel, view).prefixes();
    page.close("section").line();
  }

  private void lead() {
    CacheCounts ceiling = findings.infinite().counts();
    StringBuilder text = new StringBuilder();
    text.append(Numbers.count(trace.requests())).append(" requests");
    double span = findings.analysis().spanSeconds();
    if (span > 0) {
      text.append(" over ").append(Numbers.duration(span));
    }
    if (trace.countedRequests() < trace.requests()) {
      text.append("; the last ")
          .append(Numbers.count(trace.countedRequests()))
          .append(" of them are counted, with ");
    } else {
      text.append(" with ");
    }
    text.append(Numbers.compact(trace.inputTokens()))
        .append(" prompt tokens in ")
        .append(Numbers.count(trace.accesses()))
        .append(" blocks");
    if (trace.blockSizeTokens() > 0) {
      text.append(" of ").append(Numbers.count(trace.blockSizeTokens())).append(" tokens");
    }
    text.append("; ")
        .append(Numbers.count(trace.uniqueBlocks()))
        .append(" different blocks in the whole trace. A cache without limit would save ")
        .append(Numbers.percent(ceiling.tokenHitRate()))
        .append(" of the prefill work.");
    if (view.focus > 0) {
      ReplayRun best = view.best(view.focus);
      if (best != null) {
        text.append(" At ")
            .append(view.size(view.focus))
            .append(", ")
            .append(best.policy())
            .append(" saves ")
            .append(Numbers.percent(best.counts().tokenHitRate()))
            .append("; the optimum of that size would save ")
            .append(Numbers.percent(view.optimum(view.focus).tokenHitRate()))
            .append(".");
      }
    }
    page.text("p", text.toString(), "class", "lead").line();
    if (findings.analysis().prefixes().inconsistentBlocks() > 0) {
      page.text(
          "p",
          Numbers.count(findings.analysis().prefixes().inconsistentBlocks())
              + " accesses list a block after a different block than before. In a sound trace a"
              + " block always follows the same block; figures about prefixes and conversations"
              + " are approximate here.",
          "class",
          "by");
    }
  }

  private void tiles() {
    CacheCounts ceiling = findings.infinite().counts();
    page.open("div", "class", "tiles").line();
    tile(
        "Ceiling",
        Numbers.percent(ceiling.hitRate()),
        Numbers.count(ceiling.hits()) + " of " + Numbers.count(ceiling.accesses()) + " blocks");
    ReplayRun best = view.focus > 0 ? view.best(view.focus) : null;
    if (best != null) {
      tile(
          "Best policy at " + Numbers.compact(view.focus) + " blocks",
          Numbers.percent(best.counts().hitRate()),
          best.policy() + "; optimum " + Numbers.percent(view.optimum(view.focus).hitRate()));
    }
    tile(
        "Optimum needs",
        Numbers.count(findings.minBlocksForCeiling()),
        "blocks for all hits" + view.memory(findings.minBlocksForCeiling()));
    tile(
        "LRU needs",
        Numbers.count(findings.lruBlocksForCeiling()),
        "blocks for all hits" + view.memory(findings.lruBlocksForCeiling()));
    HitSharing sharing = view.sharingOf("infinite", 0);
    if (sharing != null && sharing.withinHits() + sharing.acrossHits() > 0) {
      double all = (double) sharing.withinHits() + sharing.acrossHits();
      tile(
          "Across conversations",
          Numbers.percent(sharing.acrossHits() / all),
          "of the ceiling; the rest is within "
              + Numbers.count(findings.analysis().conversations())
              + (findings.analysis().conversationsInferred() ? " inferred" : "")
              + " conversations");
    }
    page.close("div").line();
  }

  private void tile(String what, String value, String note) {
    page.open("div", "class", "tile")
        .text("span", what, "class", "what")
        .text("b", value)
        .text("span", note)
        .close("div")
        .line();
  }
}
