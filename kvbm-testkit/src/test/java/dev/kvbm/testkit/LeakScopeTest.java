package dev.kvbm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.LeakDetection;
import dev.kvbm.testkit.TestTiers.TestMeta;
import dev.kvbm.tokens.LineageHashes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class LeakScopeTest {
  private static final LineageHashes PROMPT = TestTokens.chain(0, 3, 4);

  private static BlockManager<TestMeta> watching(int blocks) {
    return TestManagers.builder(TestTiers.TEST_META, blocks)
        .leakDetection(LeakDetection.ALL)
        .build();
  }

  private static ImmutableBlocks<TestMeta> register(
      BlockManager<TestMeta> manager, LineageHashes hashes) {
    return manager.allocate(hashes.size()).orElseThrow().register(hashes);
  }

  /** Every way to keep a block. Returns what is kept, so that it is not garbage. */
  enum Leak {
    MUTABLE_GROUP(manager -> manager.allocate(2).orElseThrow(), "block 0 is MUTABLE"),
    MUTABLE_GUARD(manager -> manager.allocate().orElseThrow(), "block 0 is MUTABLE"),
    STAGED(manager -> manager.allocate(3).orElseThrow().stage(PROMPT), "block 0 is STAGED of 0:"),
    REGISTERED(manager -> register(manager, PROMPT), "block 2 is PRIMARY of 2:"),
    MATCH(
        manager -> {
          register(manager, PROMPT).close();
          return manager.match(PROMPT);
        },
        "block 1 is PRIMARY of 1:"),
    DUPLICATE(
        manager -> {
          ImmutableBlocks<TestMeta> primary = register(manager, PROMPT.slice(0, 1));
          ImmutableBlocks<TestMeta> duplicate = register(manager, PROMPT.slice(0, 1));
          primary.close();
          return duplicate;
        },
        "block 1 is DUPLICATE of 0:"),
    PIN(
        manager -> {
          try (ImmutableBlocks<TestMeta> blocks = register(manager, PROMPT);
              ImmutableBlock<TestMeta> guard = blocks.share(1)) {
            return guard.pin();
          }
        },
        "block 1 is PRIMARY of 1:"),
    RESERVATION(manager -> manager.reserve(1).orElseThrow(), "block 0 is MUTABLE");

    @SuppressWarnings("ImmutableEnumChecker")
    private final Function<BlockManager<TestMeta>, Object> leak;

    private final String message;

    Leak(Function<BlockManager<TestMeta>, Object> leak, String message) {
      this.leak = leak;
      this.message = message;
    }
  }

  @ParameterizedTest
  @EnumSource
  void everythingThatIsKeptIsFound(Leak leak) {
    BlockManager<TestMeta> manager = TestManagers.create(6);
    LeakScope scope = LeakScope.watch(manager);
    Object kept = leak.leak.apply(manager);
    assertThatThrownBy(scope::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("blocks were left behind")
        .hasMessageContaining(manager + ": " + leak.message);
    assertThat(kept).isNotNull();
  }

  @ParameterizedTest
  @EnumSource
  void aWatchedManagerAlsoTellsWhereItWasAcquired(Leak leak) {
    BlockManager<TestMeta> manager = watching(6);
    LeakScope scope = LeakScope.watch(manager);
    Object kept = leak.leak.apply(manager);
    assertThat(scope.leaks())
        .anyMatch(line -> line.contains(leak.message))
        .anyMatch(
            line ->
                line.contains("is still held, acquired at")
                    && line.contains(LeakScopeTest.class.getSimpleName()));
    assertThat(kept).isNotNull();
  }

  @Test
  void codeThatGivesEverythingBackPasses() {
    for (BlockManager<TestMeta> manager : List.of(TestManagers.create(6), watching(6))) {
      try (LeakScope scope = LeakScope.watch(manager)) {
        register(manager, PROMPT).close();
        manager.match(PROMPT).close();
        manager.allocate(6).orElseThrow().close();
        manager.match(PROMPT).close();
        assertThat(scope.leaks()).isEmpty();
      }
    }
  }

  @Test
  void whatWasHeldBeforeIsNotBlamedOnTheScope() {
    for (BlockManager<TestMeta> manager : List.of(TestManagers.create(6), watching(6))) {
      ImmutableBlocks<TestMeta> before = register(manager, PROMPT);
      var mutable = manager.allocate(1).orElseThrow();
      try (LeakScope scope = LeakScope.watch(manager)) {
        manager.match(PROMPT).close();
        scope.check();
      }
      try (LeakScope scope = LeakScope.watch(manager)) {
        before.close();
        mutable.close();
        scope.check();
      }
    }
  }

  @Test
  void oneReferenceMoreOnABlockThatWasHeldIsFound() {
    BlockManager<TestMeta> manager = TestManagers.create(6);
    ImmutableBlocks<TestMeta> before = register(manager, PROMPT);
    LeakScope scope = LeakScope.watch(manager);
    ImmutableBlocks<TestMeta> more = manager.match(PROMPT.slice(0, 1));
    assertThat(scope.leaks())
        .singleElement()
        .asString()
        .contains("block 0 is PRIMARY")
        .contains("with 2 references, was PRIMARY with 1 references before");
    more.close();
    scope.close();
    before.close();
  }

  @Test
  void aBlockThatWasGivenBackAndTakenAgainIsFound() {
    BlockManager<TestMeta> manager = TestManagers.create(1);
    var before = manager.allocate(1).orElseThrow();
    LeakScope scope = LeakScope.watch(manager);
    before.close();
    var after = manager.allocate(1).orElseThrow();
    assertThat(scope.leaks()).singleElement().asString().contains("block 0 is MUTABLE");
    after.close();
    scope.close();
  }

  @Test
  void aGuardInThePlaceOfAnotherOneIsFoundWhenGuardsAreWatched() {
    BlockManager<TestMeta> manager = watching(6);
    ImmutableBlocks<TestMeta> before = register(manager, PROMPT);
    LeakScope scope = LeakScope.watch(manager);
    ImmutableBlocks<TestMeta> instead = manager.match(PROMPT);
    before.close();
    assertThat(scope.leaks())
        .singleElement()
        .asString()
        .contains("ImmutableBlocks of 3 block(s) is still held");
    instead.close();
    scope.close();
  }

  @Test
  void aGuardInThePlaceOfAPinIsFoundByCounting() {
    BlockManager<TestMeta> manager = TestManagers.create(6);
    ImmutableBlock<TestMeta> guard = register(manager, PROMPT).split().getFirst();
    var pin = guard.pin();
    LeakScope scope = LeakScope.watch(manager);
    ImmutableBlock<TestMeta> more = guard.share();
    pin.close();
    assertThat(scope.leaks())
        .singleElement()
        .asString()
        .contains("1 more guards of registered blocks than before");
    more.close();
    guard.close();
  }

  @Test
  void severalManagersAreWatchedTogether() {
    BlockManager<TestMeta> one = TestManagers.create(2);
    BlockManager<TestMeta> two = TestManagers.create(2);
    LeakScope scope = LeakScope.watch(one);
    scope.add(two);
    var kept = two.allocate(1).orElseThrow();
    assertThatThrownBy(scope::check).hasMessageContaining(two + ": block 0");
    kept.close();
    scope.close();
  }

  @Test
  void aLongListIsCut() {
    BlockManager<TestMeta> manager = TestManagers.create(100);
    LeakScope scope = LeakScope.watch(manager);
    List<AutoCloseable> kept = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      kept.add(manager.allocate().orElseThrow());
    }
    assertThat(scope.leaks()).hasSize(33).last().isEqualTo("and 68 blocks more");
    assertThat(kept).hasSize(100);
  }
}
