package dev.kvbm.replay.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The prefixes that requests have in common.
 *
 * <p>Blocks form a tree: a block's parent is the block before it. Blocks that always continue in
 * the same way are one <em>stretch</em>: every request with the first has the last. A stretch that
 * occurs in two requests or more ends a distinct shared prefix, from the root to its last block.
 * What a stretch saves is what an infinite cache saves on its own blocks, so savings of all
 * prefixes add up to all hits, and a prefix is not credited for the shorter prefixes it contains.
 *
 * @param count how many distinct shared prefixes there are
 * @param savedBlocks blocks all of them save: the hits of the infinite cache over the whole trace
 *     if every listed block may be hit
 * @param savedTokens prompt tokens all of them save
 * @param inconsistentBlocks blocks that follow different blocks in different requests; 0 in a sound
 *     trace
 * @param byRequests the prefixes of most requests, earlier ones first among equals; one that
 *     continues a listed prefix of less than twice as many requests is left out, because it tells
 *     of much the same requests
 * @param byTokens the prefixes that save most tokens
 */
public record SharedPrefixes(
    int count,
    long savedBlocks,
    long savedTokens,
    int inconsistentBlocks,
    List<Prefix> byRequests,
    List<Prefix> byTokens) {

  /** Copies the lists. */
  public SharedPrefixes {
    byRequests = List.copyOf(byRequests);
    byTokens = List.copyOf(byTokens);
  }

  /**
   * One shared prefix.
   *
   * @param lastBlock number of its last block, which names it
   * @param firstRequest the first request that has it, counted from 0
   * @param blocks its length from the root
   * @param tokens prompt tokens from the root to its end, as in the first request
   * @param stretchBlocks how many of the blocks are its own
   * @param requests how many requests have it
   * @param savedBlocks blocks saved by its own stretch
   * @param savedTokens prompt tokens saved by its own stretch
   */
  public record Prefix(
      int lastBlock,
      int firstRequest,
      int blocks,
      long tokens,
      int stretchBlocks,
      long requests,
      long savedBlocks,
      long savedTokens) {}

  /**
   * The {@code top} prefixes of the whole trace, warm-up included. Linear in the accesses; 28 bytes
   * a distinct block meanwhile.
   */
  static SharedPrefixes of(PreparedTrace trace, int top) {
    int unique = trace.uniqueBlocks();
    int[] parent = new int[unique];
    int[] uses = new int[unique];
    int[] depth = new int[unique];
    int[] firstRequest = new int[unique];
    long[] savedTokens = new long[unique];
    Arrays.fill(parent, -1);
    int inconsistent = 0;
    for (int r = 0; r < trace.requests(); r++) {
      int previous = -1;
      long before = 0;
      for (int i = trace.start[r]; i < trace.start[r + 1]; i++) {
        int id = trace.ids[i];
        long tokens = trace.tokensOf(r, i - trace.start[r] + 1);
        if (uses[id]++ == 0) {
          parent[id] = previous;
          depth[id] = i - trace.start[r] + 1;
          firstRequest[id] = r;
        } else {
          savedTokens[id] += tokens - before;
          if (parent[id] != previous) {
            inconsistent++;
          }
        }
        before = tokens;
        previous = id;
      }
    }
    boolean[] goesOn = new boolean[unique];
    for (int id = 0; id < unique; id++) {
      if (parent[id] >= 0 && uses[parent[id]] == uses[id]) {
        goesOn[parent[id]] = true;
      }
    }
    Comparator<Prefix> cheaper =
        Comparator.comparingLong(Prefix::savedTokens)
            .thenComparingLong(Prefix::requests)
            .thenComparing(Prefix::lastBlock, Comparator.reverseOrder());
    PriorityQueue<Prefix> byTokens = new PriorityQueue<>(cheaper);
    long[] mostFirst = new long[unique];
    int count = 0;
    long allBlocks = 0;
    long allTokens = 0;
    for (int id = 0; id < unique; id++) {
      if (uses[id] < 2) {
        continue;
      }
      allBlocks += uses[id] - 1;
      allTokens += savedTokens[id];
      if (goesOn[id]) {
        continue;
      }
      mostFirst[count++] = (long) (Integer.MAX_VALUE - uses[id]) << 32 | id;
      int stretch = 1;
      long saved = savedTokens[id];
      for (int up = parent[id]; up >= 0 && uses[up] == uses[id]; up = parent[up]) {
        stretch++;
        saved += savedTokens[up];
      }
      byTokens.add(
          new Prefix(
              id,
              firstRequest[id],
              depth[id],
              trace.tokensOf(firstRequest[id], depth[id]),
              stretch,
              uses[id],
              (long) stretch * (uses[id] - 1),
              saved));
      if (byTokens.size() > top) {
        byTokens.poll();
      }
    }
    Arrays.sort(mostFirst, 0, count);
    boolean[] listed = new boolean[unique];
    List<Prefix> byRequests = new ArrayList<>();
    for (int k = 0; k < count && byRequests.size() < top; k++) {
      int id = (int) mostFirst[k];
      boolean told = false;
      int stretch = 0;
      long saved = 0;
      for (int up = id; up >= 0 && uses[up] < 2 * uses[id] && !told; up = parent[up]) {
        told = listed[up];
        stretch += uses[up] == uses[id] ? 1 : 0;
        saved += uses[up] == uses[id] ? savedTokens[up] : 0;
      }
      if (!told) {
        listed[id] = true;
        byRequests.add(
            new Prefix(
                id,
                firstRequest[id],
                depth[id],
                trace.tokensOf(firstRequest[id], depth[id]),
                stretch,
                uses[id],
                (long) stretch * (uses[id] - 1),
                saved));
      }
    }
    List<Prefix> ascending = new ArrayList<>();
    while (!byTokens.isEmpty()) {
      ascending.add(byTokens.poll());
    }
    return new SharedPrefixes(
        count, allBlocks, allTokens, inconsistent, byRequests, ascending.reversed());
  }
}
