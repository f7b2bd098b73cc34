package dev.kvbm.replay.engine;

/**
 * How an engine schedules, and what it is given to do.
 *
 * @param maxSequences requests that may run at once
 * @param maxBatchedTokens tokens that a step may compute
 * @param chunkedPrefill whether a prompt may be computed over several steps
 * @param admission when a waiting request may start
 * @param sharing when others can match what a step computes
 * @param arrivals when requests arrive
 * @param ratePerSecond requests a second with {@link Arrivals#POISSON}; 0 otherwise
 * @param output what requests generate
 * @param cost how long a step takes
 * @param seed of the ids of generated tokens, and of random arrivals
 */
public record EngineOptions(
    int maxSequences,
    int maxBatchedTokens,
    boolean chunkedPrefill,
    Admission admission,
    Sharing sharing,
    Arrivals arrivals,
    double ratePerSecond,
    Output output,
    CostModel cost,
    long seed) {

  /**
   * vLLM's defaults for an online server: 256 sequences, 8,192 tokens, chunked prefill, prompts
   * admitted when they fit as a whole; arrivals and output as recorded; seed 0.
   */
  public static final EngineOptions DEFAULT =
      new EngineOptions(
          256,
          8_192,
          true,
          Admission.WHOLE_PROMPT,
          Sharing.AFTER_STEP,
          Arrivals.TRACE,
          0,
          Output.TRACE,
          LinearCost.DEFAULT,
          0);

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException if a limit is less than 1, or there is a rate without random
   *     arrivals or none with them
   */
  public EngineOptions {
    if (maxSequences < 1) {
      throw new IllegalArgumentException(
          "at least 1 sequence has to run at once, got " + maxSequences);
    }
    if (maxBatchedTokens < 1) {
      throw new IllegalArgumentException(
          "a step has to compute at least 1 token, got " + maxBatchedTokens);
    }
    if (arrivals == Arrivals.POISSON) {
      if (!(ratePerSecond > 0 && ratePerSecond <= 1e6)) {
        throw new IllegalArgumentException(
            "the rate of random arrivals must be above 0 and at most 1000000 requests a second, got"
                + " "
                + ratePerSecond);
      }
    } else if (ratePerSecond != 0) {
      throw new IllegalArgumentException(
          "a rate of "
              + ratePerSecond
              + " requests a second has no effect without random arrivals");
    }
  }

  /**
   * {@return a copy with these limits}
   *
   * @param sequences requests that may run at once
   * @param batchedTokens tokens that a step may compute
   * @param chunked whether a prompt may be computed over several steps
   * @throws IllegalArgumentException as the constructor does
   */
  public EngineOptions withLimits(int sequences, int batchedTokens, boolean chunked) {
    return new EngineOptions(
        sequences,
        batchedTokens,
        chunked,
        admission,
        sharing,
        arrivals,
        ratePerSecond,
        output,
        cost,
        seed);
  }

  /**
   * {@return a copy with this rule for starting}
   *
   * @param value when a waiting request may start
   */
  public EngineOptions withAdmission(Admission value) {
    return new EngineOptions(
        maxSequences,
        maxBatchedTokens,
        chunkedPrefill,
        value,
        sharing,
        arrivals,
        ratePerSecond,
        output,
        cost,
        seed);
  }

  /**
   * {@return a copy with this rule for sharing}
   *
   * @param value when others can match what a step computes
   */
  public EngineOptions withSharing(Sharing value) {
    return new EngineOptions(
        maxSequences,
        maxBatchedTokens,
        chunkedPrefill,
        admission,
        value,
        arrivals,
        ratePerSecond,
        output,
        cost,
        seed);
  }

  /**
   * {@return a copy with these arrivals}
   *
   * @param value when requests arrive
   * @param rate requests a second if arrivals are random, else 0
   * @throws IllegalArgumentException as the constructor does
   */
  public EngineOptions withArrivals(Arrivals value, double rate) {
    return new EngineOptions(
        maxSequences,
        maxBatchedTokens,
        chunkedPrefill,
        admission,
        sharing,
        value,
        rate,
        output,
        cost,
        seed);
  }

  /**
   * {@return a copy with this output}
   *
   * @param value what requests generate
   */
  public EngineOptions withOutput(Output value) {
    return new EngineOptions(
        maxSequences,
        maxBatchedTokens,
        chunkedPrefill,
        admission,
        sharing,
        arrivals,
        ratePerSecond,
        value,
        cost,
        seed);
  }

  /**
   * {@return a copy with this cost model}
   *
   * @param value how long a step takes
   */
  public EngineOptions withCost(CostModel value) {
    return new EngineOptions(
        maxSequences,
        maxBatchedTokens,
        chunkedPrefill,
        admission,
        sharing,
        arrivals,
        ratePerSecond,
        output,
        value,
        seed);
  }

  /**
   * {@return a copy with this seed}
   *
   * @param value the seed
   */
  public EngineOptions withSeed(long value) {
    return new EngineOptions(
        maxSequences,
        maxBatchedTokens,
        chunkedPrefill,
        admission,
        sharing,
        arrivals,
        ratePerSecond,
        output,
        cost,
        value);
  }
}
