package dev.kvbm.replay.engine;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class LivenessTest {
  private final Liveness liveness = new Liveness(5);

  @Test
  void everyRequestIsInExactlyOnePlace() {
    assertThatCode(() -> liveness.everyRequestIsSomewhere(1, 1, 2, 1)).doesNotThrowAnyException();
    assertThatThrownBy(() -> liveness.everyRequestIsSomewhere(1, 1, 1, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("liveness")
        .hasMessageContaining("1 have ended, which is not all 5");
    assertThatThrownBy(() -> liveness.everyRequestIsSomewhere(2, 1, 2, 1))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void whoWaitsOrRunsHasAStepThatWakesIt() {
    assertThatThrownBy(() -> liveness.nothingToDo(7, 1, 0, 9, 4))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("at 7 ns, but 1 requests wait and 0 run");
    assertThatThrownBy(() -> liveness.nothingToDo(7, 0, 1, 9, 4))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void timeGoesOnWhenThereIsNothingToDo() {
    assertThatCode(() -> liveness.nothingToDo(7, 0, 0, 8, 5)).doesNotThrowAnyException();
    assertThatThrownBy(() -> liveness.nothingToDo(7, 0, 0, 7, 5))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("a request has arrived by then");
    assertThatCode(() -> liveness.nothingToDo(7, 0, 0, 7, 0)).doesNotThrowAnyException();
  }
}
