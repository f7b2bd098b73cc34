package dev.kvbm.examples.tiny;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ModesTest {

  private static List<Mode.Outcome> outcomes(long seed) {
    TinyModel model = new TinyModel(seed);
    Workload workload = Workload.of(model, seed, 12);
    return Mode.ALL.stream().map(mode -> mode.run(model, workload)).toList();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void everyModeGivesTheAnswersOfTheLoopWithoutBlocksAndEveryBlockBack(long seed) {
    for (Mode.Outcome outcome : outcomes(seed)) {
      String what = outcome.mode().name() + ", seed " + seed;
      assertThat(outcome.wrongAnswers()).as(what).isZero();
      assertThat(outcome.lostBlocks()).as(what).isZero();
    }
  }

  private static Mode.Outcome named(List<Mode.Outcome> outcomes, String name) {
    return outcomes.stream()
        .filter(outcome -> outcome.mode().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** The same answers would be no news if the modes did not differ. */
  @Test
  void everyModeDoesWhatItIsNamedAfter() {
    List<Mode.Outcome> outcomes = outcomes(6);

    Tally off = named(outcomes, "cache off").tally();
    assertThat(off.cachedTokens).isZero();
    assertThat(named(outcomes, "cache off").evictions()).isZero();

    Tally on = named(outcomes, "cache on").tally();
    assertThat(on.cachedTokens)
        .isEqualTo(off.prefilledTokens - on.prefilledTokens)
        .isGreaterThan(off.prefilledTokens / 2);

    assertThat(named(outcomes, "thrashing").evictions()).isGreaterThan(100);
    assertThat(named(outcomes, "thrashing").tally().preemptions).isZero();

    assertThat(named(outcomes, "preempted").tally().preemptions).isPositive();

    Tally forked = named(outcomes, "forked").tally();
    assertThat(forked.forks).isPositive();
    assertThat(forked.copiedBlocks).isPositive();
    assertThat(forked.neededTokens()).isLessThan(on.neededTokens());

    Tally speculative = named(outcomes, "speculative").tally();
    assertThat(speculative.rightGuesses).isPositive().isLessThan(speculative.guesses);
    assertThat(speculative.steps).isLessThan(on.steps);

    for (String name : List.of("all together", "all, cache off")) {
      Tally all = named(outcomes, name).tally();
      assertThat(named(outcomes, name).evictions()).as(name).isPositive();
      assertThat(all.preemptions).as(name).isPositive();
      assertThat(all.copiedBlocks).as(name).isPositive();
      assertThat(all.rightGuesses).as(name).isPositive();
    }
  }
}
