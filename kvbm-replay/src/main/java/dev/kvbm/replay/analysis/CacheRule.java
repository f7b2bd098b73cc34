package dev.kvbm.replay.analysis;

import java.util.Locale;

/**
 * Which blocks of a request a simulated cache keeps and counts.
 *
 * <p>Under both rules a request is one atomic step: its hits are the longest resident prefix, its
 * blocks are pinned while room is made, and what does not fit the cache is not cached.
 */
public enum CacheRule {
  /** Every listed block is cached and may be hit, a partial last block included. */
  TRACE,

  /**
   * What a serving engine does. Only full blocks are cached and counted as accesses; the last token
   * is always computed, so a prompt that ends on a block boundary cannot hit its last block; and a
   * partial last block occupies one more slot while the request runs, which is free afterwards.
   */
  ENGINE;

  /** {@return lower-case name as used on command lines and in reports} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * {@return the rule of that {@link #label()}}
   *
   * @param label lower case, as on the command line
   * @throws IllegalArgumentException if there is none
   */
  public static CacheRule ofLabel(String label) {
    for (CacheRule rule : values()) {
      if (rule.label().equals(label)) {
        return rule;
      }
    }
    throw new IllegalArgumentException(
        "unknown cache rule '" + label + "'; use 'trace' or 'engine'");
  }

  /**
   * {@return how many of the listed blocks, from the first on, are cached and counted as accesses}
   *
   * @param listedBlocks how many blocks the request lists, the last may be partial
   * @param inputTokens prompt length
   * @param blockSizeTokens tokens a full block holds
   */
  public int cachedBlocks(int listedBlocks, long inputTokens, int blockSizeTokens) {
    return switch (this) {
      case TRACE -> listedBlocks;
      case ENGINE -> (int) Math.min(listedBlocks, inputTokens / blockSizeTokens);
    };
  }

  /**
   * {@return how many of {@code cachedBlocks} may at most be hits}
   *
   * @param cachedBlocks how many of them are cached, see {@link #cachedBlocks}
   * @param inputTokens prompt length
   * @param blockSizeTokens tokens a full block holds
   */
  public int mostHits(int cachedBlocks, long inputTokens, int blockSizeTokens) {
    return switch (this) {
      case TRACE -> cachedBlocks;
      case ENGINE -> (int) Math.min(cachedBlocks, Math.max(0, inputTokens - 1) / blockSizeTokens);
    };
  }

  /**
   * {@return slots that the request needs besides its cached blocks while it runs: 0 or 1}
   *
   * @param inputTokens prompt length
   * @param blockSizeTokens tokens a full block holds
   */
  public int extraSlots(long inputTokens, int blockSizeTokens) {
    return switch (this) {
      case TRACE -> 0;
      case ENGINE -> inputTokens % blockSizeTokens == 0 ? 0 : 1;
    };
  }
}
