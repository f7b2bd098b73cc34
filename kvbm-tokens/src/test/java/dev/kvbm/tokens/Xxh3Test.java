package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.dynatrace.hash4j.hashing.Hashing;
import dev.kvbm.tokens.Vectors.Node;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Xxh3Test {
  private static final Node VECTORS = Vectors.read("xxh3_64");

  @Test
  void bytesOfEveryLengthClassHashLikeTheReference() {
    for (Node c : VECTORS.items("pattern_cases")) {
      byte[] data = new byte[c.integer("len")];
      for (int i = 0; i < data.length; i++) {
        data[i] = (byte) (i * 131 + 17);
      }
      assertThat(Xxh3.hash(data, c.hash("seed"))).as(c.path()).isEqualTo(c.hash("hash"));
    }
  }

  @Test
  void stringsHashLikeTheReference() {
    for (Node c : VECTORS.items("string_cases")) {
      byte[] data = c.text("utf8").getBytes(StandardCharsets.UTF_8);
      assertThat(Xxh3.hash(data, c.hash("seed"))).as(c.path()).isEqualTo(c.hash("hash"));
    }
  }

  @Test
  void tokensHashLikeTheReferenceAndLikeTheirLittleEndianBytes() {
    for (Node c : VECTORS.items("token_cases")) {
      long seed = c.hash("seed");
      assertThat(Xxh3.hashInts(c.tokens("tokens"), seed)).as(c.path()).isEqualTo(c.hash("hash"));
      assertThat(Xxh3.hash(c.bytes("bytes_le_hex"), seed)).as(c.path()).isEqualTo(c.hash("hash"));
    }
  }

  @Test
  void tokensOfEveryLengthHashLikeTheirBytes() {
    Random random = new Random(1);
    for (int length = 0; length <= 1100; length++) {
      int[] tokens = random.ints(length + 5L).toArray();
      long seed = length % 3 == 0 ? 0 : random.nextLong();
      byte[] bytes = littleEndian(tokens, 3, 3 + length);
      assertThat(Xxh3.hashInts(tokens, 3, 3 + length, seed))
          .as("%s tokens, seed %s", length, seed)
          .isEqualTo(Xxh3.hash(bytes, seed));
      Xxh3.Secret secret = Xxh3.Secret.ofSeed(seed);
      assertThat(secret.hashInts(tokens, 3, 3 + length))
          .as("%s tokens, secret of seed %s", length, seed)
          .isEqualTo(secret.hash(bytes));
    }
  }

  @Test
  void bytesOfEveryLengthHashLikeAnotherLibrary() {
    Random random = new Random(2);
    for (int length = 0; length <= 4200; length++) {
      byte[] data = new byte[length + 7];
      random.nextBytes(data);
      long seed = random.nextLong();
      assertThat(Xxh3.hash(data, 7, 7 + length, seed))
          .as("%s bytes, seed %s", length, seed)
          .isEqualTo(Hashing.xxh3_64(seed).hashBytesToLong(data, 7, length));
    }
  }

  @Test
  void blocksOfSixteenAndSixtyFourTokensHashTheSameOnTheirOwnPaths() {
    Random random = new Random(3);
    for (int i = 0; i < 1000; i++) {
      int[] tokens = random.ints(70).toArray();
      long seed = random.nextLong();
      for (int length : new int[] {16, 64}) {
        assertThat(Xxh3.hashInts(tokens, 2, 2 + length, seed))
            .as("round %s, %s tokens", i, length)
            .isEqualTo(Xxh3.hash(littleEndian(tokens, 2, 2 + length), seed));
      }
    }
  }

  @Test
  void longsHashLikeTheirLittleEndianBytes() {
    Random random = new Random(4);
    for (int i = 0; i < 1000; i++) {
      long a = random.nextLong();
      long b = random.nextLong();
      long seed = random.nextLong();
      int[] one = {(int) a, (int) (a >>> 32)};
      int[] two = {(int) a, (int) (a >>> 32), (int) b, (int) (b >>> 32)};
      assertThat(Xxh3.hashLong(a, seed)).isEqualTo(Xxh3.hashInts(one, seed));
      assertThat(Xxh3.hashTwoLongs(a, b, seed)).isEqualTo(Xxh3.hashInts(two, seed));
      Xxh3.Secret secret = Xxh3.Secret.ofSeed(seed);
      assertThat(secret.hashLong(a)).isEqualTo(secret.hashInts(one, 0, 2));
      assertThat(secret.hashTwoLongs(a, b)).isEqualTo(secret.hashInts(two, 0, 4));
    }
  }

  /** Values computed with the C library of the xxHash project. */
  @Test
  void secretsOfSeedsZeroToThreeGiveTheHashesOfTheFrequencySketch() {
    long[][] expectedOfLongs = {
      {0xd5a6f8c838df27c8L, 0x48bc5851e709ac3bL, 0xeffabd351b61092fL, 0x567e10798c1fc460L},
      {0x2a265f7ed597f223L, 0x4d6e26d31c5b13bbL, 0xcaf38d840a828da5L, 0xfe6820a94ecb94e2L},
    };
    long[][] expectedOfPairs = {
      {0xd0a66a65c7528968L, 0x429a28b194b931aeL, 0xf0174b31f14e1d0dL, 0xb7976af86a3153cbL},
      {0x28761a69e54c4229L, 0xeeedf6460fb2d1bbL, 0x84c93d55fd2cd8d7L, 0x1df2889a894e034bL},
      {0xf9f8836c9fce5020L, 0x435588ec4c7c1f72L, 0x3faf96012bfa1702L, 0xcec41ea146c28a8bL},
    };
    int[] tokens = {100, 101, 102, 103};
    PositionalLineageHash root = PositionalLineageHash.root(TokenHashing.blockHash(tokens, 42));
    for (int seed = 0; seed < 4; seed++) {
      Xxh3.Secret secret = Xxh3.Secret.ofSeed(seed);
      assertThat(secret.hashLong(42)).isEqualTo(expectedOfLongs[0][seed]);
      assertThat(secret.hashLong(99)).isEqualTo(expectedOfLongs[1][seed]);
      assertThat(secret.hashTwoLongs(0, 0)).isEqualTo(expectedOfPairs[0][seed]);
      assertThat(secret.hashTwoLongs(0x0123456789abcdefL, 0x0123456789abcdefL))
          .isEqualTo(expectedOfPairs[1][seed]);
      assertThat(secret.hashTwoLongs(root.lo(), root.hi())).isEqualTo(expectedOfPairs[2][seed]);
    }
  }

  @Test
  void secretAndSeedAgreeOnLongInputsOnly() {
    byte[] shortInput = new byte[240];
    byte[] longInput = new byte[241];
    Xxh3.Secret secret = Xxh3.Secret.ofSeed(77);
    assertThat(secret.hash(longInput)).isEqualTo(Xxh3.hash(longInput, 77));
    assertThat(secret.hash(shortInput)).isNotEqualTo(Xxh3.hash(shortInput, 77));
    assertThat(Xxh3.Secret.ofSeed(0).hash(shortInput)).isEqualTo(Xxh3.hash(shortInput, 0));
  }

  @Test
  void longInputsUnderManySeedsDoNotGetEachOthersSecret() {
    int[] tokens = new Random(5).ints(64).toArray();
    byte[] bytes = littleEndian(tokens, 0, tokens.length);
    for (int round = 0; round < 2; round++) {
      for (long seed = -500; seed < 500; seed++) {
        assertThat(Xxh3.hashInts(tokens, seed))
            .as("seed %s", seed)
            .isEqualTo(Hashing.xxh3_64(seed).hashBytesToLong(bytes));
      }
    }
  }

  @Test
  void rangesOutsideTheArrayAreRefused() {
    assertThatThrownBy(() -> Xxh3.hashInts(new int[4], 2, 5, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Xxh3.hash(new byte[4], -1, 3, 0))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThatThrownBy(() -> Xxh3.Secret.ofSeed(1).hashInts(new int[4], 3, 2))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static byte[] littleEndian(int[] tokens, int from, int to) {
    byte[] bytes = new byte[4 * (to - from)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (tokens[from + i / 4] >>> (8 * (i % 4)));
    }
    return bytes;
  }
}
