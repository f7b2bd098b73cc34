package dev.kvbm.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** Releases 64 vectors of blocks that nobody else holds, one after the other. */
public class BulkDropBenchmark extends PreparedCase {
  /** Which case. */
  @Param("bulk_drop/lru/n=32")
  public String name = "";

  @Override
  String caseName() {
    return name;
  }

  /** All 64. */
  @Benchmark
  @OperationsPerInvocation(64)
  public long run() {
    return work().run();
  }
}
