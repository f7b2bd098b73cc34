package dev.kvbm.bench;

import dev.kvbm.bench.cases.BenchCase;
import dev.kvbm.bench.cases.Catalogue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Cases with untimed work before and after each run. A run is long enough, tens of microseconds at
 * least, for two readings of the clock not to matter.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 3, jvmArgs = "-Xmx4g")
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public abstract class PreparedCase {
  private @Nullable BenchCase work;

  /** For subclasses. */
  protected PreparedCase() {}

  /** The case's name. */
  abstract String caseName();

  final BenchCase work() {
    if (work == null) {
      throw new IllegalStateException("not set up");
    }
    return work;
  }

  /** Sets the case up. */
  @Setup
  public void setUp() {
    work = Catalogue.create(caseName());
  }

  /** Makes ready for one run. */
  @Setup(Level.Invocation)
  public void prepare() {
    work().prepare();
  }

  /** Puts back what a run left. */
  @TearDown(Level.Invocation)
  public void tidy() {
    work().tidy();
  }

  /** Checks that the case left its state as it was. */
  @TearDown
  public void tearDown() {
    work().check();
    work().close();
  }
}
