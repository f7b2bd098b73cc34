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

  /** {@return a builder with nothing set} */
  public static Builder builder() {
    return new Builder();
  }

  /** {@return a new, empty sketch} */
  public TinyLfuSketch createSketch() {
    return new TinyLfuSketch(capacity, decayPolicy);
  }

  /** {@return a new tracker with nothing counted} */
  public TinyLfuTracker createTracker() {
    return new TinyLfuTracker(createSketch());
  }

  /** Collects settings. Not thread-safe. */
  public static final class Builder {
    private int capacity = -1;
    private @Nullable DecayPolicy decayPolicy;

    private Builder() {}

    /**
     * Sets the number of hashes the sketch is meant for. Required.
     *
     * @param capacity number of hashes
     * @return this builder
     * @throws IllegalArgumentException if {@code capacity} is negative
     */
    public Builder capacity(int capacity) {
      TinyLfuSketch.checkCapacity(capacity);
      this.capacity = capacity;
      return this;
    }

    /**
     * Sets the number of hashes the sketch is meant for. Required.
     *
     * @param capacity a usual capacity
     * @return this builder
     */
    public Builder capacity(FrequencyCapacity capacity) {
      return capacity(capacity.hashes());
    }

    /**
     * Sets when counters are halved; {@link DecayPolicy#forCapacity} unless set.
     *
     * @param decayPolicy the policy
     * @return this builder
     */
    public Builder decayPolicy(DecayPolicy decayPolicy) {
      this.decayPolicy = decayPolicy;
      return this;
    }

    /**
     * Makes the settings.
     *
     * @return the settings
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
