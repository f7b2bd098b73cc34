package dev.kvbm.replay.engine;

/**
 * The fit that the simulators of NVIDIA Dynamo use when they know no hardware: a quadratic in the
 * tokens of prefill, plus a quadratic in the share of the pool that decoding requests read.
 *
 * <p>With {@code t} tokens of prefill: {@code 4.209989e-7 t² + 0.01518344 t + 16.50142} ms, if
 * there are any. With {@code u} the tokens of all decoding requests as a part of the pool, at most
 * 1: {@code -25.74 u² + 54.01 u + 5.74} ms, if there are any. The coefficients are those of {@code
 * aisimulate-core} 0.13.0 (Apache-2.0), {@code src/engine/common/perf_model.rs}; like there, the
 * tokens of prefill are a whole number of tokens a request times the number of requests.
 */
public record PolynomialCost() implements CostModel {

  @Override
  public double stepMillis(StepWork work, long capacityTokens) {
    double millis = 0;
    int chunks = work.prefillSequences();
    if (chunks > 0) {
      long whole = (work.prefillContextTokens() + work.prefillTokens()) / chunks;
      double tokens = (double) (whole - work.prefillContextTokens() / chunks) * chunks;
      millis += 4.209989e-7 * tokens * tokens + 1.518344e-2 * tokens + 16.50142;
    }
    if (work.decodeSequences() > 0) {
      double used = Math.min(1, (double) work.decodeContextTokens() / capacityTokens);
      millis += -25.74 * used * used + 54.01 * used + 5.74;
    }
    return millis;
  }

  @Override
  public String describe() {
    return "polynomial: the fit of aisimulate-core 0.13.0";
  }
}
