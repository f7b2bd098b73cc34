package dev.kvbm.logical.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.tier.G1;
import java.util.Random;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Most decode steps change no block, and the request knows beforehand which. Here one request may
 * rely on what it knows and another one has to find out at every step.
 */
class QuietDecodeTest {
  @RegisterExtension final Pools pools = new Pools();

  @ParameterizedTest
  @EnumSource(Publication.class)
  void stepsThatAreKnownToBeQuietAreLikeAllOthers(Publication publication) {
    for (int prompt = 1; prompt <= 9; prompt++) {
      for (int max = 1; max <= 14; max++) {
        BlockManager<G1> own = pools.of(8);
        BlockManager<G1> other = pools.of(8);
        SchedulableSequence<G1> knows = Requests.prefilled(own, prompt, max, publication);
        SchedulableSequence<G1> asks = Requests.prefilled(other, prompt, max, publication);
        Random random = new Random(100L * prompt + max);
        String context = prompt + " tokens, " + max + " to come";
        while (!knows.isComplete()) {
          forget(asks);
          assertThat(knows.scheduleDecode()).as(context).isEqualTo(asks.scheduleDecode());
          compare(knows, asks, context);
          if (random.nextInt(4) == 0) {
            assertThat(knows.revertSchedule()).as(context).isEqualTo(asks.revertSchedule());
            continue;
          }
          int token = knows.totalTokens();
          assertThat(knows.applyDecode(token)).as(context).isEqualTo(asks.applyDecode(token));
          compare(knows, asks, context);
          assertThat(Requests.matchable(own, 6))
              .as(context)
              .isEqualTo(Requests.matchable(other, 6));
        }
        Requests.assertRefused(
            knows, knows::scheduleDecode, new SchedulingError.GenerationComplete(max, max));
        knows.close();
        asks.close();
        assertThat(own.availableBlocks()).isEqualTo(8);
      }
    }
  }

  /** Whatever may change tokens or blocks ends the knowledge; this changes none. */
  private static void forget(SchedulableSequence<G1> request) {
    request.appendTokens();
  }

  private static void compare(
      SchedulableSequence<G1> knows, SchedulableSequence<G1> asks, String context) {
    assertThat(knows.state()).as(context).isEqualTo(asks.state());
    assertThat(Requests.blocks(knows)).as(context).isEqualTo(Requests.blocks(asks));
    assertThat(knows.kvPosition()).as(context).isEqualTo(asks.kvPosition());
    assertThat(knows.outputTokens()).as(context).isEqualTo(asks.outputTokens());
    assertThat(knows.lineageHashes()).as(context).isEqualTo(asks.lineageHashes());
    assertThat(knows.remainingTokens()).as(context).isEqualTo(asks.remainingTokens());
  }
}
