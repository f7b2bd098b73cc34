package dev.kvbm.stress;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.LeafOrder;
import dev.kvbm.logical.frequency.FrequencySketch;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.testkit.InvariantChecker;
import dev.kvbm.testkit.LeakScope;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/**
 * Every operation at random, from several threads, on two small pools that share a registry.
 *
 * <p>A round has its own pools, drawn from the seed: policy, size, duplicates, reset on release,
 * tracker. Blocks carry content, so a block that two threads write, or that is found without what
 * its hash promises, is noticed at once. Guards are passed between threads. After each round all
 * are closed, every block has to be back and every invariant has to hold.
 *
 * <pre>kvbm-stress/run soak SECONDS [SEED]</pre>
 */
public final class Soak {
  private static final int THREADS = 4;
  private static final Duration ROUND = Duration.ofMillis(500);

  private long operations;
  private long evictions;
  private long contended;
  private int rounds;

  Soak() {}

  /** Soaks for {@code args[0]} seconds. */
  public static void main(String[] args) throws InterruptedException {
    if (args.length < 1 || args.length > 2) {
      System.err.println("usage: soak SECONDS [SEED]");
      System.exit(2);
    }
    long seed = args.length == 2 ? Long.parseLong(args[1]) : System.nanoTime();
    System.out.println("seed " + seed);
    Soak soak = new Soak();
    soak.run(Duration.ofSeconds(Long.parseLong(args[0])), seed);
    System.out.println(soak);
  }

  /**
   * Soaks.
   *
   * @throws AssertionError if anything is wrong, with the seed of the round
   */
  void run(Duration duration, long seed) throws InterruptedException {
    Random rounds = new Random(seed);
    long end = System.nanoTime() + duration.toNanos();
    do {
      round(rounds.nextLong());
    } while (System.nanoTime() < end);
  }

  private void round(long seed) throws InterruptedException {
    Random random = new Random(seed);
    BlockRegistry.Builder options = BlockRegistry.builder();
    boolean tracked = random.nextBoolean();
    if (tracked) {
      options.frequencyTracker(FrequencySketch.builder().capacity(64).build());
    }
    BlockRegistry registry = options.build();
    SoakPool<G1> device = new SoakPool<>(manager(G1.TIER, registry, tracked, random));
    SoakPool<G2> host = new SoakPool<>(manager(G2.TIER, registry, tracked, random));
    String context = "seed of the round " + seed + ", " + device + ", " + host;

    LeakScope leaks = LeakScope.watch(device.manager, host.manager);
    List<SoakActor> actors = new ArrayList<>();
    List<Future<?>> done = new ArrayList<>();
    long end = System.nanoTime() + ROUND.toNanos();
    try (ExecutorService threads =
        Executors.newThreadPerTaskExecutor(
            seed % 2 == 0
                ? Thread.ofVirtual().factory()
                : Thread.ofPlatform().daemon().factory())) {
      for (int i = 0; i < THREADS; i++) {
        SoakActor actor = new SoakActor(device, host, random.nextLong(), end);
        actors.add(actor);
        done.add(threads.submit(actor));
      }
      for (Future<?> future : done) {
        future.get(60, TimeUnit.SECONDS);
      }
    } catch (ExecutionException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError(context, e);
    }
    device.closeShared();
    host.closeShared();

    try {
      leaks.check();
      InvariantChecker.check(device.manager, host.manager);
      device.requireAllBack();
      host.requireAllBack();
      registry.touch(Pool.CHAIN.get(0));
    } catch (AssertionError e) {
      throw new AssertionError(context, e);
    }
    rounds++;
    actors.forEach(actor -> operations += actor.operations);
    count(device.manager.metrics());
    count(host.manager.metrics());
    device.manager.close();
    host.manager.close();
  }

  private void count(MetricsSnapshot metrics) {
    evictions += metrics.evictions();
    contended += metrics.lockContentions();
  }

  private static <T> BlockManager<T> manager(
      Tier<T> tier, BlockRegistry registry, boolean tracked, Random random) {
    return BlockManager.builder(tier)
        .blocks(4 + random.nextInt(28))
        .blockSize(SoakPool.BLOCK_SIZE)
        .registry(registry)
        .eviction(policy(tracked, random))
        .duplicationPolicy(
            random.nextBoolean() ? DuplicationPolicy.ALLOW : DuplicationPolicy.REJECT)
        .resetOnRelease(random.nextInt(4) == 0)
        .build();
  }

  private static EvictionPolicy.Factory policy(boolean tracked, Random random) {
    return switch (random.nextInt(tracked ? 5 : 4)) {
      case 0 -> Eviction.fifo();
      case 1 -> Eviction.lru();
      case 2 -> Eviction.lineage();
      case 3 -> Eviction.lineage(LeafOrder.FIFO);
      default -> Eviction.multiLru();
    };
  }

  long operations() {
    return operations;
  }

  long evictions() {
    return evictions;
  }

  @Override
  public String toString() {
    return "soak: %,d operations in %,d rounds, %,d evictions, %,d waits for a lock, 0 leaks"
        .formatted(operations, rounds, evictions, contended);
  }
}
