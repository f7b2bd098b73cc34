package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.Bound;
import dev.kvbm.replay.analysis.CacheCounts;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.analysis.EvictionRegret;
import dev.kvbm.replay.analysis.HitSharing;
import dev.kvbm.replay.analysis.HitTimeline;
import dev.kvbm.replay.analysis.RunCollector;
import dev.kvbm.replay.analysis.TraceStudy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One policy, or one bound, at one size over one trace.
 *
 * @param trace name of the trace in the report
 * @param policy name of the policy, or the label of a bound
 * @param rule what was cached and counted
 * @param counts the result
 * @param timeline hits over time, if collected
 * @param sharing hits within and across conversations, if collected
 * @param regret what became of evicted blocks, if collected
 * @param wallNanos how long the run took, or -1 to leave it out of reports; with a time a report is
 *     no longer the same for the same input
 */
public record ReplayRun(
    String trace,
    String policy,
    CacheRule rule,
    CacheCounts counts,
    @Nullable HitTimeline timeline,
    @Nullable HitSharing sharing,
    EvictionRegret.@Nullable Result regret,
    long wallNanos) {

  /**
   * {@return a run of a policy with all that a collector gathered}
   *
   * @param study the trace
   * @param policy the label of the policy or bound
   * @param counts what it did with the counted requests
   * @param collector what was gathered meanwhile
   */
  public static ReplayRun of(
      TraceStudy study, String policy, CacheCounts counts, RunCollector collector) {
    return new ReplayRun(
        study.trace().name(),
        policy,
        study.trace().rule(),
        counts,
        collector.timeline(),
        collector.sharing(),
        collector.sawEvictions() ? collector.regret() : null,
        -1);
  }

  /**
   * {@return bounds at the given sizes, computed in parallel, with their timelines} {@link
   * Bound#INFINITE} has one run, whatever the sizes.
   *
   * @param study the trace
   * @param bound which bound
   * @param blocks sizes; ignored for {@link Bound#INFINITE}
   * @throws IllegalArgumentException if a size is less than 1
   */
  public static List<ReplayRun> ofBound(TraceStudy study, Bound bound, int... blocks) {
    int[] sizes = bound == Bound.INFINITE ? new int[] {1} : blocks.clone();
    return IntStream.range(0, sizes.length)
        .parallel()
        .mapToObj(
            i -> {
              RunCollector collector = study.collector();
              CacheCounts counts = study.bounds().run(bound, sizes[i], collector);
              return of(study, bound.label(), counts, collector);
            })
        .toList();
  }

  /**
   * {@return the same run with its duration, so that reports show it}
   *
   * @param nanos wall-clock time of the run, in nanoseconds
   */
  public ReplayRun tookNanos(long nanos) {
    return new ReplayRun(trace, policy, rule, counts, timeline, sharing, regret, nanos);
  }

  /** {@return whether this is a bound and not a policy} */
  public boolean isBound() {
    return Arrays.stream(Bound.values()).anyMatch(bound -> bound.label().equals(policy));
  }
}
