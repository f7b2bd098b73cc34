package dev.kvbm.replay.analysis;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How a quantity is spread: quantiles and counts by bins that grow with the value.
 *
 * @param count how many values
 * @param mean their mean; 0 without values
 * @param max the greatest; 0 without values
 * @param quantiles exact order statistics; all 0 without values
 * @param bins adjacent bins from the first to the last that holds a value; empty without values
 */
public record Distribution(
    long count, double mean, double max, Quantiles quantiles, List<Bin> bins) {

  /** Copies the bins. */
  public Distribution {
    bins = List.copyOf(bins);
  }

  /**
   * Order statistics: p25 is the value at index {@code floor(0.25 * count)} of all values in order,
   * so it occurs among them.
   *
   * @param p10 a tenth of the values come before it
   * @param p25 a quarter
   * @param p50 the upper median
   * @param p75 three quarters
   * @param p90 nine tenths
   * @param p95 nineteen twentieths
   * @param p99 99 in a hundred
   * @param p999 999 in a thousand
   */
  public record Quantiles(
      double p10,
      double p25,
      double p50,
      double p75,
      double p90,
      double p95,
      double p99,
      double p999) {}

  /**
   * Part of the range of values.
   *
   * @param from the smallest value that belongs to it
   * @param to the smallest value above that does not
   * @param count how many values it holds
   */
  public record Bin(double from, double to, long count) {}

  private static final double[] LEVELS = {0.10, 0.25, 0.50, 0.75, 0.90, 0.95, 0.99, 0.999};

  /** Edges 0, 1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, ...: six bins a power of ten. */
  static double[] decimalEdges(double max) {
    double[] steps = {1, 1.5, 2, 3, 5, 7};
    List<Double> edges = new ArrayList<>(List.of(0.0));
    for (double power = 1; edges.getLast() <= max || edges.size() < 2; power *= 10) {
      for (double step : steps) {
        if (power > 1 || step == Math.rint(step)) {
          edges.add(power * step);
        }
      }
    }
    return edges.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Edges for durations in seconds that people know by heart, up to days. */
  static double[] secondEdges(double max) {
    double[] known = {
      0, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1200, 1800, 3600, 7200, 14400,
      28800, 43200, 86400
    };
    List<Double> edges = new ArrayList<>();
    for (double edge : known) {
      edges.add(edge);
    }
    while (edges.getLast() <= max) {
      edges.add(edges.getLast() * 2);
    }
    return edges.stream().mapToDouble(Double::doubleValue).toArray();
  }

  /** Of {@code counts[v]} occurrences of every v. */
  static Distribution ofCounts(int[] counts) {
    long total = 0;
    double sum = 0;
    int max = 0;
    for (int v = 0; v < counts.length; v++) {
      total += counts[v];
      sum += (double) v * counts[v];
      if (counts[v] > 0) {
        max = v;
      }
    }
    if (total == 0) {
      return none();
    }
    double[] at = new double[LEVELS.length];
    long seen = 0;
    int level = 0;
    for (int v = 0; v <= max && level < LEVELS.length; v++) {
      seen += counts[v];
      while (level < LEVELS.length && seen > rank(LEVELS[level], total)) {
        at[level++] = v;
      }
    }
    double[] edges = decimalEdges(max);
    long[] perBin = new long[edges.length - 1];
    int bin = 0;
    for (int v = 0; v <= max; v++) {
      while (v >= edges[bin + 1]) {
        bin++;
      }
      perBin[bin] += counts[v];
    }
    return new Distribution(total, sum / total, max, quantiles(at), bins(edges, perBin));
  }

  /** Of values that the caller gives away: they are sorted in place. */
  static Distribution ofValues(double[] values, double[] edges) {
    if (values.length == 0) {
      return none();
    }
    Arrays.sort(values);
    double sum = 0;
    long[] perBin = new long[edges.length - 1];
    int bin = 0;
    for (double v : values) {
      sum += v;
      while (v >= edges[bin + 1]) {
        bin++;
      }
      perBin[bin]++;
    }
    double[] at = new double[LEVELS.length];
    for (int i = 0; i < at.length; i++) {
      at[i] = values[(int) rank(LEVELS[i], values.length)];
    }
    return new Distribution(
        values.length,
        sum / values.length,
        values[values.length - 1],
        quantiles(at),
        bins(edges, perBin));
  }

  static Distribution none() {
    return new Distribution(0, 0, 0, quantiles(new double[LEVELS.length]), List.of());
  }

  private static long rank(double level, long total) {
    return Math.min(total - 1, (long) (level * total));
  }

  private static Quantiles quantiles(double[] at) {
    return new Quantiles(at[0], at[1], at[2], at[3], at[4], at[5], at[6], at[7]);
  }

  private static List<Bin> bins(double[] edges, long[] counts) {
    int first = 0;
    int last = counts.length - 1;
    while (first < last && counts[first] == 0) {
      first++;
    }
    while (last > first && counts[last] == 0) {
      last--;
    }
    List<Bin> bins = new ArrayList<>();
    for (int i = first; i <= last; i++) {
      bins.add(new Bin(edges[i], edges[i + 1], counts[i]));
    }
    return bins;
  }
}
