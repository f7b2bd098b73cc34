package dev.kvbm.replay.engine;

/**
 * How long a step takes. A pure function of the step's work: the same work takes the same time.
 *
 * <p>The models differ in what they know of hardware, and none of them is a measurement of yours:
 * they give requests a plausible length, so that they overlap.
 */
public sealed interface CostModel permits LinearCost, PolynomialCost {

  /**
   * The duration of a step in milliseconds of virtual time.
   *
   * @param work what the step computes; not empty
   * @param capacityTokens tokens that the pool has room for
   * @return milliseconds, not negative
   */
  double stepMillis(StepWork work, long capacityTokens);

  /** {@return the formula with its numbers, for reports} */
  String describe();
}
