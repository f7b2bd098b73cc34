package dev.kvbm.bench;

import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
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

/**
 * What matching and releasing a random idle chain cannot cost less than on a large pool: the same
 * words read and written in the same order, between two turns under a lock, and nothing decided.
 * For comparison with {@code match_inactive_random/lru}.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(value = 2, jvmArgs = "-Xmx4g")
@Warmup(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 10, time = 100, timeUnit = TimeUnit.MILLISECONDS)
public class FloorBenchmark {
  private static final int CHAIN = 32;

  /** Blocks of the pool. */
  @Param({"4096", "1048576", "16777216"})
  public int blocks;

  private final AtomicLong lock = new AtomicLong();
  private final SplittableRandom random = new SplittableRandom(1);
  private long[] cells = {};
  private long[] hashes = {};
  private long[] facts = {};
  private long[] links = {};
  private int[] homes = {};

  /** Enters each chain's first block into a table that is half full. */
  @Setup
  public void setUp() {
    cells = new long[2 * blocks];
    hashes = new long[2 * blocks];
    facts = new long[blocks];
    links = new long[blocks];
    homes = new int[blocks / CHAIN];
    Random places = new Random(1);
    for (int chain = 0; chain < homes.length; chain++) {
      int home = places.nextInt(cells.length);
      while (cells[home] != 0) {
        home = places.nextInt(cells.length);
      }
      cells[home] = (long) chain * CHAIN + 1;
      homes[chain] = home;
    }
  }

  /** One chain. */
  @Benchmark
  public long touch() {
    lock.getAndSet(1);
    int first = (int) cells[homes[random.nextInt(homes.length)]] - 1;
    long sum = 0;
    for (int i = 0; i < 2 * CHAIN; i++) {
      sum |= hashes[2 * first + i];
    }
    change(first, 1);
    lock.setRelease(0);
    lock.getAndSet(1);
    change(first, -1);
    lock.setRelease(0);
    return sum;
  }

  private void change(int first, long by) {
    for (int i = 0; i < CHAIN; i++) {
      facts[first + i] += by;
    }
    for (int i = 0; i < CHAIN; i++) {
      links[first + i] ^= by;
    }
  }
}
