package dev.kvbm.bench.compare;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** A run as tables. */
final class BenchText {
  private final PrintStream out;

  private BenchText(PrintStream out) {
    this.out = out;
  }

  static void print(BenchReport report, PrintStream out) {
    new BenchText(out).report(report);
  }

  private void report(BenchReport report) {
    out.println("# " + report.command());
    out.println(
        "# " + report.machine() + ", " + number("%.1f", report.loadAfter()) + " at the end");
    out.println(
        "# JVM "
            + String.join(" ", report.settings().jvmArguments())
            + (report.settings().hugePages() ? " -XX:+UseTransparentHugePages" : "")
            + "; "
            + report.settings().rounds()
            + " rounds; ratio: of the medians, best: of the best samples; +-: largest less smallest"
            + " round"
            + (report.peer().isEmpty() ? "" : "; peer " + report.peer()));
    cases(report.cases());
    memory(report.memory());
    pauses(report.pauses());
    replays(report.replays());
    List<Target.Verdict> verdicts = report.verdicts();
    if (!verdicts.isEmpty()) {
      List<List<String>> rows = new ArrayList<>();
      for (Target.Verdict verdict : verdicts) {
        rows.add(List.of(verdict.what(), verdict.met() ? "met" : "NOT MET", verdict.detail()));
      }
      table(List.of("target", "", "found"), rows, 3);
    }
  }

  private void cases(List<CaseResult> cases) {
    if (cases.isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    for (CaseResult result : cases) {
      boolean both = result.hasRatio();
      boolean other = !result.other().isEmpty();
      rows.add(
          List.of(
              result.name(),
              nanos(result.ours()),
              spread(result.ours()),
              nanos(result.peer()),
              spread(result.peer()),
              both ? number("%.2f", result.ratio()) : "",
              both ? number("%.2f", result.bestRatio()) : "",
              number("%.0f", result.bytesPerOp()),
              other ? result.otherName().substring(result.otherName().lastIndexOf('/') + 1) : "",
              nanos(result.other()),
              result.hasOtherRatio() ? number("%.2f", result.otherRatio()) : "",
              other ? number("%.0f", result.otherBytesPerOp()) : ""));
    }
    table(
        List.of(
            "case", "ns/op", "+-%", "peer", "+-%", "ratio", "best", "B/op", "also", "ns/op",
            "ratio", "B/op"),
        rows,
        1);
    double mean = Target.geometricMean(cases);
    if (!Double.isNaN(mean)) {
      out.println("geometric mean of the ratios: " + number("%.2f", mean));
    }
  }

  private void memory(List<MemoryResult> memory) {
    List<List<String>> rows = new ArrayList<>();
    for (MemoryResult result : memory) {
      rows.add(
          List.of(
              result.name(),
              number("%.1f", result.oursBytes().median()),
              number("%.1f", result.oursEmptyBytes()),
              number("%.1f", result.oursHeapBytes()),
              result.peerBytes().isEmpty() ? "" : number("%.1f", result.peerBytes().median()),
              result.hasRatio() ? number("%.2f", result.ratio()) : ""));
    }
    if (!rows.isEmpty()) {
      table(List.of("bytes a block", "resident", "empty", "heap", "peer", "ratio"), rows, 1);
    }
  }

  private void pauses(List<PauseResult> pauses) {
    List<List<String>> rows = new ArrayList<>();
    for (PauseResult result : pauses) {
      rows.add(
          List.of(
              result.name(),
              Long.toString(result.operations()),
              micros(result.p50Nanos()),
              micros(result.p99Nanos()),
              micros(result.p999Nanos()),
              micros(result.p9999Nanos()),
              micros(result.maxNanos()),
              Long.toString(result.pauses()),
              Long.toString(result.pauseMillis())));
    }
    if (!rows.isEmpty()) {
      table(
          List.of(
              "churn on 1M, us an operation",
              "operations",
              "50%",
              "99%",
              "99.9%",
              "99.99%",
              "max",
              "pauses",
              "ms"),
          rows,
          1);
    }
  }

  private void replays(List<ReplayResult> replays) {
    List<List<String>> rows = new ArrayList<>();
    for (ReplayResult result : replays) {
      rows.add(
          List.of(
              result.name(),
              number("%.2f", result.oursSeconds().median()),
              spread(result.oursSeconds()),
              number("%.0f", result.oursPeakBytes().median() / 1e6),
              result.peerSeconds().isEmpty() ? "" : result.peer(),
              number("%.2f", result.peerSeconds().median()),
              spread(result.peerSeconds()),
              number("%.0f", result.peerPeakBytes().median() / 1e6),
              result.hasRatio() ? number("%.2f", result.ratio()) : ""));
    }
    if (!rows.isEmpty()) {
      table(
          List.of("whole processes", "s", "+-%", "MB", "peer", "s", "+-%", "MB", "ratio"), rows, 1);
      for (ReplayResult result : replays) {
        if (!result.hits().isEmpty()) {
          out.println(result.name() + ": " + result.hits());
        }
      }
    }
  }

  /** The first {@code left} columns to the left, the others to the right. */
  private void table(List<String> headings, List<List<String>> rows, int left) {
    List<List<String>> lines = new ArrayList<>();
    lines.add(headings);
    lines.addAll(rows);
    int[] widths = new int[headings.size()];
    for (List<String> line : lines) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], line.get(i).length());
      }
    }
    out.println();
    for (List<String> line : lines) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String pad = " ".repeat(widths[i] - line.get(i).length());
        text.append(i == 0 ? "" : "  ").append(i < left ? line.get(i) + pad : pad + line.get(i));
      }
      out.println(text.toString().stripTrailing());
    }
  }

  private static String nanos(Rounds rounds) {
    return rounds.isEmpty() ? "" : number("%.1f", rounds.median());
  }

  private static String spread(Rounds rounds) {
    return rounds.values().size() < 2 ? "" : number("%.0f", rounds.spreadPercent());
  }

  private static String micros(long nanos) {
    return number("%.1f", nanos / 1e3);
  }

  private static String number(String format, double value) {
    return Double.isNaN(value) ? "" : String.format(Locale.ROOT, format, value);
  }
}
