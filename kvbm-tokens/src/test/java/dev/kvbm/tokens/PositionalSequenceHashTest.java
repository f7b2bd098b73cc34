package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.tokens.Vectors.Node;
import org.junit.jupiter.api.Test;

class PositionalSequenceHashTest {
  private static final Node VECTORS = Vectors.read("positional_sequence_hash");

  @Test
  void everyRecordedHashIsMadeAndTakenApart() {
    for (Node c : VECTORS.items("cases")) {
      PositionalSequenceHash hash =
          PositionalSequenceHash.of(
              c.hash("sequence_hash"), c.number("position"), c.hash("local_block_hash"));
      assertThat(hash.toHex()).as(c.path()).isEqualTo(c.text("u128"));
      assertThat(hash.mode()).as(c.path()).isEqualTo(c.integer("mode"));
      assertThat(hash.position()).as(c.path()).isEqualTo(c.integer("position"));
      assertThat(hash.sequenceHash()).isEqualTo(c.hash("sequence_hash"));
      assertThat(hash.localBlockHash()).as(c.path()).isEqualTo(c.hash("get_local_block_hash"));
      assertThat(hash).hasToString(c.text("debug"));
      assertThat(PositionalSequenceHash.fromHex(c.text("u128"))).isEqualTo(hash);
      assertThat(PositionalSequenceHash.fromBytes(hash.toBytes())).isEqualTo(hash);
    }
    PositionalSequenceHash zero = PositionalSequenceHash.of(0, 0, 0);
    assertThat(zero.toHex()).isEqualTo(VECTORS.text("default_u128"));
    assertThat(zero).hasToString(VECTORS.text("default_debug"));
  }

  @Test
  void positionsThatDoNotFitAreRefusedWithTheirValue() {
    for (Node c : VECTORS.items("panics")) {
      assertThatThrownBy(() -> PositionalSequenceHash.of(1, c.number("position"), 2))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(c.text("panic"));
    }
  }

  @Test
  void formsOfAnotherLengthAreRefused() {
    assertThatThrownBy(() -> PositionalSequenceHash.fromBytes(new byte[17]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("invalid length 17, expected 16 bytes");
    assertThatThrownBy(() -> PositionalSequenceHash.fromHex("0".repeat(31)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has 31");
  }
}
