package dev.kvbm.bench;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Param;

/** Decodes 20,000 tokens of a request, one after the other. */
public class DecodeBenchmark extends PreparedCase {
  /** Which case. */
  @Param("decode_step/lru/bs=16/prompt=1024/pool=65536")
  public String name = "";

  @Override
  String caseName() {
    return name;
  }

  /** All 20,000. */
  @Benchmark
  @OperationsPerInvocation(20_000)
  public long run() {
    return work().run();
  }
}
