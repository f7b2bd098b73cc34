package dev.kvbm.replay.engine;

/**
 * A sum of what is done: {@code step + prefillToken * P + decodeSequence * D + contextToken * K},
 * with {@code P} tokens of prefill, {@code D} requests that decode, and {@code K} tokens whose keys
 * and values are read: the context of every scheduled request.
 *
 * <p>{@link #DEFAULT} is arithmetic on data sheets, not a measurement: a model like Llama 3.1 8B in
 * FP8 on one H100 SXM (3.35 TB/s, 1,979 dense FP8 TFLOPS). 8.0 GB of weights are read in 2.4 ms, to
 * which 2.6 ms of launching and sampling are added by choice: 5 ms a step. A token of prefill is 16
 * GFLOP; at half of the peak 16 µs. Keys and values of a token are 64 KiB (32 layers, 8 heads of
 * 128, one byte): 20 ns to read. 10 µs a decoding request are chosen.
 *
 * @param stepMillis milliseconds a step takes whatever it does
 * @param prefillMicrosPerToken microseconds a token of prefill adds
 * @param decodeMicrosPerSequence microseconds a decoding request adds
 * @param contextNanosPerToken nanoseconds a token of context adds
 */
public record LinearCost(
    double stepMillis,
    double prefillMicrosPerToken,
    double decodeMicrosPerSequence,
    double contextNanosPerToken)
    implements CostModel {

  /** See the class. */
  public static final LinearCost DEFAULT = new LinearCost(5, 16, 10, 20);

  private static final double MOST = 1e9;

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if one is negative, not finite or above a thousand million, or
   *     a step of any kind could take no time
   */
  public LinearCost {
    require("the milliseconds a step", stepMillis);
    require("the microseconds a token of prefill", prefillMicrosPerToken);
    require("the microseconds a decoding request", decodeMicrosPerSequence);
    require("the nanoseconds a token of context", contextNanosPerToken);
    if (stepMillis == 0 && (prefillMicrosPerToken == 0 || decodeMicrosPerSequence == 0)) {
      throw new IllegalArgumentException(
          "a step would take no time; give more than 0 milliseconds a step, or more than 0"
              + " microseconds both a token of prefill and a decoding request");
    }
  }

  private static void require(String what, double value) {
    if (!(value >= 0 && value <= MOST)) {
      throw new IllegalArgumentException(
          what + " must be from 0 to " + (long) MOST + ", got " + value);
    }
  }

  @Override
  public double stepMillis(StepWork work, long capacityTokens) {
    double context = (double) work.prefillContextTokens() + work.decodeContextTokens();
    return stepMillis
        + work.prefillTokens() * prefillMicrosPerToken / 1e3
        + work.decodeSequences() * decodeMicrosPerSequence / 1e3
        + context * contextNanosPerToken / 1e6;
  }

  @Override
  public String describe() {
    return "linear: "
        + stepMillis
        + " ms a step + "
        + prefillMicrosPerToken
        + " us a prefill token + "
        + decodeMicrosPerSequence
        + " us a decoding sequence + "
        + contextNanosPerToken
        + " ns a context token";
  }
}
