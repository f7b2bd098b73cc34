package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.registry.RegistrationHandle;
import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A callback that does not return holds up the thread that runs it and nobody else. */
@Timeout(60)
class BlockingCallbacksTest {
  private static final LineageHashes CHAIN = Hashes.chain(0, 3);
  private static final LineageHashes OTHER = Hashes.chain(1_000, 2);

  @RegisterExtension final Pools pools = new Pools();

  private final CountDownLatch entered = new CountDownLatch(1);
  private final CountDownLatch leave = new CountDownLatch(1);
  private final AtomicBoolean armed = new AtomicBoolean();
  private final List<Long> heard = Collections.synchronizedList(new ArrayList<>());

  private final BlockRegistry registry =
      BlockRegistry.builder()
          .frequencyTracker(new CountingTracker())
          .listener(event -> heard.add(event.sequence()))
          .build();

  enum Callback {
    EVENT_LISTENER,
    EVICTION_LISTENER,
    TOUCH_CALLBACK,
    REQUEST_DELEGATE
  }

  /** Blocks, once, the first time that it is called after it was armed. */
  private void callback() {
    if (armed.compareAndSet(true, false)) {
      entered.countDown();
      try {
        leave.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** Does something that ends in a callback of this kind. */
  private void provoke(Callback kind, BlockManager<G1> manager) {
    switch (kind) {
      case EVENT_LISTENER -> {
        registry.addListener(event -> callback());
        Pools.cache(manager, CHAIN);
      }
      case EVICTION_LISTENER -> {
        Pools.cache(manager, Hashes.roots(5_000, manager.totalBlocks()));
        manager.allocate(1).orElseThrow().close();
      }
      case TOUCH_CALLBACK -> {
        try (RegistrationHandle handle = registry.register(CHAIN.get(0))) {
          handle.onTouch(hash -> callback());
          assertThat(handle.touch()).isEqualTo(1);
        }
      }
      case REQUEST_DELEGATE -> {
        try (SchedulableSequence<G1> request =
            SchedulableSequence.builder(manager)
                .tokens(1, 2, 3, 4, 5)
                .maxOutputTokens(1)
                .delegate(event -> callback())
                .build()) {
          assertThat(request.schedulePrefill(5).isAllocated()).isTrue();
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void everythingElseGoesOnWhileACallbackBlocks(Callback kind) throws Exception {
    BlockManager<G1> manager =
        pools.build(Pools.builder(G1.TIER, 8, registry).evictionListener(evictions -> callback()));
    armed.set(true);
    CompletableFuture<Void> blocked = CompletableFuture.runAsync(() -> provoke(kind, manager));
    entered.await();

    Pools.cache(manager, OTHER);
    try (ImmutableBlocks<G1> hit = manager.match(OTHER);
        RegistrationHandle handle = registry.register(OTHER.get(0))) {
      assertThat(hit.size()).isEqualTo(2);
      handle.attach(String.class, "attached meanwhile");
      assertThat(handle.touch()).isZero();
      assertThat(registry.checkPresence(G1.TIER, OTHER)).containsOnly(true);
      assertThat(manager.metrics().inflightImmutable()).isPositive();
    }
    manager.scan(OTHER, true).close();
    try (SchedulableSequence<G1> request =
        SchedulableSequence.builder(manager).tokens(7, 7, 7, 7, 7).maxOutputTokens(1).build()) {
      assertThat(request.schedulePrefill(5).isAllocated()).isTrue();
      request.applyPrefill(9);
    }
    PoolReset reset = manager.resetInactivePool();
    assertThat(reset.drained().size()).isPositive();
    assertThat(blocked.isDone()).as("still inside the callback").isFalse();

    leave.countDown();
    blocked.get(30, TimeUnit.SECONDS);
    assertThat(manager.metrics().inflightMutable()).isZero();
    assertThat(manager.metrics().inflightImmutable()).isZero();
    assertThat(heard).as("facts in order, none lost").isSorted().doesNotHaveDuplicates();
    assertThat(heard).hasSize(heard.getLast().intValue() + 1);
  }
}
