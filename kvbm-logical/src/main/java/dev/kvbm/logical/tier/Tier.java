package dev.kvbm.logical.tier;

import java.util.Objects;

/**
 * A storage tier, named by a marker class.
 *
 * <p>Two tiers are equal if their marker classes are: managers of equal tiers that share a registry
 * answer presence questions together. The marker is never instantiated. Immutable and thread-safe.
 *
 * @param <T> the marker class, for example {@link G1}
 */
public final class Tier<T> {
  private final Class<T> marker;
  private final String label;

  private Tier(Class<T> marker, String label) {
    this.marker = marker;
    this.label = label;
  }

  /**
   * A tier named by {@code marker}; its label is the simple name of the class.
   *
   * @param <T> the marker class
   * @param marker a named class; only its identity and simple name matter
   * @return the tier, equal to every other one of the same class
   * @throws IllegalArgumentException if the class has no simple name (an anonymous class)
   */
  public static <T> Tier<T> of(Class<T> marker) {
    Objects.requireNonNull(marker, "marker is null");
    String label = marker.getSimpleName();
    if (label.isEmpty()) {
      throw new IllegalArgumentException(
          "tier marker "
              + marker.getName()
              + " has no simple name; use a named class, its name labels the metrics");
    }
    return new Tier<>(marker, label);
  }

  /** {@return the marker class} */
  public Class<T> marker() {
    return marker;
  }

  /** {@return the short name used as the {@code pool} label of metrics and in messages} */
  public String label() {
    return label;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Tier<?> tier && tier.marker == marker;
  }

  @Override
  public int hashCode() {
    return marker.hashCode();
  }

  @Override
  public String toString() {
    return label;
  }
}
