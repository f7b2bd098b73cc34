package dev.kvbm.bench.compare;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The figures of several rounds of one thing.
 *
 * @param values in the order in which they were taken
 */
record Rounds(List<Double> values) {
  static final Rounds NONE = new Rounds(List.of());

  Rounds {
    values = List.copyOf(values);
  }

  static Rounds of(Double... values) {
    return new Rounds(List.of(values));
  }

  boolean isEmpty() {
    return values.isEmpty();
  }

  /** The middle one, or the mean of the two in the middle; NaN if there are none. */
  double median() {
    if (values.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = values.stream().sorted().toList();
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  /** The smallest one; NaN if there are none. */
  double least() {
    return values.isEmpty() ? Double.NaN : Collections.min(values);
  }

  /** The distance of the largest and the smallest round, in percent of the median. */
  double spreadPercent() {
    return values.isEmpty()
        ? Double.NaN
        : 100 * (Collections.max(values) - Collections.min(values)) / median();
  }

  Rounds plus(double value) {
    List<Double> more = new ArrayList<>(values);
    more.add(value);
    return new Rounds(more);
  }
}
