package dev.kvbm.replay.analysis;

import java.util.ArrayList;
import java.util.List;

/**
 * Gathers what one run of one policy does, request by request: hits over time, hits within and
 * across conversations, and evictions that were regretted.
 *
 * <p>For every request of the trace, in order: {@link #startRequest}, any number of {@link
 * #evicted}, {@link #endRequest}. Takes 4 bytes a distinct block and a request. Not thread-safe;
 * owned by the run.
 */
public final class RunCollector implements Bounds.HitSink {

  private final PreparedTrace trace;
  private final Conversations conversations;
  private final TimeAxis axis;
  private final EvictionRegret regret;
  private final long[] requests;
  private final long[] accesses;
  private final long[] hits;
  private final long[] inputTokens;
  private final long[] hitTokens;
  private int current = -1;
  private boolean open;
  private boolean sawEvictions;
  private long withinHits;
  private long acrossHits;
  private long withinTokens;
  private long acrossTokens;

  /**
   * For a run over the trace that the conversations and the axis were made for.
   *
   * @param conversations who belongs together in the trace of the run
   * @param axis stretches of the same trace
   */
  public RunCollector(Conversations conversations, TimeAxis axis) {
    this.trace = conversations.trace();
    this.conversations = conversations;
    this.axis = axis;
    regret = new EvictionRegret(trace.uniqueBlocks(), trace.requests());
    requests = new long[axis.buckets()];
    accesses = new long[axis.buckets()];
    hits = new long[axis.buckets()];
    inputTokens = new long[axis.buckets()];
    hitTokens = new long[axis.buckets()];
  }

  /**
   * A request arrives, before anything is evicted for it.
   *
   * @param request its number, from 0
   * @throws IllegalStateException if the request before has not ended or this is not the next one
   */
  public void startRequest(int request) {
    if (open || request != current + 1 || request >= trace.requests()) {
      throw new IllegalStateException(
          "request "
              + request
              + " starts after request "
              + current
              + (open ? " which has not ended" : "")
              + "; report all "
              + trace.requests()
              + " requests in order");
    }
    open = true;
    current = request;
    regret.requested(request, trace.ids, trace.start[request], trace.blocksOf(request));
  }

  /**
   * A block was evicted to make room for the current request.
   *
   * @param block its number in the trace, or a negative number if the trace does not list it
   */
  public void evicted(int block) {
    sawEvictions = true;
    regret.evicted(block, current);
  }

  /**
   * The current request hit its first {@code count} blocks.
   *
   * @param count how many of its blocks, from the first on, were hits
   * @throws IllegalStateException if no request has started
   */
  public void endRequest(int count) {
    if (!open) {
      throw new IllegalStateException(
          "no request has started after request " + current + "; call startRequest first");
    }
    open = false;
    int bucket = axis.bucketOf(trace, current);
    long tokens = trace.tokensOf(current, count);
    requests[bucket]++;
    accesses[bucket] += trace.blocksOf(current);
    hits[bucket] += count;
    inputTokens[bucket] += trace.inputTokens[current];
    hitTokens[bucket] += tokens;
    if (current >= trace.firstCounted()) {
      int own = Math.min(count, conversations.ownPrefix(current));
      long ownTokens = trace.tokensOf(current, own);
      withinHits += own;
      acrossHits += count - own;
      withinTokens += ownTokens;
      acrossTokens += tokens - ownTokens;
    }
  }

  /** Starts and ends a request for which no evictions are reported. */
  @Override
  public void request(int request, int hitCount) {
    startRequest(request);
    endRequest(hitCount);
  }

  /** {@return hits by stretch of the trace, so far} */
  public HitTimeline timeline() {
    List<HitTimeline.Point> points = new ArrayList<>();
    for (int i = 0; i < requests.length; i++) {
      points.add(
          new HitTimeline.Point(requests[i], accesses[i], hits[i], inputTokens[i], hitTokens[i]));
    }
    return new HitTimeline(axis, points);
  }

  /** {@return hits of the counted requests by who had sent the block before, so far} */
  public HitSharing sharing() {
    return new HitSharing(withinHits, acrossHits, withinTokens, acrossTokens);
  }

  /** {@return what became of the evicted blocks so far, warm-up included} */
  public EvictionRegret.Result regret() {
    return regret.result();
  }

  /** {@return whether {@link #evicted} was ever called} */
  public boolean sawEvictions() {
    return sawEvictions;
  }
}
