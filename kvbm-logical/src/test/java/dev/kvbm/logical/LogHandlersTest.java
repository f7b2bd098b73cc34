package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What the library logs ends in a user's handler: that may look at the manager, and may fail. */
class LogHandlersTest {
  @RegisterExtension final Pools pools = new Pools();

  /** Hands every record of a class to {@code action} while it is open. */
  private record Listening(Logger logger, Handler handler) implements AutoCloseable {
    static Listening to(Class<?> source, Consumer<LogRecord> action) {
      Handler handler =
          new Handler() {
            @Override
            public void publish(LogRecord record) {
              action.accept(record);
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
          };
      Logger logger = Logger.getLogger(source.getName());
      logger.addHandler(handler);
      logger.setUseParentHandlers(false);
      return new Listening(logger, handler);
    }

    @Override
    public void close() {
      logger.removeHandler(handler);
      logger.setUseParentHandlers(true);
    }
  }

  private static void lose(BlockManager<?> manager) {
    assertThat(manager.allocate(1)).isPresent();
  }

  @Test
  void whoIsToldOfALostGuardMayLookAtTheManager() {
    BlockManager<G1> manager = pools.with(64, options -> options.leakDetection(LeakDetection.ALL));
    List<Integer> available = new ArrayList<>();
    try (Listening _ =
        Listening.to(LeakDetector.class, _ -> available.add(manager.availableBlocks()))) {
      lose(manager);
      for (int i = 0; i < 1_000 && available.isEmpty(); i++) {
        System.gc();
        Pools.cache(manager, Hashes.root(4 * i));
        manager.match(Hashes.roots(0, 1)).close();
      }
    }
    assertThat(available).containsExactly(available.getFirst());
    assertThat(manager.metrics().inflightMutable()).isEqualTo(1);
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  @Test
  void aReportNamesTheClassWhoseLoggerItIs() {
    BlockManager<G1> manager = pools.with(8, options -> options.leakDetection(LeakDetection.ALL));
    List<String> sources = new ArrayList<>();
    try (Listening _ =
        Listening.to(LeakDetector.class, record -> sources.add(record.getSourceClassName()))) {
      lose(manager);
      for (int i = 0; i < 1_000 && manager.lostGuards() == 0; i++) {
        System.gc();
      }
    }
    assertThat(sources).containsExactly(LeakDetector.class.getName());
  }

  @Test
  void aHandlerThatFailsOnALostGuardCostsNobodyItsBlocks() {
    BlockManager<G1> manager = pools.with(64, options -> options.leakDetection(LeakDetection.ALL));
    int[] told = {0};
    try (Listening _ =
        Listening.to(
            LeakDetector.class,
            _ -> {
              told[0]++;
              throw new IllegalStateException("the disk is full");
            })) {
      lose(manager);
      for (int i = 0; i < 1_000 && told[0] == 0; i++) {
        System.gc();
        Pools.cache(manager, Hashes.root(4 * i));
        manager.match(Hashes.roots(0, 1)).close();
      }
    }
    assertThat(told[0]).isEqualTo(1);
    assertThat(manager.lostGuards()).isEqualTo(1);
    assertThat(manager.metrics().inflightMutable()).isEqualTo(1);
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  @Test
  void aHandlerThatFailsOnAFailingPolicyCostsNobodyItsBlocks() {
    BlockManager<G1> manager =
        pools.evicting(
            4,
            slots ->
                new ScriptedPolicy(slots) {
                  @Override
                  public void becameIdle(int slot) {
                    throw new IllegalStateException("becameIdle is broken");
                  }
                });
    int[] told = {0};
    try (Listening _ =
        Listening.to(
            PolicyCalls.class,
            _ -> {
              told[0]++;
              throw new IllegalStateException("the disk is full");
            })) {
      Pools.register(manager, Hashes.roots(0, 3)).close();
    }
    assertThat(told[0]).isEqualTo(1);
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  @Test
  void aHandlerThatFailsOnAFailingListenerCostsNobodyItsBlocks() {
    BlockManager<G1> manager =
        pools.with(
            1,
            options ->
                options.evictionListener(
                    _ -> {
                      throw new IllegalStateException("the copy failed");
                    }));
    manager
        .registry()
        .addListener(
            _ -> {
              throw new IllegalStateException("nobody listens");
            });
    Consumer<LogRecord> failing =
        _ -> {
          throw new IllegalStateException("the disk is full");
        };
    try (Listening _ = Listening.to(BlockStore.class, failing);
        Listening _ = Listening.to(FactQueue.class, failing)) {
      Pools.cache(manager, Hashes.root(0));
      Pools.cache(manager, Hashes.root(100));
    }
    try (ImmutableBlocks<G1> hit = manager.match(Hashes.roots(100, 1))) {
      assertThat(hit.size()).isEqualTo(1);
    }
    assertThat(manager.metrics().evictions()).isEqualTo(1);
  }

  /**
   * It may do so when it is made, before the manager is there; later it would be under the lock.
   */
  @Test
  void aPolicyIsAskedForItsNameOnce() {
    AtomicReference<String> name = new AtomicReference<>("first");
    BlockManager<G1> manager =
        pools.evicting(
            2,
            slots ->
                new ScriptedPolicy(slots) {
                  @Override
                  public String name() {
                    return name.getAndSet("second");
                  }
                });
    Pools.cache(manager, Hashes.chain(0, 2));
    assertThat(Pools.evict(manager, 1)).isEqualTo(LineageHashes.of(Hashes.root(0)));
    assertThat(manager.evictionPolicy()).isEqualTo("first");
    assertThat(manager.evictionPolicy()).isEqualTo("first");
    assertThat(manager.dump(1)).contains("policy first");
  }
}
