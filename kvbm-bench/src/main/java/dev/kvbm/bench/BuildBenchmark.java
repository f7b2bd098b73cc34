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
import org.openjdk.jmh.annotations.Warmup;

/** Building a pool, the first time in a process included. */
@State(Scope.Thread)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgs = "-Xmx4g")
@Warmup(iterations = 0)
@Measurement(iterations = 3)
public class BuildBenchmark {
  /** Which case. */
  @Param("build/lru/pool=16M/lfu=0")
  public String name = "";

  private @Nullable BenchCase work;

  /** Sets the case up, which builds nothing yet. */
  @Setup
  public void setUp() {
    work = Catalogue.create(name);
  }

  /** One pool. */
  @Benchmark
  public long run() {
    if (work == null) {
      throw new IllegalStateException("not set up");
    }
    return work.run();
  }
}
