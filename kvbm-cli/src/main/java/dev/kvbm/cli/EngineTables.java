package dev.kvbm.cli;

import dev.kvbm.replay.engine.EngineOptions;
import dev.kvbm.replay.engine.EngineResult;
import dev.kvbm.replay.engine.Latency;
import dev.kvbm.replay.report.EngineRun;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Prints what the engine loop did. */
final class EngineTables {
  private EngineTables() {}

  static void print(
      PrintStream out,
      EngineOptions options,
      List<EngineRun> runs,
      int blockSizeTokens,
      long bytesPerToken) {
    out.println("  " + describe(options));
    if (runs.stream().anyMatch(run -> !run.result().complete())) {
      out.println("  interrupted: rows marked * count what was done until then");
    }
    out.println();
    cache(out, runs, blockSizeTokens, bytesPerToken);
    out.println();
    times(out, runs);
    out.println();
    for (EngineRun run : runs) {
      notes(out, run);
    }
  }

  private static String describe(EngineOptions options) {
    return String.format(
        Locale.ROOT,
        "engine: %,d sequences, %,d tokens a step, %schunked prefill; admits on %s, shares %s;"
            + " arrivals %s, output %s; %s",
        options.maxSequences(),
        options.maxBatchedTokens(),
        options.chunkedPrefill() ? "" : "no ",
        EngineFlags.label(options.admission()),
        EngineFlags.label(options.sharing()),
        EngineFlags.label(options.arrivals())
            + (options.ratePerSecond() > 0 ? " at " + options.ratePerSecond() + "/s" : ""),
        EngineFlags.label(options.output()),
        options.cost().describe());
  }

  /** The headline is what first admissions found. */
  private static void cache(
      PrintStream out, List<EngineRun> runs, int blockSizeTokens, long bytesPerToken) {
    List<String> headings = new ArrayList<>(List.of("policy", "blocks", "tokens"));
    if (bytesPerToken > 0) {
      headings.add("memory");
    }
    headings.addAll(
        List.of(
            "hit rate",
            "token hit rate",
            "hits",
            "evictions",
            "pinned mean",
            "pinned max",
            "preempted",
            "hit rate after"));
    TextTable table = new TextTable(headings);
    for (EngineRun run : runs) {
      EngineResult result = run.result();
      long tokens = (long) result.blocks() * blockSizeTokens;
      List<String> row = new ArrayList<>(name(run));
      row.add(Quantity.brief((double) tokens));
      if (bytesPerToken > 0) {
        row.add(Quantity.bytes((double) tokens * bytesPerToken));
      }
      row.add(percent(result.first().hitRate()));
      row.add(percent(result.first().tokenHitRate()));
      row.add(Quantity.grouped(result.first().hits()));
      row.add(Quantity.grouped(result.evictions()));
      row.add(Quantity.grouped(Math.round(result.usage().meanPinnedBlocks())));
      row.add(Quantity.grouped(result.usage().maxPinnedBlocks()));
      row.add(Quantity.grouped(result.preemptions()));
      row.add(result.again().admissions() == 0 ? "-" : percent(result.again().hitRate()));
      table.row(row);
    }
    table.print(out);
  }

  private static void times(PrintStream out, List<EngineRun> runs) {
    TextTable table =
        new TextTable(
            List.of(
                "policy",
                "blocks",
                "running mean",
                "waiting max",
                "queueing p50",
                "p99",
                "first token p50",
                "p99",
                "inter-token p50",
                "p99",
                "end"));
    for (EngineRun run : runs) {
      EngineResult result = run.result();
      List<String> row = new ArrayList<>(name(run));
      row.add(String.format(Locale.ROOT, "%.1f", result.usage().meanRunning()));
      row.add(Quantity.grouped(result.usage().maxWaiting()));
      row.addAll(medianAndTail(result.queueing()));
      row.addAll(medianAndTail(result.timeToFirstToken()));
      row.addAll(medianAndTail(result.interToken()));
      row.add(duration(result.endNanos()));
      table.row(row);
    }
    table.print(out);
  }

  private static List<String> name(EngineRun run) {
    return List.of(
        run.policy() + (run.result().complete() ? "" : " *"),
        Quantity.grouped(run.result().blocks()));
  }

  private static List<String> medianAndTail(Latency latency) {
    return latency.count() == 0
        ? List.of("-", "-")
        : List.of(duration(latency.p50Nanos()), duration(latency.p99Nanos()));
  }

  private static void notes(PrintStream out, EngineRun run) {
    EngineResult result = run.result();
    EngineResult.Refusals refused = result.refusals();
    if (refused.total() > 0) {
      out.printf(
          Locale.ROOT,
          "  %s at %,d blocks refused %,d of %,d requests: %,d larger than the pool, %,d longer"
              + " than a step, %,d without a prompt%n",
          run.policy(),
          result.blocks(),
          refused.total(),
          result.requests(),
          refused.largerThanPool(),
          refused.longerThanStep(),
          refused.withoutPrompt());
    }
    EngineResult.Recorded recorded = result.recorded();
    if (recorded != null) {
      out.printf(
          Locale.ROOT,
          "  %s at %,d blocks had %,d tokens cached where the recorded engine had %,d; of %,d"
              + " requests %,d had the same, %,d more, %,d less%n",
          run.policy(),
          result.blocks(),
          recorded.hitTokens(),
          recorded.recordedTokens(),
          recorded.requests(),
          recorded.equal(),
          recorded.more(),
          recorded.less());
    }
  }

  private static String percent(double rate) {
    return String.format(Locale.ROOT, "%.2f %%", rate * 100);
  }

  private static String duration(long nanos) {
    if (nanos == 0) {
      return "0";
    }
    return nanos < 1_000_000_000
        ? String.format(Locale.ROOT, "%.3g ms", nanos / 1e6)
        : String.format(Locale.ROOT, "%,.1f s", nanos / 1e9);
  }
}
