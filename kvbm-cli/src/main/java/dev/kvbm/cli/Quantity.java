package dev.kvbm.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Numbers as people write them: {@code 1000}, {@code 10k}, {@code 1.5M}, {@code 64GiB}.
 *
 * <p>{@code k}, {@code M}, {@code G}, {@code T} are powers of 1,000; {@code Ki}, {@code Mi}, {@code
 * Gi}, {@code Ti} of 1,024. A trailing {@code B} is allowed for bytes.
 */
final class Quantity {
  private static final String UNITS = "kmgt";

  private Quantity() {}

  /**
   * A positive whole number.
   *
   * @param what the quantity's name, for the message
   * @throws IllegalArgumentException if it is not a number, not whole, or less than 1
   */
  static long parse(String what, String text) {
    String rest = text.strip().toLowerCase(Locale.ROOT);
    int digits = 0;
    while (digits < rest.length()
        && (Character.isDigit(rest.charAt(digits))
            || rest.charAt(digits) == '.'
            || rest.charAt(digits) == '_')) {
      digits++;
    }
    String unit = rest.substring(digits);
    double factor = factor(unit);
    double value;
    try {
      value = Double.parseDouble(rest.substring(0, digits).replace("_", "")) * factor;
    } catch (NumberFormatException e) {
      value = Double.NaN;
    }
    if (Double.isNaN(value) || Double.isNaN(factor)) {
      throw new IllegalArgumentException(
          what + " '" + text + "' is not a number; write for example 1000, 10k, 1.5M or 64GiB");
    }
    if (value < 1 || value != Math.rint(value) || value > 1L << 53) {
      throw new IllegalArgumentException(
          what + " '" + text + "' must be a whole number of at least 1");
    }
    return (long) value;
  }

  private static double factor(String unit) {
    String bare = unit.endsWith("b") ? unit.substring(0, unit.length() - 1) : unit;
    if (bare.isEmpty()) {
      return 1;
    }
    int power = UNITS.indexOf(bare.charAt(0)) + 1;
    if (power == 0 || bare.length() > 2 || (bare.length() == 2 && bare.charAt(1) != 'i')) {
      return Double.NaN;
    }
    return Math.pow(bare.length() == 2 ? 1024 : 1000, power);
  }

  /** A comma-separated list of {@link #parse quantities}; empty parts are refused. */
  static List<Long> parseList(String what, String text) {
    List<Long> values = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      values.add(parse(what, part));
    }
    return values;
  }

  /** {@code 1234567} as {@code 1,234,567}. */
  static String grouped(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A count in at most four characters and a unit: {@code 950}, {@code 10k}, {@code 1.5M}. */
  static String brief(double value) {
    return scaled(value, 1000, "");
  }

  /** Bytes with a binary unit: {@code 64 GiB}. */
  static String bytes(double value) {
    return scaled(value, 1024, " B");
  }

  private static String scaled(double value, int base, String suffix) {
    int power = 0;
    double rest = value;
    while (rest >= base && power < UNITS.length()) {
      rest /= base;
      power++;
    }
    String number =
        rest == Math.rint(rest) || rest >= 100
            ? String.format(Locale.ROOT, "%.0f", rest)
            : String.format(Locale.ROOT, rest < 10 ? "%.2f" : "%.1f", rest);
    if (power == 0) {
      return number + suffix;
    }
    char unit = UNITS.charAt(power - 1);
    return base == 1000
        ? number + (unit == 'k' ? "k" : String.valueOf(Character.toUpperCase(unit)))
        : number + " " + Character.toUpperCase(unit) + "iB";
  }
}
