package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.CacheRule;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/**
 * How a report came about.
 *
 * @param rule what is cached and counted
 * @param warmup the fraction of requests that fill the cache without being counted
 * @param blocks sizes asked for
 * @param policies policies and bounds asked for
 * @param more anything else worth keeping, by name; what it says is shown as it is
 */
public record ReplayOptions(
    CacheRule rule,
    double warmup,
    List<Integer> blocks,
    List<String> policies,
    SequencedMap<String, String> more) {

  /** Copies the collections. */
  public ReplayOptions {
    blocks = List.copyOf(blocks);
    policies = List.copyOf(policies);
    more = Collections.unmodifiableSequencedMap(new LinkedHashMap<>(more));
  }

  /**
   * Options without anything else.
   *
   * @param rule which blocks were cached and counted
   * @param warmup the fraction of requests that were not counted
   * @param blocks cache sizes
   * @param policies labels of policies and bounds
   */
  public ReplayOptions(CacheRule rule, double warmup, List<Integer> blocks, List<String> policies) {
    this(rule, warmup, blocks, policies, new LinkedHashMap<>());
  }
}
