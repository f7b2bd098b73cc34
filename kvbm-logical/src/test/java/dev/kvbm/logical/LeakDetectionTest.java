package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.util.ArrayList;
import java.util.List;
import java.util.logging.Level;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Guards lost to the garbage collector are reported, never released. */
class LeakDetectionTest {
  @RegisterExtension final Pools pools = new Pools();

  private BlockManager<G1> watching(LeakDetection level) {
    return pools.with(64, options -> options.leakDetection(level).name("leaky"));
  }

  /**
   * Collects garbage until an object that becomes unreachable in here has been processed, and so
   * everything that was unreachable before. Gives up after many rounds.
   */
  private static void collectGarbage() {
    ReferenceQueue<Object> queue = new ReferenceQueue<>();
    PhantomReference<Object> canary = new PhantomReference<>(new Object(), queue);
    for (int i = 0; i < 200; i++) {
      System.gc();
      try {
        Reference<?> collected = queue.remove(50);
        if (collected != null) {
          assertThat(collected).isSameAs(canary);
          return;
        }
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
    }
    throw new AssertionError("the collector does not run");
  }

  /** Waits for the detector to find that many; collections may take several rounds. */
  private static long lost(BlockManager<?> manager, int expected) {
    for (int i = 0; i < 100 && manager.lostGuards() < expected; i++) {
      collectGarbage();
    }
    return manager.lostGuards();
  }

  private static void lose(AutoCloseable... guards) {
    assertThat(guards).isNotEmpty();
  }

  @Test
  void aLostGuardIsReportedWithThePlaceWhereItWasAcquired() {
    BlockManager<G1> manager = watching(LeakDetection.ALL);
    try (LogCapture log = new LogCapture(LeakDetector.class)) {
      lose(manager.allocate(3).orElseThrow());
      assertThat(lost(manager, 1)).isEqualTo(1);
      assertThat(log.messages())
          .singleElement()
          .asString()
          .contains("MutableBlocks of manager " + manager.id() + " (leaky) was lost")
          .contains("held 3 block(s)");
      assertThat(log.levels()).containsExactly(Level.WARNING);
      assertThat(log.causes().getFirst().getStackTrace())
          .anyMatch(frame -> frame.getClassName().equals(LeakDetectionTest.class.getName()));
    }
    assertThat(manager.availableBlocks()).as("nothing is released").isEqualTo(61);
    assertThat(manager.metrics().inflightMutable()).isEqualTo(3);
  }

  @Test
  void everyKindOfGuardIsWatched() {
    BlockManager<G1> manager = watching(LeakDetection.ALL);
    try (LogCapture log = new LogCapture(LeakDetector.class)) {
      ImmutableBlock<G1> held = Pools.register(manager, Hashes.root(0));
      lose(
          manager.allocate().orElseThrow(),
          manager.allocate().orElseThrow().stage(Hashes.root(4), 4),
          Pools.register(manager, Hashes.root(8)),
          manager.allocate(1).orElseThrow(),
          manager.allocate(1).orElseThrow().stage(Hashes.roots(12, 1)),
          Pools.register(manager, Hashes.roots(16, 1)),
          manager.match(Hashes.roots(0, 1)),
          manager.matchScattered(Hashes.roots(0, 1)),
          held.share(),
          held.pin(),
          manager.reserve(2).orElseThrow());
      assertThat(lost(manager, 11)).isEqualTo(11);
      assertThat(log.messages())
          .extracting(message -> message.substring(0, message.indexOf(' ')))
          .containsExactlyInAnyOrder(
              "MutableBlock",
              "CompleteBlock",
              "ImmutableBlock",
              "MutableBlocks",
              "CompleteBlocks",
              "ImmutableBlocks",
              "ImmutableBlocks",
              "ImmutableBlocks",
              "ImmutableBlock",
              "LifecyclePin",
              "MutableBlocks");
      held.close();
    }
  }

  @Test
  void guardsThatWereClosedOrConsumedAreNotReported() {
    BlockManager<G1> manager = watching(LeakDetection.ALL);
    for (int i = 0; i < 50; i++) {
      MutableBlocks<G1> fresh = manager.allocate(4).orElseThrow();
      MutableBlocks<G1> one = fresh.takeFirst(1);
      fresh.addAll(one);
      CompleteBlocks<G1> staged = fresh.stage(Hashes.roots(i * 16, 4));
      ImmutableBlocks<G1> registered = staged.register();
      List<ImmutableBlock<G1>> guards = registered.split();
      ImmutableBlocks<G1> group = ImmutableBlocks.of(guards);
      group.close();
      manager.reserve(2).orElseThrow().close();
      manager.allocate().orElseThrow().stage(Hashes.root(9), 4).reset().close();
    }
    collectGarbage();
    assertThat(manager.lostGuards()).isZero();
  }

  @Test
  void guardsThatAreHeldAreNotReported() {
    BlockManager<G1> manager = watching(LeakDetection.ALL);
    MutableBlocks<G1> held = manager.allocate(3).orElseThrow();
    collectGarbage();
    assertThat(manager.lostGuards()).isZero();
    held.close();
  }

  /** Nothing stays in use because of a lookup that found nothing. */
  @Test
  void aGroupWithoutBlocksIsNoLoss() {
    BlockManager<G1> manager = watching(LeakDetection.ALL);
    lose(
        manager.match(Hashes.chain(0, 3)),
        manager.matchScattered(Hashes.chain(0, 3)),
        manager.allocate(0).orElseThrow());
    collectGarbage();
    assertThat(manager.lostGuards()).isZero();
  }

  @Test
  void aGroupThatGetsItsBlocksLaterIsWatchedFromThenOn() {
    BlockManager<G1> manager = watching(LeakDetection.ALL);
    try (LogCapture log = new LogCapture(LeakDetector.class)) {
      loseLateGroups(manager);
      assertThat(lost(manager, 2)).isEqualTo(2);
      assertThat(log.messages()).allMatch(message -> message.contains("held 2 block(s)"));
    }
  }

  @Test
  void aGroupWhoseBlocksWereTakenIsNoLoss() {
    BlockManager<G1> manager = watching(LeakDetection.ALL);
    List<AutoCloseable> taken = new ArrayList<>();
    MutableBlocks<G1> mutable = manager.allocate(2).orElseThrow();
    taken.add(mutable.takeFirst(2));
    ImmutableBlocks<G1> registered = Pools.register(manager, Hashes.chain(0, 2));
    taken.add(registered.takeFirst(2));
    Reservation<G1> reservation = manager.reserve(1).orElseThrow();
    taken.add(reservation.take(1));
    lose(mutable, registered, reservation);
    mutable = manager.newMutableBlocks();
    registered = manager.newImmutableBlocks();
    reservation = manager.reserve(0).orElseThrow();
    collectGarbage();
    assertThat(manager.lostGuards()).isZero();
    assertThat(taken).hasSize(3);
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(2);
    mutable.close();
    registered.close();
    reservation.close();
  }

  private static void loseLateGroups(BlockManager<G1> manager) {
    MutableBlocks<G1> mutable = manager.allocate(0).orElseThrow();
    mutable.addAll(manager.allocate(2).orElseThrow());
    ImmutableBlocks<G1> table = manager.matchScattered(Hashes.chain(0, 2));
    table.fillGaps(Pools.register(manager, Hashes.chain(0, 2)));
  }

  @Test
  void sampledDetectionFindsARepeatedLeakSoonerOrLater() {
    BlockManager<G1> manager = watching(LeakDetection.SAMPLED);
    ImmutableBlock<G1> held = Pools.register(manager, Hashes.root(0));
    try (LogCapture log = new LogCapture(LeakDetector.class)) {
      for (int i = 0; i < 3_000; i++) {
        lose(held.share());
      }
      // The chance that none of 3000 acquisitions was watched is 10^-10.
      assertThat(lost(manager, 1)).isBetween(1L, 3_000L);
      assertThat(log.messages()).isNotEmpty();
    }
    held.close();
  }

  @Test
  void whoHoldsBlocksIsListedInTheOrderOfAcquisition() {
    BlockManager<G1> manager = watching(LeakDetection.ALL);
    try (LogCapture log = new LogCapture(LeakDetector.class)) {
      MutableBlocks<G1> mutable = manager.allocate(3).orElseThrow();
      lose(manager.allocate(2).orElseThrow());
      ImmutableBlock<G1> immutable = Pools.register(manager, Hashes.root(0));
      LifecyclePin pin = immutable.pin();
      MutableBlocks<G1> first = mutable.takeFirst(1);
      assertThat(lost(manager, 1)).isEqualTo(1);

      assertThat(manager.heldGuards())
          .extracting(guard -> guard.kind() + " " + guard.blocks() + " " + guard.lost())
          .containsExactly(
              "MutableBlocks 2 false",
              "MutableBlocks 2 true",
              "ImmutableBlock 1 false",
              "LifecyclePin 1 false",
              "MutableBlocks 1 false");
      assertThat(manager.heldGuards()).extracting(HeldGuard::number).isSorted();
      assertThat(manager.heldGuards().getFirst().acquired().getStackTrace())
          .anyMatch(frame -> frame.getClassName().equals(LeakDetectionTest.class.getName()));
      mutable.close();
      first.close();
      immutable.close();
      pin.close();
      assertThat(manager.heldGuards()).extracting(HeldGuard::lost).containsExactly(true);
      assertThat(log.messages()).hasSize(1);
    }
  }

  @Test
  void withoutDetectionNothingIsWatched() {
    BlockManager<G1> manager = watching(LeakDetection.OFF);
    lose(manager.allocate(3).orElseThrow());
    collectGarbage();
    assertThat(manager.lostGuards()).isZero();
  }

  @Test
  void aLossIsNoticedAtALaterAcquisition() {
    BlockManager<G1> manager = watching(LeakDetection.ALL);
    try (LogCapture log = new LogCapture(LeakDetector.class)) {
      lose(manager.match(LineageHashes.empty()), manager.allocate(1).orElseThrow());
      for (int i = 0; i < 100 && log.messages().isEmpty(); i++) {
        collectGarbage();
        manager.allocate(1).orElseThrow().close();
      }
      assertThat(log.messages()).hasSize(1);
    }
  }
}
