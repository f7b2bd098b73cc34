package dev.kvbm.bench;

import dev.kvbm.bench.cases.Residency;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.tier.G1;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Weighs a pool of a million blocks: resident memory of the process, as the operating system counts
 * it, and live heap.
 *
 * <p>Before it weighs, it fills small pools until the code is compiled, so that the compiler's own
 * memory is not taken for the pool's.
 */
public final class MemoryProbe {
  private static final int BLOCKS = 1 << 20;
  private static final int WARM_UP_BLOCKS = 1 << 14;
  private static final int WARM_UPS = 300;
  private static final int PAGE_BYTES = 4096;
  private static final int QUIET_COLLECTIONS = 5;
  private static final int PAUSE_MILLIS = 100;
  private static final Pattern SPACE = Pattern.compile(" ");

  private MemoryProbe() {}

  /**
   * Prints one JSON object.
   *
   * @param args the name of a memory case
   * @throws IOException if resident memory cannot be read
   * @throws InterruptedException if interrupted
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    String name = args[0];
    for (int i = 0; i < WARM_UPS; i++) {
      try (Residency pool = Residency.build(name, WARM_UP_BLOCKS);
          ImmutableBlocks<G1> _ = pool.fill()) {}
    }
    long heapBefore = liveHeapBytes();
    long before = residentBytes();
    try (Residency pool = Residency.build(name, BLOCKS)) {
      long empty = residentBytes();
      try (ImmutableBlocks<G1> held = pool.fill()) {
        long full = residentBytes();
        long heap = liveHeapBytes();
        System.out.printf(
            Locale.ROOT,
            "{\"name\":\"%s\",\"held\":%d,\"emptyBytes\":%.1f,\"fullBytes\":%.1f,\"heapBytes\":%.1f}%n",
            name,
            held.size(),
            aBlock(empty - before),
            aBlock(full - before),
            aBlock(heap - heapBefore));
      }
    }
  }

  private static double aBlock(long bytes) {
    return (double) bytes / BLOCKS;
  }

  /** What is used after a collection, once that no longer falls: some of it is let go of late. */
  private static long liveHeapBytes() throws InterruptedException {
    long used = Long.MAX_VALUE;
    for (int quiet = 0; quiet < QUIET_COLLECTIONS; quiet++) {
      System.gc();
      long now = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
      if (now < used - PAGE_BYTES) {
        quiet = 0;
      }
      used = Math.min(used, now);
      Thread.sleep(PAUSE_MILLIS);
    }
    return used;
  }

  private static long residentBytes() throws IOException {
    Path statm = Path.of("/proc/self/statm");
    if (!Files.isReadable(statm)) {
      throw new IOException("resident memory is read from " + statm + ", which only Linux has");
    }
    return Long.parseLong(SPACE.split(Files.readString(statm), -1)[1]) * PAGE_BYTES;
  }
}
