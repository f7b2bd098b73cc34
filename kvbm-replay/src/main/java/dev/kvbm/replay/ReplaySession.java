package dev.kvbm.replay;

import dev.kvbm.replay.analysis.BlockTrace;
import dev.kvbm.replay.analysis.Bound;
import dev.kvbm.replay.analysis.Bounds;
import dev.kvbm.replay.analysis.CacheCounts;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.analysis.PreparedTrace;
import dev.kvbm.replay.analysis.RunCollector;
import dev.kvbm.replay.analysis.TraceStudy;
import dev.kvbm.replay.report.ReplayRun;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Every policy and every bound at every size over one trace, in parallel.
 *
 * <p>Each run has a pool and a cursor of its own; results do not depend on the number of threads.
 * {@link #run} may be called once; {@link #stop} and {@link #progress} from any thread.
 */
public final class ReplaySession {

  /**
   * What to run.
   *
   * @param policies run through the block manager at every size
   * @param bounds computed at every size ({@link Bound#INFINITE} once)
   * @param rule what is cached and counted
   * @param warmup the fraction of requests, from the first on, that fill the cache uncounted
   * @param details whether runs also collect hits over time, hits by conversation and regretted
   *     evictions
   * @param threads how many runs go at once; at least 1
   */
  public record Settings(
      List<ReplayPolicy> policies,
      List<Bound> bounds,
      CacheRule rule,
      double warmup,
      boolean details,
      int threads) {

    /** Checks and copies. */
    public Settings {
      policies = List.copyOf(policies);
      bounds = List.copyOf(bounds);
      if (!(warmup >= 0 && warmup < 1)) {
        throw new IllegalArgumentException(
            "warm-up is " + warmup + "; give a fraction of at least 0 and less than 1");
      }
      if (threads < 1) {
        throw new IllegalArgumentException("cannot run on " + threads + " threads");
      }
    }
  }

  /**
   * One result.
   *
   * @param run the counts
   * @param complete whether the whole trace was replayed; false after {@link #stop}
   */
  public record Outcome(ReplayRun run, boolean complete) {}

  private final BlockTrace trace;
  private final Settings settings;
  private final @Nullable TraceStudy study;
  private final @Nullable Bounds bounds;
  private final AtomicLong requestsDone = new AtomicLong();
  private volatile long requestsTotal = 1;
  private volatile boolean stopped;

  /**
   * A session over {@code trace}; prepares the trace for bounds and details if they are wanted.
   *
   * @param trace what to replay; read once by each run
   * @param settings what to run
   */
  public ReplaySession(BlockTrace trace, Settings settings) {
    this.trace = trace;
    this.settings = settings;
    this.study =
        settings.details() ? TraceStudy.of(trace, settings.rule(), settings.warmup()) : null;
    if (study != null) {
      this.bounds = study.bounds();
    } else if (settings.bounds().isEmpty()) {
      this.bounds = null;
    } else {
      this.bounds = new Bounds(PreparedTrace.of(trace, settings.rule(), settings.warmup()));
    }
  }

  /** {@return the trace with its analyses; null unless details were asked for} */
  public @Nullable TraceStudy study() {
    return study;
  }

  /** {@return the part of the work that is done, 0 to 1} */
  public double progress() {
    return Math.min(1, (double) requestsDone.get() / requestsTotal);
  }

  /** Ends the runs that go on, which give the counts so far, and starts no more. */
  public void stop() {
    stopped = true;
  }

  /** {@return whether {@link #stop} was called} */
  public boolean stopped() {
    return stopped;
  }

  /**
   * Runs everything at the given sizes and waits for it.
   *
   * @param blocks capacities; each at least 1
   * @return policies first, then bounds, each at all sizes in the order given
   * @throws IllegalArgumentException if a size is less than 1
   */
  public List<Outcome> run(int... blocks) {
    for (int size : blocks) {
      if (size < 1) {
        throw new IllegalArgumentException("a cache of " + size + " blocks; give at least 1");
      }
    }
    List<Callable<@Nullable Outcome>> work = new ArrayList<>();
    for (ReplayPolicy policy : settings.policies()) {
      for (int size : blocks) {
        work.add(() -> stopped ? null : replay(policy, size));
      }
    }
    for (Bound bound : settings.bounds()) {
      for (int size : bound == Bound.INFINITE ? new int[] {1} : blocks) {
        work.add(() -> stopped ? null : bound(bound, size));
      }
    }
    requestsTotal = Math.max(1, (long) work.size() * trace.requestCount());
    List<Outcome> outcomes = new ArrayList<>();
    try (ExecutorService executor =
        Executors.newFixedThreadPool(settings.threads(), Thread.ofPlatform().daemon().factory())) {
      List<Future<@Nullable Outcome>> futures = new ArrayList<>();
      for (Callable<@Nullable Outcome> task : work) {
        futures.add(executor.submit(task));
      }
      for (Future<@Nullable Outcome> future : futures) {
        Outcome outcome = join(future);
        if (outcome != null) {
          outcomes.add(outcome);
        }
      }
    }
    return outcomes;
  }

  private @Nullable Outcome join(Future<@Nullable Outcome> future) {
    while (true) {
      try {
        return future.get();
      } catch (InterruptedException e) {
        stop();
      } catch (ExecutionException e) {
        stop();
        throw e.getCause() instanceof RuntimeException cause
            ? cause
            : new IllegalStateException(e.getCause());
      }
    }
  }

  private Outcome replay(ReplayPolicy policy, int size) {
    RunCollector collector = study == null ? null : study.collector();
    Replayer replayer = new Replayer(policy, size, settings.rule());
    Steps steps = new Steps();
    CacheCounts counts = replayer.replay(trace, settings.warmup(), collector, steps);
    if (steps.ended) {
      return new Outcome(result(policy.label(), counts, null), false);
    }
    requestsDone.addAndGet(trace.requestCount() - steps.counted);
    return new Outcome(result(policy.label(), counts, collector), true);
  }

  private Outcome bound(Bound bound, int size) {
    if (bounds == null) {
      throw new IllegalStateException("bounds need a prepared trace");
    }
    RunCollector collector = study == null ? null : study.collector();
    Bounds.HitSink sink = collector == null ? (_, _) -> {} : collector;
    CacheCounts counts = bounds.run(bound, size, sink);
    requestsDone.addAndGet(trace.requestCount());
    return new Outcome(result(bound.label(), counts, collector), true);
  }

  private ReplayRun result(String policy, CacheCounts counts, @Nullable RunCollector collector) {
    return study != null && collector != null
        ? ReplayRun.of(study, policy, counts, collector)
        : new ReplayRun(trace.name(), policy, settings.rule(), counts, null, null, null, -1);
  }

  /** Asked by a replay every 256 requests whether to go on; counts them. */
  private final class Steps implements BooleanSupplier {
    private long counted;
    private boolean ended;

    @Override
    public boolean getAsBoolean() {
      counted += Replayer.REQUESTS_PER_QUESTION;
      requestsDone.addAndGet(Replayer.REQUESTS_PER_QUESTION);
      ended = stopped;
      return !ended;
    }
  }

  /**
   * {@return sizes that show something for a trace of {@code uniqueBlocks} distinct blocks: 1, 2
   * and 5 times powers of ten, from about half a percent of the distinct blocks to all of them}
   *
   * @param uniqueBlocks how many distinct blocks the trace has
   */
  public static int[] usefulSizes(int uniqueBlocks) {
    List<Integer> sizes = new ArrayList<>();
    for (long power = 1; power <= uniqueBlocks; power *= 10) {
      for (int step : new int[] {1, 2, 5}) {
        long size = power * step;
        if (size * 200 >= uniqueBlocks && size < uniqueBlocks) {
          sizes.add((int) size);
        }
      }
    }
    sizes.add(Math.max(1, uniqueBlocks));
    return sizes.stream().mapToInt(Integer::intValue).toArray();
  }
}
