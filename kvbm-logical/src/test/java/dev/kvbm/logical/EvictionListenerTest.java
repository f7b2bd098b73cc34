package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A listener sees what is evicted while the bytes are still in place. */
class EvictionListenerTest {
  @RegisterExtension final Pools pools = new Pools();

  /** What an engine keeps in each block, to see whether it is still there. */
  private final Object[] memory = new Object[16];

  private void write(ImmutableBlocks<G1> blocks) {
    for (int i = 0; i < blocks.size(); i++) {
      memory[blocks.id(i)] = blocks.hash(i);
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyEvictedBlockIsSeenWithItsBytesBeforeItIsReused(Backend backend) {
    List<PositionalLineageHash> offloaded = new ArrayList<>();
    BlockManager<G1> manager =
        pools.with(
            8,
            options ->
                options
                    .eviction(backend.factory())
                    .evictionListener(
                        evictions -> {
                          for (int i = 0; i < evictions.size(); i++) {
                            assertThat(memory[evictions.id(i)]).isEqualTo(evictions.hash(i));
                            offloaded.add(evictions.hash(i));
                          }
                        }));
    List<PositionalLineageHash> evicted = new ArrayList<>();
    for (int round = 0; round < 10; round++) {
      LineageHashes prompt = Hashes.chain(round * 1000, 3);
      MutableBlocks<G1> fresh = manager.allocate(3).orElseThrow();
      evicted.addAll(List.of(fresh.evicted().toArray()));
      ImmutableBlocks<G1> registered = fresh.register(prompt);
      write(registered);
      registered.close();
    }
    assertThat(offloaded).isEqualTo(evicted).hasSize(22);
  }

  @Test
  void aListenerIsToldWhichManagerEvictedWhat() {
    AtomicReference<String> seen = new AtomicReference<>("");
    BlockManager<G1> manager =
        pools.with(
            4,
            options ->
                options.evictionListener(
                    e -> {
                      int[] ids = new int[e.size()];
                      Arrays.setAll(ids, e::id);
                      seen.set(e.managerId() + " " + e.tier() + Arrays.toString(ids) + e.hashes());
                    }));
    Pools.cache(manager, Hashes.roots(0, 3));
    manager.allocate(2).orElseThrow().close();
    assertThat(seen.get()).isEqualTo(manager.id() + " G1[0]" + Hashes.roots(0, 1));
  }

  @Test
  void nothingIsSaidWhenFreeBlocksAreEnough() {
    List<Integer> calls = new ArrayList<>();
    BlockManager<G1> manager =
        pools.with(4, options -> options.evictionListener(e -> calls.add(e.size())));
    Pools.cache(manager, Hashes.roots(0, 2));
    manager.allocate(2).orElseThrow().close();
    manager.allocate(0).orElseThrow().close();
    assertThat(manager.allocate(5)).isEmpty();
    manager.resetInactivePool();
    assertThat(calls).isEmpty();
  }

  @Test
  void theContentIsGoneFromTheCacheWhenTheListenerRuns() {
    AtomicReference<BlockManager<G1>> itself = new AtomicReference<>();
    List<Boolean> present = new ArrayList<>();
    BlockManager<G1> manager =
        pools.with(
            2,
            options ->
                options.evictionListener(
                    e -> present.add(itself.get().registry().isPresent(G1.TIER, e.hash(0)))));
    itself.set(manager);
    Pools.cache(manager, Hashes.roots(0, 2));
    manager.allocate(1).orElseThrow().close();
    assertThat(present).containsExactly(false);
  }

  @Test
  void aListenerMayUseItsOwnManager() {
    AtomicReference<BlockManager<G1>> itself = new AtomicReference<>();
    List<String> log = new ArrayList<>();
    BlockManager<G1> manager =
        pools.with(
            4,
            options ->
                options.evictionListener(
                    e -> {
                      log.add("evicted " + e.size());
                      if (e.size() == 2) {
                        itself.get().allocate(1).ifPresent(MutableBlocks::close);
                        log.add("nested done");
                      }
                    }));
    itself.set(manager);
    Pools.cache(manager, Hashes.roots(0, 4));
    MutableBlocks<G1> two = manager.allocate(2).orElseThrow();
    assertThat(two.ids()).containsExactly(0, 1);
    assertThat(log).containsExactly("evicted 2", "evicted 1", "nested done");
    two.close();
  }

  enum Failure {
    RUNTIME_EXCEPTION,
    ERROR,
    CHECKED_EXCEPTION
  }

  /** Kotlin and generic code throw checked exceptions without declaring them. */
  @SuppressWarnings("unchecked")
  private static <X extends Throwable> void sneak(Throwable throwable) throws X {
    throw (X) throwable;
  }

  @ParameterizedTest
  @EnumSource
  void aListenerThatThrowsHarmsNobody(Failure failure) {
    BlockManager<G1> manager =
        pools.with(
            4,
            options ->
                options.evictionListener(
                    e ->
                        EvictionListenerTest.<RuntimeException>sneak(
                            switch (failure) {
                              case RUNTIME_EXCEPTION -> new IllegalStateException("disk full");
                              case ERROR -> new AssertionError("disk full");
                              case CHECKED_EXCEPTION -> new java.io.IOException("disk full");
                            })));
    Pools.cache(manager, Hashes.roots(0, 4));
    try (LogCapture log = new LogCapture(BlockStore.class)) {
      MutableBlocks<G1> blocks = manager.allocate(3).orElseThrow();
      assertThat(blocks.ids()).containsExactly(0, 1, 2);
      blocks.close();
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("an eviction listener of manager " + manager.id() + " failed");
      assertThat(log.causes()).singleElement().asString().contains("disk full");
    }
    assertThat(manager.availableBlocks()).isEqualTo(4);
  }
}
