package dev.kvbm.replay.engine;

/** When requests arrive. */
public enum Arrivals {
  /** As recorded. */
  TRACE,
  /** Each at the moment at which the one before it is finished: no two overlap. */
  APART,
  /** In the order of the trace, at random moments with a given mean rate. */
  POISSON
}
