package dev.kvbm.replay.analysis;

import java.util.Arrays;

/**
 * A trace under one rule, flattened into arrays, with the next use of every access.
 *
 * <p>Immutable and safe to share between threads. Takes 8 bytes an access and about 50 bytes a
 * request; preparing is two linear passes.
 *
 * <p>With a warm-up, the first {@code floor(warmup * requests)} requests fill the cache but are not
 * counted in any result that says so. The fraction is of requests, not of time or of blocks.
 */
public final class PreparedTrace {

  /** In {@link #nextUse}: no later access can hit this block. */
  static final int NEVER = Integer.MAX_VALUE;

  final int[] ids;

  /**
   * For an access, the index of the block's next access if that one may count as a hit; {@link
   * #NEVER} if there is none or if the next access computes the block anyway.
   */
  final int[] nextUse;

  /** Request r owns accesses start[r] to start[r+1]. */
  final int[] start;

  final int[] mostHits;
  final byte[] extraSlots;
  final int[] blockSizeTokens;
  final long[] inputTokens;
  final long[] outputTokens;
  final double[] arrivalMillis;
  final int[] conversation;

  private final String name;
  private final CacheRule rule;
  private final double warmup;
  private final int requests;
  private final int uniqueBlocks;
  private final long listedBlocks;
  private final boolean conversationsKnown;

  private PreparedTrace(BlockTrace trace, CacheRule rule, double warmup) {
    this.name = trace.name();
    this.rule = rule;
    this.warmup = warmup;
    this.requests = trace.requestCount();
    this.uniqueBlocks = trace.uniqueBlocks();
    this.listedBlocks = trace.accessCount();
    start = new int[requests + 1];
    mostHits = new int[requests];
    extraSlots = new byte[requests];
    blockSizeTokens = new int[requests];
    inputTokens = new long[requests];
    outputTokens = new long[requests];
    arrivalMillis = new double[requests];
    conversation = new int[requests];
    int[] all = new int[Math.toIntExact(listedBlocks)];
    int used = 0;
    int request = 0;
    boolean named = false;
    BlockTrace.Cursor cursor = trace.cursor();
    while (cursor.next()) {
      int size = cursor.blockSizeTokens();
      long input = cursor.inputTokens();
      if (size < 1 || input < 0) {
        throw new IllegalArgumentException(
            "request "
                + request
                + " has block size "
                + size
                + " and "
                + input
                + " input tokens; give a size of at least 1 and no negative length");
      }
      int count = rule.cachedBlocks(cursor.count(), input, size);
      System.arraycopy(cursor.ids(), cursor.from(), all, used, count);
      used += count;
      mostHits[request] = rule.mostHits(count, input, size);
      extraSlots[request] = (byte) rule.extraSlots(input, size);
      blockSizeTokens[request] = size;
      inputTokens[request] = input;
      outputTokens[request] = cursor.outputTokens();
      arrivalMillis[request] = cursor.arrivalMillis();
      conversation[request] = cursor.conversation();
      named |= cursor.conversation() >= 0;
      start[++request] = used;
    }
    if (request != requests) {
      throw new IllegalArgumentException(
          "trace '" + name + "' announced " + requests + " requests and gave " + request);
    }
    ids = used == all.length ? all : Arrays.copyOf(all, used);
    nextUse = nextUses();
    conversationsKnown = named;
  }

  /**
   * Reads a trace.
   *
   * @param trace read once
   * @param rule which blocks are cached and counted
   * @param warmup the fraction of requests, from the first on, that fill the cache without being
   *     counted; 0 counts all
   * @return the trace as the analyses need it
   * @throws IllegalArgumentException if {@code warmup} is not in [0, 1), a request lists a block
   *     twice, a block number is out of range or the trace contradicts its own totals
   * @throws ArithmeticException if the trace has more than 2^31-1 accesses
   */
  public static PreparedTrace of(BlockTrace trace, CacheRule rule, double warmup) {
    if (!(warmup >= 0 && warmup < 1)) {
      throw new IllegalArgumentException(
          "warm-up is " + warmup + "; give a fraction of at least 0 and less than 1");
    }
    return new PreparedTrace(trace, rule, warmup);
  }

  private int[] nextUses() {
    int[] next = new int[ids.length];
    int[] upcoming = new int[uniqueBlocks];
    int[] lister = new int[uniqueBlocks];
    Arrays.fill(upcoming, NEVER);
    Arrays.fill(lister, -1);
    for (int r = requests - 1; r >= 0; r--) {
      int from = start[r];
      for (int i = start[r + 1] - 1; i >= from; i--) {
        int id = ids[i];
        if (id < 0 || id >= uniqueBlocks) {
          throw new IllegalArgumentException(
              "request " + r + " lists block " + id + " of " + uniqueBlocks);
        }
        if (lister[id] == r) {
          throw new IllegalArgumentException(
              "request "
                  + r
                  + " lists block "
                  + id
                  + " twice; a block number must name a whole prefix");
        }
        lister[id] = r;
        next[i] = upcoming[id];
        upcoming[id] = i - from < mostHits[r] ? i : NEVER;
      }
    }
    return next;
  }

  /** {@return the trace's name} */
  public String name() {
    return name;
  }

  /** {@return the rule that decides what is cached and counted} */
  public CacheRule rule() {
    return rule;
  }

  /** {@return the warm-up fraction given} */
  public double warmup() {
    return warmup;
  }

  /** {@return requests in the whole trace} */
  public int requests() {
    return requests;
  }

  /** {@return the first request that counts: {@code floor(warmup * requests)}} */
  public int firstCounted() {
    return firstCounted(warmup, requests);
  }

  /**
   * {@return the first request that counts: {@code floor(warmup * requests)}}
   *
   * @param warmup the fraction of requests that are not counted
   * @param requests how many requests there are
   */
  public static int firstCounted(double warmup, int requests) {
    return (int) Math.floor(warmup * requests);
  }

  /** {@return accesses of the whole trace under the rule} */
  public int accesses() {
    return ids.length;
  }

  /** {@return accesses of the counted requests under the rule} */
  public int countedAccesses() {
    return ids.length - start[firstCounted()];
  }

  /** {@return block numbers listed by the whole trace, cached under the rule or not} */
  public long listedBlocks() {
    return listedBlocks;
  }

  /** {@return one more than the largest block number} */
  public int uniqueBlocks() {
    return uniqueBlocks;
  }

  /** {@return prompt tokens of the counted requests} */
  public long countedInputTokens() {
    long sum = 0;
    for (int r = firstCounted(); r < requests; r++) {
      sum += inputTokens[r];
    }
    return sum;
  }

  /**
   * {@return blocks of a request that the rule caches}
   *
   * @param request its number, from 0
   */
  public int blocksOf(int request) {
    return start[request + 1] - start[request];
  }

  /**
   * {@return prompt tokens of a request}
   *
   * @param request its number, from 0
   */
  public long inputTokensOf(int request) {
    return inputTokens[request];
  }

  /** {@return tokens a full block holds, or 0 if requests differ or there are none} */
  public int blockSizeTokens() {
    return Arrays.stream(blockSizeTokens).distinct().limit(2).count() == 1 ? blockSizeTokens[0] : 0;
  }

  /** {@return whether the trace itself says which requests belong together} */
  public boolean conversationsKnown() {
    return conversationsKnown;
  }

  /**
   * {@return prompt tokens covered by the first {@code hits} blocks of a request}
   *
   * @param request its number, from 0
   * @param hits how many of its blocks, from the first on
   */
  public long tokensOf(int request, int hits) {
    return Math.min((long) hits * blockSizeTokens[request], inputTokens[request]);
  }
}
