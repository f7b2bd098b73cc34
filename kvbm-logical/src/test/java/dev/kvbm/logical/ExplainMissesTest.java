package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.MissExplanation.Cause;
import dev.kvbm.logical.MissExplanation.Departure;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenBlockSequence;
import java.time.Instant;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Why a lookup found no more than it did. */
class ExplainMissesTest {
  @RegisterExtension final Pools pools = new Pools();

  private Instant now = Instant.ofEpochMilli(1_000);

  private BlockManager<G1> explaining(int blocks, int entries) {
    return pools.with(blocks, options -> options.explainMisses(entries).clock(() -> now));
  }

  private static TokenBlockSequence prompt(int first, int tokens, long salt) {
    return TokenBlockSequence.of(Hashes.tokens(first, tokens), Hashes.BLOCK_SIZE, salt);
  }

  @Test
  void everythingHeldIsComplete() {
    BlockManager<G1> manager = explaining(4, 16);
    TokenBlockSequence prompt = Hashes.prompt(0, 12);
    Pools.cache(manager, prompt.lineageHashes());
    MissExplanation why = manager.explain(prompt);
    assertThat(why).isEqualTo(new MissExplanation(3, Cause.COMPLETE, null, OptionalLong.empty()));
    assertThat(manager.explain(prompt.lineageHashes())).isEqualTo(why);
    assertThat(manager.explain(LineageHashes.empty()).cause()).isEqualTo(Cause.COMPLETE);
  }

  @Test
  void tokensThatFillNoBlockAreNoMiss() {
    BlockManager<G1> manager = explaining(4, 16);
    TokenBlockSequence prompt = Hashes.prompt(0, 9);
    Pools.cache(manager, prompt.lineageHashes());
    assertThat(manager.explain(prompt).cause()).isEqualTo(Cause.PARTIAL_BLOCK);
    assertThat(manager.explain(prompt).matchedBlocks()).isEqualTo(2);
    assertThat(manager.explain(Hashes.prompt(77, 3)).cause()).isEqualTo(Cause.PARTIAL_BLOCK);
  }

  @Test
  void anEvictedBlockIsTold() {
    BlockManager<G1> manager = explaining(4, 16);
    LineageHashes prompt = Hashes.chain(0, 4);
    ImmutableBlocks<G1> blocks = Pools.register(manager, prompt);
    blocks.closeTailFirst();
    now = Instant.ofEpochMilli(5_000);
    manager.allocate(2).orElseThrow().close();

    MissExplanation why = manager.explain(prompt);

    assertThat(why.matchedBlocks()).isEqualTo(2);
    assertThat(why.cause()).isEqualTo(Cause.EVICTED);
    assertThat(why.departure())
        .isEqualTo(new Departure(Cause.EVICTED, Instant.ofEpochMilli(5_000), "lru", 0));
    assertThat(why.otherSalt()).isEmpty();
    assertThat(manager.explain(prompt.from(3)).departure())
        .isEqualTo(new Departure(Cause.EVICTED, Instant.ofEpochMilli(5_000), "lru", 1));
  }

  @Test
  void aBlockFreedByItsFlagIsTold() {
    BlockManager<G1> manager = explaining(4, 16);
    ImmutableBlock<G1> block = Pools.register(manager, Hashes.root(0));
    block.setResetOnRelease(true);
    block.close();
    MissExplanation why = manager.explain(Hashes.roots(0, 1));
    assertThat(why.cause()).isEqualTo(Cause.RESET_ON_RELEASE);
    assertThat(why.departure())
        .isEqualTo(new Departure(Cause.RESET_ON_RELEASE, Instant.ofEpochMilli(1_000), "lru", 0));
  }

  @Test
  void aPoolResetIsTold() {
    BlockManager<G1> manager = explaining(4, 16);
    Pools.cache(manager, Hashes.roots(0, 3));
    manager.resetInactivePool();
    MissExplanation why = manager.explain(Hashes.roots(0, 1));
    assertThat(why.cause()).isEqualTo(Cause.POOL_RESET);
    assertThat(why.departure())
        .isEqualTo(new Departure(Cause.POOL_RESET, Instant.ofEpochMilli(1_000), "lru", 2));
  }

  @Test
  void theLatestDepartureCounts() {
    BlockManager<G1> manager = explaining(1, 16);
    Pools.cache(manager, Hashes.root(0));
    manager.resetInactivePool();
    Pools.cache(manager, Hashes.root(0));
    Pools.cache(manager, Hashes.root(4));
    assertThat(manager.explain(Hashes.roots(0, 1)).cause()).isEqualTo(Cause.EVICTED);
    Pools.cache(manager, Hashes.root(0));
    assertThat(manager.explain(Hashes.roots(0, 1)).cause()).isEqualTo(Cause.COMPLETE);
  }

  @Test
  void aHashThatWasNeverHeldIsToldFromOneThatMayHaveBeenForgotten() {
    BlockManager<G1> manager = explaining(1, 3);
    for (int i = 0; i < 4; i++) {
      Pools.cache(manager, Hashes.root(i * 100));
    }
    assertThat(manager.explain(Hashes.roots(9_000, 1)).cause()).isEqualTo(Cause.NEVER_SEEN);
    assertThat(manager.explain(Hashes.roots(0, 1)).cause()).isEqualTo(Cause.EVICTED);
    Pools.cache(manager, Hashes.root(400));
    assertThat(manager.explain(Hashes.roots(9_000, 1)).cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(manager.explain(Hashes.roots(0, 1)).cause()).isEqualTo(Cause.UNKNOWN);
    assertThat(manager.explain(Hashes.roots(100, 1)).cause()).isEqualTo(Cause.EVICTED);
  }

  @Test
  void theSameTokensUnderAnotherSaltAreFound() {
    BlockManager<G1> manager = explaining(8, 16);
    TokenBlockSequence mine = prompt(0, 8, 1);
    TokenBlockSequence theirs = prompt(0, 8, 2);
    manager.match(mine).close();
    Pools.cache(manager, mine.lineageHashes());

    MissExplanation why = manager.explain(theirs);

    assertThat(why.cause()).isEqualTo(Cause.OTHER_SALT);
    assertThat(why.matchedBlocks()).isZero();
    assertThat(why.otherSalt()).hasValue(1);
    assertThat(manager.explain(theirs.lineageHashes()).cause()).isEqualTo(Cause.NEVER_SEEN);
    assertThat(manager.explain(prompt(1, 8, 2)).cause()).isEqualTo(Cause.NEVER_SEEN);
  }

  @Test
  void aSaltIsRememberedWhileSixtyFourYoungerOnesAreNotSeen() {
    BlockManager<G1> manager = explaining(8, 16);
    TokenBlockSequence first = prompt(0, 4, 1);
    manager.match(first).close();
    Pools.cache(manager, first.lineageHashes());
    for (long salt = 2; salt <= 64; salt++) {
      manager.match(prompt(0, 4, salt)).close();
    }
    assertThat(manager.explain(prompt(0, 4, 99)).cause()).isEqualTo(Cause.OTHER_SALT);
    manager.match(prompt(0, 4, 65)).close();
    assertThat(manager.explain(prompt(0, 4, 99)).cause()).isEqualTo(Cause.NEVER_SEEN);
  }

  @Test
  void aSaltThatIsSeenAgainIsRememberedAnew() {
    BlockManager<G1> manager = explaining(8, 16);
    TokenBlockSequence first = prompt(0, 4, 1);
    Pools.cache(manager, first.lineageHashes());
    for (long salt = 1; salt <= 64; salt++) {
      manager.match(prompt(0, 4, salt)).close();
    }
    manager.match(first).close();
    manager.match(prompt(0, 4, 65)).close();
    assertThat(manager.explain(prompt(0, 4, 99)).otherSalt()).hasValue(1);
  }

  @Test
  void explainingIsNoAccess() {
    BlockManager<G1> manager = explaining(4, 16);
    Pools.cache(manager, Hashes.chain(0, 2));
    MetricsSnapshot before = manager.metrics();
    int count = manager.registry().count(Hashes.root(0));
    int[] order = manager.previewEvictions(2).ids();
    manager.explain(Hashes.chain(0, 3));
    manager.explain(Hashes.prompt(0, 12));
    assertThat(manager.metrics()).isEqualTo(before);
    assertThat(manager.registry().count(Hashes.root(0))).isEqualTo(count);
    assertThat(manager.previewEvictions(2).ids()).isEqualTo(order);
  }

  @Test
  void aManagerWithoutHistoryDoesNotExplain() {
    BlockManager<G1> manager = pools.of(4);
    assertThatThrownBy(() -> manager.explain(LineageHashes.empty()))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("explainMisses(entries)");
  }

  @Test
  void aPromptCutOtherwiseIsRefused() {
    BlockManager<G1> manager = explaining(4, 1);
    assertThatThrownBy(() -> manager.explain(TokenBlockSequence.of(new int[8], 8)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blocks of 8 tokens");
  }

  @Test
  void aClockThatFailsLosesNoBlock() {
    BlockManager<G1> manager =
        pools.with(
            4,
            options ->
                options
                    .explainMisses(8)
                    .clock(
                        () -> {
                          throw new IllegalStateException("no time");
                        }));
    Pools.cache(manager, Hashes.roots(0, 4));
    try (LogCapture log = new LogCapture(MissHistory.class)) {
      MutableBlocks<G1> blocks = manager.allocate(2).orElseThrow();
      assertThat(blocks.ids()).containsExactly(0, 1);
      blocks.close();
      manager.resetInactivePool();
      assertThat(log.messages()).hasSize(1);
    }
    assertThat(manager.availableBlocks()).isEqualTo(4);
    assertThat(manager.explain(Hashes.roots(0, 1)).cause()).isEqualTo(Cause.EVICTED);
  }

  /** The history against a plain list of departures. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 8, 50})
  void theLastDeparturesAreRememberedExactly(int entries) {
    Random random = new Random(entries);
    MissHistory history = new MissHistory(entries, () -> now, "test");
    java.util.ArrayList<PositionalLineageHash> departed = new java.util.ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      PositionalLineageHash hash = new PositionalLineageHash(random.nextInt(3), random.nextInt(20));
      history.record(hash.hi(), hash.lo(), MissHistory.EVICTED);
      departed.add(hash);
      PositionalLineageHash asked =
          new PositionalLineageHash(random.nextInt(3), random.nextInt(20));
      int last = departed.lastIndexOf(asked);
      Departure found = history.find(asked.hi(), asked.lo());
      String where = entries + " entries, step " + i;
      if (last < 0 || last < departed.size() - entries) {
        assertThat(found).as(where).isNull();
      } else {
        assertThat(found)
            .as(where)
            .isEqualTo(new Departure(Cause.EVICTED, now, "test", departed.size() - 1 - last));
      }
      assertThat(history.isComplete()).as(where).isEqualTo(i < entries);
    }
  }
}
