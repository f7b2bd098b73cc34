package dev.kvbm.logical.scheduling;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.Hashes;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.HashingRequest;
import dev.kvbm.tokens.MmInfoException;
import dev.kvbm.tokens.TokenBlockMmInfo;
import dev.kvbm.tokens.TokenBlockSequence;
import dev.kvbm.tokens.TokenHashing;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What makes two requests share blocks: tokens, salt, adapter and images. */
class PromptTest {
  @RegisterExtension final Pools pools = new Pools();

  private static final int[] TOKENS = Hashes.tokens(0, 9);
  private static final List<TokenBlockMmInfo> CAT = List.of(new TokenBlockMmInfo(1, 2, 3));
  private static final List<TokenBlockMmInfo> DOG = List.of(new TokenBlockMmInfo(2, 2, 3));

  private static SchedulableSequence.Builder<G1> builder(BlockManager<G1> manager) {
    return SchedulableSequence.builder(manager).tokens(TOKENS).maxOutputTokens(1);
  }

  private static void run(SchedulableSequence.Builder<G1> builder) {
    try (SchedulableSequence<G1> request = builder.build()) {
      Requests.prefill(request);
    }
  }

  private static int found(SchedulableSequence.Builder<G1> builder) {
    try (SchedulableSequence<G1> request = builder.build()) {
      return request.matchAndAddPrefix();
    }
  }

  @Test
  void requestsWithTheSameSaltShareBlocksAndOthersDoNot() {
    BlockManager<G1> manager = pools.of(16);
    run(builder(manager).salt("tenant a"));

    assertThat(found(builder(manager).salt("tenant a"))).isEqualTo(2);
    assertThat(found(builder(manager).salt("tenant b"))).isZero();
    assertThat(found(builder(manager))).isZero();
    assertThat(found(builder(manager).loraName("tenant a"))).isZero();
  }

  @Test
  void requestsOfOneAdapterShareBlocks() {
    BlockManager<G1> manager = pools.of(16);
    run(builder(manager).loraName("french"));

    assertThat(found(builder(manager).loraName("french"))).isEqualTo(2);
    assertThat(found(builder(manager).loraName("french").salt("s"))).isZero();
    assertThat(found(builder(manager).loraName("german"))).isZero();
    assertThat(found(builder(manager))).isZero();
  }

  @Test
  void emptyNamesMeanNone() {
    BlockManager<G1> manager = pools.of(16);
    run(builder(manager));

    assertThat(found(builder(manager).salt("").loraName(""))).isEqualTo(2);
    assertThat(found(builder(manager).salt(null).loraName(null))).isEqualTo(2);
    assertThat(found(builder(manager).salt(" "))).isZero();
  }

  @Test
  void blocksAreHashedAsRoutersHashThem() {
    BlockManager<G1> manager = pools.of(16);
    try (SchedulableSequence<G1> plain = builder(manager).build();
        SchedulableSequence<G1> salted = builder(manager).salt("s").loraName("l").build()) {
      assertThat(plain.saltHash()).isEqualTo(1337);
      assertThat(plain.lineageHashes())
          .isEqualTo(TokenBlockSequence.of(TOKENS, 4, 1337).lineageHashes());
      assertThat(salted.saltHash()).isEqualTo(TokenHashing.saltHash("s", "l"));
    }
  }

  @Test
  void imagesTellRequestsApartFromTheBlockTheyBeginIn() {
    BlockManager<G1> manager = pools.of(16);
    run(builder(manager).multimodal(CAT));

    assertThat(found(builder(manager).multimodal(CAT))).isEqualTo(2);
    assertThat(found(builder(manager).multimodal(DOG))).isZero();
    assertThat(found(builder(manager))).isZero();
    run(builder(manager).multimodal(List.of(new TokenBlockMmInfo(1, 5, 2))));
    assertThat(found(builder(manager).multimodal(List.of(new TokenBlockMmInfo(2, 5, 2)))))
        .isEqualTo(1);
  }

  @Test
  void aWholePromptIsTheSameAsItsParts() {
    BlockManager<G1> manager = pools.of(16);
    HashingRequest whole =
        HashingRequest.builder().tokens(TOKENS).salt("s").loraName("l").mmInfo(CAT).build();
    run(SchedulableSequence.builder(manager).prompt(whole).maxOutputTokens(1));

    assertThat(found(builder(manager).salt("s").loraName("l").multimodal(CAT))).isEqualTo(2);
    assertThat(
            found(
                SchedulableSequence.builder(manager)
                    .prompt(whole.toSequence(4))
                    .maxOutputTokens(1)))
        .isEqualTo(2);
  }

  @Test
  void aPromptThatWasHashedAlreadyStaysTheCallers() {
    TokenBlockSequence prompt = Hashes.prompt(0, 9);
    try (SchedulableSequence<G1> request =
        SchedulableSequence.builder(pools.of(8)).prompt(prompt).maxOutputTokens(1).build()) {
      prompt.truncate(3);

      assertThat(request.totalTokens()).isEqualTo(9);
      assertThat(request.lineageHashes()).isEqualTo(Hashes.chain(0, 2));
    }
  }

  @Test
  void aPromptThatIsTakenIsWorkedOnAndCanBeUsedForTheNextRequest() {
    BlockManager<G1> manager = pools.of(8);
    TokenBlockSequence tokens = Hashes.prompt(0, 8);
    try (SchedulableSequence<G1> request =
        SchedulableSequence.builder(manager).takePrompt(tokens).maxOutputTokens(1).build()) {
      Requests.prefill(request);

      assertThat(tokens.totalTokens()).isEqualTo(9);
      assertThat(request.lineageHashes()).isEqualTo(Hashes.chain(0, 2));
    }
    tokens.reset();
    tokens.extend(Hashes.tokens(0, 9));
    try (SchedulableSequence<G1> next =
        SchedulableSequence.builder(manager).takePrompt(tokens).maxOutputTokens(1).build()) {
      assertThat(next.matchAndAddPrefix()).isEqualTo(2);
      assertThat(next.totalTokens()).isEqualTo(9);
    }
  }

  @Test
  void aPromptIsTakenByOneRequestOnly() {
    SchedulableSequence.Builder<G1> builder =
        SchedulableSequence.builder(pools.of(8)).takePrompt(Hashes.prompt(0, 8)).maxOutputTokens(1);
    builder.build().close();

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("tokens are required");
  }

  @Test
  void aPromptOfAnotherBlockSizeIsRefusedAtOnce() {
    BlockManager<G1> manager = pools.of(8);
    SchedulableSequence.Builder<G1> builder =
        SchedulableSequence.builder(manager)
            .prompt(TokenBlockSequence.of(TOKENS, 8))
            .maxOutputTokens(1);

    assertThatThrownBy(builder::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("blocks of 8 tokens, the manager's blocks hold 4");
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void aPromptIsNotMixedWithParts() {
    BlockManager<G1> manager = pools.of(8);

    assertThatThrownBy(() -> builder(manager).prompt(Hashes.prompt(0, 4)).build())
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("either a prompt or its parts");
    assertThatThrownBy(
            () ->
                SchedulableSequence.builder(manager)
                    .prompt(HashingRequest.builder().tokens(1).build())
                    .salt("s")
                    .maxOutputTokens(1)
                    .build())
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void imagesThatOverlapAreRefused() {
    assertThatThrownBy(
            () ->
                builder(pools.of(8))
                    .multimodal(
                        List.of(new TokenBlockMmInfo(1, 2, 3), new TokenBlockMmInfo(2, 4, 1)))
                    .build())
        .isInstanceOf(MmInfoException.class);
  }

  @Test
  void aPlainRequestHasTheSamePrompts() {
    BlockManager<G1> manager = pools.of(8);
    try (RequestSequence<G1> request =
        RequestSequence.builder(manager)
            .tokens(TOKENS)
            .salt("s")
            .loraName("l")
            .multimodal(CAT)
            .maxOutputTokens(1)
            .build()) {
      assertThat(request.saltHash()).isEqualTo(TokenHashing.saltHash("s", "l"));
      assertThat(request.totalTokens()).isEqualTo(9);
    }
    assertThatThrownBy(() -> RequestSequence.builder(manager).tokens(1).build())
        .isInstanceOf(IllegalStateException.class);
  }
}
