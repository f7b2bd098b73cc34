package dev.kvbm.replay.report;

import dev.kvbm.replay.engine.EngineOptions;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * All results of a replay.
 *
 * @param toolVersion version of the program
 * @param options how it was called
 * @param traces the traces, in the order in which they are shown
 * @param runs all runs of all traces, in the order in which they are shown
 * @param engine runs of the engine loop, which take the place of the others; null without any
 */
public record ReplayReport(
    String toolVersion,
    ReplayOptions options,
    List<TraceReport> traces,
    List<ReplayRun> runs,
    @Nullable EngineSection engine) {

  /**
   * What the engine loop did.
   *
   * @param options how it scheduled
   * @param runs all runs of all traces, in the order in which they are shown
   */
  public record EngineSection(EngineOptions options, List<EngineRun> runs) {

    /** Copies the list. */
    public EngineSection {
      runs = List.copyOf(runs);
    }
  }

  /**
   * A report without the engine loop.
   *
   * @param toolVersion version of the program
   * @param options how it was called
   * @param traces the traces, in the order in which they are shown
   * @param runs all runs of all traces, in the order in which they are shown
   * @throws IllegalArgumentException as the other constructor does
   */
  public ReplayReport(
      String toolVersion, ReplayOptions options, List<TraceReport> traces, List<ReplayRun> runs) {
    this(toolVersion, options, traces, runs, null);
  }

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
      requireKnown(run.trace(), names);
    }
    if (engine != null) {
      for (EngineRun run : engine.runs()) {
        requireKnown(run.trace(), names);
      }
    }
  }

  private static void requireKnown(String trace, Set<String> names) {
    if (!names.contains(trace)) {
      throw new IllegalArgumentException(
          "a run is about trace '" + trace + "', which the report does not have");
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
