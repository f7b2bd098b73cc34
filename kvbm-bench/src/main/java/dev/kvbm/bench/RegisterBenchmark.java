package dev.kvbm.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** Registers 32 sets of staged blocks, one after the other. */
public class RegisterBenchmark extends PreparedCase {
  /** Which case. */
  @Param("register_batch/lru/pool=2048/lfu=1/n=32")
  public String name = "";

  @Override
  String caseName() {
    return name;
  }

  /** All 32. */
  @Benchmark
  @OperationsPerInvocation(32)
  public long run() {
    return work().run();
  }
}
