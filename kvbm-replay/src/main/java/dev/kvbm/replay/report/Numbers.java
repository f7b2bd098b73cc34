package dev.kvbm.replay.report;

import java.util.Locale;

/** Numbers as people read them, the same in every locale. */
final class Numbers {

  private Numbers() {}

  /** {@code 12,031}. */
  static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** {@code 36.6%}. */
  static String percent(double fraction) {
    return Double.isFinite(fraction) ? String.format(Locale.ROOT, "%.1f%%", fraction * 100) : "–";
  }

  /** {@code 5.12M}: three significant digits with k, M, bn, without useless zeros. */
  static String compact(double value) {
    if (value >= 1e9) {
      return digits(value / 1e9) + "bn";
    }
    if (value >= 999_500) {
      return digits(value / 1e6) + "M";
    }
    if (value >= 1_000) {
      return digits(value / 1e3) + "k";
    }
    return digits(value);
  }

  /** The same of a whole number. */
  static String compact(long value) {
    return compact((double) value);
  }

  /** {@code 625 GiB}. */
  static String bytes(double value) {
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
    int unit = 0;
    double scaled = value;
    while (scaled >= 1000 && unit < units.length - 1) {
      scaled /= 1024;
      unit++;
    }
    return digits(scaled) + " " + units[unit];
  }

  /** {@code 58 min 57 s}: the two largest units. */
  static String duration(double seconds) {
    if (seconds < 60) {
      return digits(seconds) + " s";
    }
    long whole = Math.round(seconds);
    if (whole < 3600) {
      return pair(whole / 60, "min", whole % 60, "s");
    }
    long minutes = Math.round(seconds / 60);
    if (minutes < 1440) {
      return pair(minutes / 60, "h", minutes % 60, "min");
    }
    long hours = Math.round(seconds / 3600);
    return pair(hours / 24, "d", hours % 24, "h");
  }

  /** A duration that is a tick of an axis or an edge of a bin: {@code 20 s}, {@code 5 min}. */
  static String roundDuration(double seconds) {
    if (seconds == 0) {
      return "0";
    }
    if (seconds < 60) {
      return digits(seconds) + " s";
    }
    if (seconds < 3600) {
      return digits(seconds / 60) + " min";
    }
    if (seconds < 86_400) {
      return digits(seconds / 3600) + " h";
    }
    return digits(seconds / 86_400) + " d";
  }

  /** Coordinates in a drawing: a tenth of a pixel is enough. */
  static String pixel(double value) {
    double rounded = Math.round(value * 10) / 10.0;
    return rounded == Math.rint(rounded) ? Long.toString((long) rounded) : Double.toString(rounded);
  }

  private static String pair(long first, String unit, long second, String smaller) {
    return first + " " + unit + (second == 0 ? "" : " " + second + " " + smaller);
  }

  private static String digits(double value) {
    String text =
        value >= 99.95
            ? String.format(Locale.ROOT, "%,.0f", value)
            : String.format(Locale.ROOT, value >= 9.995 ? "%.1f" : "%.2f", value);
    if (text.indexOf('.') >= 0) {
      int end = text.length();
      while (text.charAt(end - 1) == '0') {
        end--;
      }
      text = text.substring(0, text.charAt(end - 1) == '.' ? end - 1 : end);
    }
    return text;
  }
}
