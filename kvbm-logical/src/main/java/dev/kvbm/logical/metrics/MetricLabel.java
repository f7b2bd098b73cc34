package dev.kvbm.logical.metrics;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * A label of exported series.
 *
 * @param name letters, digits and underscores, not starting with a digit or two underscores
 * @param value any text
 */
public record MetricLabel(String name, String value) {
  /** The label that tells pools apart. The aggregator sets it. */
  public static final String POOL = "pool";

  // The label names that Prometheus has always accepted; those with two underscores are its own.
  private static final Pattern NAME = Pattern.compile("(?!__)[a-zA-Z_][a-zA-Z0-9_]*");

  /**
   * Checks the name.
   *
   * @throws IllegalArgumentException if {@code name} is no label name
   */
  public MetricLabel {
    Objects.requireNonNull(value, "value is null");
    if (!NAME.matcher(name).matches()) {
      throw new IllegalArgumentException(
          "'"
              + name
              + "' is no label name; use letters, digits and underscores, and do not start with a"
              + " digit or two underscores");
    }
  }
}
