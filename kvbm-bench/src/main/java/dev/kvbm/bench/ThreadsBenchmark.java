package dev.kvbm.bench;

import dev.kvbm.bench.cases.BenchCase;
import dev.kvbm.bench.cases.Catalogue;
import dev.kvbm.bench.cases.SharedPool;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Threads on one pool. Give as many threads ({@code -t}) as the name says. The time is that of an
 * operation as one thread sees it: with two threads, the same time as with one means twice the
 * throughput.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Threads(2)
@Fork(value = 3, jvmArgs = "-Xmx4g")
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public class ThreadsBenchmark {
  /** Which case. */
  @Param("mt_match_inactive/lru/lfu=1/threads=2/chain=own/n=32")
  public String name = "";

  private @Nullable SharedPool pool;

  /** Sets the pool up. */
  @Setup
  public void setUp() {
    pool = Catalogue.threads(name);
  }

  /** Checks that all threads left the pool as it was. */
  @TearDown
  public void tearDown() {
    pool().check();
    pool().close();
  }

  private SharedPool pool() {
    if (pool == null) {
      throw new IllegalStateException("not set up");
    }
    return pool;
  }

  /** What one thread does. */
  @State(Scope.Thread)
  public static class Worker {
    private @Nullable BenchCase work;

    /** Gets the thread's part. */
    @Setup
    public void setUp(ThreadsBenchmark shared, ThreadParams threads) {
      if (threads.getThreadCount() != shared.pool().threads()) {
        throw new IllegalStateException(
            shared.name + " needs " + shared.pool().threads() + " threads: give -t");
      }
      work = shared.pool().worker(threads.getThreadIndex());
    }

    long run() {
      if (work == null) {
        throw new IllegalStateException("not set up");
      }
      return work.run();
    }
  }

  /** One operation of one thread. */
  @Benchmark
  public long run(Worker worker) {
    return worker.run();
  }
}
