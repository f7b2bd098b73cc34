package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.BlockTrace;
import dev.kvbm.replay.analysis.Bound;
import dev.kvbm.replay.analysis.CacheCounts;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.analysis.ListTrace;
import dev.kvbm.replay.analysis.RunCollector;
import dev.kvbm.replay.analysis.TraceStudy;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Reports of small traces, with two policies simulated plainly. */
final class SampleReports {

  private SampleReports() {}

  /** Chats of a few turns behind two system prompts, four tokens a block. */
  static ListTrace chats(String name, int requests) {
    Random random = new Random(42);
    ListTrace trace = new ListTrace(name, 4);
    List<List<Integer>> chats = new ArrayList<>();
    int fresh = 5;
    for (int r = 0; r < requests; r++) {
      int chat = random.nextInt(Math.min(chats.size() + 1, 6));
      if (chat == chats.size() || random.nextInt(4) == 0) {
        List<Integer> system = random.nextBoolean() ? List.of(0, 1, 2) : List.of(3, 4);
        chat = chats.size();
        chats.add(new ArrayList<>(system));
      }
      List<Integer> prompt = chats.get(chat);
      for (int i = 1 + random.nextInt(3); i > 0; i--) {
        prompt.add(fresh++);
      }
      trace.addAt(
          r * 1_500.0,
          chat,
          prompt.size() * 4L - random.nextInt(4),
          prompt.stream().mapToInt(Integer::intValue).toArray());
    }
    return trace;
  }

  static ReplayReport report(BlockTrace source, int... blocks) {
    TraceStudy study = TraceStudy.of(source, CacheRule.TRACE, 0);
    List<ReplayRun> runs = new ArrayList<>();
    for (int size : blocks) {
      runs.add(simulate(study, source, "lru", size));
    }
    for (int size : blocks) {
      runs.add(simulate(study, source, "fifo", size));
    }
    for (Bound bound : Bound.values()) {
      runs.addAll(ReplayRun.ofBound(study, bound, blocks));
    }
    return new ReplayReport(
        "0.1.0",
        new ReplayOptions(
            CacheRule.TRACE,
            0,
            IntStream.of(blocks).boxed().toList(),
            List.of("lru", "fifo", "infinite", "min", "minb")),
        List.of(TraceReport.of(study, 2_048, blocks)),
        runs);
  }

  private static ReplayRun simulate(
      TraceStudy study, BlockTrace source, String policy, int capacity) {
    LinkedHashSet<Integer> cache = new LinkedHashSet<>();
    RunCollector collector = study.collector();
    BlockTrace.Cursor cursor = source.cursor();
    long hits = 0;
    long hitTokens = 0;
    long withHit = 0;
    long inserted = 0;
    long evicted = 0;
    for (int r = 0; cursor.next(); r++) {
      collector.startRequest(r);
      List<Integer> pinned =
          IntStream.of(cursor.ids()).limit(Math.min(cursor.count(), capacity)).boxed().toList();
      int found = 0;
      while (found < pinned.size() && cache.contains(pinned.get(found))) {
        found++;
      }
      Set<Integer> missing =
          pinned.stream().filter(id -> !cache.contains(id)).collect(Collectors.toSet());
      Iterator<Integer> oldest = cache.iterator();
      int over = cache.size() + missing.size() - capacity;
      while (over > 0) {
        int id = oldest.next();
        if (!pinned.contains(id)) {
          oldest.remove();
          collector.evicted(id);
          evicted++;
          over--;
        }
      }
      for (int id : pinned.reversed()) {
        if (policy.equals("lru")) {
          cache.remove(id);
        }
        cache.add(id);
      }
      hits += found;
      hitTokens += study.trace().tokensOf(r, found);
      withHit += found > 0 ? 1 : 0;
      inserted += missing.size();
      collector.endRequest(found);
    }
    CacheCounts counts =
        new CacheCounts(
            capacity,
            study.trace().requests(),
            study.trace().countedAccesses(),
            hits,
            study.trace().countedInputTokens(),
            hitTokens,
            withHit,
            inserted,
            evicted,
            study.lru().at(capacity).requestsLargerThanCache());
    return ReplayRun.of(study, policy, counts, collector);
  }
}
