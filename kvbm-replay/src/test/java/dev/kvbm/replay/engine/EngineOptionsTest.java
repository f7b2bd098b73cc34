package dev.kvbm.replay.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EngineOptionsTest {

  @Test
  void limitsAreAtLeastOne() {
    assertThatThrownBy(() -> EngineOptions.DEFAULT.withLimits(0, 8, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 0");
    assertThatThrownBy(() -> EngineOptions.DEFAULT.withLimits(1, 0, true))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got 0");
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, -1, 1e7, Double.NaN})
  void randomArrivalsNeedARate(double rate) {
    assertThatThrownBy(() -> EngineOptions.DEFAULT.withArrivals(Arrivals.POISSON, rate))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("got " + rate);
  }

  @Test
  void aRateWithoutRandomArrivalsIsRefused() {
    assertThatThrownBy(() -> EngineOptions.DEFAULT.withArrivals(Arrivals.APART, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("no effect");
  }

  @ParameterizedTest
  @CsvSource({"-1,0,0,0", "0,NaN,0,0", "1,1,Infinity,1", "1,1,1,2e9", "0,0,1,1", "0,1,0,1"})
  void aCostThatIsNotUsableIsRefused(double step, double prefill, double decode, double context) {
    assertThatThrownBy(() -> new LinearCost(step, prefill, decode, context))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void theLinearCostIsTheSumItStates() {
    StepWork work = new StepWork();
    work.addPrefill(1_000, 500);
    work.addDecode(2_000);
    work.addDecode(4_000);

    assertThat(new LinearCost(5, 16, 10, 20).stepMillis(work, 1))
        .isCloseTo(5 + 16 + 0.02 + 0.13, offset(1e-12));
  }

  @Test
  void thePolynomialCostIsThatOfTheSimulatorItIsFrom() {
    StepWork prefill = new StepWork();
    prefill.addPrefill(1_000, 0);
    StepWork decode = new StepWork();
    decode.addDecode(600);
    decode.addDecode(400);

    PolynomialCost cost = new PolynomialCost();
    assertThat(cost.stepMillis(prefill, 10_000))
        .isCloseTo(0.4209989 + 15.18344 + 16.50142, offset(1e-9));
    assertThat(cost.stepMillis(decode, 2_000))
        .isCloseTo(-25.74 / 4 + 54.01 / 2 + 5.74, offset(1e-9));
    assertThat(cost.stepMillis(decode, 100))
        .as("more than the pool counts as the pool")
        .isCloseTo(-25.74 + 54.01 + 5.74, offset(1e-9));
  }
}
