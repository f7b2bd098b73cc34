package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Misused guards and groups explain themselves, and nothing changes; ★11. */
class GuardErrorsTest {
  @RegisterExtension final Pools pools = new Pools();

  private static final PositionalLineageHash MODE_3 = new PositionalLineageHash(3L << 62, 5);

  private static void refuses(String message, ThrowingCallable... uses) {
    for (ThrowingCallable use : uses) {
      assertThatThrownBy(use).isInstanceOf(GuardStateException.class).hasMessageContaining(message);
    }
  }

  @Test
  void aConsumedGuardSaysWhatConsumedIt() {
    BlockManager<G1> manager = pools.of(4);
    String of = " 0 of manager " + manager.id() + " ";
    MutableBlock<G1> mutable = manager.allocate().orElseThrow();
    CompleteBlock<G1> complete = mutable.stage(Hashes.root(0), 4);
    refuses(
        "MutableBlock" + of + "was consumed by stage() or complete()",
        mutable::blockId,
        () -> mutable.stage(Hashes.root(0), 4));
    MutableBlock<G1> again = complete.reset();
    refuses(
        "CompleteBlock" + of + "was consumed by reset()",
        complete::blockId,
        complete::sequenceHash,
        complete::register,
        complete::reset,
        () -> manager.register(complete),
        () -> manager.register(List.of(complete)));
    CompleteBlock<G1> second = again.stage(Hashes.root(0), 4);
    ImmutableBlock<G1> immutable = second.register();
    refuses("CompleteBlock" + of + "was consumed by register()", second::register, second::reset);
    immutable.close();
    refuses(
        "ImmutableBlock" + of + "was closed",
        immutable::blockId,
        immutable::sequenceHash,
        immutable::share,
        immutable::pin,
        immutable::downgrade,
        immutable::useCount,
        immutable::registrationHandle,
        () -> immutable.setResetOnRelease(true));
    assertThat(immutable.blockSize()).isEqualTo(4);
    assertThat(immutable.managerId()).isEqualTo(manager.id());
    assertThat(immutable.isHeld()).isFalse();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
  }

  @Test
  void aConsumedGroupSaysWhatConsumedIt() {
    BlockManager<G1> manager = pools.of(8);
    MutableBlocks<G1> staged = manager.allocate(1).orElseThrow();
    CompleteBlocks<G1> complete = staged.stage(Hashes.roots(0, 1));
    refuses(
        "MutableBlocks of manager " + manager.id() + " was consumed by stage()",
        staged::ids,
        staged::iterator,
        () -> staged.id(0),
        () -> staged.copyIds(new int[1], 0),
        () -> staged.takeFirst(0),
        () -> staged.addAll(manager.newMutableBlocks()),
        staged::split,
        () -> staged.stage(Hashes.roots(0, 1)),
        () -> staged.register(Hashes.roots(0, 1)));
    MutableBlocks<G1> reset = complete.reset();
    refuses(
        "was consumed by reset()",
        complete::register,
        complete::reset,
        complete::split,
        () -> complete.hash(0),
        () -> complete.takeFirst(0));
    MutableBlocks<G1> registering = reset;
    ImmutableBlocks<G1> registered = registering.register(Hashes.roots(0, 1));
    refuses("was consumed by register()", registering::ids);
    List<ImmutableBlock<G1>> guards = registered.split();
    refuses(
        "was consumed by split()",
        registered::ids,
        registered::split,
        registered::share,
        registered::leadingHits,
        () -> registered.share(0),
        () -> registered.hash(0),
        () -> registered.isHit(0),
        () -> registered.takeFirst(0),
        () -> registered.setResetOnRelease(true),
        () -> registered.fillGaps(manager.newImmutableBlocks()));
    assertThat(registered.hits()).isZero();
    assertThat(registered.size()).isZero();
    assertThat(registered.toString()).contains("consumed by split()");
    guards.getFirst().close();
  }

  @Test
  void aGuardIsClosedOnce() {
    BlockManager<G1> manager = pools.of(4);
    MutableBlock<G1> mutable = manager.allocate().orElseThrow();
    CompleteBlock<G1> complete = manager.allocate().orElseThrow().stage(Hashes.root(0), 4);
    ImmutableBlock<G1> immutable = Pools.register(manager, Hashes.root(100));
    for (int i = 0; i < 3; i++) {
      mutable.close();
      complete.close();
      immutable.close();
    }
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
    assertThat(manager.metrics().inflightMutable()).isZero();
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  @Test
  void aGuardClosedLateDoesNotTouchTheNextTenant() {
    BlockManager<G1> manager = pools.of(1);
    MutableBlock<G1> old = manager.allocate().orElseThrow();
    old.close();
    MutableBlock<G1> tenant = manager.allocate().orElseThrow();
    old.close();
    assertThat(tenant.isHeld()).isTrue();
    assertThat(manager.availableBlocks()).isZero();
    ImmutableBlock<G1> registered = tenant.stage(Hashes.root(0), 4).register();
    old.close();
    tenant.close();
    assertThat(manager.availableBlocks()).isZero();
    registered.close();
  }

  @Test
  void aGroupClosedByTwoThreadsIsReleasedOnce() {
    BlockManager<G1> manager = pools.of(4);
    try (Race race = new Race(2)) {
      for (int round = 0; round < 300; round++) {
        ImmutableBlocks<G1> group = Pools.register(manager, Hashes.roots(round * 100, 2));
        ImmutableBlocks<G1> held = group.share();
        race.run(group::close, group::closeTailFirst);
        assertThat(manager.metrics().inflightImmutable()).as("round %s", round).isEqualTo(2);
        assertThat(manager.metrics().distinctActive()).isEqualTo(2);
        held.close();
      }
    }
  }

  @Test
  void aGuardClosedByTwoThreadsIsReleasedOnce() {
    BlockManager<G1> manager = pools.of(4);
    try (Race race = new Race(2)) {
      for (int round = 0; round < 300; round++) {
        MutableBlock<G1> mutable = manager.allocate().orElseThrow();
        CompleteBlock<G1> complete = manager.allocate().orElseThrow().stage(Hashes.root(0), 4);
        ImmutableBlock<G1> immutable = Pools.register(manager, Hashes.root(round * 100));
        LifecyclePin pin = immutable.pin();
        Runnable closeAll =
            () -> {
              mutable.close();
              complete.close();
              immutable.close();
              pin.close();
            };
        race.run(closeAll, closeAll);
        assertThat(manager.availableBlocks()).as("round %s", round).isEqualTo(4);
        assertThat(manager.metrics().inflightImmutable()).isZero();
        assertThat(manager.invariantViolations()).isEmpty();
      }
    }
  }

  @Test
  void aStageRacingWithACloseIsDoneByOneOfThem() {
    BlockManager<G1> manager = pools.of(1);
    try (Race race = new Race(2)) {
      for (int round = 0; round < 300; round++) {
        MutableBlocks<G1> group = manager.allocate(1).orElseThrow();
        ImmutableBlocks<G1> into = manager.newImmutableBlocks();
        LineageHashes hash = Hashes.roots(round, 1);
        race.run(
            group::close,
            () -> {
              try {
                group.register(hash, into);
              } catch (GuardStateException closedFirst) {
                assertThat(closedFirst).hasMessageContaining("was closed");
              }
            });
        into.close();
        assertThat(manager.availableBlocks()).isEqualTo(1);
        assertThat(manager.invariantViolations()).isEmpty();
      }
    }
  }

  // --------------- foreign guards ---------------

  @Test
  void aGuardOfAnotherManagerIsRefusedAndStaysUsable() {
    BlockManager<G1> mine = pools.of(4);
    BlockManager<G1> other = pools.of(4);
    CompleteBlock<G1> foreign = other.allocate().orElseThrow().stage(Hashes.root(0), 4);
    CompleteBlock<G1> own = mine.allocate().orElseThrow().stage(Hashes.root(4), 4);
    MetricsSnapshot before = mine.metrics();

    ForeignBlockException error =
        catchThrowableOfType(ForeignBlockException.class, () -> mine.register(foreign));

    assertThat(error.expected()).isEqualTo(mine.id());
    assertThat(error.actual()).isEqualTo(other.id());
    assertThat(error)
        .hasMessageContaining("belongs to manager " + other.id() + ", not to manager " + mine.id());
    assertThatThrownBy(() -> mine.register(List.of(own, foreign)))
        .isInstanceOf(ForeignBlockException.class);
    assertThat(mine.metrics()).isEqualTo(before);
    assertThat(own.isHeld()).isTrue();
    own.register().close();
    other.register(foreign).close();
    assertThat(Pools.pools(other)).isEqualTo("3 free, 1 idle");
  }

  @Test
  void aGroupOfAnotherManagerIsNeitherFilledNorJoined() {
    BlockManager<G1> mine = pools.of(4);
    BlockManager<G1> other = pools.of(4);
    Pools.cache(mine, Hashes.chain(0, 2));
    ImmutableBlocks<G1> foreign = other.newImmutableBlocks();
    MutableBlocks<G1> own = mine.allocate(1).orElseThrow();
    MutableBlocks<G1> foreignHeld = other.allocate(1).orElseThrow();
    ImmutableBlocks<G1> ownHit = mine.matchScattered(Hashes.chain(0, 3));
    ImmutableBlocks<G1> foreignHit = Pools.register(other, Hashes.roots(0, 1));
    CompleteBlocks<G1> ownStaged = mine.allocate(1).orElseThrow().stage(Hashes.roots(7, 1));
    List<ThrowingCallable> uses =
        List.of(
            () -> mine.match(Hashes.chain(0, 2), foreign),
            () -> mine.matchScattered(Hashes.chain(0, 2), foreign),
            () -> mine.scan(Hashes.chain(0, 2), true, foreign),
            () -> mine.allocate(1, other.newMutableBlocks()),
            () -> own.register(Hashes.roots(100, 1), foreign),
            () -> own.stage(Hashes.roots(100, 1), other.newCompleteBlocks()),
            () -> ownStaged.register(foreign),
            () -> own.addAll(foreignHeld),
            () -> ownHit.addAll(foreignHit),
            () -> ownHit.fillGaps(foreignHit));
    for (ThrowingCallable use : uses) {
      assertThatThrownBy(use)
          .isInstanceOf(ForeignBlockException.class)
          .hasMessageContaining("manager " + mine.id())
          .hasMessageContaining("manager " + other.id());
    }
    assertThat(ownHit.hits()).isEqualTo(2);
    assertThat(mine.metrics().inflightImmutable()).isEqualTo(2);
    List.of(own, foreignHeld).forEach(MutableBlocks::close);
    List.of(ownHit, foreignHit).forEach(ImmutableBlocks::close);
    ownStaged.close();
  }

  @Test
  void guardsOfTwoManagersAreNotGathered() {
    BlockManager<G1> mine = pools.of(4);
    BlockManager<G1> other = pools.of(4);
    ImmutableBlock<G1> a = Pools.register(mine, Hashes.root(0));
    ImmutableBlock<G1> b = Pools.register(other, Hashes.root(0));
    assertThatThrownBy(() -> ImmutableBlocks.of(List.of(a, b)))
        .isInstanceOf(ForeignBlockException.class);
    assertThat(a.isHeld()).isTrue();
    assertThat(b.isHeld()).isTrue();
    a.close();
    b.close();
  }

  @Test
  void guardsAreGatheredOnceEachAndOnlyWhileHeld() {
    BlockManager<G1> manager = pools.of(4);
    CompleteBlock<G1> a = manager.allocate().orElseThrow().stage(Hashes.root(0), 4);
    CompleteBlock<G1> b = manager.allocate().orElseThrow().stage(Hashes.root(4), 4);
    assertThatThrownBy(() -> CompleteBlocks.of(List.of(a, b, a)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("a guard is given twice");
    assertThatThrownBy(() -> manager.register(List.of(a, a)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("given twice");
    assertThatThrownBy(() -> CompleteBlocks.of(List.<CompleteBlock<G1>>of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no guards given");
    b.close();
    assertThatThrownBy(() -> CompleteBlocks.of(List.of(a, b)))
        .isInstanceOf(GuardStateException.class);
    assertThat(a.isHeld()).isTrue();
    assertThat(manager.metrics().staged()).isEqualTo(1);
    a.close();
  }

  // --------------- hashes and counts ---------------

  @Test
  void oneHashMustBeGivenForEachBlock() {
    BlockManager<G1> manager = pools.of(4);
    MutableBlocks<G1> group = manager.allocate(3).orElseThrow();
    MetricsSnapshot before = manager.metrics();
    for (int n : new int[] {0, 2, 4}) {
      assertThatThrownBy(() -> group.register(Hashes.chain(0, n)))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("got " + n + " hashes for 3 blocks");
      assertThatThrownBy(() -> group.stage(Hashes.chain(0, n)))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(manager.metrics()).isEqualTo(before);
    group.register(Hashes.chain(0, 3)).close();
  }

  @Test
  void aHashThatNoHashFunctionMakesIsRefused() {
    BlockManager<G1> manager = pools.of(4);
    MutableBlocks<G1> group = manager.allocate(2).orElseThrow();
    MutableBlock<G1> block = manager.allocate().orElseThrow();
    LineageHashes bad = LineageHashes.of(Hashes.root(0), MODE_3);
    MetricsSnapshot before = manager.metrics();
    for (ThrowingCallable use :
        List.<ThrowingCallable>of(
            () -> group.register(bad), () -> group.stage(bad), () -> block.stage(MODE_3, 4))) {
      assertThatThrownBy(use)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("c0000000000000000000000000000005")
          .hasMessageContaining("mode 3");
    }
    assertThat(manager.metrics()).isEqualTo(before);
    assertThat(group.isHeld()).isTrue();
    group.close();
    block.stage(Hashes.root(0), 4).close();
  }

  @Test
  void aHashThatNoHashFunctionMakesMatchesNothing() {
    BlockManager<G1> manager = pools.of(4);
    Pools.cache(manager, new PositionalLineageHash(0, 5));
    assertThat(manager.match(LineageHashes.of(MODE_3)).size()).isZero();
    assertThat(manager.matchScattered(LineageHashes.of(MODE_3)).hits()).isZero();
    assertThat(manager.scan(LineageHashes.of(MODE_3), true).hits()).isZero();
    assertThat(manager.registry().isPresent(G1.TIER, MODE_3)).isFalse();
  }

  @Test
  void aHashPastTheLastPositionCannotEvenBeMade() {
    assertThatThrownBy(() -> PositionalLineageHash.of(1, 2, 1L << 24))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
