package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.tokens.Vectors.Node;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class TokenBlockMmInfoTest {
  private static final Node VECTORS = Vectors.read("multimodal");

  @Test
  void runsAreCheckedAndSortedAsRecorded() {
    for (Node c : VECTORS.items("validation")) {
      List<TokenBlockMmInfo> runs = SequenceAssert.runs(c.get("mm_info"));
      long length = c.number("tokens_len");
      Node result = c.get("result");
      if (result.has("ok")) {
        assertThat(TokenBlockMmInfo.validateAndSort(runs, length))
            .as(c.path())
            .isEqualTo(SequenceAssert.runs(result.get("ok")));
      } else {
        assertThatThrownBy(() -> TokenBlockMmInfo.validateAndSort(runs, length))
            .as(c.path())
            .hasMessage(result.text("message"))
            .isInstanceOfSatisfying(
                MmInfoException.class,
                e -> {
                  assertThat(e.error()).hasToString(result.text("error_variant"));
                  assertThat(e.error().message()).isEqualTo(result.text("message"));
                  assertThat(ErrorTextsTest.debug(e)).isEqualTo(result.text("wrapped_debug"));
                });
      }
    }
  }

  @Test
  void coverageAndEndsAreAsRecorded() {
    for (Node c : VECTORS.items("covers")) {
      TokenBlockMmInfo run = new TokenBlockMmInfo(1, c.number("offset"), c.number("length"));
      assertThat(run.covers(c.number("position"))).as(c.path()).isEqualTo(c.flag("covers"));
      if (c.get("checked_end").isNull()) {
        assertThat(run.checkedEnd()).as(c.path()).isEmpty();
        assertThatThrownBy(run::end)
            .isInstanceOf(IllegalStateException.class)
            .hasMessageStartingWith(c.text("end_panics"));
      } else {
        assertThat(run.checkedEnd())
            .as(c.path())
            .isEqualTo(OptionalLong.of(c.number("checked_end")));
        assertThat(run.end()).isEqualTo(c.number("checked_end"));
      }
    }
  }

  @Test
  void badRunsLeaveASequenceAsItWas() {
    TokenBlockSequence sequence = TokenBlockSequence.of(new int[] {1, 2, 3}, 4, 5);
    List<TokenBlockMmInfo> bad =
        List.of(new TokenBlockMmInfo(1, 0, 2), new TokenBlockMmInfo(2, 1, 2));
    assertThatThrownBy(() -> sequence.extendWithMm(new int[8], bad))
        .isInstanceOf(MmInfoException.class);
    assertThat(sequence).isEqualTo(TokenBlockSequence.of(new int[] {1, 2, 3}, 4, 5));
    assertThatThrownBy(
            () -> sequence.extendWithMm(new int[8], List.of(new TokenBlockMmInfo(1, -1, 1))))
        .isInstanceOf(MmInfoException.class)
        .hasMessageContaining("18446744073709551615");
    assertThat(sequence.mmRuns()).isEmpty();
  }

  @Test
  void slotsOfTheTagsAreAsRecorded() {
    byte[] bytes =
        TokenHashing.blockBytesWithMm(new int[] {5, 6}, 0, List.of(new TokenBlockMmInfo(7, 1, 1)));
    assertThat(bytes[0]).isEqualTo((byte) VECTORS.integer("slot_tag_token"));
    assertThat(bytes[13]).isEqualTo((byte) VECTORS.integer("slot_tag_placeholder"));
  }
}
