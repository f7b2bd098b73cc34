package dev.kvbm.logical.scheduling;

import static dev.kvbm.logical.scheduling.Requests.blocks;
import static dev.kvbm.logical.scheduling.Requests.decode;
import static dev.kvbm.logical.scheduling.Requests.fresh;
import static dev.kvbm.logical.scheduling.Requests.prefill;
import static dev.kvbm.logical.scheduling.Requests.prefilled;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.Hashes;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.TokenBlockException;
import dev.kvbm.tokens.TokenBlockMmInfo;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Cutting tokens off: stop strings, retries, edited prompts. */
class TruncateTest {
  @RegisterExtension final Pools pools = new Pools();

  /** 10 tokens of input, 4 of output, keys and values of 13: three blocks and a tail. */
  private static SchedulableSequence<G1> request(BlockManager<G1> manager) {
    SchedulableSequence<G1> request = prefilled(manager, 10, 9);
    for (int i = 0; i < 3; i++) {
      decode(request);
    }
    assertThat(blocks(request)).isEqualTo("3+1");
    assertThat(request.kvPosition()).isEqualTo(13);
    return request;
  }

  @ParameterizedTest(name = "{0} tokens: {1} blocks held, keys and values of {2}")
  @CsvSource({
    "14, 3+1, 13",
    "13, 3+1, 12",
    "12, 2+0, 8",
    "11, 2+0, 8",
    "10, 2+0, 8",
    "9, 2+0, 8",
    "8, 1+0, 4",
    "5, 1+0, 4",
    "4, 0+0, 0",
    "1, 0+0, 0",
    "0, 0+0, 0",
  })
  void whatIsKeptIsWhatNeedsNoWritingToAPublishedBlock(int tokens, String held, int kv) {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = request(manager);
    int heldBefore = request.heldBlocks();

    int released = request.truncate(tokens);

    assertThat(request.totalTokens()).isEqualTo(tokens);
    assertThat(request.inputTokens()).isEqualTo(Math.min(10, tokens));
    assertThat(request.generatedTokens()).isEqualTo(Math.max(0, tokens - 10));
    assertThat(request.kvPosition()).isEqualTo(kv);
    assertThat(blocks(request)).isEqualTo(held);
    assertThat(released).isEqualTo(heldBefore - request.heldBlocks());
    if (tokens > 0) {
      if (!request.isPrefillComplete()) {
        prefill(request);
      } else {
        decode(request);
      }
      assertThat(request.totalTokens()).isEqualTo(tokens + 1);
      assertThat(request.lineageHashes()).isEqualTo(Hashes.chain(0, (tokens + 1) / 4));
    }
    request.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void asManyTokensAsThereAreOrMoreChangeNothing() {
    SchedulableSequence<G1> request = request(pools.of(8));
    String before = Requests.picture(request);

    assertThat(request.truncate(14)).isZero();
    assertThat(request.truncate(Integer.MAX_VALUE)).isZero();

    assertThat(Requests.picture(request)).isEqualTo(before);
    assertThatThrownBy(() -> request.truncate(-1)).isInstanceOf(IllegalArgumentException.class);
    request.close();
  }

  @Test
  void aCutMakesRoomInTheOutput() {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 7, 1);
    assertThat(request.isComplete()).isTrue();

    request.truncate(7);

    assertThat(request.isComplete()).isFalse();
    assertThat(request.kvPosition()).isEqualTo(6);
    prefill(request);
    assertThat(request.token(7)).isEqualTo(7);
    request.close();
  }

  @Test
  void otherTokensAfterACutMakeOtherBlocks() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request = request(manager);

    request.truncate(9);
    request.appendTokens(900, 901, 902, 903);
    prefill(request);

    assertThat(request.lineageHashes().slice(0, 2)).isEqualTo(Hashes.chain(0, 2));
    assertThat(request.lineageHashes().get(2)).isNotEqualTo(Hashes.chain(0, 3).get(2));
    assertThat(Requests.matchable(manager, 3)).as("the old block is still cached").isEqualTo(3);
    request.close();
  }

  @Test
  void aRequestWithAnImageIsCutBehindItOnly() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence<G1> request =
        SchedulableSequence.builder(manager)
            .tokens(Hashes.tokens(0, 10))
            .multimodal(List.of(new TokenBlockMmInfo(5, 2, 4)))
            .maxOutputTokens(9)
            .build();
    prefill(request);
    decode(request);
    String before = Requests.picture(request);

    assertThatThrownBy(() -> request.truncate(5)).isInstanceOf(TokenBlockException.class);
    assertThat(Requests.picture(request)).isEqualTo(before);
    request.truncate(10);

    assertThat(request.kvPosition()).isEqualTo(9);
    assertThat(request.totalTokens()).isEqualTo(10);
    request.close();
  }

  @Test
  void aRequestWithoutBlocksIsCutToo() {
    SchedulableSequence<G1> request = fresh(pools.of(8), 10, 9);

    assertThat(request.truncate(6)).isZero();

    assertThat(request.inputTokens()).isEqualTo(6);
    assertThat(request.tailTokens()).isEqualTo(6);
    prefill(request);
    request.close();
  }

  @Test
  void theReferencesTimingCutsAsWell() {
    SchedulableSequence<G1> request = prefilled(pools.of(8), 10, 9, Publication.REFERENCE);
    decode(request);

    request.truncate(9);

    assertThat(request.kvPosition()).isEqualTo(8);
    assertThat(request.prefillPosition()).isEqualTo(9);
    assertThat(request.isPrefillComplete()).isTrue();
    request.close();
  }
}
