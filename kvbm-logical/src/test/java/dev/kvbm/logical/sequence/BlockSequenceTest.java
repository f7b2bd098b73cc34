package dev.kvbm.logical.sequence;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.Hashes;
import dev.kvbm.tokens.HashingRequest;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockException;
import dev.kvbm.tokens.TokenBlockMmInfo;
import dev.kvbm.tokens.TokenBlockSequence;
import dev.kvbm.tokens.TokenHashing;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The tokens of a request in terms of blocks. */
class BlockSequenceTest {
  private static BlockSequence sequence(int tokens) {
    return BlockSequence.of(Hashes.tokens(0, tokens), 4);
  }

  @Test
  void eightTokensAreTwoBlocksOfFour() {
    BlockSequence sequence = sequence(8);

    assertThat(sequence.blocks()).hasSize(2);
    assertThat(sequence.blockCount()).isEqualTo(2);
    assertThat(sequence.blockSize()).isEqualTo(4);
    assertThat(sequence.totalTokens()).isEqualTo(8);
    assertThat(sequence).hasToString("BlockSequence[8 tokens, 2 complete blocks of 4]");
  }

  @Test
  void theHashesAreThoseOfTheBlocks() {
    BlockSequence sequence = sequence(14);

    assertThat(sequence.lineageHashes())
        .containsExactlyElementsOf(
            sequence.blocks().stream().map(block -> block.lineageHash()).toList())
        .hasSize(3);
  }

  @Test
  void appendingTokensAnswersWhichBlocksBecameComplete() {
    BlockSequence sequence = sequence(4);

    assertThat(sequence.extendTokens(4, 5, 6, 7, 8, 9)).isEqualTo(new BlockRange(1, 2));
    assertThat(sequence.totalTokens()).isEqualTo(10);
    assertThat(sequence.extendTokens()).isEqualTo(new BlockRange(2, 2));
    assertThat(sequence.extendTokens(1, 2, 3, 4, 5, 6)).isEqualTo(new BlockRange(2, 4));
  }

  @Test
  void theFourthTokenCompletesABlock() {
    BlockSequence sequence = BlockSequence.of(new int[0], 4);

    assertThat(sequence.appendToken(1)).isEqualTo(BlockSequence.NO_BLOCK);
    assertThat(sequence.appendToken(2)).isEqualTo(BlockSequence.NO_BLOCK);
    assertThat(sequence.appendToken(3)).isEqualTo(BlockSequence.NO_BLOCK);
    assertThat(sequence.appendToken(4)).isZero();
  }

  @Test
  void saltKeepsEqualTokensApart() {
    int[] tokens = Hashes.tokens(0, 8);

    assertThat(BlockSequence.of(tokens, 4, 42).lineageHashes())
        .isNotEqualTo(BlockSequence.of(tokens, 4).lineageHashes());
    assertThat(BlockSequence.of(tokens, 4).saltHash()).isEqualTo(TokenHashing.NO_SALT);
  }

  @Test
  void aRequestWithoutASaltHasTheSaltHashThatRoutersUse() {
    HashingRequest request = HashingRequest.builder().tokens(1, 2, 3, 4).build();

    assertThat(BlockSequence.of(request, 4).saltHash()).isEqualTo(TokenHashing.CHAIN_SEED);
  }

  @Test
  void aBlockSizeOfZeroIsRefused() {
    assertThatThrownBy(() -> BlockSequence.of(new int[] {1}, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aCopyGoesItsOwnWay() {
    TokenBlockSequence tokens = Hashes.prompt(0, 6);
    BlockSequence sequence = BlockSequence.copyOf(tokens);
    BlockSequence copy = sequence.copy();

    copy.extendTokens(6, 7);

    assertThat(sequence.totalTokens()).isEqualTo(6);
    assertThat(tokens.totalTokens()).isEqualTo(6);
    assertThat(copy.lineageHashes()).isEqualTo(Hashes.chain(0, 2));
    assertThat(copy.toTokens()).containsExactly(0, 1, 2, 3, 4, 5, 6, 7);
    assertThat(copy.toTokenBlockSequence()).isEqualTo(Hashes.prompt(0, 8));
  }

  @Test
  void cuttingBackIsAsIfTheTokensHadNeverBeenThere() {
    BlockSequence sequence = BlockSequence.copyOf(Hashes.prompt(0, 11));
    LineageHashes before = sequence.lineageHashes();

    sequence.truncate(6);
    sequence.truncate(9);
    sequence.extendTokens(6, 7);

    assertThat(sequence.toTokenBlockSequence()).isEqualTo(Hashes.prompt(0, 8));
    assertThat(sequence.token(5)).isEqualTo(5);
    assertThat(before).isEqualTo(Hashes.chain(0, 2));
    assertThatThrownBy(() -> sequence.truncate(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aSequenceWithAnImageIsCutBehindItButNotThroughIt() {
    List<TokenBlockMmInfo> image = List.of(new TokenBlockMmInfo(77, 2, 5));
    HashingRequest request =
        HashingRequest.builder().tokens(Hashes.tokens(0, 12)).mmInfo(image).build();
    BlockSequence sequence = BlockSequence.of(request, 4);
    BlockSequence shorter =
        BlockSequence.of(
            HashingRequest.builder().tokens(Hashes.tokens(0, 9)).mmInfo(image).build(), 4);

    assertThatThrownBy(() -> sequence.truncate(6)).isInstanceOf(TokenBlockException.class);
    assertThat(sequence.totalTokens()).isEqualTo(12);
    sequence.truncate(9);

    assertThat(sequence.toTokenBlockSequence()).isEqualTo(shorter.toTokenBlockSequence());
    assertThat(sequence.lineageHashes()).isEqualTo(shorter.lineageHashes());
    sequence.truncate(7);
    assertThat(sequence.totalTokens()).isEqualTo(7);
  }
}
