package dev.kvbm.replay.analysis;

import java.util.Arrays;

/**
 * What a trace is like, whatever cache serves it. Covers the whole trace, warm-up included, except
 * where a part says otherwise.
 *
 * @param promptTokens prompt lengths
 * @param outputTokens generated lengths
 * @param reuseDistanceBlocks for every hit of the infinite cache among the counted requests, the
 *     smallest LRU cache in which it is a hit
 * @param reuseGapRequests for every repeated access, requests since the access before
 * @param reuseGapSeconds the same in seconds of arrival; empty without a clock
 * @param blockUse how often blocks are used
 * @param prefixes prefixes that requests have in common
 * @param workingSet blocks in use over time
 * @param conversations how many conversations there are
 * @param conversationsInferred whether they were inferred from the prompts
 * @param spanSeconds time from the earliest to the latest arrival; 0 without a clock
 */
public record TraceAnalysis(
    Distribution promptTokens,
    Distribution outputTokens,
    Distribution reuseDistanceBlocks,
    Distribution reuseGapRequests,
    Distribution reuseGapSeconds,
    BlockUse blockUse,
    SharedPrefixes prefixes,
    WorkingSet workingSet,
    int conversations,
    boolean conversationsInferred,
    double spanSeconds) {

  /**
   * How many distinct blocks are used how often.
   *
   * @param once in one request only
   * @param twice in two
   * @param tenOrMore in ten or more
   * @param hundredOrMore in a hundred or more
   * @param most in how many requests the most used block is
   */
  public record BlockUse(long once, long twice, long tenOrMore, long hundredOrMore, int most) {}

  /**
   * Analyses the trace of an LRU curve.
   *
   * @param curve LRU over the trace
   * @param conversations which of its requests belong together
   * @param axis its stretches
   * @param topPrefixes how many prefixes each list names
   * @return what the trace is like
   */
  public static TraceAnalysis of(
      LruCurve curve, Conversations conversations, TimeAxis axis, int topPrefixes) {
    PreparedTrace trace = curve.trace();
    boolean clock = axis.ofTime();
    int[] lastRequest = new int[trace.uniqueBlocks()];
    int[] uses = new int[trace.uniqueBlocks()];
    Arrays.fill(lastRequest, -1);
    int[] gapRequests = new int[trace.requests() + 1];
    double[] gapSeconds = new double[clock ? trace.accesses() : 0];
    int gaps = 0;
    for (int r = 0; r < trace.requests(); r++) {
      for (int i = trace.start[r]; i < trace.start[r + 1]; i++) {
        int id = trace.ids[i];
        int last = lastRequest[id];
        if (last >= 0) {
          gapRequests[r - last]++;
          if (clock) {
            gapSeconds[gaps++] =
                Math.max(0, trace.arrivalMillis[r] - trace.arrivalMillis[last]) / 1000;
          }
        }
        lastRequest[id] = r;
        uses[id]++;
      }
    }
    double[] seconds = Arrays.copyOf(gapSeconds, gaps);
    int[] distances = new int[curve.largestSize() + 1];
    for (int c = 1; c < distances.length; c++) {
      distances[c] = curve.hitsGainedAt(c);
    }
    return new TraceAnalysis(
        lengths(trace.inputTokens),
        lengths(trace.outputTokens),
        Distribution.ofCounts(distances),
        Distribution.ofCounts(gapRequests),
        Distribution.ofValues(seconds, Distribution.secondEdges(max(seconds))),
        use(uses),
        SharedPrefixes.of(trace, topPrefixes),
        WorkingSet.of(trace, axis),
        conversations.count(),
        conversations.inferred(),
        clock ? (max(trace.arrivalMillis) - axis.origin()) / 1000 : 0);
  }

  private static Distribution lengths(long[] tokens) {
    double[] values = Arrays.stream(tokens).asDoubleStream().toArray();
    return Distribution.ofValues(values, Distribution.decimalEdges(max(values)));
  }

  private static double max(double[] values) {
    return Arrays.stream(values).max().orElse(0);
  }

  private static BlockUse use(int[] uses) {
    long once = 0;
    long twice = 0;
    long ten = 0;
    long hundred = 0;
    int most = 0;
    for (int n : uses) {
      once += n == 1 ? 1 : 0;
      twice += n == 2 ? 1 : 0;
      ten += n >= 10 ? 1 : 0;
      hundred += n >= 100 ? 1 : 0;
      most = Math.max(most, n);
    }
    return new BlockUse(once, twice, ten, hundred, most);
  }
}
