package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.event.BlockEventListener.Kind;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.SlotView;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A policy that lies or throws costs cached content at most: no block is lost, allocations are
 * undone in full. Audit rows of (a.11).
 */
class MisbehavingPolicyTest {
  @RegisterExtension final Pools pools = new Pools();

  private LogCapture log = new LogCapture(PolicyCalls.class);

  @BeforeEach
  void captureLog() {
    log.close();
    log = new LogCapture(PolicyCalls.class);
  }

  @AfterEach
  void releaseLog() {
    log.close();
  }

  /** Behaves until told otherwise. */
  private static class Policy extends ScriptedPolicy {
    /** What the next victims are, in place of the true ones; a null throws. */
    final List<Optional<Integer>> lies = new ArrayList<>();

    boolean throwInBecameIdle;
    boolean throwInRevived;
    boolean throwInVacated;
    boolean throwInResident;

    Policy(SlotView slots) {
      super(slots);
    }

    @Override
    public int nextVictim() {
      if (lies.isEmpty()) {
        return super.nextVictim();
      }
      Optional<Integer> lie = lies.removeFirst();
      if (lie.isEmpty()) {
        throw new IllegalStateException("nextVictim is broken");
      }
      return lie.get().equals(TRUTH) ? super.nextVictim() : lie.get();
    }

    @Override
    public void becameIdle(int slot) {
      if (throwInBecameIdle) {
        throw new IllegalStateException("becameIdle is broken");
      }
      super.becameIdle(slot);
    }

    @Override
    public void revived(int slot) {
      if (throwInRevived) {
        throw new IllegalStateException("revived is broken");
      }
      super.revived(slot);
    }

    @Override
    public void vacated(int slot) {
      if (throwInVacated) {
        throw new IllegalStateException("vacated is broken");
      }
      super.vacated(slot);
    }

    @Override
    public void resident(int slot) {
      if (throwInResident) {
        throw new IllegalStateException("resident is broken");
      }
      super.resident(slot);
    }
  }

  /** It was promised not to, but the arrays are the page tables of requests. */
  @Test
  void aPolicyThatWritesToItsBatchesChangesNobodysBlocks() {
    BlockManager<G1> manager =
        pools.evicting(
            8,
            slots ->
                new ScriptedPolicy(slots) {
                  @Override
                  public void becameIdle(int[] batch, int from, int to) {
                    super.becameIdle(batch, from, to);
                    Arrays.fill(batch, from, to, 7);
                  }

                  @Override
                  public void revived(int[] batch, int from, int to) {
                    super.revived(batch, from, to);
                    Arrays.fill(batch, from, to, 7);
                  }
                });
    LineageHashes chain = Hashes.chain(0, 4);
    Pools.cache(manager, chain);
    for (int round = 0; round < 3; round++) {
      try (ImmutableBlocks<G1> hit = manager.match(chain)) {
        assertThat(hit.ids()).containsExactly(0, 1, 2, 3);
      }
    }
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 4 idle");
  }

  /** Stands for the true next victim in a list of lies. */
  private static final Integer TRUTH = Integer.MAX_VALUE;

  private final AtomicReference<Policy> made = new AtomicReference<>();
  private final List<String> facts = new ArrayList<>();

  private BlockManager<G1> manager(int blocks) {
    BlockRegistry registry =
        BlockRegistry.builder()
            .listener(event -> facts.add(event.kind() + " " + event.hash()))
            .build();
    return pools.build(
        Pools.builder(G1.TIER, blocks, registry)
            .eviction(
                slots -> {
                  made.set(new Policy(slots));
                  return made.get();
                }));
  }

  private void lie(Integer... victims) {
    for (Integer victim : victims) {
      made.get().lies.add(Optional.of(victim));
    }
  }

  // --------------- nextVictim ---------------

  @ParameterizedTest
  @ValueSource(ints = {-1, -2, 6, Integer.MIN_VALUE, 5, 4})
  void aVictimThatIsNoIdleBlockUndoesTheAllocation(int lie) {
    BlockManager<G1> manager = manager(6);
    LineageHashes cached = Hashes.roots(0, 3);
    Pools.cache(manager, cached);
    ImmutableBlocks<G1> held = Pools.register(manager, Hashes.roots(100, 1));
    List<MutableBlock<G1>> two = manager.allocate(2).orElseThrow().split();
    two.get(1).close();
    two.get(0).close();
    facts.clear();
    // Free: 5, 4. Idle: 0, 1, 2. In use: 3.
    lie(TRUTH, TRUTH, lie);

    assertThat(manager.allocate(5)).isEmpty();

    assertThat(manager.metrics().allocateAtomicRollback()).isEqualTo(1);
    assertThat(manager.metrics().allocations()).isEqualTo(6);
    assertThat(manager.metrics().evictions()).isZero();
    assertThat(Pools.pools(manager)).isEqualTo("2 free, 3 idle");
    assertThat(facts).isEmpty();
    assertThat(manager.invariantViolations()).isEmpty();
    try (ImmutableBlocks<G1> hit = manager.matchScattered(cached)) {
      assertThat(hit.ids()).containsExactly(0, 1, 2);
    }
    MutableBlocks<G1> all = manager.allocate(5).orElseThrow();
    assertThat(all.ids()).startsWith(5, 4).containsExactlyInAnyOrder(5, 4, 0, 1, 2);
    all.close();
    held.close();
    assertThat(log.messages())
        .singleElement()
        .asString()
        .contains("eviction policy scripted of manager " + manager.id() + " failed in nextVictim");
  }

  @Test
  void theSameVictimTwiceIsGivenOutOnce() {
    BlockManager<G1> manager = manager(4);
    Pools.cache(manager, Hashes.roots(0, 4));
    lie(TRUTH, 0);
    assertThat(manager.allocate(2)).isEmpty();
    assertThat(manager.metrics().allocateAtomicRollback()).isEqualTo(1);
    assertThat(Pools.pools(manager)).isEqualTo("0 free, 4 idle");
    assertThat(Pools.evict(manager, 4)).containsExactlyInAnyOrderElementsOf(Hashes.roots(0, 4));
  }

  @Test
  void anExceptionInNextVictimUndoesTheAllocation() {
    BlockManager<G1> manager = manager(4);
    Pools.cache(manager, Hashes.roots(0, 2));
    lie(TRUTH);
    made.get().lies.add(Optional.empty());
    assertThat(manager.allocate(4)).isEmpty();
    assertThat(Pools.pools(manager)).isEqualTo("2 free, 2 idle");
    assertThat(manager.metrics().allocateAtomicRollback()).isEqualTo(1);
    assertThat(manager.allocate(4).orElseThrow().ids()).startsWith(2, 3);
    assertThat(log.causes()).singleElement().asString().contains("nextVictim is broken");
  }

  @Test
  void aPolicyThatKnowsFewerVictimsThanThereAreCostsTheAllocationOnly() {
    BlockManager<G1> manager = manager(4);
    Pools.cache(manager, Hashes.roots(0, 3));
    lie(TRUTH, TRUTH, -1);
    assertThat(manager.allocate(4)).isEmpty();
    assertThat(manager.metrics().allocateAtomicRollback()).isEqualTo(1);
    assertThat(manager.metrics().resetPoolSize()).isEqualTo(1);
    assertThat(made.get().idle).containsExactly(2, 0, 1);
    try (ImmutableBlocks<G1> hit = manager.match(Hashes.roots(0, 3))) {
      assertThat(hit.size()).isEqualTo(3);
    }
  }

  @Test
  void aResetOfThePoolDoesNotDependOnThePolicy() {
    BlockManager<G1> manager = manager(6);
    Pools.cache(manager, Hashes.roots(0, 6));
    lie(3, -1);
    made.get().lies.add(Optional.empty());
    lie(3, 6, -2);
    PoolReset reset = manager.resetInactivePool();
    assertThat(reset.isComplete()).isTrue();
    assertThat(reset.drained()).containsExactlyInAnyOrderElementsOf(Hashes.roots(0, 6));
    assertThat(Pools.pools(manager)).isEqualTo("6 free, 0 idle");
    assertThat(made.get().lies).isEmpty();
    assertThat(log.messages()).singleElement().asString().contains("failed in nextVictim;");
    made.get().idle.clear();
  }

  @Test
  void aRequestThatThePolicyFailsWaitsItsTurnAndHoldsNothingAfterwards() throws Exception {
    BlockManager<G1> manager = manager(2);
    Pools.cache(manager, Hashes.roots(0, 2));
    lie(-1);
    assertThat(manager.allocate(1, Duration.ofNanos(1))).isEmpty();
    assertThat(manager.metrics().allocateAtomicRollback()).isEqualTo(1);
    assertThat(Pools.pools(manager)).isEqualTo("0 free, 2 idle");
    manager.allocate(2).orElseThrow().close();
  }

  @Test
  void aPreviewShowsNoMoreThanThePolicyKnows() {
    BlockManager<G1> manager = manager(4);
    Pools.cache(manager, Hashes.roots(0, 3));
    int forgotten = made.get().idle.removeLast();
    EvictionPreview preview = manager.previewEvictions(4);
    assertThat(preview.ids()).containsExactly(0, 1);
    assertThat(preview.hashes()).isEqualTo(Hashes.roots(0, 2));
    made.get().idle.addLast(forgotten);
  }

  @Test
  void aWaitingRequestSurvivesAPolicyThatFailsOnce() throws Exception {
    BlockManager<G1> manager = manager(2);
    List<ImmutableBlock<G1>> held = Pools.register(manager, Hashes.roots(0, 2)).split();
    CompletableFuture<int[]> granted = new CompletableFuture<>();
    Thread waiting =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    granted.complete(
                        manager.allocate(1, Duration.ofMinutes(5)).orElseThrow().ids());
                  } catch (InterruptedException | RuntimeException e) {
                    granted.completeExceptionally(e);
                  }
                });
    BlockStoreAccess.awaitParked(waiting);
    lie(-1);
    held.get(0).close();
    assertThat(granted).isNotDone();
    assertThat(manager.metrics().allocateAtomicRollback()).isEqualTo(1);
    held.get(1).close();
    assertThat(granted.get(30, TimeUnit.SECONDS)).containsExactly(0);
    waiting.join();
  }

  // --------------- becameIdle ---------------

  @Test
  void blocksThatThePolicyCannotTakeAreFreed() {
    BlockManager<G1> manager = manager(4);
    LineageHashes hashes = Hashes.roots(0, 3);
    ImmutableBlocks<G1> group = Pools.register(manager, hashes);
    facts.clear();
    made.get().throwInBecameIdle = true;

    group.close();

    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
    assertThat(manager.metrics().inflightImmutable()).isZero();
    assertThat(manager.registry().checkPresence(G1.TIER, hashes)).containsOnly(false);
    assertThat(facts)
        .containsExactly(
            Kind.REMOVED + " " + hashes.get(0),
            Kind.REMOVED + " " + hashes.get(1),
            Kind.REMOVED + " " + hashes.get(2));
    assertThat(manager.allocate(4).orElseThrow().ids()).containsExactly(3, 0, 1, 2);
    assertThat(log.messages()).hasSize(1);
  }

  @Test
  void aPolicyThatFailsHalfwayThroughABatchKeepsNothingOfIt() {
    BlockManager<G1> manager =
        pools.evicting(
            4,
            slots ->
                new ScriptedPolicy(slots) {
                  @Override
                  public void becameIdle(int slot) {
                    if (slot == 1) {
                      throw new IllegalStateException("not this one");
                    }
                    super.becameIdle(slot);
                  }
                });
    Pools.cache(manager, Hashes.roots(0, 3));
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
    assertThat(manager.invariantViolations()).isEmpty();
  }

  @Test
  void aWaiterIsServedWithBlocksThatThePolicyCouldNotTake() throws Exception {
    BlockManager<G1> manager = manager(1);
    ImmutableBlock<G1> held = Pools.register(manager, Hashes.root(0));
    CompletableFuture<int[]> granted = new CompletableFuture<>();
    Thread waiting =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    granted.complete(
                        manager.allocate(1, Duration.ofMinutes(5)).orElseThrow().ids());
                  } catch (InterruptedException | RuntimeException e) {
                    granted.completeExceptionally(e);
                  }
                });
    BlockStoreAccess.awaitParked(waiting);
    made.get().throwInBecameIdle = true;
    held.close();
    assertThat(granted.get(30, TimeUnit.SECONDS)).containsExactly(0);
    waiting.join();
  }

  @Test
  void aVictimThatCannotBeGivenBackIsFreedAndItsDepartureIsToldAtOnce() {
    BlockManager<G1> manager = manager(3);
    LineageHashes hashes = Hashes.roots(0, 2);
    Pools.cache(manager, hashes);
    List<Integer> dropped = new ArrayList<>();
    try (var handle = manager.registry().register(hashes.get(0))) {
      handle.attach(Integer.class, 7);
    }
    facts.clear();
    lie(TRUTH, -1);
    made.get().throwInBecameIdle = true;

    assertThat(manager.allocate(3)).isEmpty();

    assertThat(Pools.pools(manager)).isEqualTo("2 free, 1 idle");
    assertThat(facts).containsExactly(Kind.REMOVED + " " + hashes.get(0));
    assertThat(manager.registry().isRegistered(hashes.get(0))).isFalse();
    made.get().throwInBecameIdle = false;
    manager.allocate(2).orElseThrow().forEach(dropped::add);
    assertThat(dropped).containsExactly(2, 0);
  }

  // --------------- the others ---------------

  @Test
  void aHitIsAHitEvenIfThePolicyDoesNotWantToKnow() {
    BlockManager<G1> manager = manager(4);
    Pools.cache(manager, Hashes.roots(0, 2));
    made.get().throwInRevived = true;
    ImmutableBlocks<G1> hit = manager.match(Hashes.roots(0, 2));
    assertThat(hit.size()).isEqualTo(2);
    assertThat(Pools.pools(manager)).isEqualTo("2 free, 0 idle");
    assertThat(manager.metrics().distinctActive()).isEqualTo(2);
    // The policy still believes that both are idle: neither may be taken from its holder.
    assertThat(manager.allocate(3)).isEmpty();
    made.get().throwInRevived = false;
    made.get().idle.clear();
    hit.close();
    assertThat(Pools.evict(manager, 2)).hasSize(2);
  }

  @Test
  void aBlockIsFreedByItsFlagWhateverThePolicySays() {
    BlockManager<G1> manager = manager(4);
    ImmutableBlock<G1> block = Pools.register(manager, Hashes.root(0));
    block.setResetOnRelease(true);
    made.get().throwInVacated = true;
    block.close();
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
    assertThat(manager.registry().isRegistered(Hashes.root(0))).isFalse();
  }

  @Test
  void aBlockIsRegisteredWhateverThePolicySays() {
    BlockManager<G1> manager = manager(4);
    made.get().throwInResident = true;
    try (ImmutableBlock<G1> block = Pools.register(manager, Hashes.root(0))) {
      assertThat(block.blockId()).isZero();
      assertThat(manager.registry().isRegistered(Hashes.root(0))).isTrue();
    }
  }

  @Test
  void onlyTheFirstFailureIsLogged() {
    BlockManager<G1> manager = manager(4);
    Pools.cache(manager, Hashes.roots(0, 4));
    for (int i = 0; i < 5; i++) {
      lie(-1);
      assertThat(manager.allocate(1)).isEmpty();
    }
    assertThat(manager.metrics().allocateAtomicRollback()).isEqualTo(5);
    assertThat(log.messages()).singleElement().asString().contains("later failures are not logged");
  }

  enum Call {
    BECAME_IDLE,
    REVIVED,
    NEXT_VICTIM
  }

  /** A policy written with assertions, or in a language without checked exceptions. */
  @ParameterizedTest
  @EnumSource
  void anErrorInAPolicyIsAFailureLikeAnyOther(Call call) {
    Function<String, AssertionError> error = AssertionError::new;
    BlockManager<G1> manager =
        pools.evicting(
            4,
            slots ->
                new ScriptedPolicy(slots) {
                  @Override
                  public void becameIdle(int slot) {
                    super.becameIdle(slot);
                    if (call == Call.BECAME_IDLE) {
                      throw error.apply("becameIdle");
                    }
                  }

                  @Override
                  public void revived(int slot) {
                    super.revived(slot);
                    if (call == Call.REVIVED) {
                      throw error.apply("revived");
                    }
                  }

                  @Override
                  public int nextVictim() {
                    if (call == Call.NEXT_VICTIM) {
                      throw error.apply("nextVictim");
                    }
                    return super.nextVictim();
                  }
                });
    Pools.cache(manager, Hashes.roots(0, 2));
    manager.match(Hashes.roots(0, 2)).close();
    manager.allocate(4).ifPresent(MutableBlocks::close);
    assertThat(manager.availableBlocks()).isEqualTo(4);
    assertThat(manager.invariantViolations()).isEmpty();
    assertThat(log.messages()).hasSize(1);
  }

  @Test
  void aPolicyThatCallsItsManagerIsToldInsteadOfWaitingForItself() {
    AtomicReference<BlockManager<G1>> itself = new AtomicReference<>();
    BlockManager<G1> manager =
        pools.evicting(
            4,
            slots ->
                new ScriptedPolicy(slots) {
                  @Override
                  public void becameIdle(int slot) {
                    itself.get().availableBlocks();
                  }
                });
    itself.set(manager);
    Pools.cache(manager, Hashes.root(0));
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 0 idle");
    assertThat(log.causes())
        .singleElement()
        .asString()
        .contains("a block store was called from inside itself");
  }

  // --------------- what a policy is told ---------------

  @Test
  void aPolicyHearsOfEveryStepInOrder() {
    BlockManager<G1> manager = manager(3);
    List<String> calls = made.get().calls;
    ImmutableBlocks<G1> group = Pools.register(manager, Hashes.roots(0, 2));
    assertThat(calls).containsExactly("resident 0", "resident 1");
    calls.clear();
    group.closeTailFirst();
    assertThat(calls).containsExactly("idle 1", "idle 0");
    calls.clear();
    manager.match(Hashes.roots(0, 2)).close();
    assertThat(calls).containsExactly("revived 0", "revived 1", "idle 0", "idle 1");
    calls.clear();
    manager.allocate(2).orElseThrow().register(Hashes.roots(100, 2)).close();
    assertThat(calls).containsExactly("victim 0", "resident 2", "resident 0", "idle 2", "idle 0");
    calls.clear();
    ImmutableBlocks<G1> flagged = manager.match(Hashes.roots(100, 1));
    flagged.setResetOnRelease(true);
    flagged.close();
    assertThat(calls).containsExactly("revived 2", "vacated 2");
    calls.clear();
    Pools.register(manager, LineageHashes.of(Hashes.root(4), Hashes.root(500))).close();
    assertThat(calls)
        .as("a duplicate is not resident, its primary is revived")
        .containsExactly("victim 1", "resident 2", "resident 1", "idle 2", "idle 1");
  }

  @Test
  void aPolicyHearsOfADuplicatesPrimaryOnly() {
    BlockManager<G1> manager = manager(3);
    Pools.cache(manager, Hashes.root(0));
    List<String> calls = made.get().calls;
    calls.clear();
    ImmutableBlocks<G1> duplicates =
        Pools.register(manager, LineageHashes.of(Hashes.root(0), Hashes.root(0)));
    assertThat(calls).containsExactly("revived 0");
    duplicates.close();
    assertThat(calls).containsExactly("revived 0", "idle 0");
  }

  @Test
  void whatAPolicyReadsDuringACallIsRight() {
    List<String> seen = new ArrayList<>();
    EvictionPolicy.Factory factory =
        slots ->
            new ScriptedPolicy(slots) {
              private void note(String call, int slot) {
                seen.add(
                    call + slot + " at " + slots.position(slot) + " after " + slots.parent(slot));
              }

              @Override
              public void resident(int slot) {
                note("resident ", slot);
              }

              @Override
              public void becameIdle(int slot) {
                note("idle ", slot);
                assertThat(slots.isIdle(slot)).isTrue();
                super.becameIdle(slot);
              }

              @Override
              public void vacated(int slot) {
                note("vacated ", slot);
              }
            };
    BlockManager<G1> manager = pools.evicting(4, factory);
    assertThat(made).hasNullValue();
    LineageHashes chain = Hashes.chain(0, 3);
    ImmutableBlocks<G1> group = Pools.register(manager, chain);
    group.close();
    ImmutableBlocks<G1> hit = manager.match(chain);
    hit.setResetOnRelease(true);
    hit.closeTailFirst();
    assertThat(seen)
        .containsExactly(
            "resident 0 at 0 after -1",
            "resident 1 at 1 after 0",
            "resident 2 at 2 after 1",
            "idle 0 at 0 after -1",
            "idle 1 at 1 after 0",
            "idle 2 at 2 after 1",
            "vacated 2 at 2 after 1",
            "vacated 1 at 1 after 0",
            "vacated 0 at 0 after -1");
  }
}
