package dev.kvbm.logical.frequency;

/** Counts nothing: every estimate is 0. */
public enum NoOpTracker implements FrequencyTracker {
  /** The only one. */
  INSTANCE;

  @Override
  public void touch(long hi, long lo) {}

  @Override
  public int count(long hi, long lo) {
    return 0;
  }
}
