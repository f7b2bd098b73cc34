package dev.kvbm.guide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.BlockSizeMismatchException;
import dev.kvbm.logical.CompleteBlock;
import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.EvictionPreview;
import dev.kvbm.logical.Evictions;
import dev.kvbm.logical.ForeignBlockException;
import dev.kvbm.logical.GuardStateException;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.LeakDetection;
import dev.kvbm.logical.MissExplanation;
import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.PoolExhausted;
import dev.kvbm.logical.Reservation;
import dev.kvbm.logical.WeakBlock;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.frequency.FrequencyCapacity;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.testkit.LeakScope;
import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;
import dev.kvbm.tokens.TokenHashing;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The code of {@code docs/guide.md}, run. {@link DocumentsTest} keeps the two equal. */
class GuideTest {
  private static final long SALT = 42;

  private final ToyEngine engine = new ToyEngine(64, 256);
  private final BlockRegistry registry = BlockRegistry.create();
  private final BlockManager<G2> host =
      BlockManager.builder(G2.TIER)
          .blocks(256)
          .blockSize(16)
          .registry(registry)
          .duplicationPolicy(DuplicationPolicy.REJECT)
          .build();
  private final BlockManager<G1> gpu =
      BlockManager.builder(G1.TIER)
          .blocks(64)
          .blockSize(16)
          .registry(registry)
          .evictionListener(this::offload)
          .build();

  @AfterEach
  void thePoolsAreSound() {
    assertThat(gpu.invariantViolations()).isEmpty();
    assertThat(host.invariantViolations()).isEmpty();
  }

  private static int[] prompt(int first, int tokens) {
    return IntStream.range(first, first + tokens).toArray();
  }

  private static TokenBlockSequence blocks(int first, int blocks) {
    return TokenBlockSequence.of(prompt(first, blocks * 16), 16, SALT);
  }

  private void cache(TokenBlockSequence text) {
    int[] all = new int[text.blockCount()];
    try (MutableBlocks<G1> fresh = gpu.allocate(text.blockCount()).orElseThrow()) {
      fresh.copyIds(all, 0);
      engine.prefill(text, 0, all);
      fresh.register(text.lineageHashes()).close();
    }
  }

  // --------------- managers ---------------

  @Test
  void managersOfTwoTiersShareARegistry() {
    // @start region="managers"
    BlockRegistry registry = BlockRegistry.create();

    BlockManager<G1> gpu =
        BlockManager.builder(G1.TIER).blocks(4_096).blockSize(16).registry(registry).build();

    BlockManager<G2> host =
        BlockManager.builder(G2.TIER)
            .blocks(32_768)
            .blockSize(16)
            .registry(registry)
            .duplicationPolicy(DuplicationPolicy.REJECT)
            .build();
    // @end

    assertThat(gpu.registry()).isSameAs(host.registry());
    assertThat(gpu.evictionPolicy()).isEqualTo("lineage-tick");
    assertThat(gpu.duplicationPolicy()).isEqualTo(DuplicationPolicy.ALLOW);
    assertThat(host.availableBlocks()).isEqualTo(32_768);
  }

  // --------------- the request loop ---------------

  // @start region="serve"
  int[] serve(int[] prompt, int answerTokens, long salt) {
    TokenBlockSequence text = TokenBlockSequence.of(prompt, 16, salt);
    int reusable = (text.totalTokens() - 1) / 16; // the last token has to be computed in any case
    int needed = (text.totalTokens() + answerTokens + 15) / 16;

    try (ImmutableBlocks<G1> done = gpu.match(text.lineageHashes().slice(0, reusable));
        MutableBlocks<G1> open =
            gpu.allocate(needed - done.size()).orElseThrow(PoolExhausted::new)) {
      int[] pages = new int[needed]; // the page table of the kernels
      done.copyIds(pages, 0);
      open.copyIds(pages, done.size());

      int[] answer = new int[answerTokens];
      answer[0] = engine.prefill(text, done.size() * 16, pages);
      publish(text, done, open);
      for (int i = 1; i < answerTokens; i++) {
        text.append(answer[i - 1]);
        answer[i] = engine.decode(text, pages); // computes the token just appended
        publish(text, done, open);
      }
      return answer;
    } // what was published is idle now and can be matched; the rest is free again
  }

  /** Makes the blocks matchable that have been filled since the last call. */
  private void publish(TokenBlockSequence text, ImmutableBlocks<G1> done, MutableBlocks<G1> open) {
    int full = text.blockCount();
    if (full > done.size()) {
      open.registerFirst(text.lineageHashes().slice(done.size(), full), done);
    }
  }

  // @end

  @Test
  void aRequestIsServedAndTheNextOneFindsItsBlocks() {
    int[] prompt = prompt(0, 100);

    assertThat(serve(prompt, 40, SALT)).isEqualTo(ToyEngine.answer(prompt, 40, SALT));
    assertThat(gpu.metrics().matchBlocksReturned()).isZero();
    assertThat(gpu.metrics().inactivePoolSize()).isEqualTo(8); // 139 computed tokens
    assertThat(gpu.metrics().resetPoolSize()).isEqualTo(64 - 8);

    assertThat(serve(prompt, 40, SALT)).isEqualTo(ToyEngine.answer(prompt, 40, SALT));
    assertThat(gpu.metrics().matchBlocksReturned()).isEqualTo(6);
  }

  @Test
  void aFullyCachedPromptStillComputesItsLastToken() {
    int[] prompt = prompt(0, 64);
    serve(prompt, 2, SALT);

    assertThat(serve(prompt, 2, SALT)).isEqualTo(ToyEngine.answer(prompt, 2, SALT));

    assertThat(gpu.metrics().matchBlocksReturned()).isEqualTo(3);
  }

  @Test
  void aFailingRequestGivesEverythingBack() {
    int[] prompt = prompt(0, 20);

    assertThatThrownBy(() -> serve(prompt, 0, SALT))
        .isInstanceOf(ArrayIndexOutOfBoundsException.class);
    assertThatThrownBy(() -> serve(prompt, 64 * 16, SALT)).isInstanceOf(PoolExhausted.class);

    assertThat(gpu.availableBlocks()).isEqualTo(64);
    assertThat(gpu.metrics().inflightImmutable()).isZero();
  }

  @Test
  void saltsKeepTenantsApart() {
    int[] prompt = prompt(0, 64);

    // @start region="salt"
    long salt = TokenHashing.saltHash("tenant-7", "my-lora-adapter");
    int[] answer = serve(prompt, 20, salt);
    // @end

    assertThat(answer).isEqualTo(ToyEngine.answer(prompt, 20, salt));
    serve(prompt, 20, TokenHashing.saltHash("tenant-8", "my-lora-adapter"));
    assertThat(gpu.metrics().matchBlocksReturned()).isZero();
  }

  @Test
  void aSteadyLoopMakesNoGroups() {
    List<LineageHashes> prompts =
        List.of(blocks(0, 3).lineageHashes(), blocks(500, 2).lineageHashes());
    int[] pages = new int[8];

    // @start region="refill"
    ImmutableBlocks<G1> cached = gpu.newImmutableBlocks();
    MutableBlocks<G1> fresh = gpu.newMutableBlocks();
    ImmutableBlocks<G1> computed = gpu.newImmutableBlocks();
    for (LineageHashes hashes : prompts) {
      gpu.match(hashes, cached);
      if (gpu.allocate(hashes.size() - cached.size(), fresh)) {
        cached.copyIds(pages, 0);
        fresh.copyIds(pages, cached.size());
        fresh.register(hashes.from(cached.size()), computed);
        computed.close();
      }
      cached.close();
    }
    // @end

    assertThat(gpu.metrics().registrations()).isEqualTo(5);
    assertThat(gpu.metrics().inflightImmutable()).isZero();
  }

  // --------------- groups and guards ---------------

  @Test
  void aGroupIsSplitIntoGuardsAndPutTogetherAgain() {
    TokenBlockSequence text = blocks(0, 3);
    cache(text);

    // @start region="guards"
    List<ImmutableBlock<G1>> guards = gpu.match(text).split(); // one to close for each block
    ImmutableBlock<G1> first = guards.getFirst();
    WeakBlock<G1> remembered = first.downgrade(); // keeps nothing from being evicted
    ImmutableBlock<G1> shared = first.share(); // a second owner of the same block

    ImmutableBlocks<G1> again = ImmutableBlocks.of(guards); // the guards are consumed
    again.close();
    shared.close();

    Optional<ImmutableBlock<G1>> revived = remembered.upgrade(); // if it is still there
    revived.ifPresent(ImmutableBlock::close);
    // @end

    assertThat(revived).isPresent();
    assertThat(guards).noneMatch(ImmutableBlock::isHeld);
    assertThat(gpu.metrics().inactivePoolSize()).isEqualTo(3);
  }

  @Test
  void aSingleBlockGoesThroughTheSameStates() {
    TokenBlockSequence text = blocks(0, 1);

    // @start region="single"
    try (MutableBlock<G1> block = gpu.allocate().orElseThrow(PoolExhausted::new);
        CompleteBlock<G1> staged = block.complete(text.block(0)); // has a hash, is not matchable
        ImmutableBlock<G1> registered = gpu.register(staged)) { // matchable from here on
      assertThat(registered.sequenceHash()).isEqualTo(text.lineageHash(0));
    } // block and staged were consumed: closing them does nothing
    // @end

    assertThat(gpu.metrics().inactivePoolSize()).isEqualTo(1);
  }

  // --------------- closing and errors ---------------

  @Test
  void aGroupIsClosedOnceAndSaysHowItEnded() {
    TokenBlockSequence text = blocks(0, 2);

    // @start region="ended"
    MutableBlocks<G1> fresh = gpu.allocate(2).orElseThrow();
    ImmutableBlocks<G1> computed = fresh.register(text.lineageHashes());

    fresh.close(); // does nothing: register() has consumed it
    assertThatThrownBy(fresh::ids)
        .isInstanceOf(GuardStateException.class)
        .hasMessageContaining("was consumed by register()");

    computed.close();
    computed.close(); // does nothing
    // @end

    assertThat(gpu.metrics().inactivePoolSize()).isEqualTo(2);
  }

  @Test
  void badInputIsRefusedBeforeAnythingChanges() {
    TokenBlockSequence text = blocks(0, 2);
    MutableBlocks<G1> fresh = gpu.allocate(2).orElseThrow();

    assertThatThrownBy(() -> fresh.register(text.lineageHashes().slice(0, 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 1 hashes for 2 blocks");
    assertThat(fresh.isHeld()).isTrue();
    fresh.close();

    MutableBlock<G1> block = gpu.allocate().orElseThrow();
    assertThatThrownBy(() -> block.stage(text.lineageHash(0), 8))
        .isInstanceOf(BlockSizeMismatchException.class);
    CompleteBlock<G1> staged = block.stage(text.lineageHash(0), 16);
    BlockManager<G1> other =
        BlockManager.builder(G1.TIER).blocks(1).blockSize(16).registry(registry).build();
    assertThatThrownBy(() -> other.register(staged)).isInstanceOf(ForeignBlockException.class);
    assertThat(staged.isHeld()).isTrue();
    staged.close();

    assertThat(gpu.allocate(65)).isEmpty();
    assertThatThrownBy(() -> gpu.match(TokenBlockSequence.of(new int[8], 8)))
        .isInstanceOf(IllegalArgumentException.class);
    gpu.close();
    assertThatThrownBy(() -> gpu.allocate(1)).isInstanceOf(IllegalStateException.class);
  }

  // --------------- eviction ---------------

  @Test
  void thePolicyIsChosenInTheBuilder() {
    // @start region="policy"
    BlockRegistry counting =
        BlockRegistry.builder().frequencyTracker(FrequencyCapacity.MEDIUM.createTracker()).build();
    BlockManager<G1> gpu =
        BlockManager.builder(G1.TIER)
            .blocks(4_096)
            .blockSize(16)
            .registry(counting)
            .eviction(Eviction.multiLru())
            .build();
    // @end

    assertThat(gpu.evictionPolicy()).isEqualTo("multi-lru");
    assertThatThrownBy(
            () ->
                BlockManager.builder(G1.TIER)
                    .blocks(1)
                    .registry(BlockRegistry.create())
                    .eviction(Eviction.multiLru())
                    .build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("frequency");
  }

  @Test
  void theNextVictimsCanBeSeen() {
    cache(blocks(0, 3));

    // @start region="preview"
    EvictionPreview next = gpu.previewEvictions(2);
    boolean[] alsoInHost = registry.checkPresence(G2.TIER, next.hashes());
    // @end

    assertThat(next.hashes())
        .containsExactly(blocks(0, 3).lineageHash(2), blocks(0, 3).lineageHash(1));
    assertThat(alsoInHost).containsOnly(false);
    assertThat(gpu.metrics().inactivePoolSize()).isEqualTo(3);
  }

  // --------------- tiers ---------------

  // @start region="ahead"
  /** Copies the next victims to host memory and frees them, before a request has to wait for it. */
  void makeRoom(int blocks) {
    LineageHashes next = gpu.previewEvictions(blocks).hashes();
    try (ImmutableBlocks<G1> victims = gpu.scan(next, /* touch= */ false); // pinned, gaps if gone
        MutableBlocks<G2> copies = host.allocate(victims.hits()).orElseThrow(PoolExhausted::new)) {
      LineageHashBuffer hashes = new LineageHashBuffer();
      for (int i = 0; i < victims.size(); i++) {
        if (victims.isHit(i)) {
          engine.copyToHost(victims.id(i), copies.id(hashes.size()));
          hashes.add(victims.hash(i));
        }
      }
      copies.register(hashes).close();
      victims.setResetOnRelease(true); // free when closed, not idle again
    }
  }

  // @end

  @Test
  void victimsCanBeCopiedOutAheadOfTime() {
    TokenBlockSequence text = blocks(0, 64);
    cache(text);

    makeRoom(24);

    assertThat(gpu.metrics().resetPoolSize()).isEqualTo(24);
    gpu.allocate(24).orElseThrow().close();
    assertThat(gpu.metrics().evictions()).isZero();
    try (ImmutableBlocks<G1> blocks = onboard(text.lineageHashes())) {
      assertThat(blocks.size()).isEqualTo(64);
      assertThat(engine.prefill(text, 64 * 16, blocks.ids()))
          .isEqualTo(ToyEngine.answer(prompt(0, 64 * 16), 1, SALT)[0]);
    }
  }

  // @start region="offload"
  void offload(Evictions evicted) {
    boolean[] known = registry.checkPresence(G2.TIER, evicted.hashes());
    LineageHashBuffer hashes = new LineageHashBuffer();
    List<Integer> deviceBlocks = new ArrayList<>();
    for (int i = 0; i < evicted.size(); i++) {
      if (!known[i]) {
        hashes.add(evicted.hash(i));
        deviceBlocks.add(evicted.id(i));
      }
    }
    host.allocate(hashes.size()) // empty if all of host memory is held: then they are lost
        .ifPresent(
            copies -> {
              try (copies) {
                for (int i = 0; i < copies.size(); i++) {
                  engine.copyToHost(deviceBlocks.get(i), copies.id(i)); // bytes still in place
                }
                copies.register(hashes).close(); // idle in host memory
              }
            });
  }

  // @end

  // @start region="onboard"
  /** The longest prefix that any tier holds, in device memory. */
  ImmutableBlocks<G1> onboard(LineageHashes hashes) {
    ImmutableBlocks<G1> onDevice = gpu.match(hashes);
    LineageHashes rest = hashes.from(onDevice.size());
    try (ImmutableBlocks<G2> inHost = host.match(rest);
        MutableBlocks<G1> room = gpu.allocate(inHost.size()).orElseThrow(PoolExhausted::new)) {
      engine.copyToDevice(inHost.ids(), room.ids());
      onDevice.addAll(room.register(rest.slice(0, inHost.size())));
      return onDevice;
    } catch (RuntimeException e) {
      onDevice.close();
      throw e;
    }
  }

  // @end

  @Test
  void evictedBlocksComeBackFromHostMemory() {
    TokenBlockSequence text = blocks(0, 40);
    cache(text);
    cache(blocks(10_000, 50)); // pushes the tail of the first prompt out

    // @start region="presence"
    boolean[] inHost = registry.checkPresence(G2.TIER, text.lineageHashes());
    boolean[] anywhere = registry.checkPresenceAny(text.lineageHashes(), G1.TIER, G2.TIER);
    // @end

    assertThat(gpu.metrics().evictions()).isEqualTo(26);
    assertThat(IntStream.range(0, 40).filter(i -> inHost[i])).hasSize(26);
    assertThat(anywhere).containsOnly(true);

    try (ImmutableBlocks<G1> blocks = onboard(text.lineageHashes())) {
      assertThat(blocks.size()).isEqualTo(40);
      text.append(7);
      int[] pages = new int[41];
      blocks.copyIds(pages, 0);
      try (MutableBlocks<G1> tail = gpu.allocate(1).orElseThrow()) {
        tail.copyIds(pages, 40);
        engine.decode(text, pages); // reads every page
      }
    }
    assertThat(gpu.metrics().inflightImmutable() + host.metrics().inflightImmutable()).isZero();
  }

  @Test
  void onboardingThatFindsNoRoomGivesEverythingBack() {
    cache(blocks(0, 40));
    cache(blocks(10_000, 50));
    try (MutableBlocks<G1> all = gpu.allocate(60).orElseThrow()) {
      assertThat(all.size()).isEqualTo(60);
      assertThatThrownBy(() -> onboard(blocks(0, 40).lineageHashes()))
          .isInstanceOf(PoolExhausted.class);
    }
    assertThat(gpu.metrics().inflightImmutable() + host.metrics().inflightImmutable()).isZero();
  }

  // --------------- waiting ---------------

  @Test
  void anAllocationMayWait() throws InterruptedException {
    List<String> refused = new ArrayList<>();
    MutableBlocks<G1> everything = gpu.allocate(64).orElseThrow();

    // @start region="waiting"
    Optional<MutableBlocks<G1>> blocks = gpu.allocate(16, Duration.ofMillis(20));
    if (blocks.isEmpty()) {
      refused.add("still full after 20 ms");
    }
    // @end

    assertThat(refused).hasSize(1);
    everything.close();
    assertThat(gpu.allocate(16, Duration.ofSeconds(50))).get().satisfies(MutableBlocks::close);
  }

  @Test
  void aReservationKeepsBlocksForLater() {
    // @start region="reserve"
    try (Reservation<G1> reserved = gpu.reserve(10).orElseThrow(PoolExhausted::new)) {
      MutableBlocks<G1> chunk = reserved.take(4); // cannot fail, whatever others do
      chunk.close();
    } // the other 6 go back
    // @end

    assertThat(gpu.metrics().allocations()).isEqualTo(10);
    assertThat(gpu.availableBlocks()).isEqualTo(64);
  }

  // --------------- seeing what happens ---------------

  @Test
  void aLostGuardIsReported() {
    // @start region="leaks"
    BlockManager<G1> gpu =
        BlockManager.builder(G1.TIER)
            .blocks(4_096)
            .blockSize(16)
            .registry(registry)
            .leakDetection(LeakDetection.SAMPLED) // ALL in tests
            .build();
    long lost = gpu.lostGuards();
    // @end

    assertThat(lost).isZero();

    BlockManager<G1> watched =
        BlockManager.builder(G1.TIER)
            .blocks(4)
            .registry(BlockRegistry.create())
            .leakDetection(LeakDetection.ALL)
            .build();
    lose(watched);
    for (int i = 0; i < 1_000 && watched.lostGuards() == 0; i++) {
      System.gc();
    }
    assertThat(watched.lostGuards()).isEqualTo(1);
    assertThat(watched.availableBlocks()).isEqualTo(3); // reported, never released
  }

  private static void lose(BlockManager<G1> manager) {
    assertThat(manager.allocate(1)).isPresent();
  }

  @Test
  void codeThatGivesEverythingBackPassesALeakScope() {
    // @start region="scope"
    try (LeakScope _ = LeakScope.watch(gpu, host)) {
      serve(prompt(0, 90), 10, SALT);
    } // AssertionError if a block is held that was not held before
    // @end

    assertThat(gpu.metrics().inactivePoolSize()).isPositive();
  }

  @Test
  void aMissIsExplained() {
    // @start region="explain"
    BlockManager<G1> gpu =
        BlockManager.builder(G1.TIER)
            .blocks(64)
            .blockSize(16)
            .registry(registry)
            .explainMisses(100_000)
            .build();
    // @end
    TokenBlockSequence prompt = blocks(0, 40);
    gpu.allocate(40).orElseThrow().register(prompt.lineageHashes()).close();
    gpu.allocate(50).orElseThrow().register(blocks(10_000, 50).lineageHashes()).close();

    // @start region="explanation"
    MissExplanation why = gpu.explain(prompt);
    String text = why.matchedBlocks() + " blocks are held, then " + why.cause();
    // @end

    assertThat(text).isEqualTo("14 blocks are held, then EVICTED");
    assertThat(why.departure()).isNotNull();
    assertThat(why.departure().policy()).isEqualTo("lineage-tick");
    assertThat(gpu.explain(blocks(777, 1)).cause()).isEqualTo(MissExplanation.Cause.NEVER_SEEN);
  }

  // --------------- threads ---------------

  @Test
  void requestsRunOnAsManyThreadsAsOneLikes() throws Exception {
    List<int[]> prompts = IntStream.range(0, 200).mapToObj(i -> prompt(i % 4 * 1_000, 90)).toList();

    // @start region="threads"
    List<Future<int[]>> answers = new ArrayList<>();
    try (ExecutorService requests = Executors.newFixedThreadPool(4)) {
      for (int[] prompt : prompts) {
        answers.add(requests.submit(() -> serve(prompt, 10, SALT)));
      }
    }
    // @end

    for (int i = 0; i < prompts.size(); i++) {
      assertThat(answers.get(i).get()).isEqualTo(ToyEngine.answer(prompts.get(i), 10, SALT));
    }
    assertThat(gpu.metrics().inflightImmutable()).isZero();
    assertThat(gpu.availableBlocks()).isEqualTo(64);
    assertThat(gpu.metrics().matchBlocksReturned()).isGreaterThan(700);
  }
}
