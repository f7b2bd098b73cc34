package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.Bound;
import dev.kvbm.replay.analysis.CacheCounts;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.analysis.LruCurve;
import dev.kvbm.replay.analysis.PreparedTrace;
import dev.kvbm.replay.analysis.TraceAnalysis;
import dev.kvbm.replay.analysis.TraceStudy;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * One trace of a report: what it is, what bounds it, and LRU and the bounds over a range of sizes.
 *
 * @param name the trace's name, unique in a report
 * @param rule what is cached and counted
 * @param warmup the fraction of requests that fill the cache without being counted
 * @param requests requests of the whole trace
 * @param countedRequests requests after the warm-up
 * @param listedBlocks blocks the whole trace lists
 * @param accesses accesses after the warm-up under the rule
 * @param uniqueBlocks distinct blocks
 * @param blockSizeTokens tokens a full block holds; 0 if requests differ
 * @param bytesPerBlock memory of a block; 0 if not known
 * @param inputTokens prompt tokens after the warm-up
 * @param infinite a cache without limit
 * @param lruBlocksForCeiling the smallest LRU cache with all hits of the infinite one
 * @param minBlocksForCeiling the same for the optimum under the rules
 * @param minbBlocksForCeiling the same for the optimum with bypass
 * @param lruCurve LRU at increasing sizes
 * @param minCurve the optimum under the rules at increasing sizes
 * @param minbCurve the optimum with bypass at increasing sizes
 * @param analysis what the trace is like
 */
public record TraceReport(
    String name,
    CacheRule rule,
    double warmup,
    int requests,
    long countedRequests,
    long listedBlocks,
    long accesses,
    int uniqueBlocks,
    int blockSizeTokens,
    long bytesPerBlock,
    long inputTokens,
    ReplayRun infinite,
    int lruBlocksForCeiling,
    int minBlocksForCeiling,
    int minbBlocksForCeiling,
    List<CacheCounts> lruCurve,
    List<CacheCounts> minCurve,
    List<CacheCounts> minbCurve,
    TraceAnalysis analysis) {

  private static final int LRU_POINTS = 120;
  private static final int BOUND_POINTS = 32;

  /** Copies the lists. */
  public TraceReport {
    lruCurve = List.copyOf(lruCurve);
    minCurve = List.copyOf(minCurve);
    minbCurve = List.copyOf(minbCurve);
  }

  /**
   * Draws the curves of a study, from the smallest of the given sizes to the largest of them, of
   * the size that LRU needs for all hits, and of a few blocks. Runs some thirty sizes of both
   * bounds in parallel, which is the only work done here.
   *
   * @param bytesPerBlock memory of a block; 0 if not known
   * @param blocks sizes that policies run at; may be empty
   * @throws IllegalArgumentException if a size is less than 1 or {@code bytesPerBlock} is negative
   */
  public static TraceReport of(TraceStudy study, long bytesPerBlock, int... blocks) {
    if (bytesPerBlock < 0) {
      throw new IllegalArgumentException(
          "a block has " + bytesPerBlock + " bytes; give 0 if it is not known");
    }
    PreparedTrace trace = study.trace();
    LruCurve lru = study.lru();
    int ceiling = lru.blocksForCeiling();
    int low =
        Arrays.stream(blocks)
            .min()
            .orElse(Math.max(1, lru.blocksForHits(lru.hitsAt(ceiling) / 50)));
    int high = Math.max(Math.max(10, ceiling), Arrays.stream(blocks).max().orElse(low));
    int[] fine = withExtra(LruCurve.logarithmicSizes(low, high, LRU_POINTS), blocks);
    int[] coarse = withExtra(LruCurve.logarithmicSizes(low, high, BOUND_POINTS), blocks);
    return new TraceReport(
        trace.name(),
        trace.rule(),
        trace.warmup(),
        trace.requests(),
        (long) trace.requests() - trace.firstCounted(),
        trace.listedBlocks(),
        trace.countedAccesses(),
        trace.uniqueBlocks(),
        trace.blockSizeTokens(),
        bytesPerBlock,
        trace.countedInputTokens(),
        ReplayRun.ofBound(study, Bound.INFINITE).getFirst(),
        ceiling,
        study.bounds().blocksForCeiling(Bound.MIN),
        study.bounds().blocksForCeiling(Bound.MINB),
        Arrays.stream(fine).mapToObj(lru::at).toList(),
        study.bounds().all(Bound.MIN, coarse),
        study.bounds().all(Bound.MINB, coarse),
        study.analysis());
  }

  private static int[] withExtra(int[] sizes, int[] blocks) {
    return IntStream.concat(Arrays.stream(sizes), Arrays.stream(blocks))
        .sorted()
        .distinct()
        .toArray();
  }
}
