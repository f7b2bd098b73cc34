package dev.kvbm.replay.report;

import java.util.ArrayList;
import java.util.List;

/** Maps values to pixels, linearly or by logarithm, and picks round ticks. */
record Scale(boolean logarithmic, double low, double high, double from, double to) {

  static Scale linear(double low, double high, double from, double to) {
    return new Scale(false, low, high > low ? high : low + 1, from, to);
  }

  static Scale linear(double low, long high, double from, double to) {
    return linear(low, (double) high, from, to);
  }

  /** Both ends must be positive. */
  static Scale logarithmic(double low, double high, double from, double to) {
    return new Scale(true, low, high > low ? high : low * 10, from, to);
  }

  double at(double value) {
    double part =
        logarithmic ? Math.log(value / low) / Math.log(high / low) : (value - low) / (high - low);
    return from + Math.clamp(part, 0, 1) * (to - from);
  }

  double at(long value) {
    return at((double) value);
  }

  /** Ticks to label: 1, 2, 5 steps on a linear axis; decades, or 1, 2, 5, on a logarithmic one. */
  List<Double> ticks(int most) {
    return logarithmic ? decades(most) : steps(most);
  }

  /** On a logarithmic axis 2 to 9 times every power of ten; nothing on a linear one. */
  List<Double> minorTicks() {
    List<Double> minor = new ArrayList<>();
    if (logarithmic) {
      for (double power = decadeBelow(); power <= high; power *= 10) {
        for (int k = 2; k <= 9; k++) {
          add(minor, power * k);
        }
      }
    }
    return minor;
  }

  private List<Double> steps(int most) {
    double step = niceStep((high - low) / most);
    List<Double> ticks = new ArrayList<>();
    for (long k = (long) Math.ceil(low / step - 1e-9); k * step <= high * (1 + 1e-9); k++) {
      ticks.add(k * step);
    }
    return ticks;
  }

  private List<Double> decades(int most) {
    List<Double> ticks = new ArrayList<>();
    for (double power = decadeBelow(); power <= high * (1 + 1e-9); power *= 10) {
      add(ticks, power);
      add(ticks, power * 2);
      add(ticks, power * 5);
    }
    if (ticks.size() <= most && ticks.size() > 1) {
      return ticks;
    }
    List<Double> powers = new ArrayList<>();
    for (double power = decadeBelow(); power <= high * (1 + 1e-9); power *= 10) {
      add(powers, power);
    }
    return powers.size() > 1 ? powers : List.of(low, high);
  }

  private double decadeBelow() {
    return Math.pow(10, Math.floor(Math.log10(low) + 1e-9));
  }

  private void add(List<Double> ticks, double value) {
    if (value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9)) {
      ticks.add(value);
    }
  }

  /** The smallest of 1, 2, 2.5, 5 times a power of ten that is not less. */
  static double niceStep(double atLeast) {
    if (!(atLeast > 0)) {
      return 1;
    }
    double power = Math.pow(10, Math.floor(Math.log10(atLeast)));
    for (double factor : new double[] {1, 2, 2.5, 5, 10}) {
      if (power * factor >= atLeast * (1 - 1e-9)) {
        return power * factor;
      }
    }
    return power * 10;
  }
}
