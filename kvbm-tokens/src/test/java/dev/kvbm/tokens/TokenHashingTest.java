package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dynatrace.hash4j.hashing.Hasher64;
import com.dynatrace.hash4j.hashing.Hashing;
import dev.kvbm.tokens.Vectors.Node;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
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
  void blocksOfEverySizeHashTheSameInRowsOfEveryLengthAsAlone() {
    Random random = new Random(8);
    LineageHashBuffer hashes = new LineageHashBuffer();
    for (int blockSize = 1; blockSize <= 1100; blockSize++) {
      long salt = blockSize % 3 == 0 ? TokenHashing.NO_SALT : random.nextLong();
      int most = 1 + 3000 / blockSize;
      int[] tokens = random.ints(3 + (long) most * blockSize + random.nextInt(blockSize)).toArray();
      for (int blocks : new int[] {1, 2, 1 + random.nextInt(most), most}) {
        if (blocks <= most) {
          hashes.clear();
          int to = 3 + blocks * blockSize;
          TokenHashing.appendLineageHashes(tokens, 3, to, blockSize, salt, hashes);
          assertThat(hashes)
              .as("%s blocks of %s tokens, salt %s", blocks, blockSize, salt)
              .containsExactlyElementsOf(oneByOne(tokens, 3, blocks, blockSize, salt));
        }
      }
    }
  }

  @Test
  void longPromptsHashTheSameAcrossEveryLayoutOfLineageHashes() {
    int[] tokens = new Random(9).ints(16 * 65_700).toArray();
    for (int blockSize : new int[] {15, 16, 32, 64}) {
      LineageHashBuffer hashes = new LineageHashBuffer();
      int blocks = (tokens.length - 1) / blockSize;
      TokenHashing.appendLineageHashes(tokens, 1, 1 + blocks * blockSize, blockSize, 5, hashes);
      assertThat(hashes)
          .as("block size %s", blockSize)
          .isEqualTo(LineageHashes.copyOf(oneByOne(tokens, 1, blocks, blockSize, 5)));
    }
  }

  @Test
  void saltsAndBlockSizesInTurnDoNotDisturbEachOther() {
    Random random = new Random(10);
    int[] tokens = random.ints(2048).toArray();
    int[] sizes = {16, 32, 64, 80, 128, 512, 1024};
    for (int round = 0; round < 300; round++) {
      int blockSize = sizes[random.nextInt(sizes.length)];
      int blocks = 1 + random.nextInt(tokens.length / blockSize);
      long salt = random.nextInt(3);
      LineageHashBuffer hashes = new LineageHashBuffer();
      TokenHashing.appendLineageHashes(tokens, 0, blocks * blockSize, blockSize, salt, hashes);
      assertThat(hashes)
          .as("round %s: %s blocks of %s tokens, salt %s", round, blocks, blockSize, salt)
          .containsExactlyElementsOf(oneByOne(tokens, 0, blocks, blockSize, salt));
    }
  }

  @Test
  void threadsThatHashAtTheSameTimeDoNotDisturbEachOther() throws Exception {
    int[] tokens = new Random(11).ints(4096).toArray();
    List<Callable<Boolean>> tasks = new ArrayList<>();
    for (int task = 0; task < 64; task++) {
      int blockSize = task % 2 == 0 ? 64 : 16;
      long salt = task % 5;
      LineageHashes expected =
          LineageHashes.copyOf(oneByOne(tokens, 0, 4096 / blockSize, blockSize, salt));
      tasks.add(
          () -> {
            LineageHashBuffer hashes = new LineageHashBuffer();
            for (int round = 0; round < 200; round++) {
              hashes.clear();
              TokenHashing.appendLineageHashes(tokens, 0, 4096, blockSize, salt, hashes);
              if (!hashes.equals(expected)) {
                return false;
              }
            }
            return true;
          });
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (Future<Boolean> result : threads.invokeAll(tasks)) {
        assertThat(result.get()).isTrue();
      }
    }
  }

  /** Every block's tokens hashed by another library. */
  private static List<PositionalLineageHash> oneByOne(
      int[] tokens, int from, int blocks, int blockSize, long salt) {
    List<PositionalLineageHash> hashes = new ArrayList<>();
    Hasher64 hasher = Hashing.xxh3_64(salt);
    ByteBuffer bytes = ByteBuffer.allocate(4 * blockSize).order(ByteOrder.LITTLE_ENDIAN);
    for (int block = 0; block < blocks; block++) {
      bytes.asIntBuffer().put(tokens, from + block * blockSize, blockSize);
      long hash = hasher.hashBytesToLong(bytes.array());
      hashes.add(
          block == 0 ? PositionalLineageHash.root(hash) : hashes.get(block - 1).extend(hash));
    }
    return hashes;
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
