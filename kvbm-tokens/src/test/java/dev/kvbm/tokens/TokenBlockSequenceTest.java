package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.tokens.Vectors.Node;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TokenBlockSequenceTest {
  private static final Node OPS = Vectors.read("sequence_ops");

  private static int[] iota(int count) {
    int[] tokens = new int[count];
    for (int i = 0; i < count; i++) {
      tokens[i] = i + 1;
    }
    return tokens;
  }

  @Test
  void promptsThatGrowInLongPiecesHaveTheHashesOfTheirBlocks() {
    int[] tokens = new Random(12).ints(9000).toArray();
    for (int blockSize : new int[] {16, 32, 48, 64, 128}) {
      TokenBlockSequence sequence = TokenBlockSequence.empty(blockSize, 1337);
      sequence.extend(tokens, 0, 3333);
      sequence.extend(tokens, 3333, 3340);
      sequence.extend(tokens, 3340, 9000);
      long parent = 0;
      assertThat(sequence.blockCount()).isEqualTo(9000 / blockSize);
      for (int block = 0; block < sequence.blockCount(); block++) {
        int from = block * blockSize;
        long hash = TokenHashing.blockHash(tokens, from, from + blockSize, 1337);
        parent = block == 0 ? hash : TokenHashing.nextSequenceHash(parent, hash);
        assertThat(sequence.blockHash(block))
            .as("block %s of %s", block, blockSize)
            .isEqualTo(hash);
        assertThat(sequence.sequenceHash(block)).isEqualTo(parent);
      }
    }
  }

  @Test
  void recordedSequencesHaveTheRecordedBlocks() {
    List<Node> cases = new ArrayList<>(Vectors.read("token_blocks").items("cases"));
    for (Node c : cases) {
      long salt = c.hashOrZero("salt_hash_arg");
      assertThat(salt).as(c.path()).isEqualTo(c.hash("salt_hash"));
      TokenBlockSequence sequence =
          TokenBlockSequence.of(c.tokens("tokens"), c.integer("block_size"), salt);
      assertThat(sequence.blockCount()).as(c.path()).isEqualTo(c.integer("num_blocks"));
      assertThat(sequence.totalTokens()).as(c.path()).isEqualTo(c.integer("total_tokens"));
      c.items("blocks").forEach(block -> SequenceAssert.matches(block, sequence));
      SequenceAssert.matchesCurrent(c.get("current_block"), sequence.currentBlock());
    }
  }

  @Test
  void longSequencesCrossTheModesAsRecorded() {
    for (Node c : Vectors.read("long_sequences").items("token_block_sequences")) {
      TokenBlockSequence sequence =
          TokenBlockSequence.of(c.tokens("tokens"), c.integer("block_size"), c.hash("salt_hash"));
      assertThat(sequence.blockCount()).as(c.path()).isEqualTo(c.integer("num_blocks"));
      c.items("blocks").forEach(block -> SequenceAssert.matches(block, sequence));
    }
  }

  @Test
  void multimodalSequencesHaveTheRecordedBlocks() {
    for (Node c : Vectors.read("multimodal").items("sequences_new_with_mm")) {
      TokenBlockSequence sequence =
          TokenBlockSequence.withMultimodal(
              c.tokens("tokens"),
              SequenceAssert.runs(c.get("mm_info")),
              c.integer("block_size"),
              c.hashOrZero("salt_hash_arg"));
      assertThat(sequence.mmRuns()).as(c.path()).isEqualTo(SequenceAssert.runs(c.get("mm_runs")));
      assertThat(sequence.blockCount()).as(c.path()).isEqualTo(c.items("blocks").size());
      c.items("blocks").forEach(block -> SequenceAssert.matches(block, sequence));
      SequenceAssert.matchesCurrent(c.get("current_block"), sequence.currentBlock());
    }
  }

  @Test
  void recordedOperationsHaveTheRecordedResultsAndStates() {
    for (Node scenario : OPS.items("scenarios")) {
      TokenBlockSequence sequence =
          TokenBlockSequence.withMultimodal(
              scenario.tokens("initial_tokens"),
              SequenceAssert.runs(scenario.get("initial_mm_info")),
              scenario.integer("block_size"),
              scenario.hashOrZero("salt_hash"));
      String name = scenario.text("name");
      checkState(name, scenario.get("initial_state"), sequence);
      for (Node step : scenario.items("steps")) {
        checkStep(name + " " + step.path(), step.get("do"), step.get("result"), sequence);
        checkState(name, step.get("state"), sequence);
      }
    }
  }

  private static void checkStep(
      String what, Node operation, Node result, TokenBlockSequence sequence) {
    if (result.has("err")) {
      assertThatThrownBy(() -> perform(operation, sequence))
          .as(what)
          .isInstanceOf(TokenBlockException.class)
          .hasMessage(result.text("message"))
          .satisfies(
              e ->
                  assertThat(ErrorTextsTest.debug((TokenBlockException) e))
                      .isEqualTo(result.text("err")));
    } else if (result.has("panic")) {
      assertThatThrownBy(() -> perform(operation, sequence))
          .as(what)
          .isInstanceOf(IllegalStateException.class)
          .hasMessage(result.text("panic"));
    } else {
      assertThat(perform(operation, sequence)).as(what).isEqualTo(expected(result.get("ok")));
    }
  }

  /** What a call returned, as the recording writes it. */
  private static String perform(Node operation, TokenBlockSequence sequence) {
    int before = sequence.blockCount();
    return switch (operation.text("op")) {
      case "append", "push_token" ->
          sequence.append((int) operation.number("token")) ? "" + before : "none";
      case "extend" -> range(before, sequence.extend(operation.tokens("tokens")));
      case "push_mm_run" ->
          range(before, sequence.pushMmRun(operation.hash("mm_hash"), operation.integer("length")));
      case "extend_with_mm" ->
          range(
              before,
              sequence.extendWithMm(
                  operation.tokens("tokens"), SequenceAssert.runs(operation.get("mm_info"))));
      case "truncate" -> {
        sequence.truncate(operation.integer("len"));
        yield "none";
      }
      case "unwind" -> {
        sequence.unwind(operation.integer("count"));
        yield "none";
      }
      case "reset" -> {
        sequence.reset();
        yield "none";
      }
      case "pop" -> token(sequence.pop());
      case "try_pop" -> token(sequence.tryPop());
      case "tokens_at" ->
          java.util.Arrays.toString(
              sequence.tokensAt(operation.integer("start"), operation.integer("end")));
      default -> throw new AssertionError("unknown operation " + operation);
    };
  }

  private static String range(int before, int completed) {
    return completed == 0 ? "none" : before + ".." + (before + completed);
  }

  private static String token(OptionalInt token) {
    return token.isEmpty() ? "none" : Integer.toUnsignedString(token.getAsInt());
  }

  private static String expected(Node ok) {
    return switch (ok.value()) {
      case null -> "none";
      case List<?> _ -> java.util.Arrays.toString(ok.tokens());
      case java.math.BigInteger number -> number.toString();
      default -> ok.number("start") + ".." + ok.number("end");
    };
  }

  private static void checkState(String name, Node state, TokenBlockSequence sequence) {
    String what = name + " " + state.path();
    assertThat(sequence.totalTokens()).as(what).isEqualTo(state.integer("total_tokens"));
    assertThat(sequence.tokensAt(0, sequence.totalTokens()))
        .as(what)
        .isEqualTo(state.tokens("all_tokens"));
    assertThat(sequence.blockCount()).as(what).isEqualTo(state.integer("num_blocks"));
    assertThat(sequence.lineageHashes())
        .as(what)
        .isEqualTo(LineageHashes.copyOf(state.items("plhs").stream().map(Node::lineage).toList()));
    assertThat(sequence.mmRuns()).as(what).isEqualTo(SequenceAssert.runs(state.get("mm_runs")));
    Node last = state.get("last_block_tokens");
    assertThat(sequence.lastCompleteBlock().map(block -> block.tokens().toArray()).orElse(null))
        .as(what)
        .isEqualTo(last.isNull() ? null : last.tokens());
    SequenceAssert.matchesCurrent(state.get("current_block"), sequence.currentBlock());
  }

  @Test
  void aSplitIsTheBlocksAndTheRest() {
    Node c = OPS.get("split_tokens");
    checkSplit(c, List.of());
    Node mm = OPS.get("split_tokens_with_mm");
    checkSplit(mm, SequenceAssert.runs(mm.get("mm_runs")));
  }

  private static void checkSplit(Node c, List<TokenBlockMmInfo> runs) {
    TokenBlockSequence sequence =
        TokenBlockSequence.withMultimodal(
            c.tokens("tokens"), runs, c.integer("block_size"), c.hash("salt_hash"));
    List<TokenBlock> blocks = sequence.blocks();
    assertThat(blocks).hasSize(c.items("blocks").size());
    for (int i = 0; i < blocks.size(); i++) {
      SequenceAssert.matches(c.items("blocks").get(i), blocks.get(i));
    }
    SequenceAssert.matchesCurrent(c.get("partial"), sequence.currentBlock());
  }

  @Test
  void blockSizesThatAreNotPositiveAreRefusedWithTheirValue() {
    String expected = OPS.get("zero_block_size_panics").text("new");
    for (int blockSize : new int[] {0, -1, Integer.MIN_VALUE}) {
      for (Runnable call :
          List.<Runnable>of(
              () -> TokenBlockSequence.of(iota(3), blockSize),
              () -> TokenBlockSequence.of(iota(3), blockSize, 5),
              () -> TokenBlockSequence.empty(blockSize, 5),
              () -> TokenBlockSequence.withMultimodal(iota(3), List.of(), blockSize, 5),
              () -> Tokens.of(1, 2).toSequence(blockSize, 5),
              () -> PartialTokenBlock.root(blockSize, 5))) {
        assertThatThrownBy(call::run)
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageStartingWith(expected)
            .hasMessageEndingWith(" " + blockSize);
      }
    }
  }

  @Test
  void aBlockSizeBeyondAllTokensLeavesEverythingInTheCurrentBlock() {
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(5), Integer.MAX_VALUE);
    sequence.extend(6, 7);
    assertThat(sequence.blockCount()).isZero();
    assertThat(sequence.currentLength()).isEqualTo(7);
    assertThat(sequence.currentBlock().remaining()).isEqualTo(Integer.MAX_VALUE - 7);
  }

  @Test
  void theBlockAfterTheLastPositionIsRefusedAndNothingChanges() {
    int limit = PositionalLineageHash.MAX_POSITION + 1;
    String expected = "Position 16777216 exceeds maximum supported value (2^24 - 1 = 16,777,215)";
    assertThatThrownBy(() -> TokenBlockSequence.of(new int[limit + 1], 1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(expected);
    assertThatThrownBy(
            () ->
                TokenBlockSequence.withMultimodal(
                    new int[limit + 1], List.of(new TokenBlockMmInfo(1, 0, 1)), 1, 0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(expected);
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(10), 1);
    LineageHashes before = sequence.lineageHashes();
    for (Runnable call :
        List.<Runnable>of(
            () -> sequence.extend(new int[limit - 9]),
            () -> sequence.pushMmRun(7, limit - 9),
            () -> sequence.extendWithMm(new int[limit - 9], List.of()))) {
      assertThatThrownBy(call::run)
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessage(expected);
      assertThat(sequence).isEqualTo(TokenBlockSequence.of(iota(10), 1));
      assertThat(sequence.lineageHashes()).isSameAs(before);
    }
  }

  @Test
  void theLastPositionIsReachedAndNoMore() {
    int limit = PositionalLineageHash.MAX_POSITION + 1;
    TokenBlockSequence sequence = TokenBlockSequence.of(new int[limit], 1, 3);
    assertThat(sequence.lineageHash(PositionalLineageHash.MAX_POSITION).position())
        .isEqualTo(PositionalLineageHash.MAX_POSITION);
    assertThatThrownBy(() -> sequence.append(9))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16777216");
    assertThat(sequence.blockCount()).isEqualTo(limit);
    assertThat(sequence.totalTokens()).isEqualTo(limit);
  }

  @Test
  void moreTokensThanAnArrayHoldsAreRefusedWithTheNumber() {
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(10), 1000);
    assertThatThrownBy(() -> sequence.pushMmRun(1, Integer.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot take 2147483647");
    assertThat(sequence).isEqualTo(TokenBlockSequence.of(iota(10), 1000));
  }

  @Test
  void negativeLengthsAreRefusedWithTheirValue() {
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(10), 4);
    assertThatThrownBy(() -> sequence.truncate(-2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("length must not be negative: -2");
    assertThatThrownBy(() -> sequence.unwind(-3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("count must not be negative: -3");
    assertThatThrownBy(() -> sequence.pushMmRun(1, -1)).isInstanceOf(MmInfoException.class);
    assertThatThrownBy(() -> sequence.extend(iota(4), 2, 5))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(sequence).isEqualTo(TokenBlockSequence.of(iota(10), 4));
  }

  @Test
  void blocksThatDoNotExistAreRefused() {
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(40), 4);
    sequence.truncate(10);
    for (Runnable call :
        List.<Runnable>of(
            () -> sequence.block(2),
            () -> sequence.blockHash(2),
            () -> sequence.sequenceHash(2),
            () -> sequence.lineageHash(2),
            () -> sequence.from(3),
            () -> sequence.token(10),
            () -> sequence.block(-1))) {
      assertThatThrownBy(call::run).isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThat(sequence.from(2).isEmpty()).isTrue();
    assertThat(sequence.token(9)).isEqualTo(10);
  }

  @Test
  void rangesOutsideTheSequenceHaveNoTokens() {
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(10), 4);
    assertThat(sequence.tokensAt(-1, 3)).isEmpty();
    assertThat(sequence.tokensAt(0, 11)).isEmpty();
    assertThat(sequence.tokensAt(5, 4)).isEmpty();
  }

  @Test
  void aViewNeverChangesWhateverHappensToTheSequence() {
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(40), 4);
    LineageHashes ten = sequence.lineageHashes();
    LineageHashes copyOfTen = LineageHashes.of(ten.toArray());
    assertThat(sequence.lineageHashes()).isSameAs(ten);

    sequence.truncate(20);
    LineageHashes five = sequence.lineageHashes();
    LineageHashes copyOfFive = LineageHashes.of(five.toArray());
    sequence.extend(100, 101, 102, 103, 104, 105, 106, 107);
    assertThat(ten).isEqualTo(copyOfTen);
    assertThat(five).isEqualTo(copyOfFive);
    assertThat(sequence.lineageHashes().slice(0, 5)).isEqualTo(five);
    assertThat(sequence.lineageHashes().get(5)).isNotEqualTo(ten.get(5));

    LineageHashes seven = sequence.lineageHashes();
    LineageHashes copyOfSeven = LineageHashes.of(seven.toArray());
    sequence.reset();
    for (int i = 0; i < 200; i++) {
      sequence.append(i);
    }
    assertThat(ten).isEqualTo(copyOfTen);
    assertThat(five).isEqualTo(copyOfFive);
    assertThat(seven).isEqualTo(copyOfSeven);
    SequenceAssert.isConsistent("after all changes", sequence);
  }

  @Test
  void theCurrentBlockIsACopy() {
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(10), 4);
    PartialTokenBlock current = sequence.currentBlock();
    current.push(77);
    current.push(78);
    TokenBlock block = current.commit();
    assertThat(sequence).isEqualTo(TokenBlockSequence.of(iota(10), 4));
    sequence.extend(77, 78);
    assertThat(sequence.lastCompleteBlock()).contains(block);
    assertThat(sequence.currentBlock()).isEqualTo(current);
  }

  @Test
  void aCopyChangesOnItsOwn() {
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(10), 4, 9);
    TokenBlockSequence copy = sequence.copy();
    assertThat(copy).isEqualTo(sequence).hasSameHashCodeAs(sequence);
    copy.extend(1, 2, 3);
    sequence.append(55);
    assertThat(copy).isNotEqualTo(sequence);
    SequenceAssert.isConsistent("copy", copy);
    SequenceAssert.isConsistent("original", sequence);
    TokenBlockSequence mm = TokenBlockSequence.of(iota(10), 4, 9);
    mm.pushMmRun(5, 3);
    assertThat(mm.copy()).isEqualTo(mm);
    assertThat(mm.copy().mmRuns()).isEqualTo(mm.mmRuns());
  }

  @Test
  void equalityLooksAtTokensRunsSizeAndSalt() {
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(10), 4, 9);
    assertThat(sequence)
        .isEqualTo(TokenBlockSequence.of(iota(10), 4, 9))
        .isNotEqualTo(TokenBlockSequence.of(iota(11), 4, 9))
        .isNotEqualTo(TokenBlockSequence.of(iota(10), 5, 9))
        .isNotEqualTo(TokenBlockSequence.of(iota(10), 4, 8))
        .isNotEqualTo(
            TokenBlockSequence.withMultimodal(
                iota(10), List.of(new TokenBlockMmInfo(1, 0, 1)), 4, 9))
        .isNotEqualTo("sequence");
  }

  @Test
  void theArrayAPromptIsMadeOfMayBeReused() {
    int[] tokens = iota(10);
    TokenBlockSequence sequence = TokenBlockSequence.of(tokens, 4);
    tokens[9] = 99;
    assertThat(sequence.token(9)).isEqualTo(10);
  }

  @Test
  void placeholdersOfAStreamHaveIdZeroButTheHashesOfTheBatch() {
    int[] tokens = iota(24);
    List<TokenBlockMmInfo> runs =
        List.of(new TokenBlockMmInfo(11, 14, 7), new TokenBlockMmInfo(10, 2, 5));
    TokenBlockSequence batch = TokenBlockSequence.withMultimodal(tokens, runs, 4, 3);
    TokenBlockSequence stream = TokenBlockSequence.empty(4, 3);
    assertThat(stream.extendWithMm(tokens, runs)).isEqualTo(6);
    assertThat(stream.lineageHashes()).isEqualTo(batch.lineageHashes());
    assertThat(stream.mmRuns()).isEqualTo(batch.mmRuns());
    assertThat(batch.token(2)).isEqualTo(3);
    assertThat(stream.token(2)).isZero();
    assertThat(tokens).isEqualTo(iota(24));
  }

  @Test
  void aSequenceWithRunsCanBeResetAndUsedAsText() {
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(5), 4, 3);
    sequence.pushMmRun(1, 4);
    assertThatThrownBy(sequence::pop).isInstanceOf(IllegalStateException.class);
    sequence.reset();
    sequence.extend(iota(10));
    sequence.truncate(9);
    assertThat(sequence.pop()).hasValue(9);
    assertThat(sequence).isEqualTo(TokenBlockSequence.of(iota(8), 4, 3));
  }

  @Test
  void textNamesSizesAndTheLastHashOnly() {
    TokenBlockSequence sequence = TokenBlockSequence.of(iota(10), 4, 1337);
    assertThat(sequence)
        .hasToString(
            "TokenBlockSequence[tokens=10, blocks=2, blockSize=4, saltHash=1337, mmRuns=0, last="
                + sequence.lineageHash(1)
                + "]");
    assertThat(TokenBlockSequence.empty(4, -1))
        .hasToString(
            "TokenBlockSequence[tokens=0, blocks=0, blockSize=4, saltHash=18446744073709551615,"
                + " mmRuns=0, last=none]");
  }

  @Test
  void tokensOfHashedBlocksAreChainedAsIfTheyHadBeenHashedHere() {
    TokenBlockSequence expected = TokenBlockSequence.of(iota(11), 4, 7);
    TokenBlockSequence sequence = TokenBlockSequence.empty(4, 7);

    assertThat(sequence.extendHashed(iota(11), 0, 4, expected.blockHashes())).isEqualTo(1);
    long[] rest = {expected.blockHash(1), 99};
    assertThat(sequence.extendHashed(iota(11), 4, 11, rest)).isEqualTo(1);

    assertThat(sequence).isEqualTo(expected);
    assertThat(sequence.lineageHashes()).isEqualTo(expected.lineageHashes());
    assertThat(sequence.blockHashes()).isEqualTo(expected.blockHashes());
    sequence.extend(50, 51);
    expected.extend(50, 51);
    assertThat(sequence.lineageHashes()).isEqualTo(expected.lineageHashes());
  }

  @Test
  void hashedBlocksThatDoNotFitAreRefusedBeforeAnythingChanges() {
    TokenBlockSequence open = TokenBlockSequence.of(iota(5), 4);
    assertThatThrownBy(() -> open.extendHashed(iota(4), 0, 4, new long[1]))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("the current block has 1 tokens");
    assertThat(open.totalTokens()).isEqualTo(5);

    TokenBlockSequence closed = TokenBlockSequence.of(iota(4), 4);
    assertThatThrownBy(() -> closed.extendHashed(iota(9), 0, 9, new long[1]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 1 hashes for 2 complete blocks");
    assertThatThrownBy(() -> closed.extendHashed(iota(4), 2, 5, new long[1]))
        .isInstanceOf(IndexOutOfBoundsException.class);
    assertThat(closed.totalTokens()).isEqualTo(4);
  }

  @Test
  void aSequenceWithRoomIsAsEmptyAsAnother() {
    TokenBlockSequence sequence = TokenBlockSequence.empty(4, 7, 100);

    assertThat(sequence.totalTokens()).isZero();
    assertThat(sequence.blockCount()).isZero();
    sequence.extend(iota(9));
    assertThat(sequence).isEqualTo(TokenBlockSequence.of(iota(9), 4, 7));
    assertThatThrownBy(() -> TokenBlockSequence.empty(4, 7, -1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("capacityTokens must not be negative: -1");
  }
}
