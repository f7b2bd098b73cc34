package dev.kvbm.bench.compare;

import java.util.List;

/**
 * All figures of one run.
 *
 * @param command what was asked for
 * @param machine where
 * @param settings how
 * @param peer what was compared with; empty if nothing was
 * @param cases the timed cases
 * @param memory the memory cases
 * @param pauses the pauses
 * @param replays the whole programs on a trace
 * @param loadAfter load average at the end
 */
record BenchReport(
    String command,
    Machine machine,
    Settings settings,
    String peer,
    List<CaseResult> cases,
    List<MemoryResult> memory,
    List<PauseResult> pauses,
    List<ReplayResult> replays,
    double loadAfter) {

  List<Target.Verdict> verdicts() {
    return Target.judge(cases, memory);
  }
}
