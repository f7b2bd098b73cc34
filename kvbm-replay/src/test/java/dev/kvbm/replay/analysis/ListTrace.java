package dev.kvbm.replay.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** A trace in memory, built request by request. */
public final class ListTrace implements BlockTrace {

  private record Request(
      List<Integer> ids,
      long inputTokens,
      long outputTokens,
      double arrivalMillis,
      int conversation) {}

  private final String name;
  private final int blockSizeTokens;
  private final List<Request> requests = new ArrayList<>();
  private final Map<Long, Integer> dense = new HashMap<>();

  public ListTrace(String name, int blockSizeTokens) {
    this.name = name;
    this.blockSizeTokens = blockSizeTokens;
  }

  /** A request of whole blocks, without a clock or a conversation. */
  ListTrace add(int... ids) {
    return addAt(Double.NaN, -1, (long) ids.length * blockSizeTokens, ids);
  }

  /** A request whose block numbers are already dense. */
  public ListTrace addAt(double arrivalMillis, int conversation, long inputTokens, int... ids) {
    long[] keys = Arrays.stream(ids).asLongStream().toArray();
    return addKeys(arrivalMillis, conversation, inputTokens, 0, keys);
  }

  /** A request by arbitrary keys, made dense in order of first appearance. */
  ListTrace addKeys(
      double arrivalMillis, int conversation, long inputTokens, long outputTokens, long... keys) {
    List<Integer> ids = new ArrayList<>();
    for (long key : keys) {
      ids.add(dense.computeIfAbsent(key, _ -> dense.size()));
    }
    requests.add(new Request(ids, inputTokens, outputTokens, arrivalMillis, conversation));
    return this;
  }

  /** A small random tree of prefixes, walked at random; about half the prompts end in mid-block. */
  static ListTrace random(Random random, int requests, int mostBlocks, int branches) {
    ListTrace trace = new ListTrace("random", 4);
    Map<List<Integer>, Integer> paths = new HashMap<>();
    for (int r = 0; r < requests; r++) {
      int blocks = 1 + random.nextInt(mostBlocks);
      List<Integer> path = new ArrayList<>();
      long[] keys = new long[blocks];
      for (int i = 0; i < blocks; i++) {
        path.add(random.nextInt(branches) == 0 ? 1 : 0);
        keys[i] = paths.computeIfAbsent(List.copyOf(path), _ -> paths.size());
      }
      long cut = random.nextBoolean() ? 0 : 1 + random.nextInt(3);
      trace.addKeys(r * 10.0, -1, blocks * 4L - cut, 2, keys);
    }
    return trace;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public int requestCount() {
    return requests.size();
  }

  @Override
  public long accessCount() {
    return requests.stream().mapToLong(r -> r.ids().size()).sum();
  }

  @Override
  public int uniqueBlocks() {
    return dense.size();
  }

  @Override
  public Cursor cursor() {
    return new Cursor() {
      private int at = -1;

      @Override
      public boolean next() {
        return ++at < requests.size();
      }

      @Override
      public int[] ids() {
        return requests.get(at).ids().stream().mapToInt(Integer::intValue).toArray();
      }

      @Override
      public int from() {
        return 0;
      }

      @Override
      public int count() {
        return requests.get(at).ids().size();
      }

      @Override
      public long inputTokens() {
        return requests.get(at).inputTokens();
      }

      @Override
      public long outputTokens() {
        return requests.get(at).outputTokens();
      }

      @Override
      public int blockSizeTokens() {
        return blockSizeTokens;
      }

      @Override
      public double arrivalMillis() {
        return requests.get(at).arrivalMillis();
      }

      @Override
      public int conversation() {
        return requests.get(at).conversation();
      }
    };
  }
}
