package dev.kvbm.logical.metrics;

import dev.kvbm.logical.tier.Tier;

/**
 * A pool of blocks that can say what it has counted: a {@link dev.kvbm.logical.BlockManager}.
 *
 * <p>Implementations are thread-safe. {@link #metrics} is called at every scrape, by the thread
 * that scrapes, and does not throw: an exception fails the whole scrape. The other answers never
 * change.
 */
public interface PoolMetricsSource {

  /** {@return the name under which the pool appears: the value of the {@code pool} label} */
  String name();

  /** {@return the tier of the blocks} */
  Tier<?> tier();

  /** {@return the number of the manager, unique in the process; the one that JFR events carry} */
  long managerId();

  /** {@return all counters and gauges, read at one moment} */
  MetricsSnapshot metrics();
}
