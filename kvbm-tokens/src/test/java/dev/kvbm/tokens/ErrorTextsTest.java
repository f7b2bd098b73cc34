package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.tokens.TokenBlockException.Kind;
import dev.kvbm.tokens.Vectors.Node;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class ErrorTextsTest {
  private static final Node VECTORS = Vectors.read("errors_and_debug");
  private static final int[] TOKENS = {1, 2};

  /** An error in the notation of the recordings. */
  static String debug(TokenBlockException error) {
    return switch (error.kind()) {
      case FULL -> "Full";
      case INCOMPLETE -> "Incomplete";
      case EMPTY -> "Empty";
      case INSUFFICIENT_TOKENS -> "InsufficientTokens";
      case MM_RUNS_PRESENT -> "MmRunsPresent";
      case MM_INFO -> "MmInfo(" + ((MmInfoException) error).error() + ")";
    };
  }

  @Test
  void messagesAreThoseOfTheReference() {
    List<TokenBlockException> errors =
        List.of(
            new TokenBlockException(Kind.FULL),
            new TokenBlockException(Kind.INCOMPLETE),
            new TokenBlockException(Kind.EMPTY),
            new TokenBlockException(Kind.INSUFFICIENT_TOKENS),
            new TokenBlockException(Kind.MM_RUNS_PRESENT),
            new MmInfoException(new MmInfoError.OutOfBounds(30, 10, 32)),
            new MmInfoException(new MmInfoError.OffsetOverflow(5, 6)),
            new MmInfoException(new MmInfoError.Overlapping(4)),
            new MmInfoException(new MmInfoError.EmptyRun()));
    Map<String, String> ours = new TreeMap<>();
    errors.forEach(error -> ours.put(debug(error), String.valueOf(error.getMessage())));
    Map<String, String> recorded = new TreeMap<>();
    VECTORS
        .items("token_block_errors")
        .forEach(error -> recorded.put(error.text("debug"), error.text("display")));
    assertThat(ours).isEqualTo(recorded);
  }

  @Test
  void errorsOfRunsAreValues() {
    assertThat(new MmInfoError.OutOfBounds(1, 2, 3))
        .isEqualTo(new MmInfoError.OutOfBounds(1, 2, 3))
        .isNotEqualTo(new MmInfoError.OutOfBounds(1, 2, 4));
    assertThat(new MmInfoError.EmptyRun()).isEqualTo(new MmInfoError.EmptyRun());
  }

  @Test
  void valuesPrintLikeTheReference() {
    Node debug = VECTORS.get("debug");
    TokenBlockSequence text = TokenBlockSequence.of(TOKENS, 2, 1337);
    assertThat(text.block(0)).hasToString(debug.text("TokenBlock"));
    assertThat(Tokens.of(TOKENS)).hasToString(debug.text("Tokens"));
    assertThat(new TokenBlockMmInfo(1, 2, 3)).hasToString(debug.text("TokenBlockMmInfo"));

    TokenBlockSequence sequence = TokenBlockSequence.of(TOKENS, 2, 1337);
    sequence.append(3);
    sequence.pushMmRun(170, 2);
    assertThat(sequence.currentBlock()).hasToString(debug.text("PartialTokenBlock"));
    assertThat(sequence.toDebugString()).isEqualTo(debug.text("TokenBlockSequence"));
    assertThat(PositionalLineageHash.parse(debug.text("PositionalLineageHash_5")))
        .hasToString(debug.text("PositionalLineageHash_5"));
    assertThat(PositionalLineageHash.parse(debug.text("PositionalLineageHash_root")))
        .hasToString(debug.text("PositionalLineageHash_root"));
    assertThat("[" + PositionalLineageHash.root(1) + "]").isEqualTo(debug.text("width_ignored"));
  }
}
