package dev.kvbm.bench;

import dev.kvbm.bench.cases.BenchCase;
import dev.kvbm.bench.cases.Catalogue;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.locks.LockSupport;

/**
 * What a collector's pauses do to the time of single operations: churn on a pool of a million
 * blocks, each operation timed, while another thread makes the garbage of a busy server.
 */
public final class PauseProbe {
  private static final int LIVE_OBJECTS = 1 << 16;
  private static final int OBJECT_BYTES = 1024;
  private static final int OBJECTS_A_MILLISECOND = 256;

  private PauseProbe() {}

  /**
   * Prints one JSON object.
   *
   * @param args the name for the result, the case to run, and how many seconds
   */
  public static void main(String[] args) throws InterruptedException {
    AtomicBoolean done = new AtomicBoolean();
    try (BenchCase churn = Catalogue.create(args[1])) {
      Thread neighbour = Thread.ofPlatform().daemon().start(() -> makeGarbage(done));
      long length = TimeUnit.SECONDS.toNanos(Long.parseLong(args[2]));
      Latencies _ = measure(churn, length / 2);
      long pauses = pauses();
      long pauseMillis = pauseMillis();
      Latencies latencies = measure(churn, length);
      long pausesThen = pauses() - pauses;
      long pauseMillisThen = pauseMillis() - pauseMillis;
      done.set(true);
      neighbour.join();
      System.out.printf(
          Locale.ROOT,
          "{\"name\":\"%s\",\"operations\":%d,\"p50Nanos\":%d,\"p99Nanos\":%d,\"p999Nanos\":%d,"
              + "\"p9999Nanos\":%d,\"maxNanos\":%d,\"pauses\":%d,\"pauseMillis\":%d}%n",
          args[0],
          latencies.total(),
          latencies.percentile(50),
          latencies.percentile(99),
          latencies.percentile(99.9),
          latencies.percentile(99.99),
          latencies.max(),
          pausesThen,
          pauseMillisThen);
    }
  }

  private static Latencies measure(BenchCase work, long lengthNanos) {
    Latencies latencies = new Latencies();
    long start = System.nanoTime();
    long before = start;
    while (before - start < lengthNanos) {
      if (work.run() != work.expected()) {
        throw new IllegalStateException("the pool did not evict what it had to");
      }
      long now = System.nanoTime();
      latencies.record(now - before);
      before = now;
    }
    return latencies;
  }

  /** A quarter of a gigabyte a second, of which 64 MiB stay alive for a while. */
  private static void makeGarbage(AtomicBoolean done) {
    AtomicReferenceArray<byte[]> live = new AtomicReferenceArray<>(LIVE_OBJECTS);
    int next = 0;
    while (!done.get()) {
      for (int i = 0; i < OBJECTS_A_MILLISECOND; i++) {
        live.set(next, new byte[OBJECT_BYTES]);
        next = (next + 1) % LIVE_OBJECTS;
      }
      LockSupport.parkNanos(1_000_000);
    }
  }

  /** Collections that stop the program; the concurrent work of ZGC has beans of its own. */
  private static long pauses() {
    long count = 0;
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      count += isPause(bean) ? bean.getCollectionCount() : 0;
    }
    return count;
  }

  private static long pauseMillis() {
    long millis = 0;
    for (GarbageCollectorMXBean bean : ManagementFactory.getGarbageCollectorMXBeans()) {
      millis += isPause(bean) ? bean.getCollectionTime() : 0;
    }
    return millis;
  }

  private static boolean isPause(GarbageCollectorMXBean bean) {
    String name = bean.getName();
    return !name.startsWith("ZGC") || name.endsWith("Pauses");
  }
}
