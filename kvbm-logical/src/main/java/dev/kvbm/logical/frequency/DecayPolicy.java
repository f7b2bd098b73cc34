package dev.kvbm.logical.frequency;

/** When a {@link TinyLfuSketch} halves its counters. */
@FunctionalInterface
public interface DecayPolicy {

  /** Largest sample that {@link #forCapacity} gives: the reference counts it in 32 bits. */
  long MAX_SAMPLE = 0xFFFF_FFFFL;

  /**
   * Asked after every increment that changed a counter.
   *
   * @param increments how many there were since the last decay, as the sketch estimates it: a decay
   *     leaves about half of them
   * @return whether to halve all counters now
   */
  boolean shouldDecay(long increments);

  /**
   * Decays when the number of increments has reached {@code sample}.
   *
   * @param sample 0 or more; with 0 every counted increment decays
   * @return the policy
   * @throws IllegalArgumentException if {@code sample} is negative
   */
  static DecayPolicy fixed(long sample) {
    if (sample < 0) {
      throw new IllegalArgumentException(
          "a decay sample counts increments and cannot be " + sample + "; use 0 or more");
    }
    return increments -> increments >= sample;
  }

  /**
   * Decays after ten increments for each hash of capacity, the default.
   *
   * @param capacity the sketch's capacity
   * @return the policy
   * @throws IllegalArgumentException if {@code capacity} is negative
   */
  static DecayPolicy forCapacity(int capacity) {
    return fixed(Math.min(10L * capacity, MAX_SAMPLE));
  }
}
