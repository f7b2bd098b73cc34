package dev.kvbm.replay.report;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * All results of a replay.
 *
 * @param toolVersion version of the program
 * @param options how it was called
 * @param traces the traces, in the order in which they are shown
 * @param runs all runs of all traces, in the order in which they are shown
 */
public record ReplayReport(
    String toolVersion, ReplayOptions options, List<TraceReport> traces, List<ReplayRun> runs) {

  /**
   * Copies the lists.
   *
   * @throws IllegalArgumentException if two traces have one name or a run names no trace of the
   *     report
   */
  public ReplayReport {
    traces = List.copyOf(traces);
    runs = List.copyOf(runs);
    Set<String> names = new HashSet<>();
    for (TraceReport trace : traces) {
      if (!names.add(trace.name())) {
        throw new IllegalArgumentException(
            "two traces are named '" + trace.name() + "'; give them different names");
      }
    }
    for (ReplayRun run : runs) {
      if (!names.contains(run.trace())) {
        throw new IllegalArgumentException(
            "a run is about trace '" + run.trace() + "', which the report does not have");
      }
    }
  }

  /**
   * {@return the runs of one trace, in order}
   *
   * @param trace one of the traces of this report
   */
  public List<ReplayRun> runsOf(TraceReport trace) {
    return runs.stream().filter(run -> run.trace().equals(trace.name())).toList();
  }
}
