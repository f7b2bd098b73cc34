package dev.kvbm.replay.analysis;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The rules written down as plainly as possible, for comparison. */
final class NaiveCaches {

  private NaiveCaches() {}

  /** LRU, deepest block first, straight from the rules; a linked set in order of last touch. */
  static CacheCounts lru(PreparedTrace trace, int capacity) {
    LinkedHashSet<Integer> cache = new LinkedHashSet<>();
    long hits = 0;
    long hitTokens = 0;
    long withHit = 0;
    long inserted = 0;
    long evicted = 0;
    long larger = 0;
    for (int r = 0; r < trace.requests(); r++) {
      int blocks = trace.blocksOf(r);
      int extra = trace.extraSlots[r];
      int kept = Math.min(blocks, Math.max(0, capacity - extra));
      List<Integer> pinned = new ArrayList<>();
      for (int i = 0; i < kept; i++) {
        pinned.add(trace.ids[trace.start[r] + i]);
      }
      int found = 0;
      int most = Math.min(kept, trace.mostHits[r]);
      while (found < most && cache.contains(pinned.get(found))) {
        found++;
      }
      int present = 0;
      for (int i = 0; i < kept; i++) {
        if (i < trace.mostHits[r] && cache.contains(pinned.get(i))) {
          present++;
        }
      }
      int before = cache.size();
      Set<Integer> missing = new HashSet<>(pinned);
      missing.removeAll(cache);
      Set<Integer> kin = new HashSet<>(pinned);
      while (cache.size() + missing.size() + extra > capacity) {
        int victim = cache.stream().filter(b -> !kin.contains(b)).findFirst().orElseThrow();
        cache.remove(victim);
      }
      for (int i = kept - 1; i >= 0; i--) {
        cache.remove(pinned.get(i));
        cache.add(pinned.get(i));
      }
      if (r >= trace.firstCounted()) {
        hits += found;
        hitTokens += trace.tokensOf(r, found);
        withHit += found > 0 ? 1 : 0;
        inserted += kept - present;
        evicted += kept - present + before - cache.size();
        larger += blocks + extra > capacity ? 1 : 0;
      }
    }
    return new CacheCounts(
        capacity,
        trace.requests() - trace.firstCounted(),
        trace.countedAccesses(),
        hits,
        trace.countedInputTokens(),
        hitTokens,
        withHit,
        inserted,
        evicted,
        larger);
  }

  /** The most hits any choice of victims can have, by trying all; blocks as bits of a mask. */
  static long best(PreparedTrace trace, int capacity, boolean bypass) {
    Map<Long, Long> bestOf = new HashMap<>(Map.of(0L, 0L));
    for (int r = 0; r < trace.requests(); r++) {
      int extra = trace.extraSlots[r];
      int blocks = trace.blocksOf(r);
      int kept = Math.min(blocks, Math.max(0, capacity - extra));
      int size = capacity - extra;
      Map<Long, Long> after = new HashMap<>();
      for (Map.Entry<Long, Long> state : bestOf.entrySet()) {
        long cache = state.getKey();
        long pinned = 0;
        long all = 0;
        int hits = 0;
        for (int i = 0; i < blocks; i++) {
          long bit = 1L << trace.ids[trace.start[r] + i];
          all |= bit;
          pinned |= i < kept ? bit : 0;
          int most = bypass ? trace.mostHits[r] : Math.min(kept, trace.mostHits[r]);
          if (hits == i && i < most && (cache & bit) != 0) {
            hits++;
          }
        }
        long value = state.getValue() + (r >= trace.firstCounted() ? hits : 0);
        long must = bypass ? 0 : pinned;
        long may = bypass ? cache | all : cache & ~pinned;
        int room = size - Long.bitCount(must);
        // Only the fullest outcomes matter: holding more never hurts.
        int hold = Math.min(room, Long.bitCount(may));
        for (long held = may; ; held = (held - 1) & may) {
          if (Long.bitCount(held) == hold) {
            after.merge(held | must, value, Math::max);
          }
          if (held == 0) {
            break;
          }
        }
      }
      bestOf = after;
    }
    return bestOf.values().stream().mapToLong(Long::longValue).max().orElse(0);
  }
}
