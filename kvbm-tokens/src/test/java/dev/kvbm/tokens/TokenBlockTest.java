package dev.kvbm.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.tokens.TokenBlockException.Kind;
import dev.kvbm.tokens.Vectors.Node;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

class TokenBlockTest {
  private static final Node OPS = Vectors.read("sequence_ops");
  private static final long SALT = 1337;

  private static void refused(ThrowingCallable call, Kind kind) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            TokenBlockException.class, e -> assertThat(e.kind()).isEqualTo(kind));
  }

  @Test
  void theNextBlockIsEmptyAndLinked() {
    TokenBlock first = TokenBlockSequence.of(new int[] {1, 2, 3, 4}, 4, SALT).block(0);
    Node expected = OPS.get("next_block_of_first");
    PartialTokenBlock next = first.nextBlock();
    SequenceAssert.matchesCurrent(expected.get("partial"), next);
    assertThat(next.saltHash()).isEqualTo(SALT);
    assertThat(next.blockSize()).isEqualTo(4);
    assertThatThrownBy(next::commit).hasMessage(expected.get("commit_when_empty").text("message"));
  }

  @Test
  void theNextBlockCompletesToTheSecondBlockOfTheSequence() {
    TokenBlockSequence sequence =
        TokenBlockSequence.of(new int[] {1, 2, 3, 4, 5, 6, 7, 8}, 4, SALT);
    PartialTokenBlock next = sequence.block(0).nextBlock();
    assertThat(next.pushAll(new int[] {0, 5, 6, 7, 8, 9}, 1, 6)).isEqualTo(4);
    assertThat(next.commit()).isEqualTo(sequence.block(1)).hasSameHashCodeAs(sequence.block(1));
    assertThat(next).isEqualTo(sequence.currentBlock()).hasSameHashCodeAs(sequence.currentBlock());
  }

  @Test
  void theBlockWithoutTokensHasTheRecordedValuesAndSuccessor() {
    TokenBlock none = new TokenBlock(Tokens.of(), 0, 0, 0, false, 0, 0);
    SequenceAssert.matches(OPS.get("default_token_block"), none);
    SequenceAssert.matches(OPS.get("default_token_block_next_commit"), none.nextBlock().commit());
  }

  @Test
  void aPartialBlockTakesItsTokensAndNoMore() {
    PartialTokenBlock block = PartialTokenBlock.root(4, SALT);
    block.push(1);
    assertThat(block.pushAll(new int[] {2, 3, 4, 5, 6}, 0, 5)).isEqualTo(3);
    assertThat(block.remaining()).isZero();
    refused(() -> block.push(9), Kind.FULL);
    assertThat(block.pushAll(new int[] {9}, 0, 1)).isZero();
    assertThat(block.tokens()).isEqualTo(Tokens.of(1, 2, 3, 4));
  }

  @Test
  void aPartialBlockGivesItsTokensBack() {
    PartialTokenBlock block = PartialTokenBlock.root(4, SALT);
    refused(block::pop, Kind.EMPTY);
    block.pushAll(new int[] {1, 2, 3}, 0, 3);
    assertThat(block.pop()).isEqualTo(3);
    refused(() -> block.pop(3), Kind.INSUFFICIENT_TOKENS);
    assertThatThrownBy(() -> block.pop(-1))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("-1");
    assertThat(block.length()).isEqualTo(2);
    block.pop(2);
    assertThat(block.isEmpty()).isTrue();
  }

  @Test
  void anIncompleteBlockStaysAsItIs() {
    PartialTokenBlock block = PartialTokenBlock.root(4, SALT);
    block.pushAll(new int[] {1, 2, 3}, 0, 3);
    assertThatThrownBy(block::commit).hasMessage(OPS.get("incomplete_commit").text("message"));
    refused(block::commit, Kind.INCOMPLETE);
    assertThat(block.tokens()).isEqualTo(Tokens.of(1, 2, 3));
    assertThat(block.position()).isZero();
    assertThat(block.parentSequenceHash()).isEmpty();
  }

  @Test
  void aBlockBeyondTheLastPositionCannotBeCompleted() {
    TokenBlock last =
        new TokenBlock(Tokens.of(7), 1, 2, 3, true, 4, PositionalLineageHash.MAX_POSITION);
    PartialTokenBlock next = last.nextBlock();
    next.push(8);
    assertThatThrownBy(next::commit)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("16777216");
    assertThat(next.tokens()).isEqualTo(Tokens.of(8));
  }

  @Test
  void largePartialBlocksGrowAsTokensCome() {
    PartialTokenBlock block = PartialTokenBlock.root(Integer.MAX_VALUE, SALT);
    for (int i = 0; i < 1000; i++) {
      block.push(i);
    }
    assertThat(block.pushAll(new int[5000], 0, 5000)).isEqualTo(5000);
    assertThat(block.length()).isEqualTo(6000);
    assertThat(block.tokens().get(999)).isEqualTo(999);
  }

  @Test
  void blocksDifferByEveryPart() {
    TokenBlock block = new TokenBlock(Tokens.of(1, 2), 1, 2, 3, true, 4, 5);
    assertThat(block).isEqualTo(new TokenBlock(Tokens.of(1, 2), 1, 2, 3, true, 4, 5));
    for (TokenBlock other :
        List.of(
            new TokenBlock(Tokens.of(1, 3), 1, 2, 3, true, 4, 5),
            new TokenBlock(Tokens.of(1, 2), 0, 2, 3, true, 4, 5),
            new TokenBlock(Tokens.of(1, 2), 1, 0, 3, true, 4, 5),
            new TokenBlock(Tokens.of(1, 2), 1, 2, 0, true, 4, 5),
            new TokenBlock(Tokens.of(1, 2), 1, 2, 3, false, 4, 5),
            new TokenBlock(Tokens.of(1, 2), 1, 2, 3, true, 0, 5),
            new TokenBlock(Tokens.of(1), 1, 2, 3, true, 4, 5),
            new TokenBlock(Tokens.of(1, 2), 1, 2, 3, true, 4, 0))) {
      assertThat(block).isNotEqualTo(other);
    }
  }

  @Test
  void aPartialRootBlockCompletesToTheFirstBlockOfTheSequence() {
    PartialTokenBlock block = PartialTokenBlock.root(2, SALT);
    block.push(1);
    block.push(2);
    TokenBlockSequence sequence = TokenBlockSequence.of(new int[] {1, 2}, 2, SALT);
    assertThat(block.commit()).isEqualTo(sequence.block(0));
    assertThat(block).isEqualTo(sequence.currentBlock());
  }

  @Test
  void partialBlocksDifferByEveryPart() {
    PartialTokenBlock block = new PartialTokenBlock(4, 1, true, 2, 3);
    block.push(7);
    List<PartialTokenBlock> others =
        List.of(
            new PartialTokenBlock(5, 1, true, 2, 3),
            new PartialTokenBlock(4, 0, true, 2, 3),
            new PartialTokenBlock(4, 1, false, 2, 3),
            new PartialTokenBlock(4, 1, true, 0, 3),
            new PartialTokenBlock(4, 1, true, 2, 0),
            new PartialTokenBlock(4, 1, true, 2, 3));
    for (PartialTokenBlock other : others.subList(0, 5)) {
      other.push(7);
      assertThat(block).isNotEqualTo(other);
    }
    PartialTokenBlock equal = others.getLast();
    equal.push(8);
    assertThat(block).isNotEqualTo(equal).isNotEqualTo(block.tokens());
    equal.pop();
    equal.push(7);
    assertThat(block).isEqualTo(equal).hasSameHashCodeAs(equal);
  }

  @Test
  void tokensAreUnsignedValues() {
    Node conversion = OPS.get("tokens_conversions");
    int[] in = conversion.get("from_i32").tokens("in");
    Tokens tokens = Tokens.of(in);
    List<Node> out = conversion.get("from_i32").items("out");
    assertThat(tokens.size()).isEqualTo(out.size());
    for (int i = 0; i < tokens.size(); i++) {
      assertThat(tokens.unsigned(i)).isEqualTo(out.get(i).number());
      assertThat(tokens.get(i)).isEqualTo(in[i]);
    }
    assertThat(Tokens.ofLongs(4294967295L, 0, 1, 2147483648L)).isEqualTo(tokens);
    assertThat(tokens).hasToString("Tokens([4294967295, 0, 1, 2147483648])");
    String refusal = conversion.text("from_usize_too_big_panic");
    for (long id : new long[] {1L << 32, -1}) {
      assertThatThrownBy(() -> Tokens.ofLongs(1, id))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageStartingWith(refusal.substring(0, refusal.indexOf(':')))
          .hasMessageContaining(Long.toUnsignedString(id));
    }
  }

  @Test
  void tokensDoNotFollowTheArrayTheyWereMadeOf() {
    int[] ids = {1, 2, 3};
    Tokens tokens = Tokens.of(ids);
    ids[0] = 9;
    tokens.toArray()[1] = 9;
    assertThat(tokens).isEqualTo(Tokens.of(1, 2, 3)).hasSameHashCodeAs(Tokens.of(1, 2, 3));
    assertThat(Tokens.copyOf(ids, 1, 3)).isEqualTo(Tokens.of(2, 3));
    assertThat(Tokens.of().isEmpty()).isTrue();
    assertThat(Tokens.ofLongs()).isEqualTo(Tokens.of());
    assertThat(tokens.isEmpty()).isFalse();
    assertThat(tokens).isNotEqualTo(Tokens.of(1, 2, 4)).isNotEqualTo("Tokens([1, 2, 3])");
    assertThat(tokens.toSequence(2, 5)).isEqualTo(TokenBlockSequence.of(new int[] {1, 2, 3}, 2, 5));
    assertThatThrownBy(() -> Tokens.copyOf(ids, 2, 4))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }
}
