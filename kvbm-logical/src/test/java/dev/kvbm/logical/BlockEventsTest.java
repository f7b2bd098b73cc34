package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.event.BlockEventListener;
import dev.kvbm.logical.event.BlockEventListener.Event;
import dev.kvbm.logical.event.BlockEventListener.Kind;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Facts: what becomes and what ceases to be matchable, in order; ★7, ★8, ★17. */
class BlockEventsTest {
  @RegisterExtension final Pools pools = new Pools();

  private static final PositionalLineageHash A = Hashes.root(0);
  private static final PositionalLineageHash B = Hashes.root(100);

  private final List<Event> events = Collections.synchronizedList(new ArrayList<>());

  private BlockManager<G1> manager(int blocks, BlockEventListener listener) {
    return pools.build(
        Pools.builder(G1.TIER, blocks, BlockRegistry.builder().listener(listener).build()));
  }

  private List<String> texts() {
    return events.stream().map(event -> event.kind() + " " + event.hash()).toList();
  }

  @Test
  void aHashIsCreatedWhenItCanBeMatchedAndRemovedWhenItCannot() {
    BlockManager<G1> manager = manager(2, events::add);
    CompleteBlock<G1> staged = manager.allocate().orElseThrow().stage(A, 4);
    assertThat(events).isEmpty();
    ImmutableBlock<G1> block = staged.register();
    assertThat(texts()).containsExactly("CREATED " + A);
    block.close();
    manager.match(LineageHashes.of(A)).close();
    assertThat(texts()).hasSize(1);
    manager.allocate(2).orElseThrow().close();
    assertThat(texts()).containsExactly("CREATED " + A, "REMOVED " + A);
  }

  @Test
  void everyWayToLoseContentIsTold() {
    BlockManager<G1> manager = manager(2, events::add);
    Pools.cache(manager, A);
    manager.resetInactivePool();
    ImmutableBlock<G1> flagged = Pools.register(manager, A);
    flagged.setResetOnRelease(true);
    flagged.close();
    ImmutableBlock<G1> pinned = Pools.register(manager, A);
    pinned.setResetOnRelease(true);
    LifecyclePin pin = pinned.pin();
    pinned.close();
    pin.close();
    ImmutableBlocks<G1> group = Pools.register(manager, LineageHashes.of(A, B));
    group.setResetOnRelease(true);
    group.close();
    assertThat(texts())
        .containsExactly(
            "CREATED " + A,
            "REMOVED " + A,
            "CREATED " + A,
            "REMOVED " + A,
            "CREATED " + A,
            "REMOVED " + A,
            "CREATED " + A,
            "CREATED " + B,
            "REMOVED " + A,
            "REMOVED " + B);
  }

  @Test
  void nothingOfAClosedManagerCanBeMatchedAnyMore() {
    BlockManager<G1> manager = manager(6, events::add);
    Pools.cache(manager, A);
    ImmutableBlocks<G1> held = Pools.register(manager, LineageHashes.of(B, B));
    MutableBlocks<G1> open = manager.allocate(1).orElseThrow();
    events.clear();

    manager.close();

    assertThat(texts()).containsExactly("REMOVED " + A, "REMOVED " + B);
    assertThat(events).extracting(Event::sequence).containsExactly(2L, 3L);
    held.setResetOnRelease(true);
    held.close();
    open.register(Hashes.roots(200, 1)).close();
    manager.close();
    assertThat(events).as("news of a closed manager").hasSize(2);
  }

  @Test
  void duplicatesAndRejectsAreNoNews() {
    for (DuplicationPolicy policy : DuplicationPolicy.values()) {
      events.clear();
      BlockManager<G1> manager =
          pools.build(
              Pools.builder(G1.TIER, 4, BlockRegistry.builder().listener(events::add).build())
                  .duplicationPolicy(policy));
      ImmutableBlocks<G1> group = Pools.register(manager, LineageHashes.of(A, A, B));
      Pools.cache(manager, A);
      group.close();
      assertThat(texts()).as("%s", policy).containsExactly("CREATED " + A, "CREATED " + B);
    }
  }

  @Test
  void anEventNamesTierManagerAndItsNumberInTheManager() {
    BlockRegistry registry = BlockRegistry.builder().listener(events::add).build();
    BlockManager<G1> gpu = pools.build(Pools.builder(G1.TIER, 1, registry));
    BlockManager<G2> host = pools.build(Pools.builder(G2.TIER, 1, registry));
    Pools.cache(gpu, A);
    Pools.cache(host, A);
    Pools.cache(gpu, B);
    long g = gpu.id().value();
    long h = host.id().value();
    assertThat(events)
        .containsExactly(
            new Event(Kind.CREATED, G1.TIER, g, 0, A),
            new Event(Kind.CREATED, G2.TIER, h, 0, A),
            new Event(Kind.REMOVED, G1.TIER, g, 1, A),
            new Event(Kind.CREATED, G1.TIER, g, 2, B));
  }

  @Test
  void aHandleOrAWeakBlockHidesNoEvent() {
    BlockManager<G1> manager = manager(1, events::add);
    ImmutableBlock<G1> block = Pools.register(manager, A);
    WeakBlock<G1> weak = block.downgrade();
    try (var handle = block.registrationHandle()) {
      block.close();
      Pools.cache(manager, B);
      assertThat(handle.hash()).isEqualTo(A);
      assertThat(weak.upgrade()).isEmpty();
      Pools.cache(manager, A);
    }
    assertThat(texts())
        .containsExactly(
            "CREATED " + A, "REMOVED " + A, "CREATED " + B, "REMOVED " + B, "CREATED " + A);
  }

  @Test
  void aHandleAloneIsNoEvent() {
    BlockManager<G1> manager = manager(1, events::add);
    manager.registry().register(A).close();
    assertThat(events).isEmpty();
  }

  @Test
  void listenersComeAndGo() {
    BlockManager<G1> manager = manager(4, events::add);
    List<Event> late = new ArrayList<>();
    Pools.cache(manager, A);
    BlockEventListener second = late::add;
    manager.registry().addListener(second);
    Pools.cache(manager, B);
    assertThat(manager.registry().removeListener(second)).isTrue();
    assertThat(manager.registry().removeListener(second)).isFalse();
    manager.resetInactivePool();
    assertThat(late).singleElement().extracting(Event::hash).isEqualTo(B);
    assertThat(late.getFirst().sequence()).isEqualTo(1);
    assertThat(events).hasSize(4);
  }

  @Test
  void whoListensLateSeesTheRightNumbers() {
    BlockManager<G1> manager = pools.of(4);
    Pools.cache(manager, Hashes.roots(0, 3));
    manager.registry().addListener(events::add);
    Pools.cache(manager, B);
    assertThat(events).singleElement().extracting(Event::sequence).isEqualTo(3L);
  }

  enum Failure {
    RUNTIME_EXCEPTION,
    ERROR
  }

  @ParameterizedTest
  @EnumSource
  void aListenerThatThrowsStopsNeitherTheCallerNorTheOthersNorLaterEvents(Failure failure) {
    List<Event> second = new ArrayList<>();
    BlockManager<G1> manager =
        manager(
            4,
            event -> {
              if (failure == Failure.ERROR) {
                throw new AssertionError("listener is broken");
              }
              throw new IllegalStateException("listener is broken");
            });
    manager.registry().addListener(second::add);
    try (LogCapture log = new LogCapture(FactQueue.class)) {
      Pools.cache(manager, A);
      Pools.cache(manager, B);
      assertThat(second).hasSize(2);
      assertThat(log.messages()).hasSize(2).allMatch(text -> text.contains("listener failed on"));
    }
    assertThat(Pools.pools(manager)).isEqualTo("2 free, 2 idle");
  }

  @Test
  void aListenerMayCallBackIntoManagerAndRegistry() {
    AtomicReference<BlockManager<G1>> itself = new AtomicReference<>();
    List<String> seen = new ArrayList<>();
    BlockManager<G1> manager =
        manager(
            2,
            event -> {
              BlockManager<G1> now = itself.get();
              boolean present = now.registry().isPresent(G1.TIER, event.hash());
              seen.add(event.kind() + " present " + present);
              if (event.kind() == Kind.CREATED && event.hash().equals(A)) {
                // Evicts and registers from inside a delivery.
                now.allocate(1).ifPresent(blocks -> blocks.register(LineageHashes.of(B)).close());
                seen.add("registered another one");
                now.match(LineageHashes.of(A)).close();
                now.registry().register(A).close();
              }
            });
    itself.set(manager);
    Pools.cache(manager, A);
    assertThat(seen)
        .containsExactly("CREATED present true", "registered another one", "CREATED present true");
    manager.resetInactivePool();
    assertThat(seen).endsWith("REMOVED present false", "REMOVED present false");
  }

  /** ★7: whoever applies the facts in order knows at any time what the pool holds. */
  @ParameterizedTest
  @EnumSource
  void theEventsAddUpToWhatIsHeldUnderRandomOperations(Backend backend) {
    Random random = new Random(99);
    Set<PositionalLineageHash> held = new HashSet<>();
    List<Long> sequences = new ArrayList<>();
    BlockRegistry registry =
        BlockRegistry.builder()
            .frequencyTracker(new CountingTracker())
            .listener(
                event -> {
                  sequences.add(event.sequence());
                  boolean changed =
                      event.kind() == Kind.CREATED
                          ? held.add(event.hash())
                          : held.remove(event.hash());
                  assertThat(changed).as("%s", event).isTrue();
                })
            .build();
    BlockManager<G1> manager =
        pools.build(Pools.builder(G1.TIER, 10, registry).eviction(backend.factory()));
    for (int i = 0; i < 400; i++) {
      LineageHashes prompt = Hashes.chain(random.nextInt(8) * 100, 1 + random.nextInt(5));
      try (ImmutableBlocks<G1> hit = manager.match(prompt)) {
        manager
            .allocate(prompt.size() - hit.size())
            .ifPresent(
                fresh -> {
                  ImmutableBlocks<G1> blocks = fresh.register(prompt.from(hit.size()));
                  if (random.nextInt(4) == 0) {
                    blocks.setResetOnRelease(true);
                  }
                  blocks.close();
                });
      }
      if (random.nextInt(50) == 0) {
        manager.resetInactivePool();
      }
      Set<PositionalLineageHash> present = new HashSet<>();
      manager.slots().stream()
          .filter(slot -> slot.state() == SlotInfo.State.INACTIVE)
          .forEach(slot -> present.add(slot.hash()));
      assertThat(held).as("step %s", i).isEqualTo(present);
    }
    for (int i = 0; i < sequences.size(); i++) {
      assertThat(sequences.get(i)).isEqualTo(i);
    }
  }

  /** Threads register and evict the same few hashes; the facts still alternate for each of them. */
  @Test
  void factsOfOneManagerComeOneAtATimeAndInOrderFromManyThreads() {
    AtomicBoolean delivering = new AtomicBoolean();
    List<String> broken = Collections.synchronizedList(new ArrayList<>());
    Set<PositionalLineageHash> held = new HashSet<>();
    long[] next = {0};
    BlockManager<G1> manager =
        manager(
            3,
            event -> {
              if (!delivering.compareAndSet(false, true)) {
                broken.add("two at once");
              }
              if (event.sequence() != next[0]++) {
                broken.add("sequence " + event.sequence());
              }
              boolean changed =
                  event.kind() == Kind.CREATED ? held.add(event.hash()) : held.remove(event.hash());
              if (!changed) {
                broken.add("twice " + event);
              }
              delivering.set(false);
            });
    Runnable worker =
        () -> {
          Random random = new Random(Thread.currentThread().threadId());
          for (int i = 0; i < 500; i++) {
            manager
                .allocate(1)
                .ifPresent(
                    fresh -> {
                      ImmutableBlocks<G1> blocks =
                          fresh.register(Hashes.roots(random.nextInt(4), 1));
                      blocks.setResetOnRelease(random.nextBoolean());
                      blocks.close();
                    });
          }
        };
    try (Race race = new Race(3)) {
      race.run(worker, worker, worker);
    }
    assertThat(broken).isEmpty();
    Set<PositionalLineageHash> present = new HashSet<>();
    manager.slots().stream()
        .filter(slot -> slot.state() == SlotInfo.State.INACTIVE)
        .forEach(slot -> present.add(slot.hash()));
    assertThat(held).isEqualTo(present);
    assertThat(next[0]).isGreaterThan(100);
  }
}
