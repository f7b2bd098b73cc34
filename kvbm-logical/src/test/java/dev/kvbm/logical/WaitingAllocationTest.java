package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Allocation that waits. There are no sleeps: a test waits until a thread is seen waiting. */
class WaitingAllocationTest {
  private static final Duration LONG = Duration.ofMinutes(10);

  @RegisterExtension final Pools pools = new Pools();

  private final List<Waiting> started = new ArrayList<>();

  @AfterEach
  void endThreads() {
    started.forEach(waiting -> waiting.thread.interrupt());
  }

  /** A request in a thread of its own, which is waiting when the constructor returns. */
  private final class Waiting {
    final Thread thread;
    private final CompletableFuture<Optional<MutableBlocks<G1>>> result = new CompletableFuture<>();
    final CompletableFuture<Boolean> interruptedAtTheEnd = new CompletableFuture<>();

    Waiting(Callable<Optional<MutableBlocks<G1>>> request) {
      thread =
          Thread.ofPlatform()
              .daemon()
              .start(
                  () -> {
                    try {
                      result.complete(request.call());
                    } catch (Exception e) {
                      result.completeExceptionally(e);
                    }
                    interruptedAtTheEnd.complete(Thread.currentThread().isInterrupted());
                  });
      BlockStoreAccess.awaitParked(thread);
      started.add(this);
    }

    Waiting(BlockManager<G1> manager, int n) {
      this(() -> manager.allocate(n, LONG));
    }

    MutableBlocks<G1> blocks() {
      return await().orElseThrow();
    }

    Optional<MutableBlocks<G1>> await() {
      try {
        return result.get(30, TimeUnit.SECONDS);
      } catch (ExecutionException e) {
        throw new AssertionError("the waiting thread failed", e.getCause());
      } catch (InterruptedException | TimeoutException e) {
        throw new AssertionError("the waiting thread got nothing", e);
      }
    }

    Throwable failure() {
      try {
        result.get(30, TimeUnit.SECONDS);
        throw new AssertionError("the waiting thread did not fail");
      } catch (ExecutionException e) {
        return Objects.requireNonNull(e.getCause());
      } catch (InterruptedException | TimeoutException e) {
        throw new AssertionError("the waiting thread got nothing", e);
      }
    }

    boolean isWaiting() {
      return !result.isDone();
    }
  }

  @Test
  void blocksThatAreThereAreHadAtOnce() throws InterruptedException {
    BlockManager<G1> manager = pools.of(4);
    MutableBlocks<G1> blocks = manager.allocate(4, Duration.ZERO).orElseThrow();
    assertThat(blocks.ids()).containsExactly(0, 1, 2, 3);
    manager.allocate(0, Duration.ZERO).orElseThrow().close();
    blocks.close();
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, -5, Long.MIN_VALUE})
  void aRequestGivesUpWhenItsTimeIsOver(long seconds) throws InterruptedException {
    BlockManager<G1> manager = pools.of(2);
    MutableBlocks<G1> all = manager.allocate(2).orElseThrow();
    Duration timeout = seconds == 1 ? Duration.ofNanos(1) : Duration.ofSeconds(seconds);
    assertThat(manager.allocate(1, timeout)).isEmpty();
    all.close();
    assertThat(manager.allocate(2, timeout).orElseThrow().ids()).containsExactly(0, 1);
  }

  @Test
  void aTimeoutBeyondAllMeasureIsWaitedForLikeAnyOther() {
    BlockManager<G1> manager = pools.of(1);
    MutableBlocks<G1> all = manager.allocate(1).orElseThrow();
    Waiting waiting = new Waiting(() -> manager.allocate(1, Duration.ofSeconds(Long.MAX_VALUE)));
    all.close();
    waiting.blocks().close();
  }

  enum Return {
    MUTABLE_GUARD,
    MUTABLE_GROUP,
    STAGED_GUARD,
    STAGED_GROUP,
    REGISTERED_GUARD,
    REGISTERED_GROUP,
    PIN,
    DUPLICATE,
    RESET_ON_RELEASE,
    REJECTED
  }

  @ParameterizedTest
  @EnumSource
  void aWaitingRequestIsServedByWhateverGivesABlockBack(Return way) {
    BlockManager<G1> manager =
        pools.with(
            2,
            options ->
                options.duplicationPolicy(
                    way == Return.REJECTED ? DuplicationPolicy.REJECT : DuplicationPolicy.ALLOW));
    LineageHashes hash = Hashes.roots(0, 1);
    ImmutableBlocks<G1> other = Pools.register(manager, hash);
    MutableBlocks<G1> mutable = manager.allocate(1).orElseThrow();
    AutoCloseable toClose =
        switch (way) {
          case MUTABLE_GUARD -> mutable.split().getFirst();
          case MUTABLE_GROUP -> mutable;
          case STAGED_GUARD -> mutable.stage(Hashes.roots(8, 1)).split().getFirst();
          case STAGED_GROUP -> mutable.stage(Hashes.roots(8, 1));
          case REGISTERED_GUARD -> mutable.register(Hashes.roots(8, 1)).split().getFirst();
          case REGISTERED_GROUP -> mutable.register(Hashes.roots(8, 1));
          case PIN -> {
            try (ImmutableBlocks<G1> group = mutable.register(Hashes.roots(8, 1));
                ImmutableBlock<G1> guard = group.share(0)) {
              yield guard.pin();
            }
          }
          case DUPLICATE -> mutable.register(hash);
          case RESET_ON_RELEASE -> {
            ImmutableBlocks<G1> group = mutable.register(Hashes.roots(8, 1));
            group.setResetOnRelease(true);
            yield group;
          }
          case REJECTED -> {
            CompleteBlocks<G1> staged = mutable.stage(hash);
            yield () -> staged.register().close();
          }
        };
    Waiting waiting = new Waiting(manager, 1);
    assertThat(manager.availableBlocks()).isZero();

    try {
      toClose.close();
    } catch (Exception e) {
      throw new AssertionError(e);
    }

    MutableBlocks<G1> granted = waiting.blocks();
    assertThat(granted.ids()).containsExactly(1);
    granted.close();
    other.close();
  }

  @Test
  void aWaiterLearnsWhatWasEvictedForIt() {
    List<LineageHashes> offloaded = Collections.synchronizedList(new ArrayList<>());
    BlockManager<G1> manager =
        pools.with(
            3,
            options ->
                options.evictionListener(
                    e -> offloaded.add(LineageHashes.of(e.hashes().toArray()))));
    ImmutableBlocks<G1> registered = Pools.register(manager, Hashes.roots(0, 3));
    Waiting waiting = new Waiting(manager, 2);
    registered.close();
    MutableBlocks<G1> granted = waiting.blocks();
    assertThat(granted.evicted()).isEqualTo(Hashes.roots(0, 2));
    assertThat(offloaded).containsExactly(Hashes.roots(0, 2));
    assertThat(manager.metrics().evictions()).isEqualTo(2);
    granted.close();
  }

  @Test
  void requestsAreServedInTheOrderInWhichTheyBeganToWait() {
    BlockManager<G1> manager = pools.of(6);
    List<MutableBlock<G1>> held = manager.allocate(6).orElseThrow().split();
    Waiting large = new Waiting(manager, 3);
    Waiting small = new Waiting(manager, 1);
    Waiting last = new Waiting(manager, 2);
    held.get(0).close();
    held.get(1).close();
    assertThat(small.isWaiting()).isTrue();
    assertThat(manager.availableBlocks()).isEqualTo(2);
    held.get(2).close();
    assertThat(large.blocks().ids()).containsExactly(0, 1, 2);
    held.get(3).close();
    assertThat(small.blocks().ids()).containsExactly(3);
    held.get(4).close();
    assertThat(last.isWaiting()).isTrue();
    held.get(5).close();
    assertThat(last.blocks().ids()).containsExactly(4, 5);
  }

  @Test
  void nobodyOvertakesAWaitingRequest() {
    BlockManager<G1> manager = pools.of(4);
    MutableBlocks<G1> held = manager.allocate(3).orElseThrow();
    Waiting waiting = new Waiting(manager, 2);
    assertThat(manager.availableBlocks()).isEqualTo(1);
    assertThat(manager.allocate(1)).isEmpty();
    assertThat(manager.allocate()).isEmpty();
    assertThat(manager.allocate(1, manager.newMutableBlocks())).isFalse();
    assertThat(manager.reserve(1)).isEmpty();
    Waiting second = new Waiting(manager, 1);
    held.close();
    waiting.blocks().close();
    second.blocks().close();
    assertThat(manager.allocate(4)).isPresent();
  }

  @Test
  void anEmptyGroupOvertakesNobody() {
    BlockManager<G1> manager = pools.of(1);
    MutableBlocks<G1> held = manager.allocate(1).orElseThrow();
    Waiting waiting = new Waiting(manager, 1);
    manager.allocate(0).orElseThrow().close();
    assertThat(waiting.isWaiting()).isTrue();
    held.close();
    waiting.blocks().close();
  }

  @Test
  void aRequestThatGivesUpMakesRoomForTheNextOne() {
    BlockManager<G1> manager = pools.of(3);
    MutableBlocks<G1> held = manager.allocate(2).orElseThrow();
    Waiting large = new Waiting(manager, 3);
    Waiting small = new Waiting(manager, 1);
    large.thread.interrupt();
    assertThat(large.failure())
        .isInstanceOf(InterruptedException.class)
        .hasMessageContaining("waiting for blocks");
    assertThat(small.blocks().ids()).containsExactly(2);
    held.close();
  }

  @Test
  void nobodyOvertakesThoseThatStillWaitWhenOneGaveUp() {
    BlockManager<G1> manager = pools.of(6);
    MutableBlocks<G1> held = manager.allocate(4).orElseThrow();
    Waiting large = new Waiting(manager, 5);
    Waiting small = new Waiting(manager, 3);
    large.thread.interrupt();
    assertThat(large.failure()).isInstanceOf(InterruptedException.class);
    assertThat(manager.availableBlocks()).isEqualTo(2);
    assertThat(manager.allocate(1)).isEmpty();
    held.close();
    small.blocks().close();
    assertThat(manager.allocate(6)).isPresent();
  }

  @Test
  void anInterruptedRequestHoldsNothing() {
    BlockManager<G1> manager = pools.of(1);
    MutableBlocks<G1> held = manager.allocate(1).orElseThrow();
    Waiting waiting = new Waiting(manager, 1);
    waiting.thread.interrupt();
    assertThat(waiting.failure()).isInstanceOf(InterruptedException.class);
    held.close();
    assertThat(manager.availableBlocks()).isEqualTo(1);
    assertThat(manager.metrics().inflightMutable()).isZero();
    assertThat(manager.allocate(1)).isPresent();
  }

  /** The interrupt is noticed while another thread is about to grant the blocks. */
  @Test
  void anInterruptThatComesWithTheBlocksStaysVisible() {
    AtomicReference<Runnable> underTheLock = new AtomicReference<>(() -> {});
    BlockManager<G1> manager =
        pools.evicting(
            1,
            slots ->
                new ScriptedPolicy(slots) {
                  @Override
                  public void becameIdle(int slot) {
                    underTheLock.get().run();
                    super.becameIdle(slot);
                  }
                });
    ImmutableBlocks<G1> held = Pools.register(manager, Hashes.roots(0, 1));
    Waiting waiting = new Waiting(manager, 1);
    underTheLock.set(
        () -> {
          waiting.thread.interrupt();
          while (!(LockSupport.getBlocker(waiting.thread) instanceof StoreLock)) {
            Thread.onSpinWait();
          }
        });

    held.close();

    MutableBlocks<G1> granted = waiting.blocks();
    assertThat(granted.ids()).containsExactly(0);
    assertThat(waiting.interruptedAtTheEnd.orTimeout(30, TimeUnit.SECONDS).join()).isTrue();
    granted.close();
  }

  @Test
  void closingTheManagerEndsEveryWait() {
    BlockManager<G1> manager = pools.of(1);
    MutableBlocks<G1> held = manager.allocate(1).orElseThrow();
    List<Waiting> waiting = List.of(new Waiting(manager, 1), new Waiting(manager, 1));
    manager.close();
    assertThat(waiting)
        .allSatisfy(
            each ->
                assertThat(each.failure())
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("manager " + manager.id() + " was closed"));
    held.close();
    assertThat(manager.availableBlocks()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 5, Integer.MAX_VALUE})
  void aRequestThatCanNeverBeServedIsRefused(int n) {
    BlockManager<G1> manager = pools.of(4);
    assertThatThrownBy(() -> manager.allocate(n, LONG))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot wait for " + n + " blocks of a pool of 4");
  }

  @Test
  void blocksThatWereWaitedForWereAcquiredByWhoeverWaited() {
    BlockManager<G1> manager = pools.with(2, options -> options.leakDetection(LeakDetection.ALL));
    MutableBlocks<G1> held = manager.allocate(2).orElseThrow();
    Waiting waiting = new Waiting(() -> requestOfTheWaitingThread(manager));
    held.close();

    MutableBlocks<G1> blocks = waiting.blocks();

    assertThat(manager.heldGuards())
        .singleElement()
        .satisfies(
            guard ->
                assertThat(guard.acquired().getStackTrace())
                    .anyMatch(frame -> frame.getMethodName().equals("requestOfTheWaitingThread")));
    blocks.close();
    assertThat(manager.heldGuards()).isEmpty();
  }

  private static Optional<MutableBlocks<G1>> requestOfTheWaitingThread(BlockManager<G1> manager)
      throws InterruptedException {
    return manager.allocate(1, LONG);
  }

  @Test
  void aVirtualThreadWaitsAsWell() {
    BlockManager<G1> manager = pools.of(1);
    MutableBlocks<G1> held = manager.allocate(1).orElseThrow();
    CompletableFuture<Integer> id = new CompletableFuture<>();
    Thread thread =
        Thread.startVirtualThread(
            () -> {
              try {
                id.complete(manager.allocate(1, LONG).orElseThrow().id(0));
              } catch (InterruptedException e) {
                id.completeExceptionally(e);
              }
            });
    BlockStoreAccess.awaitParked(thread);
    held.close();
    assertThat(id.orTimeout(30, TimeUnit.SECONDS).join()).isZero();
  }

  /** Everybody is served in the end, and nobody is given more than there is. */
  @ParameterizedTest
  @EnumSource
  void manyThreadsShareASmallPool(Backend backend) {
    BlockManager<G1> manager = pools.of(4, backend);
    AtomicInteger inUse = new AtomicInteger();
    AtomicInteger served = new AtomicInteger();
    Runnable worker =
        () -> {
          for (int i = 0; i < 100; i++) {
            int n = 1 + (i + served.get()) % 4;
            try (MutableBlocks<G1> blocks = manager.allocate(n, LONG).orElseThrow()) {
              assertThat(inUse.addAndGet(n)).isLessThanOrEqualTo(4);
              assertThat(blocks.size()).isEqualTo(n);
              inUse.addAndGet(-n);
              if (i % 3 == 0) {
                blocks.register(Hashes.chain(served.get() * 100, n)).close();
              }
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            served.incrementAndGet();
          }
        };
    try (Race race = new Race(4)) {
      race.run(worker, worker, worker, worker);
    }
    assertThat(served).hasValue(400);
    assertThat(manager.availableBlocks()).isEqualTo(4);
  }
}
