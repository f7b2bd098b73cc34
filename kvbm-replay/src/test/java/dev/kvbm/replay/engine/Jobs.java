package dev.kvbm.replay.engine;

import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.replay.trace.TraceRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/** Small traces for tests. */
final class Jobs {
  private Jobs() {}

  static NaiveEngine.Job job(double arrivalMillis, int input, int output, int... ids) {
    return new NaiveEngine.Job(
        Math.round(arrivalMillis * 1e6), input, output, IntStream.of(ids).boxed().toList());
  }

  static EngineTrace trace(List<NaiveEngine.Job> jobs, int blockSize) {
    CompactTrace.Builder builder = new CompactTrace.Builder().source("jobs");
    for (NaiveEngine.Job job : jobs) {
      TraceRequest request =
          new TraceRequest()
              .arrivalNanos(job.arrivalNanos())
              .inputTokens(job.input())
              .outputTokens(job.output())
              .blockSizeTokens(blockSize);
      for (int id : job.ids()) {
        request.addBlockId(id);
      }
      builder.add(request);
    }
    return EngineTrace.of(builder.build());
  }

  /** Requests that begin alike now and then, in the order of their arrival. */
  static List<NaiveEngine.Job> random(Random random, int blockSize) {
    int fresh = 0;
    List<NaiveEngine.Job> jobs = new ArrayList<>();
    long at = 0;
    for (int n = 5 + random.nextInt(40); n > 0; n--) {
      List<Integer> ids = new ArrayList<>();
      if (!jobs.isEmpty() && random.nextInt(3) > 0) {
        NaiveEngine.Job earlier = jobs.get(random.nextInt(jobs.size()));
        int full = earlier.input() / blockSize;
        ids.addAll(earlier.ids().subList(0, random.nextInt(full + 1)));
      }
      int input = ids.size() * blockSize + random.nextInt(6 * blockSize);
      boolean named = random.nextBoolean();
      int listed = named ? (input + blockSize - 1) / blockSize : input / blockSize;
      while (ids.size() < listed) {
        ids.add(fresh++);
      }
      int output = random.nextInt(4) == 0 ? random.nextInt(2) : random.nextInt(5 * blockSize);
      jobs.add(new NaiveEngine.Job(at, input, output, List.copyOf(ids)));
      at += random.nextInt(3) == 0 ? 0 : random.nextInt(40_000_000);
    }
    return jobs;
  }
}
