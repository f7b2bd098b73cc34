package dev.kvbm.bench;

import dev.kvbm.replay.CompactBlockTrace;
import dev.kvbm.replay.ReplayPolicy;
import dev.kvbm.replay.Replayer;
import dev.kvbm.replay.analysis.CacheCounts;
import dev.kvbm.replay.analysis.CacheRule;
import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.replay.trace.TraceOptions;
import dev.kvbm.replay.trace.TraceSource;
import dev.kvbm.replay.workload.Workload;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** A whole trace through a new pool: block accesses a second on one core. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(value = 2, jvmArgs = "-Xmx4g")
@Warmup(iterations = 4, time = 2)
@Measurement(iterations = 5, time = 2)
public class ReplayBenchmark {
  /** A trace file; without one the built-in chat workload. */
  @Param("")
  public String trace = "";

  /** The eviction policy. */
  @Param({"lru", "fifo", "lineage"})
  public String policy = "";

  /** Blocks of the pool. */
  @Param("10000")
  public int blocks;

  private CompactBlockTrace loaded = load("");

  private static CompactBlockTrace load(String file) {
    if (file.isEmpty()) {
      try (TraceSource source = Workload.of("chat").open()) {
        return new CompactBlockTrace(CompactTrace.of(source), "chat");
      }
    }
    return new CompactBlockTrace(
        CompactTrace.load(Path.of(file), TraceOptions.defaults()), "trace");
  }

  /** Counts block accesses beside runs. */
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  @State(Scope.Thread)
  public static class Accesses {
    /** Block accesses so far. */
    public long accesses;

    /** Starts an iteration. */
    @Setup(Level.Iteration)
    public void clear() {
      accesses = 0;
    }
  }

  /** Loads the trace. */
  @Setup
  public void setUp() {
    loaded = load(trace);
  }

  /** One run. */
  @Benchmark
  public long replay(Accesses counter) {
    ReplayPolicy chosen = ReplayPolicy.ofLabel(policy).orElseThrow();
    CacheCounts counts =
        new Replayer(chosen, blocks, CacheRule.TRACE).replay(loaded, 0, null, () -> true);
    counter.accesses += counts.accesses();
    return counts.hits();
  }
}
