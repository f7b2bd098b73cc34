package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.tokens.Vectors.Node;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TokenHashingTest {

  @Test
  void saltAndLoraGiveTheRecordedSaltHashes() {
    Node vectors = Vectors.read("salt_hash");
    assertThat(TokenHashing.CHAIN_SEED).isEqualTo(vectors.number("chain_xxh3_seed"));
    for (Node c : vectors.items("request_salt")) {
      assertThat(TokenHashing.saltHash(textOrNull(c.get("salt")), textOrNull(c.get("lora_name"))))
          .as(c.path())
          .isEqualTo(c.hash("salt_hash"));
    }
    for (Node c : vectors.items("compute_salt_hash_from_bytes")) {
      assertThat(TokenHashing.saltHashOfBytes(c.bytes("payload_hex")))
          .as(c.path())
          .isEqualTo(c.hash("salt_hash"));
    }
  }

  @Test
  void aRequestWithNeitherSaltNorLoraHasTheChainSeedAsSaltHash() {
    assertThat(TokenHashing.saltHash(null, null)).isEqualTo(1337);
    assertThat(TokenHashing.saltHash("", "")).isEqualTo(1337);
    assertThat(TokenHashing.saltHash(" ", null)).isNotEqualTo(1337);
  }

  @Test
  void chainStepsGiveTheRecordedSequenceHashes() {
    Node vectors = Vectors.read("sequence_chain");
    assertThat(TokenHashing.CHAIN_SEED).isEqualTo(vectors.number("seed"));
    for (Node c : vectors.items("cases")) {
      assertThat(
              TokenHashing.nextSequenceHash(c.hash("parent_sequence_hash"), c.hash("block_hash")))
          .as(c.path())
          .isEqualTo(c.hash("next_sequence_hash"));
    }
  }

  @Test
  void multimodalBlocksGiveTheRecordedBytesAndHashes() {
    for (Node c : Vectors.read("multimodal").items("block_bytes")) {
      byte[] bytes =
          TokenHashing.blockBytesWithMm(
              c.tokens("tokens"), c.number("block_offset"), SequenceAssert.runs(c.get("mm_runs")));
      assertThat(bytes).as(c.path()).hasSize(c.integer("bytes_len"));
      assertThat(HexFormat.of().formatHex(bytes)).as(c.path()).isEqualTo(c.text("bytes_hex"));
      assertThat(TokenHashing.blockHashOfBytes(bytes, 0)).isEqualTo(c.hash("block_hash_salt0"));
      assertThat(TokenHashing.blockHashOfBytes(bytes, 1337))
          .isEqualTo(c.hash("block_hash_salt1337"));
    }
  }

  @Test
  void aBlockThatNoRunTouchesKeepsTheHashOfItsText() {
    int[] tokens = {1, 2, 3, 4};
    List<TokenBlockMmInfo> before = List.of(new TokenBlockMmInfo(9, 0, 4));
    List<TokenBlockMmInfo> after = List.of(new TokenBlockMmInfo(9, 8, 4));
    long text = TokenHashing.blockHash(tokens, 7);
    for (List<TokenBlockMmInfo> runs : List.of(before, after)) {
      assertThat(TokenHashing.blockHashOfBytes(TokenHashing.blockBytesWithMm(tokens, 4, runs), 7))
          .isEqualTo(text);
    }
  }

  @Test
  void aNegativeBlockOffsetIsRefused() {
    assertThatThrownBy(() -> TokenHashing.blockBytesWithMm(new int[1], -3, List.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-3");
  }

  @Test
  void aMultimodalBlockTooLargeForAnArrayIsRefusedWithItsSize() {
    TokenBlockSequence sequence = TokenBlockSequence.empty(200_000_000, 1);
    sequence.extend(1, 2, 3);
    assertThatThrownBy(() -> sequence.pushMmRun(7, 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2600000000");
    assertThat(sequence.mmRuns()).isEmpty();
    assertThat(sequence.totalTokens()).isEqualTo(3);
  }

  @Test
  void appendedLineageHashesAreThoseOfASequence() {
    Random random = new Random(11);
    LineageHashBuffer buffer = new LineageHashBuffer(0);
    for (int blockSize : new int[] {1, 2, 3, 4, 8, 15, 16, 17, 32, 60, 61, 64, 65, 300}) {
      int[] tokens = random.ints(random.nextInt(5 * blockSize + 1) + 10).toArray();
      long salt = random.nextLong();
      int from = random.nextInt(10);
      int[] prompt = java.util.Arrays.copyOfRange(tokens, from, tokens.length);
      TokenBlockSequence sequence = TokenBlockSequence.of(prompt, blockSize, salt);
      int before = buffer.size();
      int added =
          TokenHashing.appendLineageHashes(tokens, from, tokens.length, blockSize, salt, buffer);
      assertThat(added).as("block size %s", blockSize).isEqualTo(sequence.blockCount());
      assertThat(buffer.from(before))
          .as("block size %s", blockSize)
          .isEqualTo(sequence.lineageHashes());
    }
  }

  @Test
  void badArgumentsAddNoLineageHashes() {
    LineageHashBuffer buffer = new LineageHashBuffer();
    int[] tokens = new int[8];
    assertThatThrownBy(() -> TokenHashing.appendLineageHashes(tokens, 0, 8, 0, 1, buffer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("block_size must be greater than 0");
    assertThatThrownBy(() -> TokenHashing.appendLineageHashes(tokens, 4, 9, 4, 1, buffer))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(buffer.isEmpty()).isTrue();
  }

  @Test
  void morePositionsThanALineageHashHoldsAddNothing() {
    LineageHashBuffer buffer = new LineageHashBuffer();
    int[] tokens = new int[PositionalLineageHash.MAX_POSITION + 2];
    assertThatThrownBy(
            () -> TokenHashing.appendLineageHashes(tokens, 0, tokens.length, 1, 1, buffer))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("Position 16777216 exceeds maximum supported value (2^24 - 1 = 16,777,215)");
    assertThat(buffer.isEmpty()).isTrue();
  }

  private static @Nullable String textOrNull(Node node) {
    return node.isNull() ? null : node.text();
  }
}
