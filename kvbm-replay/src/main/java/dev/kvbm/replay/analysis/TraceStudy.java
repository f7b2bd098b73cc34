package dev.kvbm.replay.analysis;

/**
 * Everything that is known about a trace before a policy runs, computed once and shared.
 *
 * <p>Immutable and thread-safe; a {@link RunCollector} belongs to one run.
 *
 * @param trace the prepared trace
 * @param bounds its bounds
 * @param lru LRU at every size
 * @param conversations which requests belong together
 * @param axis the stretches for everything over time
 * @param analysis what the trace is like
 */
public record TraceStudy(
    PreparedTrace trace,
    Bounds bounds,
    LruCurve lru,
    Conversations conversations,
    TimeAxis axis,
    TraceAnalysis analysis) {

  /** Stretches of time in a study, at most; fewer if that left less than five requests for each. */
  public static final int MOST_BUCKETS = 72;

  /** Prefixes in each list of a study, at most. */
  public static final int TOP_PREFIXES = 15;

  /**
   * Studies a trace.
   *
   * @param source read once
   * @param rule which blocks are cached and counted
   * @param warmup the fraction of requests, from the first on, that are not counted
   * @return everything that is known about it
   * @throws IllegalArgumentException as {@link PreparedTrace#of} does
   */
  public static TraceStudy of(BlockTrace source, CacheRule rule, double warmup) {
    PreparedTrace trace = PreparedTrace.of(source, rule, warmup);
    LruCurve lru = LruCurve.of(trace);
    Conversations conversations = Conversations.of(trace);
    TimeAxis axis = TimeAxis.of(trace, Math.clamp(trace.requests() / 5, 8, MOST_BUCKETS));
    return new TraceStudy(
        trace,
        new Bounds(trace),
        lru,
        conversations,
        axis,
        TraceAnalysis.of(lru, conversations, axis, TOP_PREFIXES));
  }

  /** {@return a collector for one run over this trace} */
  public RunCollector collector() {
    return new RunCollector(conversations, axis);
  }
}
