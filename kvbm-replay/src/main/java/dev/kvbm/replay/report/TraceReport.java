package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.BlockTrace;
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
import org.jspecify.annotations.Nullable;

/**
 * One trace of a report.
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
 * @param findings what a study of the trace found; null if there was none
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
    @Nullable Findings findings) {

  /**
   * What bounds a trace, LRU and the bounds over a range of sizes, and what the trace is like.
   *
   * @param infinite a cache without limit
   * @param lruBlocksForCeiling the smallest LRU cache with all hits of the infinite one
   * @param minBlocksForCeiling the same for the optimum under the rules
   * @param minbBlocksForCeiling the same for the optimum with bypass
   * @param lruCurve LRU at increasing sizes; not empty
   * @param minCurve the optimum under the rules at increasing sizes; not empty
   * @param minbCurve the optimum with bypass at increasing sizes; not empty
   * @param analysis what the trace is like
   */
  public record Findings(
      ReplayRun infinite,
      int lruBlocksForCeiling,
      int minBlocksForCeiling,
      int minbBlocksForCeiling,
      List<CacheCounts> lruCurve,
      List<CacheCounts> minCurve,
      List<CacheCounts> minbCurve,
      TraceAnalysis analysis) {

    /**
     * Copies the lists.
     *
     * @throws IllegalArgumentException if one is empty
     */
    public Findings {
      lruCurve = List.copyOf(lruCurve);
      minCurve = List.copyOf(minCurve);
      minbCurve = List.copyOf(minbCurve);
      if (lruCurve.isEmpty() || minCurve.isEmpty() || minbCurve.isEmpty()) {
        throw new IllegalArgumentException("a curve has no point; give each at least one size");
      }
    }
  }

  private static final int LRU_POINTS = 120;
  private static final int BOUND_POINTS = 32;

  /**
   * {@return a studied trace} The curves go from the smallest of the given sizes to the largest of
   * them or to the size that LRU needs for all hits. Runs some thirty sizes of both bounds in
   * parallel, which is the only work done here.
   *
   * @param study what is known about the trace
   * @param bytesPerBlock memory of a block; 0 if not known
   * @param blocks sizes that policies run at; may be empty
   * @throws IllegalArgumentException if a size is less than 1 or {@code bytesPerBlock} is negative
   */
  public static TraceReport of(TraceStudy study, long bytesPerBlock, int... blocks) {
    requireBytes(bytesPerBlock);
    PreparedTrace trace = study.trace();
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
        findings(study, blocks));
  }

  /**
   * {@return a trace that was not studied, in one pass over its requests: enough for the JSON
   * document, not for the page}
   *
   * @param trace read once
   * @param rule which blocks are cached and counted
   * @param warmup the fraction of requests, from the first on, that are not counted
   * @param blockSizeTokens tokens a full block holds; 0 if requests differ
   * @param bytesPerBlock memory of a block; 0 if not known
   * @throws IllegalArgumentException if {@code bytesPerBlock} is negative
   */
  public static TraceReport facts(
      BlockTrace trace, CacheRule rule, double warmup, int blockSizeTokens, long bytesPerBlock) {
    requireBytes(bytesPerBlock);
    int first = PreparedTrace.firstCounted(warmup, trace.requestCount());
    long accesses = 0;
    long inputTokens = 0;
    BlockTrace.Cursor cursor = trace.cursor();
    for (int r = 0; cursor.next(); r++) {
      if (r >= first) {
        accesses +=
            rule.cachedBlocks(cursor.count(), cursor.inputTokens(), cursor.blockSizeTokens());
        inputTokens += cursor.inputTokens();
      }
    }
    return new TraceReport(
        trace.name(),
        rule,
        warmup,
        trace.requestCount(),
        (long) trace.requestCount() - first,
        trace.accessCount(),
        accesses,
        trace.uniqueBlocks(),
        blockSizeTokens,
        bytesPerBlock,
        inputTokens,
        null);
  }

  private static Findings findings(TraceStudy study, int... blocks) {
    LruCurve lru = study.lru();
    int ceiling = lru.blocksForCeiling();
    int low =
        Arrays.stream(blocks)
            .min()
            .orElse(Math.max(1, lru.blocksForHits(lru.hitsAt(ceiling) / 50)));
    int high = Math.max(Math.max(10, ceiling), Arrays.stream(blocks).max().orElse(low));
    int[] fine = withExtra(LruCurve.logarithmicSizes(low, high, LRU_POINTS), blocks);
    int[] coarse = withExtra(LruCurve.logarithmicSizes(low, high, BOUND_POINTS), blocks);
    return new Findings(
        ReplayRun.ofBound(study, Bound.INFINITE).getFirst(),
        ceiling,
        study.bounds().blocksForCeiling(Bound.MIN),
        study.bounds().blocksForCeiling(Bound.MINB),
        Arrays.stream(fine).mapToObj(lru::at).toList(),
        study.bounds().all(Bound.MIN, coarse),
        study.bounds().all(Bound.MINB, coarse),
        study.analysis());
  }

  private static void requireBytes(long bytesPerBlock) {
    if (bytesPerBlock < 0) {
      throw new IllegalArgumentException(
          "a block has " + bytesPerBlock + " bytes; give 0 if it is not known");
    }
  }

  private static int[] withExtra(int[] sizes, int[] blocks) {
    return IntStream.concat(Arrays.stream(sizes), Arrays.stream(blocks))
        .sorted()
        .distinct()
        .toArray();
  }
}
