package dev.kvbm.logical.frequency;

/**
 * Sizes of a tracker, by the number of different hashes whose frequency it can tell apart well. A
 * tracker takes two bytes for each.
 */
public enum FrequencyCapacity {
  /** 2^18 hashes, half a mebibyte. */
  SMALL(1 << 18),
  /** 2^21 hashes, four mebibytes; the default. */
  MEDIUM(1 << 21),
  /** 2^24 hashes, 32 mebibytes. */
  LARGE(1 << 24);

  private final int hashes;

  FrequencyCapacity(int hashes) {
    this.hashes = hashes;
  }

  /** {@return the number of hashes} */
  public int hashes() {
    return hashes;
  }

  /** {@return a {@link FrequencySketch} of this size, with nothing counted} */
  public FrequencyTracker createTracker() {
    return FrequencySketch.builder().capacity(this).build();
  }
}
