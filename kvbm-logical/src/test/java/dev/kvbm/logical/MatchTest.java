package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.frequency.FrequencyTracker;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Prefix match, scattered match and scan; spec (a.10) and (a.11). */
class MatchTest {
  @RegisterExtension final Pools pools = new Pools();

  private final CountingTracker tracker = new CountingTracker();

  private static final PositionalLineageHash A = Hashes.root(0);
  private static final PositionalLineageHash B = Hashes.root(100);
  private static final PositionalLineageHash C = Hashes.root(200);
  private static final PositionalLineageHash MISSING = Hashes.root(9_000);

  private BlockManager<G1> manager(int blocks, Backend backend) {
    BlockRegistry registry = BlockRegistry.builder().frequencyTracker(tracker).build();
    return pools.build(Pools.builder(G1.TIER, blocks, registry).eviction(backend.factory()));
  }

  private BlockManager<G1> manager(int blocks) {
    return manager(blocks, Backend.LRU);
  }

  @Test
  void anUnknownHashMatchesNothing() {
    BlockManager<G1> manager = manager(4);
    try (ImmutableBlocks<G1> hit = manager.match(LineageHashes.of(MISSING))) {
      assertThat(hit.isHeld()).isTrue();
      assertThat(hit.size()).isZero();
    }
    assertThat(manager.metrics().matchHashesRequested()).isEqualTo(1);
    assertThat(manager.metrics().matchBlocksReturned()).isZero();
    assertThat(tracker.takeTouches()).isZero();
  }

  @Test
  void noHashesMatchNothingAndCountNothing() {
    BlockManager<G1> manager = manager(4);
    MetricsSnapshot before = manager.metrics();
    manager.match(LineageHashes.empty()).close();
    manager.matchScattered(LineageHashes.empty()).close();
    manager.scan(LineageHashes.empty(), true).close();
    assertThat(manager.metrics()).isEqualTo(before);
    assertThat(before.matchHitRate()).isZero();
  }

  /** Blocks of one chain may lie in ascending or descending slots, or anywhere. */
  @ParameterizedTest
  @ValueSource(strings = {"0 1 2 3 4 5", "5 4 3 2 1 0", "0 1 4 5 2 3", "3 5 4 0 1 2", "2 5 3 4"})
  void whatIsFoundAndWhatIsCountedDoNotDependOnWhereBlocksLie(String places) {
    int[] slots = Arrays.stream(places.split(" ")).mapToInt(Integer::parseInt).toArray();
    LineageHashes chain = Hashes.chain(0, slots.length);
    BlockManager<G1> manager = manager(6);
    List<MutableBlock<G1>> blocks = manager.allocate(6).orElseThrow().split();
    for (int i = 0; i < slots.length; i++) {
      try (ImmutableBlock<G1> block =
          blocks.get(slots[i]).stage(chain.get(i), Hashes.BLOCK_SIZE).register()) {
        assertThat(block.blockId()).isEqualTo(slots[i]);
      }
    }
    blocks.forEach(MutableBlock::close);

    ImmutableBlocks<G1> held = manager.match(chain.slice(0, 2)); // so that some are held, some idle
    try (ImmutableBlocks<G1> prefix = manager.match(chain);
        ImmutableBlocks<G1> scattered = manager.matchScattered(chain);
        ImmutableBlocks<G1> scanned = manager.scan(chain, true)) {
      assertThat(prefix.ids()).containsExactly(slots);
      assertThat(scattered.ids()).containsExactly(slots);
      assertThat(scanned.ids()).containsExactly(slots);
      assertThat(manager.registry().checkPresence(G1.TIER, chain)).containsOnly(true);
      held.close();
      assertThat(manager.metrics().inactivePoolSize()).isZero();
    }
    assertThat(manager.metrics().inactivePoolSize()).isEqualTo(slots.length);
    for (int i = 0; i < slots.length; i++) {
      assertThat(tracker.count(chain.get(i))).as("hash %s", i).isEqualTo(i < 2 ? 5 : 4);
    }
    assertThat(tracker.takeTouches()).isEqualTo(4 * slots.length + 2);
  }

  @ParameterizedTest
  @EnumSource
  void aBlockIsMatchedInUseAndIdle(Backend backend) {
    BlockManager<G1> manager = manager(4, backend);
    ImmutableBlock<G1> block = Pools.register(manager, A);
    tracker.takeTouches();
    try (ImmutableBlocks<G1> hit = manager.match(LineageHashes.of(A))) {
      assertThat(hit.ids()).containsExactly(block.blockId());
    }
    assertThat(manager.metrics().matchHashesRequested()).isEqualTo(1);
    assertThat(manager.metrics().matchBlocksReturned()).isEqualTo(1);
    assertThat(tracker.takeTouches()).isEqualTo(1);
    block.close();
    try (ImmutableBlocks<G1> hit = manager.match(LineageHashes.of(A))) {
      assertThat(hit.ids()).containsExactly(0);
      assertThat(manager.metrics().inactivePoolSize()).isZero();
    }
    assertThat(manager.metrics().matchHashesRequested()).isEqualTo(2);
    assertThat(manager.metrics().matchBlocksReturned()).isEqualTo(2);
    assertThat(manager.metrics().matchHitRate()).isEqualTo(1.0);
    assertThat(tracker.takeTouches()).isEqualTo(1);
  }

  /** The pattern names each block of the prompt: in use, idle, or missing. */
  @ParameterizedTest
  @CsvSource({
    "IIII, 4",
    "AAIIAA, 6",
    "IA, 2",
    "AIA, 3",
    "AA-A, 2",
    "-AAA, 0",
    "III-, 3",
    "A, 1",
    "I-I, 1"
  })
  void theLongestPrefixIsMatchedWhateverIsInUseOrIdle(String pattern, int expected) {
    for (Backend backend : Backend.values()) {
      BlockManager<G1> manager = manager(16, backend);
      LineageHashes chain = Hashes.chain(0, pattern.length());
      LineageHashBuffer inUse = new LineageHashBuffer();
      LineageHashBuffer idle = new LineageHashBuffer();
      for (int i = 0; i < pattern.length(); i++) {
        switch (pattern.charAt(i)) {
          case 'A' -> inUse.add(chain.get(i));
          case 'I' -> idle.add(chain.get(i));
          default -> {}
        }
      }
      ImmutableBlocks<G1> held = Pools.register(manager, inUse);
      Pools.cache(manager, idle);
      tracker.takeTouches();

      ImmutableBlocks<G1> hit = manager.match(chain);

      assertThat(hit.size()).as("%s", backend).isEqualTo(expected);
      assertThat(hit.hits()).isEqualTo(expected);
      for (int i = 0; i < expected; i++) {
        assertThat(hit.hash(i)).isEqualTo(chain.get(i));
      }
      assertThat(tracker.takeTouches()).isEqualTo(expected);
      assertThat(manager.metrics().matchHashesRequested()).isEqualTo(pattern.length());
      assertThat(manager.metrics().matchBlocksReturned()).isEqualTo(expected);
      hit.close();
      held.close();
    }
  }

  @Test
  void aHashAskedForTwiceInARowIsPinnedTwice() {
    BlockManager<G1> manager = manager(4);
    Pools.cache(manager, A);
    ImmutableBlocks<G1> hit = manager.match(LineageHashes.of(A, A));
    assertThat(hit.ids()).containsExactly(0, 0);
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(2);
    assertThat(manager.slots().getFirst().references()).isEqualTo(2);
    hit.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
  }

  @Test
  void aPromptIsMatchedByItsFullBlocks() {
    BlockManager<G1> manager = manager(8);
    TokenBlockSequence prompt = Hashes.prompt(0, 11);
    Pools.cache(manager, prompt.lineageHashes());
    try (ImmutableBlocks<G1> hit = manager.match(prompt)) {
      assertThat(hit.size()).isEqualTo(2);
    }
    TokenBlockSequence other = TokenBlockSequence.of(Hashes.tokens(0, 16), 8, Hashes.SALT);
    assertThatThrownBy(() -> manager.match(other))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blocks of 8 tokens")
        .hasMessageContaining("hold 4");
  }

  @Test
  void aPromptIsMatchedUpToTheBlocksAskedFor() {
    BlockManager<G1> manager = manager(8);
    TokenBlockSequence prompt = Hashes.prompt(0, 18);
    Pools.cache(manager, prompt.lineageHashes());
    for (int most = 0; most < 7; most++) {
      try (ImmutableBlocks<G1> hit = manager.match(prompt, most)) {
        assertThat(hit.size()).as("at most %d", most).isEqualTo(Math.min(most, 4));
      }
    }
    assertThatThrownBy(() -> manager.match(prompt, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot match -1 blocks");
  }

  @Test
  void matchedBlocksCanBeDowngraded() {
    BlockManager<G1> manager = manager(8);
    Pools.cache(manager, A);
    WeakBlock<G1> weak;
    try (ImmutableBlocks<G1> hit = manager.match(LineageHashes.of(A));
        ImmutableBlock<G1> guard = hit.share(0)) {
      weak = guard.downgrade();
    }
    weak.upgrade().orElseThrow().close();
  }

  // --------------- scattered ---------------

  @ParameterizedTest
  @EnumSource
  void scatteredHitsStayAlignedWithWhatWasAskedFor(Backend backend) {
    BlockManager<G1> manager = manager(8, backend);
    ImmutableBlock<G1> inUse = Pools.register(manager, A);
    Pools.cache(manager, B);
    tracker.takeTouches();
    MetricsSnapshot before = manager.metrics();

    ImmutableBlocks<G1> hit = manager.matchScattered(LineageHashes.of(A, MISSING, B, B, A));

    assertThat(hit.size()).isEqualTo(5);
    assertThat(hit.hits()).isEqualTo(4);
    assertThat(hit.leadingHits()).isEqualTo(1);
    assertThat(hit.ids()).containsExactly(0, -1, 1, 1, 0);
    assertThat(hit.isHit(0)).isTrue();
    assertThat(hit.isHit(1)).isFalse();
    assertThat(hit.hash(2)).isEqualTo(B);
    MetricsSnapshot after = manager.metrics();
    assertThat(after.matchHashesRequested() - before.matchHashesRequested()).isEqualTo(5);
    assertThat(after.matchBlocksReturned() - before.matchBlocksReturned()).isEqualTo(4);
    assertThat(after.scanHashesRequested()).isZero();
    assertThat(after.inflightImmutable()).isEqualTo(5);
    assertThat(tracker.takeTouches()).isEqualTo(4);
    hit.close();
    inUse.close();
    assertThat(Pools.pools(manager)).isEqualTo("6 free, 2 idle");
  }

  @Test
  void everyScatteredHitCountsAsAnAccess() {
    BlockManager<G1> manager = manager(8);
    Pools.cache(manager, LineageHashes.of(A, B));
    tracker.takeTouches();
    manager.matchScattered(LineageHashes.of(A, MISSING, B, B)).close();
    assertThat(tracker.takeTouches()).isEqualTo(3);
    assertThat(tracker.count(A)).isEqualTo(2);
    assertThat(tracker.count(B)).isEqualTo(3);
    assertThat(tracker.count(MISSING)).isZero();
  }

  // --------------- scan ---------------

  @Test
  void scanPinsEachDistinctHashOnceAtItsFirstOccurrence() {
    BlockManager<G1> manager = manager(8);
    Pools.cache(manager, LineageHashes.of(A, B));
    ImmutableBlocks<G1> hit = manager.scan(LineageHashes.of(A, MISSING, A, B, A), false);
    assertThat(hit.ids()).containsExactly(0, -1, -1, 1, -1);
    assertThat(hit.hits()).isEqualTo(2);
    assertThat(manager.metrics().scanHashesRequested()).isEqualTo(5);
    assertThat(manager.metrics().scanBlocksReturned()).isEqualTo(2);
    assertThat(manager.metrics().matchHashesRequested()).isZero();
    assertThat(manager.metrics().matchBlocksReturned()).isZero();
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(2);
    hit.close();
    try (ImmutableBlocks<G1> again = manager.scan(LineageHashes.of(B, B), false)) {
      assertThat(again.ids()).containsExactly(1, -1);
    }
  }

  @Test
  void scanMovesIdleBlocksIntoUseAndBack() {
    BlockManager<G1> manager = manager(8);
    Pools.cache(manager, LineageHashes.of(A, B, C));
    assertThat(manager.metrics().inactivePoolSize()).isEqualTo(3);
    ImmutableBlocks<G1> hit = manager.scan(LineageHashes.of(C, A), true);
    assertThat(manager.metrics().inactivePoolSize()).isEqualTo(1);
    hit.close();
    assertThat(manager.metrics().inactivePoolSize()).isEqualTo(3);
  }

  @Test
  void scanFindsBlocksInUseAsWell() {
    BlockManager<G1> manager = manager(8);
    ImmutableBlocks<G1> held = Pools.register(manager, LineageHashes.of(A, B));
    Pools.cache(manager, C);
    try (ImmutableBlocks<G1> hit = manager.scan(LineageHashes.of(C, B, A), false)) {
      assertThat(hit.ids()).containsExactly(2, 1, 0);
    }
    held.close();
  }

  @Test
  void scanCountsAnAccessForEachOccurrenceOfARegisteredHash() {
    BlockRegistry registry = BlockRegistry.builder().frequencyTracker(tracker).build();
    BlockManager<G1> gpu = pools.build(Pools.builder(G1.TIER, 8, registry));
    var host = pools.build(Pools.builder(dev.kvbm.logical.tier.G2.TIER, 8, registry));
    Pools.cache(gpu, A);
    Pools.cache(host, B);
    tracker.takeTouches();

    gpu.scan(LineageHashes.of(A, A, B, MISSING), true).close();

    assertThat(tracker.takeTouches()).isEqualTo(3);
    assertThat(tracker.count(A)).isEqualTo(3);
    assertThat(tracker.count(B)).isEqualTo(2);
    assertThat(tracker.count(MISSING)).isZero();
  }

  @Test
  void scanCountsAHashThatOnlyAHandleHolds() {
    BlockManager<G1> manager = manager(8);
    try (var handle = manager.registry().register(A)) {
      assertThat(tracker.takeTouches()).isEqualTo(1);
      try (ImmutableBlocks<G1> hit = manager.scan(LineageHashes.of(handle.hash()), true)) {
        assertThat(hit.hits()).isZero();
      }
      assertThat(tracker.takeTouches()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void scanWithoutTouchCountsNoAccess(Backend backend) {
    BlockManager<G1> manager = manager(8, backend);
    Pools.cache(manager, A);
    tracker.takeTouches();
    manager.scan(LineageHashes.of(A, A), false).close();
    assertThat(tracker.takeTouches()).isZero();
    manager.scan(LineageHashes.of(A), true).close();
    assertThat(tracker.takeTouches()).isEqualTo(1);
  }

  @Test
  void aRegistryWithoutTrackingMatchesJustAsWell() {
    BlockManager<G1> manager = pools.build(Pools.builder(G1.TIER, 8, BlockRegistry.create()));
    Pools.cache(manager, LineageHashes.of(A, B));
    try (ImmutableBlocks<G1> match = manager.match(LineageHashes.of(A, B));
        ImmutableBlocks<G1> scattered = manager.matchScattered(LineageHashes.of(MISSING, A));
        ImmutableBlocks<G1> scan = manager.scan(LineageHashes.of(B, B), true)) {
      assertThat(match.hits() + scattered.hits() + scan.hits()).isEqualTo(4);
    }
    assertThat(manager.registry().hasFrequencyTracking()).isFalse();
    assertThat(manager.registry().count(A)).isZero();
  }

  @Test
  void aTrackerThatFailsCostsNobodyItsBlocks() {
    FrequencyTracker broken =
        new FrequencyTracker() {
          @Override
          public void touch(long hi, long lo) {
            throw new AssertionError("tracker is broken");
          }

          @Override
          public int count(long hi, long lo) {
            throw new AssertionError("tracker is broken");
          }
        };
    for (Backend backend : Backend.values()) {
      BlockManager<G1> manager =
          pools.build(
              Pools.builder(G1.TIER, 8, BlockRegistry.builder().frequencyTracker(broken).build())
                  .eviction(backend.factory()));
      try (LogCapture log = new LogCapture(AccessCounter.class)) {
        ImmutableBlocks<G1> registered = Pools.register(manager, LineageHashes.of(A, B));
        ImmutableBlock<G1> single = Pools.register(manager, C);
        ImmutableBlocks<G1> match = manager.match(LineageHashes.of(A, B));
        ImmutableBlocks<G1> scattered = manager.matchScattered(LineageHashes.of(MISSING, B));
        ImmutableBlocks<G1> scan = manager.scan(LineageHashes.of(C), true);
        assertThat(match.hits() + scattered.hits() + scan.hits()).isEqualTo(4);
        assertThat(log.messages())
            .singleElement()
            .asString()
            .contains("frequency tracker of manager " + manager.id() + " failed");
        List.of(registered, match, scattered, scan).forEach(ImmutableBlocks::close);
        single.close();
      }
      assertThat(manager.availableBlocks()).as("%s", backend).isEqualTo(8);
      assertThat(manager.metrics().inflightImmutable()).isZero();
    }
  }

  /** It was promised not to, but the array could be a column of the store. */
  @Test
  void aTrackerThatWritesToItsHashesChangesNobodysBlocks() {
    FrequencyTracker writing =
        new FrequencyTracker() {
          @Override
          public void touch(long hi, long lo) {}

          @Override
          public int count(long hi, long lo) {
            return 0;
          }

          @Override
          public void touchAll(long[] words, int from, int n) {
            Arrays.fill(words, from, from + 2 * n, 42);
          }
        };
    BlockManager<G1> manager =
        pools.build(
            Pools.builder(G1.TIER, 8, BlockRegistry.builder().frequencyTracker(writing).build()));
    LineageHashes chain = Hashes.chain(0, 4);
    manager.allocate(4).orElseThrow().stage(chain).register().close();
    for (int round = 0; round < 2; round++) {
      try (ImmutableBlocks<G1> hit = manager.match(chain)) {
        assertThat(hit.size()).isEqualTo(4);
        assertThat(hit.hash(3)).isEqualTo(chain.get(3));
      }
    }
  }

  @Test
  void onlyTheFullHashDecides() {
    BlockManager<G1> manager = manager(8);
    PositionalLineageHash one = PositionalLineageHash.of(7, 1, 3);
    Pools.cache(manager, one);
    LineageHashes strangers =
        LineageHashes.of(
            PositionalLineageHash.of(7, 2, 3),
            PositionalLineageHash.of(7, 1, 4),
            PositionalLineageHash.of(7 | 1L << 60, 1, 3),
            new PositionalLineageHash(3L << 62 | one.hi(), one.lo()));
    try (ImmutableBlocks<G1> hit = manager.matchScattered(strangers)) {
      assertThat(hit.hits()).isZero();
    }
  }
}
