package dev.kvbm.replay;

import dev.kvbm.logical.scheduling.ReleaseOrder;
import dev.kvbm.replay.engine.EngineLoop;
import dev.kvbm.replay.engine.EngineOptions;
import dev.kvbm.replay.engine.EngineTrace;
import dev.kvbm.replay.report.EngineRun;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * The engine loop with every policy at every size over one trace, in parallel.
 *
 * <p>Each run has a pool of its own; results do not depend on the number of threads. {@link #run}
 * may be called once; {@link #stop} and {@link #progress} from any thread.
 */
public final class EngineSession {
  private final EngineTrace trace;
  private final String name;
  private final List<ReplayPolicy> policies;
  private final EngineOptions options;
  private final boolean details;
  private final int threads;
  private final LongAdder ended = new LongAdder();
  private volatile long total = 1;
  private volatile boolean stopped;

  /**
   * A session over {@code trace}.
   *
   * @param trace the requests
   * @param name the trace's name in reports
   * @param policies the eviction policies to run
   * @param options how to schedule, and what there is to do
   * @param details whether results tell of every single request
   * @param threads how many runs go at once
   * @throws IllegalArgumentException if {@code threads} is less than 1
   */
  public EngineSession(
      EngineTrace trace,
      String name,
      List<ReplayPolicy> policies,
      EngineOptions options,
      boolean details,
      int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("cannot run on " + threads + " threads");
    }
    this.trace = trace;
    this.name = name;
    this.policies = List.copyOf(policies);
    this.options = options;
    this.details = details;
    this.threads = threads;
  }

  /** {@return the part of the work that is done, 0 to 1} */
  public double progress() {
    return Math.min(1, (double) ended.sum() / total);
  }

  /** Ends the runs that go on, which give the numbers so far, and starts no more. */
  public void stop() {
    stopped = true;
  }

  /**
   * Runs everything at the given sizes and waits for it.
   *
   * @param blocks sizes of the pool; each at least 1
   * @return each policy at all sizes in the order given; after {@link #stop} without the runs that
   *     had not begun
   * @throws IllegalArgumentException if a size is less than 1, or as {@link EngineLoop} does
   */
  public List<EngineRun> run(int... blocks) {
    total = Math.max(1, (long) policies.size() * blocks.length * trace.requests().requestCount());
    List<EngineRun> runs = new ArrayList<>();
    try (ExecutorService executor =
        Executors.newFixedThreadPool(threads, Thread.ofPlatform().daemon().factory())) {
      List<Future<@Nullable EngineRun>> futures = new ArrayList<>();
      for (ReplayPolicy policy : policies) {
        for (int size : blocks) {
          futures.add(executor.submit(() -> stopped ? null : run(policy, size)));
        }
      }
      for (Future<@Nullable EngineRun> future : futures) {
        EngineRun run = join(future);
        if (run != null) {
          runs.add(run);
        }
      }
    }
    return runs;
  }

  private EngineRun run(ReplayPolicy policy, int size) {
    EngineLoop loop =
        new EngineLoop(
            trace,
            options,
            policy.factory(),
            policy.tailFirst() ? ReleaseOrder.TAIL_FIRST : ReleaseOrder.HEAD_FIRST,
            size);
    if (details) {
      loop.tellOutcomes();
    }
    return new EngineRun(name, policy.label(), loop.run(() -> !stopped, ended::add));
  }

  private @Nullable EngineRun join(Future<@Nullable EngineRun> future) {
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
}
