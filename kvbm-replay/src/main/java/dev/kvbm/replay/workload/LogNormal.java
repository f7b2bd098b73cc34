package dev.kvbm.replay.workload;

/**
 * A log-normal distribution, cut at both ends: the logarithm is normal with mean {@code ln(median)}
 * and standard deviation {@code sigma}; samples beyond {@code min} and {@code max} take that value.
 * Uncut, its mean is {@code median · exp(sigma² / 2)}. It is the usual first guess for lengths of
 * texts and for pauses: half below the median, and a long tail.
 *
 * @param median the value that half of the samples stay below
 * @param sigma the spread; 0 always gives the median, 1 puts one in six above 2.7 times the median
 * @param min the least sample
 * @param max the greatest sample
 */
public record LogNormal(double median, double sigma, double min, double max) {

  /**
   * Checks the numbers.
   *
   * @throws IllegalArgumentException unless {@code 0 <= min <= median <= max}, all finite, and
   *     sigma is from 0 to 5
   */
  public LogNormal {
    boolean ordered = min >= 0 && min <= median && median <= max && max < 1e12;
    if (!ordered || !(sigma >= 0 && sigma <= 5)) {
      throw new IllegalArgumentException(
          "log-normal "
              + text(median)
              + ":"
              + text(sigma)
              + ":"
              + text(min)
              + ":"
              + text(max)
              + " is not usable; choose median:sigma:min:max with 0 <= min <= median <= max and"
              + " sigma from 0 to 5");
    }
  }

  /**
   * Reads {@code median[:sigma[:min[:max]]]}; parts left out are this distribution's.
   *
   * @throws IllegalArgumentException if a part is no number or the result is not usable
   */
  LogNormal with(String parts) {
    String[] given = parts.split(":", -1);
    double[] numbers = {median, sigma, min, max};
    try {
      if (given.length <= numbers.length) {
        for (int i = 0; i < given.length; i++) {
          numbers[i] = Double.parseDouble(given[i].strip());
        }
        return new LogNormal(numbers[0], numbers[1], numbers[2], numbers[3]);
      }
    } catch (NumberFormatException notANumber) {
      // Reported below.
    }
    throw new IllegalArgumentException(
        "\"" + parts + "\" is no distribution; write median[:sigma[:min[:max]]], now " + this);
  }

  /** The parts in the form in which they are given: {@code median:sigma:min:max}. */
  @Override
  public String toString() {
    return text(median) + ":" + text(sigma) + ":" + text(min) + ":" + text(max);
  }

  static String text(double value) {
    return value == Math.rint(value) && Math.abs(value) < 1e15
        ? Long.toString((long) value)
        : Double.toString(value);
  }
}
