package dev.kvbm.bench;

import dev.kvbm.bench.cases.BenchCase;
import dev.kvbm.bench.cases.Catalogue;
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
import org.openjdk.jmh.annotations.Warmup;

/** Cases that are run back to back: one operation a run. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgs = "-Xmx4g")
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public class CaseBenchmark {
  /** Which case; the list is in {@code cases.txt}. */
  @Param("match_inactive/lru/lfu=1/n=32")
  public String name = "";

  private @Nullable BenchCase work;

  /** Sets the case up. */
  @Setup
  public void setUp() {
    work = Catalogue.create(name);
  }

  /** One operation. */
  @Benchmark
  public long run() {
    return work().run();
  }

  /** Checks that the case left its state as it was. */
  @TearDown
  public void tearDown() {
    work().check();
    work().close();
  }

  private BenchCase work() {
    if (work == null) {
      throw new IllegalStateException("not set up");
    }
    return work;
  }
}
