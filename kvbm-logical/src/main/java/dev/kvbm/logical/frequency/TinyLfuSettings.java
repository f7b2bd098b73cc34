package dev.kvbm.logical.frequency;

import org.jspecify.annotations.Nullable;

/**
 * What a {@link TinyLfuSketch} is made from.
 *
 * @param capacity number of hashes the sketch is meant for
 * @param decayPolicy when its counters are halved
 */
public record TinyLfuSettings(int capacity, DecayPolicy decayPolicy) {

  /**
   * Checks the capacity.
   *
   * @throws IllegalArgumentException if {@code capacity} is negative
   */
  public TinyLfuSettings {
    TinyLfuSketch.checkCapacity(capacity);
  }

  /** Starts with nothing set. */
  public static Builder builder() {
    return new Builder();
  }

  /** A new, empty sketch. */
  public TinyLfuSketch createSketch() {
    return new TinyLfuSketch(capacity, decayPolicy);
  }

  /** A new tracker with nothing counted. */
  public TinyLfuTracker createTracker() {
    return new TinyLfuTracker(createSketch());
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {
    private int capacity = -1;
    private @Nullable DecayPolicy decayPolicy;

    private Builder() {}

    /**
     * The number of hashes the sketch is meant for. Required.
     *
     * @throws IllegalArgumentException if {@code capacity} is negative
     */
    public Builder capacity(int capacity) {
      TinyLfuSketch.checkCapacity(capacity);
      this.capacity = capacity;
      return this;
    }

    /** The number of hashes the sketch is meant for. Required. */
    public Builder capacity(FrequencyCapacity capacity) {
      return capacity(capacity.hashes());
    }

    /** When counters are halved; {@link DecayPolicy#forCapacity} unless set. */
    public Builder decayPolicy(DecayPolicy decayPolicy) {
      this.decayPolicy = decayPolicy;
      return this;
    }

    /**
     * The settings.
     *
     * @throws IllegalStateException if no capacity was set
     */
    public TinyLfuSettings build() {
      if (capacity < 0) {
        throw new IllegalStateException("capacity is required: call capacity(...) before build()");
      }
      return new TinyLfuSettings(
          capacity, decayPolicy != null ? decayPolicy : DecayPolicy.forCapacity(capacity));
    }
  }
}
