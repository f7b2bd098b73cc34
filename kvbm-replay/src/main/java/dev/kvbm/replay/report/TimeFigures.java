package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.HitTimeline;
import dev.kvbm.replay.analysis.TimeAxis;
import dev.kvbm.replay.analysis.WorkingSet;
import java.util.ArrayList;
import java.util.List;
import java.util.function.DoubleFunction;

/** What changes over the time of a trace. */
final class TimeFigures {

  private final Panel panel;
  private final Markup page;
  private final Palette palette;
  private final TraceView view;
  private final TraceReport trace;
  private final TraceReport.Findings findings;
  private final List<ReplayRun> runs;
  private final int focus;

  TimeFigures(Panel panel, TraceView view) {
    this.panel = panel;
    page = panel.page;
    palette = panel.palette;
    this.view = view;
    trace = view.trace;
    findings = view.findings;
    runs = view.runs;
    focus = view.focus;
  }

  void overTime() {
    List<ReplayRun> lines = new ArrayList<>();
    for (ReplayRun run : runs) {
      boolean shown = run.policy().equals("infinite") || run.counts().blocks() == focus;
      if (shown && run.timeline() != null) {
        lines.add(run);
      }
    }
    HitTimeline first = lines.isEmpty() ? null : lines.getFirst().timeline();
    if (first == null) {
      return;
    }
    panel.figure("half", "Hits over time");
    page.text(
        "p",
        (focus > 0 ? "Hit rate at " + view.size(focus) + "; " : "")
            + "bars: blocks requested"
            + perBucket(first.axis())
            + ".");
    page.close("figcaption");
    panel.legend(lines);
    double top = 0;
    long busiest = 1;
    for (ReplayRun run : lines) {
      for (HitTimeline.Point point : points(run)) {
        if (!Double.isNaN(point.hitRate())) {
          top = Math.max(top, point.hitRate());
        }
        busiest = Math.max(busiest, point.accesses());
      }
    }
    Plot plot =
        Plot.open(
            page,
            "Hits over time for " + trace.name(),
            "Share of blocks found in the cache in each stretch of the trace, one line a policy,"
                + " and how many blocks were requested. All values are in the table below.",
            Panel.HALF,
            300,
            50,
            8,
            28,
            40);
    double split = plot.bottom - 48;
    double peak = Math.max(top, 0.01);
    double step = Scale.niceStep(peak / 4);
    Scale y = Scale.linear(0, Math.min(1, Math.ceil(peak / step) * step), split - 12, plot.top);
    Scale volume = Scale.linear(0, busiest, plot.bottom, split);
    Scale x = timeScale(plot, first.axis());
    plot.yAxis(y, 5, v -> Panel.percentTick(v, y), "hit rate");
    plot.line("axis", plot.left, plot.bottom, plot.right, plot.bottom);
    plot.text(Numbers.compact(busiest), plot.left - 7, split + 9, "tick end");
    timeTicks(plot, x, first.axis());
    double slot = (plot.right - plot.left) / first.axis().buckets();
    List<HitTimeline.Point> base = first.points();
    for (int i = 0; i < base.size(); i++) {
      double from = plot.left + i * slot;
      double at = volume.at(base.get(i).accesses());
      plot.rect("bar2", from + slot * 0.1, at, slot * 0.8, plot.bottom - at, "");
    }
    page.line();
    for (ReplayRun run : lines) {
      List<HitTimeline.Point> points = points(run);
      double[] xs = new double[points.size()];
      double[] ys = new double[points.size()];
      for (int i = 0; i < xs.length; i++) {
        xs[i] = plot.left + (i + 0.5) * slot;
        ys[i] = points.get(i).accesses() == 0 ? Double.NaN : y.at(points.get(i).hitRate());
      }
      plot.path("thin " + palette.colour(run.policy()), Plot.through(xs, ys));
    }
    page.line();
    for (int i = 0; i < base.size(); i++) {
      StringBuilder tip = new StringBuilder(bucketName(first.axis(), i));
      tip.append('\n').append(Numbers.count(base.get(i).accesses())).append(" blocks");
      for (ReplayRun run : lines) {
        tip.append('\n')
            .append(run.policy())
            .append(' ')
            .append(Numbers.percent(points(run).get(i).hitRate()));
      }
      plot.rect(
          "hit", plot.left + i * slot, plot.top, slot, plot.bottom - plot.top, tip.toString());
    }
    plot.close();
    panel.details("As a table");
    List<String> heads = new ArrayList<>(List.of("From", "Requests", "Blocks"));
    lines.forEach(run -> heads.add(run.policy()));
    panel.table(heads.toArray(String[]::new));
    for (int i = 0; i < base.size(); i++) {
      List<String> cells = new ArrayList<>();
      cells.add(bucketName(first.axis(), i));
      cells.add(Numbers.count(base.get(i).requests()));
      cells.add(Numbers.count(base.get(i).accesses()));
      for (ReplayRun run : lines) {
        cells.add(Numbers.percent(points(run).get(i).hitRate()));
      }
      panel.row(cells.toArray(String[]::new));
    }
    panel.endTable();
    page.close("div").close("details").close("figure").line();
  }

  private static List<HitTimeline.Point> points(ReplayRun run) {
    HitTimeline timeline = run.timeline();
    return timeline == null ? List.of() : timeline.points();
  }

  void workingSet() {
    WorkingSet set = findings.analysis().workingSet();
    long most = 1;
    long live = 0;
    for (WorkingSet.Point point : set.points()) {
      most = Math.max(most, Math.max(point.distinct(), point.live()));
      live = Math.max(live, point.live());
    }
    if (set.points().size() < 2) {
      return;
    }
    panel.figure("half", "Blocks in use over time");
    page.text(
        "p",
        "Different blocks requested"
            + perBucket(set.axis())
            + ", and blocks that had been seen and would be requested again: at most "
            + Numbers.count(live)
            + " at once. That is all a cache that knew the future would hold.");
    page.close("figcaption").open("ul", "class", "legend");
    panel.swatch("seen before", "bar");
    panel.swatch("new", "bar2");
    panel.key("needed again later", "thin s1", null);
    page.close("ul");
    Plot plot =
        Plot.open(
            page,
            "Blocks in use over time for " + trace.name(),
            "Bars: different blocks in each stretch, with the share never seen before. Line: blocks"
                + " seen before and needed again. All values are in the table below.",
            Panel.HALF,
            260,
            50,
            8,
            28,
            40);
    double step = Math.max(1, Scale.niceStep(most / 4.0));
    Scale y = Scale.linear(0, Math.ceil(most / step) * step, plot.bottom, plot.top);
    Scale x = timeScale(plot, set.axis());
    plot.yAxis(y, 5, Numbers::compact, "blocks");
    timeTicks(plot, x, set.axis());
    double slot = (plot.right - plot.left) / set.points().size();
    double[] xs = new double[set.points().size()];
    double[] ys = new double[set.points().size()];
    for (int i = 0; i < xs.length; i++) {
      WorkingSet.Point point = set.points().get(i);
      double from = plot.left + i * slot + Math.min(0.8, slot * 0.1);
      double wide = slot - 2 * Math.min(0.8, slot * 0.1);
      double at = y.at(point.distinct());
      double old = y.at((double) point.distinct() - point.firstSeen());
      plot.rect("bar", from, old, wide, plot.bottom - old, "");
      plot.rect("bar2", from, at, wide, old - at, "");
      xs[i] = plot.left + (i + 0.5) * slot;
      ys[i] = y.at(point.live());
    }
    page.line();
    plot.path("thin s1", Plot.through(xs, ys));
    for (int i = 0; i < xs.length; i++) {
      WorkingSet.Point point = set.points().get(i);
      plot.rect(
          "hit",
          plot.left + i * slot,
          plot.top,
          slot,
          plot.bottom - plot.top,
          bucketName(set.axis(), i)
              + "\n"
              + Numbers.count(point.distinct())
              + " different blocks, "
              + Numbers.count(point.firstSeen())
              + " of them new\n"
              + Numbers.count(point.live())
              + " needed again later");
    }
    plot.close();
    panel.details("As a table");
    panel.table("From", "Requests", "Blocks", "Different", "New", "Needed again later");
    for (int i = 0; i < xs.length; i++) {
      WorkingSet.Point point = set.points().get(i);
      panel.row(
          bucketName(set.axis(), i),
          Numbers.count(point.requests()),
          Numbers.count(point.accesses()),
          Numbers.count(point.distinct()),
          Numbers.count(point.firstSeen()),
          Numbers.count(point.live()));
    }
    panel.endTable();
    page.close("div").close("details").close("figure").line();
  }

  private static String perBucket(TimeAxis axis) {
    if (axis.ofTime()) {
      return " every " + Numbers.roundDuration(axis.width() / 1000);
    }
    return axis.width() == 1
        ? " by each request"
        : " by every " + Numbers.count((long) axis.width()) + " requests";
  }

  private static String bucketName(TimeAxis axis, int bucket) {
    return axis.ofTime()
        ? Numbers.duration(axis.startOf(bucket))
        : "request " + Numbers.count((long) axis.startOf(bucket));
  }

  private static Scale timeScale(Plot plot, TimeAxis axis) {
    return Scale.linear(0, axis.startOf(axis.buckets()), plot.left, plot.right);
  }

  private static void timeTicks(Plot plot, Scale x, TimeAxis axis) {
    double end = x.high();
    double step = axis.ofTime() ? timeStep(end / 6) : Math.max(1, Scale.niceStep(end / 5));
    List<Double> ticks = new ArrayList<>();
    for (int k = 0; k * step <= end * (1 + 1e-9); k++) {
      ticks.add(k * step);
    }
    DoubleFunction<String> label = axis.ofTime() ? Numbers::roundDuration : Numbers::compact;
    plot.xLabels(x, ticks, 0, label, "");
    plot.xName(axis.ofTime() ? "time since the first request" : "requests");
  }

  private static double timeStep(double atLeast) {
    for (double step :
        new double[] {
          0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300,
          600, 1200, 1800, 3600, 7200, 10800, 21600, 43200, 86400
        }) {
      if (step >= atLeast) {
        return step;
      }
    }
    return 86_400 * Scale.niceStep(atLeast / 86_400);
  }
}
