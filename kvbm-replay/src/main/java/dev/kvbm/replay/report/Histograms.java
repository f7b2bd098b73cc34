package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.Distribution;
import dev.kvbm.replay.analysis.TraceAnalysis;
import java.util.List;
import java.util.function.DoubleFunction;

/** How distances and lengths are spread. */
final class Histograms {

  private final Panel panel;
  private final Markup page;
  private final TraceView view;
  private final TraceReport trace;
  private final TraceReport.Findings findings;

  Histograms(Panel panel, TraceView view) {
    this.panel = panel;
    page = panel.page;
    this.view = view;
    trace = view.trace;
    findings = view.findings;
  }

  void reuseDistance() {
    Distribution distances = findings.analysis().reuseDistanceBlocks();
    if (distances.count() == 0) {
      return;
    }
    panel.figure("half", "How far apart reuses are");
    page.text(
        "p",
        "Different blocks used in between: an LRU cache of that size is just large enough. Half of"
            + " all reuses are within "
            + view.size((int) distances.quantiles().p50())
            + ".");
    page.close("figcaption");
    histogram(
        "Reuse distance for " + trace.name(),
        distances,
        Numbers::compact,
        "reuse distance in blocks",
        "reuses",
        "blocks");
    page.close("figure").line();
  }

  void reuseGap() {
    TraceAnalysis analysis = findings.analysis();
    boolean clock = analysis.reuseGapSeconds().count() > 0;
    Distribution gaps = clock ? analysis.reuseGapSeconds() : analysis.reuseGapRequests();
    if (gaps.count() == 0) {
      return;
    }
    double half = gaps.quantiles().p50();
    panel.figure("half", "How long until a block comes back");
    page.text(
        "p",
        "From one use of a block to the next. Half of all reuses come within "
            + (clock ? Numbers.duration(half) : Numbers.count((long) half) + " requests")
            + ", nine in ten within "
            + (clock
                ? Numbers.duration(gaps.quantiles().p90())
                : Numbers.count((long) gaps.quantiles().p90()) + " requests")
            + ".");
    page.close("figcaption");
    histogram(
        "Time between uses for " + trace.name(),
        gaps,
        clock ? Numbers::roundDuration : Numbers::compact,
        clock ? "time since the last use" : "requests since the last use",
        "reuses",
        clock ? "" : "requests");
    page.close("figure").line();
  }

  void lengths(String heading, Distribution lengths, String kind) {
    if (lengths.count() == 0) {
      return;
    }
    panel.figure("half", heading);
    page.text(
        "p",
        "Half of the requests have at most "
            + Numbers.count((long) lengths.quantiles().p50())
            + " "
            + kind
            + " tokens, nine in ten at most "
            + Numbers.count((long) lengths.quantiles().p90())
            + "; the longest has "
            + Numbers.count((long) lengths.max())
            + ".");
    page.close("figcaption");
    histogram(
        heading + " for " + trace.name(),
        lengths,
        Numbers::compact,
        kind + " tokens",
        "requests",
        "tokens");
    page.close("figure").line();
  }

  /** Bars of equal width, one a bin, and the running share as a line. */
  private void histogram(
      String title,
      Distribution distribution,
      DoubleFunction<String> edge,
      String xName,
      String yName,
      String unit) {
    List<Distribution.Bin> bins = distribution.bins();
    long most = 1;
    for (Distribution.Bin bin : bins) {
      most = Math.max(most, bin.count());
    }
    page.open("ul", "class", "legend");
    panel.swatch(yName, "bar");
    panel.key("running share", "thin s1", null);
    page.close("ul");
    Plot plot =
        Plot.open(
            page,
            title,
            "Bars: "
                + yName
                + " by "
                + xName
                + ". Line: share of all at or below. All values are in the table below.",
            Panel.HALF,
            260,
            50,
            46,
            28,
            40);
    double step = Math.max(1, Scale.niceStep(most / 4.0));
    Scale y = Scale.linear(0, Math.ceil(most / step) * step, plot.bottom, plot.top);
    Scale share = Scale.linear(0, 1, plot.bottom, plot.top);
    plot.yAxis(y, 5, Numbers::compact, yName);
    plot.rightAxis(share, 4, v -> Math.round(v * 100) + "%", "running share");
    double slot = (plot.right - plot.left) / bins.size();
    double lastLabel = -100;
    for (int i = 0; i <= bins.size(); i++) {
      double at = plot.left + i * slot;
      double value = i < bins.size() ? bins.get(i).from() : bins.getLast().to();
      if (at - lastLabel >= 44 && (bins.size() < 10 || isLandmark(value))) {
        plot.line("axis", at, plot.bottom, at, plot.bottom + 4);
        plot.text(edge.apply(value), at, plot.bottom + 18, "tick mid");
        lastLabel = at;
      }
    }
    plot.xName(xName);
    long sum = 0;
    double[] xs = new double[bins.size() + 1];
    double[] ys = new double[bins.size() + 1];
    xs[0] = plot.left;
    ys[0] = share.at(0);
    for (int i = 0; i < bins.size(); i++) {
      double at = y.at(bins.get(i).count());
      plot.rect(
          "bar", plot.left + i * slot + 0.8, at, Math.max(1, slot - 1.6), plot.bottom - at, "");
      sum += bins.get(i).count();
      xs[i + 1] = plot.left + (i + 1) * slot;
      ys[i + 1] = share.at(sum / (double) distribution.count());
    }
    page.line();
    plot.path("thin s1", Plot.through(xs, ys));
    sum = 0;
    for (int i = 0; i < bins.size(); i++) {
      sum += bins.get(i).count();
      plot.rect(
          "hit",
          plot.left + i * slot,
          plot.top,
          slot,
          plot.bottom - plot.top,
          interval(bins.get(i), edge, unit)
              + "\n"
              + Numbers.count(bins.get(i).count())
              + " "
              + yName
              + "\n"
              + Numbers.percent(sum / (double) distribution.count())
              + " up to here");
    }
    plot.close();
    panel.details("As a table");
    panel.table("Range", yName, "Running share");
    sum = 0;
    for (Distribution.Bin bin : bins) {
      sum += bin.count();
      panel.row(
          interval(bin, edge, unit),
          Numbers.count(bin.count()),
          Numbers.percent(sum / (double) distribution.count()));
    }
    panel.endTable();
    page.close("div").close("details");
  }

  /** Whether an edge deserves a label: 0, 1, 3, 10, 30, ..., and durations known by heart. */
  private static boolean isLandmark(double edge) {
    double power = Math.pow(10, Math.floor(Math.log10(edge) + 1e-9));
    return edge == 0
        || Math.abs(edge / power - 1) < 1e-9
        || Math.abs(edge / power - 3) < 1e-9
        || List.of(60.0, 600.0, 3600.0, 86_400.0).contains(edge);
  }

  private static String interval(Distribution.Bin bin, DoubleFunction<String> edge, String unit) {
    String text =
        bin.to() == bin.from() + 1 && !unit.isEmpty()
            ? edge.apply(bin.from())
            : edge.apply(bin.from()) + " to less than " + edge.apply(bin.to());
    return unit.isEmpty() ? text : text + " " + unit;
  }
}
