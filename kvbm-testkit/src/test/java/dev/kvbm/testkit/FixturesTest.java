package dev.kvbm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.frequency.FrequencyCapacity;
import dev.kvbm.testkit.TestTiers.TestMeta;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlock;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The fixtures equal those of the reference; spec 13.1 and (a.8). */
class FixturesTest {

  @ParameterizedTest
  @CsvSource({
    "1, true",
    "4, true",
    "16, true",
    "1024, true",
    "0, false",
    "3, false",
    "5, false",
    "2048, false",
    "-4, false",
    "-2147483648, false"
  })
  void blockSizesArePowersOfTwoUpTo1024(int tokens, boolean valid) {
    assertThat(TestTokens.isValidBlockSize(tokens)).isEqualTo(valid);
  }

  @Test
  void everyListedBlockSizeIsValid() {
    assertThat(TestTokens.blockSizes())
        .hasSize(11)
        .startsWith(1)
        .endsWith(1024)
        .containsAll(TestTokens.commonBlockSizes())
        .allMatch(TestTokens::isValidBlockSize);
    assertThat(
            List.of(
                TestTokens.TINY,
                TestTokens.SMALL,
                TestTokens.MEDIUM,
                TestTokens.LARGE,
                TestTokens.MAX))
        .containsExactly(1, 4, 16, 64, 1024);
    assertThat(TestTokens.DEFAULT_BLOCK_SIZE).isEqualTo(4);
    assertThat(TestTokens.DEFAULT_BLOCK_COUNT).isEqualTo(10);
    assertThat(TestTokens.TEST_SALT).isEqualTo(42);
  }

  @Test
  void tokensAreConsecutive() {
    assertThat(TestTokens.sequentialTokens(7, 3)).containsExactly(7, 8, 9);
    assertThat(TestTokens.tokensForId(100)).containsExactly(100, 101, 102, 103);
    assertThat(TestTokens.uniqueSequences(3, 2))
        .containsExactly(new int[] {0, 1}, new int[] {1000, 1001}, new int[] {2000, 2001});
  }

  /** Values of the reference for salt 42. */
  @Test
  void tokenBlocksHaveTheHashesOfTheReference() {
    TokenBlock block = TestTokens.iotaTokenBlock(0, 4);
    assertThat(Long.toUnsignedString(block.blockHash())).isEqualTo("9654674667387326307");
    assertThat(block.lineageHash().toHex()).isEqualTo("00217f12dd44e563d8c0000000000000");
    assertThat(TestTokens.hashOf(100, 101, 102, 103).toHex())
        .isEqualTo("001946106a07c68061c0000000000000");
    assertThat(TestTokens.chain(0, 2, 4).get(1).toHex())
        .isEqualTo("007e08e23514bb52be7c4b7513958f63");
    assertThat(TestTokens.tokenBlock(new int[] {0, 1, 2, 3, 99}, 4).lineageHash())
        .isEqualTo(block.lineageHash());
    assertThatThrownBy(() -> TestTokens.tokenBlock(new int[3], 4))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 tokens do not fill a block of 4");
  }

  @Test
  void aSequenceIsCutAndNamed() {
    LineageHashes unsalted = TestTokens.fromTokens(0, 1, 2, 3, 4, 5, 6, 7).build();
    assertThat(unsalted.get(0).toHex()).isEqualTo("0028742f624f254c6b00000000000000");
    assertThat(unsalted.get(1).toHex()).isEqualTo("005216a628b0d4358690bd893c9531ac");
    assertThat(TestTokens.fromTokens(0, 1, 2, 3).withSalt(TestTokens.TEST_SALT).build())
        .containsExactly(TestTokens.hashOf(0, 1, 2, 3));
    assertThat(TestTokens.fromTokens(0, 1, 2, 3).withBlockSize(1).build()).hasSize(4);
    assertThatThrownBy(() -> TestTokens.fromTokens(1, 2, 3).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("3 tokens do not fill whole blocks of 4");
    assertThatThrownBy(() -> TestTokens.fromTokens(1).withBlockSize(3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 3");
  }

  @Test
  void managersAreThoseOfTheReference() {
    BlockManager<TestMeta> manager = TestManagers.create(10);
    assertThat(manager.totalBlocks()).isEqualTo(10);
    assertThat(manager.blockSize()).isEqualTo(4);
    assertThat(manager.evictionPolicy()).isEqualTo("lru");
    assertThat(manager.duplicationPolicy()).isEqualTo(DuplicationPolicy.ALLOW);
    assertThat(manager.registry().hasFrequencyTracking()).isTrue();
    assertThat(manager.name()).isEqualTo("TestMeta");
    assertThat(TestManagers.withBlockSize(2, 16).blockSize()).isEqualTo(16);
    assertThat(TestManagers.withEviction(2, Eviction.lineage()).evictionPolicy())
        .isEqualTo("lineage-tick");
    BlockManager<TestMeta> resetting = TestManagers.withResetOnRelease(2, true);
    resetting.allocate(1).orElseThrow().register(TestTokens.chain(0, 1, 4)).close();
    assertThat(resetting.metrics().inactivePoolSize()).isZero();
  }

  @Test
  void tiersAreDifferent() {
    assertThat(List.of(TestTiers.TEST_META, TestTiers.A, TestTiers.B, TestTiers.C))
        .doesNotHaveDuplicates()
        .extracting(tier -> tier.label())
        .containsExactly("TestMeta", "MetadataA", "MetadataB", "MetadataC");
  }

  @Test
  void aMeteredManagerShowsWhatCountsAsAnAccess() {
    TestManagers.Metered metered = TestManagers.metered(4);
    BlockManager<TestMeta> manager = metered.manager();
    MeteredFrequencyTracker tracker = metered.tracker();
    ImmutableBlock<TestMeta> block =
        manager.allocate().orElseThrow().complete(TestTokens.iotaTokenBlock(0, 4)).register();
    assertThat(tracker.touches()).isEqualTo(1);
    tracker.reset();
    manager.match(TestTokens.chain(0, 2, 4)).close();
    assertThat(tracker.touches()).isEqualTo(1);
    assertThat(tracker.countCalls()).isZero();
    assertThat(manager.registry().count(block.sequenceHash())).isEqualTo(2);
    assertThat(tracker.countCalls()).isEqualTo(1);
    block.close();
  }

  @Test
  void aMeteredTrackerCountsEachHashOfAList() {
    MeteredFrequencyTracker tracker = MeteredFrequencyTracker.withTinyLfu(100);
    tracker.touchAll(TestTokens.chain(0, 3, 4));
    tracker.touchAll(new long[] {1, 2, 3, 4, 5, 6}, 2, 2);
    tracker.touch(1, 2);
    assertThat(tracker.touches()).isEqualTo(6);
    assertThat(tracker.count(3, 4)).isEqualTo(1);
    assertThat(tracker.count(1, 2)).isEqualTo(1);
    assertThatThrownBy(() -> tracker.touchAll(new long[2], 0, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(tracker.touches()).isEqualTo(6);
    tracker.reset();
    assertThat(tracker.touches() + tracker.countCalls()).isZero();
    assertThat(tracker.count(3, 4)).as("the counts stay").isEqualTo(1);
    assertThat(new MeteredFrequencyTracker(FrequencyCapacity.SMALL.createTracker()).touches())
        .isZero();
  }
}
