package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.CacheCounts;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Hit rate over cache size: LRU as a line, runs as markers, bounds above. */
final class CapacityFigure {

  private final Panel panel;
  private final Markup page;
  private final Palette palette;
  private final TraceView view;
  private final TraceReport trace;
  private final TraceReport.Findings findings;
  private final List<ReplayRun> runs;
  private final List<String> policies;

  CapacityFigure(Panel panel, TraceView view) {
    this.panel = panel;
    page = panel.page;
    palette = panel.palette;
    this.view = view;
    trace = view.trace;
    findings = view.findings;
    runs = view.runs;
    policies = view.policies;
  }

  void capacity() {
    List<CacheCounts> lru = findings.lruCurve();
    if (lru.isEmpty()) {
      return;
    }
    panel.figure("wide", "Hit rate over cache size");
    page.text(
        "p",
        "LRU at every size in one line; markers are runs of a policy. The shaded gap is what a"
            + " better policy could still win: nothing can be above the dotted line.");
    page.close("figcaption").open("ul", "class", "legend");
    panel.key("LRU, every size", "curve s0", null);
    for (String policy : policies) {
      panel.key(
          policy.equals("lru") ? "lru, runs" : policy, "mark " + palette.colour(policy), policy);
    }
    panel.key("optimum (min)", "thin min", null);
    panel.key("optimum with bypass (minb)", "thin minb", null);
    panel.key("ceiling (infinite cache)", "thin infinite", null);
    page.close("ul").open("div", "class", "scroll").line();

    boolean tokens = trace.blockSizeTokens() > 0;
    boolean bytes = trace.bytesPerBlock() > 0;
    int rows = 1 + (tokens ? 1 : 0) + (bytes ? 1 : 0);
    double low = lru.getFirst().blocks();
    double high = lru.getLast().blocks();
    double most = findings.infinite().counts().hitRate();
    for (ReplayRun run : runs) {
      most = Math.max(most, run.counts().hitRate());
    }
    double half = Scale.niceStep(Math.max(most, 0.001) * 1.04 / 6) / 2;
    Plot plot =
        Plot.open(
            page,
            "Hit rate over cache size for " + trace.name(),
            "LRU rises from "
                + Numbers.percent(lru.getFirst().hitRate())
                + " at "
                + Numbers.count((long) low)
                + " blocks to "
                + Numbers.percent(lru.getLast().hitRate())
                + " at "
                + Numbers.count((long) high)
                + "; the ceiling is "
                + Numbers.percent(findings.infinite().counts().hitRate())
                + ". All values are in the table below.",
            Panel.WIDE,
            376 + 16 * rows,
            98,
            26,
            28,
            12 + 16 * rows);
    Scale x = Scale.logarithmic(low, high, plot.left, plot.right);
    Scale y =
        Scale.linear(0, Math.min(1, Math.ceil(most * 1.04 / half) * half), plot.bottom, plot.top);
    List<Double> ticks = x.ticks(14);
    plot.verticals(x, x.minorTicks(), "faint");
    plot.verticals(x, ticks, "grid");
    plot.yAxis(y, 7, v -> Panel.percentTick(v, y), "share of blocks found in the cache");
    plot.xLabels(x, ticks, 0, Numbers::compact, "blocks");
    int row = 1;
    if (tokens) {
      plot.xLabels(x, ticks, row++, v -> Numbers.compact(v * trace.blockSizeTokens()), "tokens");
    }
    if (bytes) {
      plot.xLabels(x, ticks, row, v -> Numbers.bytes(v * trace.bytesPerBlock()), "memory");
    }
    page.line();
    gap(plot, x, y);
    double ceiling = y.at(findings.infinite().counts().hitRate());
    plot.line("thin infinite", plot.left, ceiling, plot.right, ceiling);
    plot.path("thin minb", curve(findings.minbCurve(), x, y));
    plot.path("thin min", curve(findings.minCurve(), x, y));
    plot.path("curve s0", curve(lru, x, y));
    page.line();
    bands(plot, x);
    for (String policy : policies) {
      markers(plot, policy, x, y);
    }
    plot.close();
    page.close("div");
    capacityTable();
    page.close("figure").line();
  }

  private void gap(Plot plot, Scale x, Scale y) {
    List<CacheCounts> upper = findings.minbCurve();
    List<CacheCounts> lower = findings.lruCurve();
    StringBuilder d = new StringBuilder(curve(upper, x, y));
    for (CacheCounts counts : lower.reversed()) {
      d.append('L').append(Plot.point(x.at(counts.blocks()), y.at(counts.hitRate())));
    }
    plot.path("gap", d.append('z').toString());
  }

  private static String curve(List<CacheCounts> curve, Scale x, Scale y) {
    return Plot.through(
        curve.stream().mapToDouble(c -> x.at(c.blocks())).toArray(),
        curve.stream().mapToDouble(c -> y.at(c.hitRate())).toArray());
  }

  /** Invisible columns that tell the values under the pointer. */
  private void bands(Plot plot, Scale x) {
    List<CacheCounts> bounds = findings.minbCurve();
    for (int i = 0; i < bounds.size(); i++) {
      CacheCounts bypass = bounds.get(i);
      double at = x.at(bypass.blocks());
      double from = i == 0 ? plot.left : (at + x.at(bounds.get(i - 1).blocks())) / 2;
      double to = i + 1 == bounds.size() ? plot.right : (at + x.at(bounds.get(i + 1).blocks())) / 2;
      CacheCounts lru = view.lruAt(bypass.blocks());
      plot.rect(
          "hit",
          from,
          plot.top,
          to - from,
          plot.bottom - plot.top,
          view.size(bypass.blocks())
              + "\nLRU "
              + Numbers.percent(lru.hitRate())
              + "\noptimum "
              + Numbers.percent(view.optimum(bypass.blocks()).hitRate())
              + "\nwith bypass "
              + Numbers.percent(bypass.hitRate()));
    }
    page.line();
  }

  private void markers(Plot plot, String policy, Scale x, Scale y) {
    TreeMap<Integer, ReplayRun> bySize = new TreeMap<>();
    for (ReplayRun run : runs) {
      if (run.policy().equals(policy)) {
        bySize.put(run.counts().blocks(), run);
      }
    }
    String colour = palette.colour(policy);
    if (!policy.equals("lru")) {
      plot.path(
          "join " + colour,
          Plot.through(
              bySize.keySet().stream().mapToDouble(x::at).toArray(),
              bySize.values().stream().mapToDouble(r -> y.at(r.counts().hitRate())).toArray()));
    }
    for (Map.Entry<Integer, ReplayRun> entry : bySize.entrySet()) {
      CacheCounts counts = entry.getValue().counts();
      plot.path(
          "mark " + colour,
          palette.marker(policy, x.at(entry.getKey()), y.at(counts.hitRate()), 3.6),
          policy
              + " at "
              + view.size(counts.blocks())
              + "\n"
              + Numbers.percent(counts.hitRate())
              + " of blocks, "
              + Numbers.percent(counts.tokenHitRate())
              + " of tokens\n"
              + Numbers.count(counts.hits())
              + " hits, "
              + Numbers.count(counts.evicted())
              + " evictions");
    }
    page.line();
  }

  private void capacityTable() {
    panel.details("All results as a table");
    panel.table(
        "Policy",
        "Blocks",
        "Hits",
        "Hit rate",
        "Token hit rate",
        "Requests with a hit",
        "Inserted",
        "Evicted");
    for (ReplayRun run : runs) {
      CacheCounts c = run.counts();
      panel.row(
          run.policy(),
          Numbers.count(c.blocks()),
          Numbers.count(c.hits()),
          Numbers.percent(c.hitRate()),
          Numbers.percent(c.tokenHitRate()),
          Numbers.count(c.requestsWithHit()),
          Numbers.count(c.inserted()),
          Numbers.count(c.evicted()));
    }
    panel.endTable();
    page.close("div").close("details");
    panel.details("LRU and the optimum as a table");
    panel.table("Blocks", "LRU hits", "LRU", "Optimum (min)", "With bypass (minb)");
    for (CacheCounts bypass : findings.minbCurve()) {
      CacheCounts lru = view.lruAt(bypass.blocks());
      panel.row(
          Numbers.count(bypass.blocks()),
          Numbers.count(lru.hits()),
          Numbers.percent(lru.hitRate()),
          Numbers.percent(view.optimum(bypass.blocks()).hitRate()),
          Numbers.percent(bypass.hitRate()));
    }
    panel.endTable();
    page.close("div").close("details");
  }
}
