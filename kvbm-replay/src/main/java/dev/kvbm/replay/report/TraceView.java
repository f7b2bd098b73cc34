package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.CacheCounts;
import dev.kvbm.replay.analysis.HitSharing;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A trace and its runs, with the questions that several figures ask. */
final class TraceView {

  final TraceReport trace;
  final TraceReport.Findings findings;

  /** Runs of policies in their order, then of bounds; the infinite cache is always there. */
  final List<ReplayRun> runs;

  final List<String> policies;

  /**
   * The size shown in detail: where the best policy is farthest from the optimum; 0 without runs of
   * policies.
   */
  final int focus;

  TraceView(TraceReport trace, TraceReport.Findings findings, List<ReplayRun> runs) {
    this.trace = trace;
    this.findings = findings;
    List<ReplayRun> all = new ArrayList<>(runs);
    if (runs.stream().noneMatch(run -> run.policy().equals("infinite"))) {
      all.add(findings.infinite());
    }
    all.sort(Comparator.comparingInt(TraceView::rank));
    this.runs = List.copyOf(all);
    policies =
        runs.stream().filter(run -> !run.isBound()).map(ReplayRun::policy).distinct().toList();
    focus = focus();
  }

  /** Policies in their order, then the bounds from the tightest to the widest. */
  private static int rank(ReplayRun run) {
    return switch (run.policy()) {
      case "min" -> 1;
      case "minb" -> 2;
      case "infinite" -> 3;
      default -> 0;
    };
  }

  String size(int blocks) {
    StringBuilder text = new StringBuilder(Numbers.count(blocks)).append(" blocks");
    return text.append(memory(blocks)).toString();
  }

  String memory(int blocks) {
    List<String> parts = new ArrayList<>();
    if (trace.blockSizeTokens() > 0) {
      parts.add(Numbers.compact((double) blocks * trace.blockSizeTokens()) + " tokens");
    }
    if (trace.bytesPerBlock() > 0) {
      parts.add(Numbers.bytes((double) blocks * trace.bytesPerBlock()));
    }
    return parts.isEmpty() ? "" : " (" + String.join(", ", parts) + ")";
  }

  private int focus() {
    long widest = -1;
    int found = 0;
    for (ReplayRun run : runs) {
      if (!run.isBound()) {
        int blocks = run.counts().blocks();
        ReplayRun best = best(blocks);
        long gap = best == null ? -1 : optimum(blocks).hits() - best.counts().hits();
        if (gap > widest) {
          widest = gap;
          found = blocks;
        }
      }
    }
    return found;
  }

  @Nullable ReplayRun best(int blocks) {
    return runs.stream()
        .filter(run -> !run.isBound() && run.counts().blocks() == blocks)
        .max(
            Comparator.comparingLong((ReplayRun run) -> run.counts().hits())
                .thenComparingInt(run -> -runs.indexOf(run)))
        .orElse(null);
  }

  /** The optimum under the rules at the largest drawn size that is not larger. */
  CacheCounts optimum(int blocks) {
    CacheCounts found =
        findings.minCurve().isEmpty()
            ? findings.infinite().counts()
            : findings.minCurve().getFirst();
    for (CacheCounts counts : findings.minCurve()) {
      if (counts.blocks() <= blocks) {
        found = counts;
      }
    }
    return found;
  }

  CacheCounts lruAt(int blocks) {
    CacheCounts found = findings.lruCurve().getFirst();
    for (CacheCounts counts : findings.lruCurve()) {
      if (counts.blocks() <= blocks) {
        found = counts;
      }
    }
    return found;
  }

  @Nullable ReplayRun run(String policy, int blocks) {
    for (ReplayRun run : runs) {
      if (run.policy().equals(policy) && (blocks == 0 || run.counts().blocks() == blocks)) {
        return run;
      }
    }
    return null;
  }

  @Nullable HitSharing sharingOf(String policy, int blocks) {
    ReplayRun run = run(policy, blocks);
    return run == null ? null : run.sharing();
  }
}
