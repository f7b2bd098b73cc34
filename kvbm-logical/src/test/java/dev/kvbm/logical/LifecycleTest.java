package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The life of one block and of a few of them; spec (a.2), (a.9), (a.10) and traces T1 to T6. */
class LifecycleTest {
  @RegisterExtension final Pools pools = new Pools();

  private static String gauges(BlockManager<?> manager) {
    MetricsSnapshot now = manager.metrics();
    return "reset %d inactive %d mutable %d immutable %d"
        .formatted(
            now.resetPoolSize(),
            now.inactivePoolSize(),
            now.inflightMutable(),
            now.inflightImmutable());
  }

  @ParameterizedTest
  @EnumSource
  void plainLifeOfABlock(Backend backend) {
    BlockManager<G1> manager = pools.of(4, backend);
    PositionalLineageHash hash = Hashes.root(0);
    assertThat(gauges(manager)).isEqualTo("reset 4 inactive 0 mutable 0 immutable 0");

    MutableBlock<G1> mutable = manager.allocate().orElseThrow();
    assertThat(mutable.blockId()).isZero();
    assertThat(gauges(manager)).isEqualTo("reset 3 inactive 0 mutable 1 immutable 0");

    CompleteBlock<G1> complete = mutable.stage(hash, 4);
    assertThat(complete.sequenceHash()).isEqualTo(hash);
    assertThat(gauges(manager)).isEqualTo("reset 3 inactive 0 mutable 0 immutable 0");
    assertThat(manager.metrics().staged()).isEqualTo(1);

    ImmutableBlock<G1> first = complete.register();
    assertThat(first.blockId()).isZero();
    assertThat(first.sequenceHash()).isEqualTo(hash);
    assertThat(gauges(manager)).isEqualTo("reset 3 inactive 0 mutable 0 immutable 1");

    ImmutableBlocks<G1> hit = manager.match(LineageHashes.of(hash));
    assertThat(hit.ids()).containsExactly(0);
    assertThat(gauges(manager)).isEqualTo("reset 3 inactive 0 mutable 0 immutable 2");

    hit.close();
    assertThat(gauges(manager)).isEqualTo("reset 3 inactive 0 mutable 0 immutable 1");
    first.close();
    assertThat(gauges(manager)).isEqualTo("reset 3 inactive 1 mutable 0 immutable 0");
    assertThat(manager.availableBlocks()).isEqualTo(4);

    ImmutableBlocks<G1> again = manager.match(LineageHashes.of(hash));
    assertThat(again.ids()).containsExactly(0);
    assertThat(gauges(manager)).isEqualTo("reset 3 inactive 0 mutable 0 immutable 1");
    again.close();
    assertThat(gauges(manager)).isEqualTo("reset 3 inactive 1 mutable 0 immutable 0");
  }

  @Test
  void freedBlocksQueueBehindTheOthersInTheOrderInWhichTheyCameBack() {
    BlockManager<G1> manager = pools.of(4);
    List<MutableBlock<G1>> two = manager.allocate(2).orElseThrow().split();
    two.get(1).close();
    two.get(0).close();

    assertThat(manager.allocate(5)).isEmpty();
    MutableBlocks<G1> three = manager.allocate(3).orElseThrow();
    assertThat(three.ids()).containsExactly(2, 3, 1);
    three.close();
  }

  @Test
  void anAllocationTakesFreeBlocksFirstAndThenTheOldestIdleOnes() {
    BlockManager<G1> manager = pools.of(4);
    LineageHashes hashes = Hashes.roots(0, 3);
    Pools.cache(manager, hashes);
    assertThat(Pools.pools(manager)).isEqualTo("1 free, 3 idle");

    MutableBlocks<G1> blocks = manager.allocate(3).orElseThrow();

    assertThat(blocks.ids()).containsExactly(3, 0, 1);
    assertThat(blocks.evicted()).isEqualTo(hashes.slice(0, 2));
    MetricsSnapshot metrics = manager.metrics();
    assertThat(metrics.allocations()).isEqualTo(6);
    assertThat(metrics.allocationsFromReset()).isEqualTo(4);
    assertThat(metrics.evictions()).isEqualTo(2);
    assertThat(manager.registry().isRegistered(hashes.get(0))).isFalse();
    assertThat(manager.registry().isRegistered(hashes.get(1))).isFalse();
    assertThat(manager.registry().isRegistered(hashes.get(2))).isTrue();
    blocks.close();
  }

  @Test
  void aDuplicateKeepsThePrimaryFromBecomingIdle() {
    BlockManager<G1> manager = pools.of(4);
    PositionalLineageHash hash = Hashes.root(0);
    ImmutableBlock<G1> primary = Pools.register(manager, hash);
    ImmutableBlock<G1> duplicate = Pools.register(manager, hash);
    assertThat(duplicate.blockId()).isEqualTo(1);
    assertThat(primary.useCount()).isEqualTo(2);

    primary.close();
    assertThat(Pools.pools(manager)).isEqualTo("2 free, 0 idle");
    ImmutableBlocks<G1> hit = manager.match(LineageHashes.of(hash));
    assertThat(hit.ids()).containsExactly(0);
    hit.close();
    assertThat(Pools.pools(manager)).isEqualTo("2 free, 0 idle");

    duplicate.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
  }

  @ParameterizedTest
  @EnumSource
  void registeringAnIdleHashTakesItBackIntoUse(DuplicationPolicy policy) {
    BlockManager<G1> manager = pools.with(4, options -> options.duplicationPolicy(policy));
    PositionalLineageHash hash = Hashes.root(0);
    Pools.cache(manager, hash);

    ImmutableBlock<G1> again = Pools.register(manager, hash);

    assertThat(manager.metrics().inactivePoolSize()).isZero();
    assertThat(again.blockId()).isEqualTo(policy == DuplicationPolicy.ALLOW ? 1 : 0);
    assertThat(manager.slots().get(0).state()).isEqualTo(SlotInfo.State.PRIMARY);
    again.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
  }

  @ParameterizedTest
  @EnumSource
  void idAndHashAreTheSameInEveryState(Backend backend) {
    BlockManager<G1> manager = pools.of(10, backend);
    TokenBlockSequence prompt = Hashes.prompt(100, 4);
    PositionalLineageHash hash = prompt.lineageHashes().get(0);
    MutableBlock<G1> mutable = manager.allocate().orElseThrow();
    int id = mutable.blockId();

    CompleteBlock<G1> complete = mutable.stage(hash, 4);
    assertThat(complete.blockId()).isEqualTo(id);
    ImmutableBlock<G1> immutable = complete.register();
    assertThat(immutable.blockId()).isEqualTo(id);
    WeakBlock<G1> weak = immutable.downgrade();
    immutable.close();

    try (ImmutableBlocks<G1> hit = manager.match(prompt)) {
      assertThat(hit.ids()).containsExactly(id);
      assertThat(hit.hash(0)).isEqualTo(hash);
      try (ImmutableBlock<G1> upgraded = weak.upgrade().orElseThrow()) {
        assertThat(upgraded.blockId()).isEqualTo(id);
        assertThat(upgraded.sequenceHash()).isEqualTo(hash);
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "4, 1", "4, 8", "4, 0", "4, -1", "16, 15", "64, 32"})
  void aBlockFilledWithTheWrongNumberOfTokensStaysMutable(int blockSize, int tokens) {
    BlockManager<G1> manager = pools.with(2, options -> options.blockSize(blockSize));
    MutableBlock<G1> block = manager.allocate().orElseThrow();

    BlockSizeMismatchException error =
        catchThrowableOfType(
            BlockSizeMismatchException.class, () -> block.stage(Hashes.root(0), tokens));

    assertThat(error.expectedTokens()).isEqualTo(blockSize);
    assertThat(error.actualTokens()).isEqualTo(tokens);
    assertThat(error.blockId()).isEqualTo(block.blockId());
    assertThat(error).hasMessageContaining(blockSize + " tokens, given were " + tokens);
    assertThat(manager.metrics().stagings()).isZero();
    assertThat(manager.metrics().inflightMutable()).isEqualTo(1);
    CompleteBlock<G1> complete = block.stage(Hashes.root(0), blockSize);
    complete.close();
    assertThat(manager.availableBlocks()).isEqualTo(2);
  }

  @Test
  void aTokenBlockBringsItsHashAndItsSize() {
    BlockManager<G1> manager = pools.of(2);
    TokenBlockSequence prompt = Hashes.prompt(0, 8);
    try (CompleteBlock<G1> complete = manager.allocate().orElseThrow().complete(prompt.block(1))) {
      assertThat(complete.sequenceHash()).isEqualTo(prompt.lineageHashes().get(1));
    }
    MutableBlock<G1> block = manager.allocate().orElseThrow();
    TokenBlockSequence longer = TokenBlockSequence.of(Hashes.tokens(0, 8), 8, Hashes.SALT);
    assertThatThrownBy(() -> block.complete(longer.block(0)))
        .isInstanceOf(BlockSizeMismatchException.class)
        .hasMessageContaining("4 tokens, given were 8");
    assertThat(block.isHeld()).isTrue();
    block.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024})
  void everyPowerOfTwoUpTo1024IsABlockSize(int blockSize) {
    BlockManager<G1> manager = pools.with(3, options -> options.blockSize(blockSize));
    assertThat(manager.blockSize()).isEqualTo(blockSize);
    TokenBlockSequence prompt =
        TokenBlockSequence.of(Hashes.tokens(7, 2 * blockSize), blockSize, Hashes.SALT);

    MutableBlocks<G1> blocks = manager.allocate(2).orElseThrow();
    assertThat(blocks.split())
        .satisfiesExactly(
            first -> {
              assertThat(first.blockSize()).isEqualTo(blockSize);
              first.stage(prompt.lineageHashes().get(0), blockSize).register().close();
            },
            second -> second.stage(prompt.lineageHashes().get(1), blockSize).register().close());

    try (ImmutableBlocks<G1> hit = manager.match(prompt)) {
      assertThat(hit.size()).isEqualTo(2);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4, 16, 64})
  void aStagedBlockThatIsResetKeepsItsIdAndCanBeStagedAgain(int blockSize) {
    Random random = new Random(blockSize);
    BlockManager<G1> manager = pools.with(8, options -> options.blockSize(blockSize));
    for (int round = 0; round < 50; round++) {
      int first = random.nextInt(1000);
      PositionalLineageHash hash =
          TokenBlockSequence.of(Hashes.tokens(first, blockSize), blockSize, Hashes.SALT)
              .lineageHashes()
              .get(0);
      MutableBlock<G1> block = manager.allocate().orElseThrow();
      int id = block.blockId();

      CompleteBlock<G1> staged = block.stage(hash, blockSize);
      MutableBlock<G1> reset = staged.reset();
      assertThat(reset.blockId()).as("tokens from %s", first).isEqualTo(id);
      assertThat(reset.blockSize()).isEqualTo(blockSize);
      CompleteBlock<G1> again = reset.stage(hash, blockSize);
      assertThat(again.sequenceHash()).isEqualTo(hash);
      again.close();
    }
    assertThat(manager.metrics().stagings()).isEqualTo(100);
    assertThat(manager.metrics().inflightMutable()).isZero();
  }

  @Test
  void equalTokensGetEqualHashesAndOthersDoNot() {
    BlockManager<G1> manager = pools.of(4);
    PositionalLineageHash one = Hashes.prompt(11, 4).lineageHashes().get(0);
    PositionalLineageHash same = Hashes.prompt(11, 4).lineageHashes().get(0);
    PositionalLineageHash other = Hashes.prompt(15, 4).lineageHashes().get(0);
    List<CompleteBlock<G1>> staged = new ArrayList<>();
    for (PositionalLineageHash hash : List.of(one, same, other)) {
      staged.add(manager.allocate().orElseThrow().stage(hash, 4));
    }

    assertThat(staged.get(0).sequenceHash()).isEqualTo(staged.get(1).sequenceHash());
    assertThat(staged.get(0).sequenceHash()).isNotEqualTo(staged.get(2).sequenceHash());
    staged.forEach(CompleteBlock::close);
  }

  @Test
  void textOfAGuardNamesItsTypeItsBlockAndHowItEnded() {
    BlockManager<G1> manager = pools.of(4);
    MutableBlock<G1> mutable = manager.allocate().orElseThrow();
    assertThat(mutable).hasToString("MutableBlock[0, manager " + manager.id() + "]");
    CompleteBlock<G1> complete = mutable.stage(Hashes.root(0), 4);
    assertThat(mutable.toString()).startsWith("MutableBlock[0").contains("consumed by stage()");
    assertThat(complete.toString()).startsWith("CompleteBlock[0");
    ImmutableBlock<G1> immutable = complete.register();
    assertThat(immutable.toString()).startsWith("ImmutableBlock[0");
    assertThat(immutable.downgrade().toString())
        .startsWith("WeakBlock[" + Hashes.root(0) + ", manager " + manager.id());
    immutable.close();
    assertThat(immutable.toString()).contains("was closed");
  }

  @Test
  void blocksThatWereNeverRegisteredGoBackToTheFreeList() {
    BlockManager<G1> manager = pools.of(16);
    manager.allocate(16).orElseThrow().close();
    assertThat(Pools.pools(manager)).isEqualTo("16 free, 0 idle");
    assertThat(manager.metrics().registrations()).isZero();

    manager.allocate(16).orElseThrow().stage(Hashes.chain(0, 16)).close();
    assertThat(Pools.pools(manager)).isEqualTo("16 free, 0 idle");
    assertThat(manager.metrics().stagings()).isEqualTo(16);
    assertThat(manager.metrics().registrations()).isZero();
    assertThat(manager.match(Hashes.chain(0, 16)).isEmpty()).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void blocksComeBackByEveryWayAtOnce(Backend backend) {
    BlockManager<G1> manager = pools.of(24, backend);
    MutableBlocks<G1> mutable = manager.allocate(8).orElseThrow();
    CompleteBlocks<G1> complete = manager.allocate(8).orElseThrow().stage(Hashes.chain(500, 8));
    ImmutableBlocks<G1> registered = Pools.register(manager, Hashes.chain(0, 8));
    assertThat(manager.availableBlocks()).isZero();

    mutable.close();
    complete.close();
    registered.close();

    assertThat(Pools.pools(manager)).isEqualTo("16 free, 8 idle");
    assertThat(manager.metrics().stagings()).isEqualTo(16);
    assertThat(manager.metrics().registrations()).isEqualTo(8);
  }

  @ParameterizedTest
  @EnumSource
  void aFullPoolOfIdleBlocksIsEvictedAndReused(Backend backend) {
    BlockManager<G1> manager = pools.of(16, backend);
    for (int round = 0; round < 2; round++) {
      LineageHashes hashes = Hashes.chain(round * 1000, 16);
      Pools.cache(manager, hashes);
      assertThat(Pools.pools(manager)).isEqualTo("0 free, 16 idle");

      MutableBlocks<G1> all = manager.allocate(16).orElseThrow();
      assertThat(all.evicted()).containsExactlyInAnyOrderElementsOf(hashes);
      all.close();
      assertThat(Pools.pools(manager)).isEqualTo("16 free, 0 idle");
      Pools.cache(manager, hashes);
      try (ImmutableBlocks<G1> hit = manager.match(hashes)) {
        assertThat(hit.size()).isEqualTo(16);
      }
      assertThat(manager.resetInactivePool().isComplete()).isTrue();
    }
    MetricsSnapshot metrics = manager.metrics();
    assertThat(metrics.allocations()).isEqualTo(96);
    assertThat(metrics.registrations()).isEqualTo(64);
    assertThat(metrics.evictions()).isEqualTo(32);
    assertThat(metrics.allocationsFromReset()).isEqualTo(64);
  }

  @Test
  void guardsOutliveTheManagerThatMadeThem() {
    BlockManager<G1> manager = pools.of(4);
    MutableBlocks<G1> mutable = manager.allocate(2).orElseThrow();
    ImmutableBlock<G1> immutable = Pools.register(manager, Hashes.root(0));
    manager.close();

    assertThat(immutable.sequenceHash()).isEqualTo(Hashes.root(0));
    mutable.close();
    immutable.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
    assertThatThrownBy(() -> manager.allocate(1)).isInstanceOf(IllegalStateException.class);
  }
}
