package dev.kvbm.logical.scheduling;

/**
 * When the blocks of a request can be matched by others, and how its positions are counted.
 *
 * <p>The row names refer to {@code docs/compatibility.md}.
 */
public enum Publication {
  /**
   * A block is registered when the keys and values of all its tokens are there. The KV position is
   * where they end: it goes back when blocks are given up and forward when a match finds some. A
   * match leaves at least the last token to be computed, because its logits yield the next one.
   */
  WHEN_COMPUTED,

  /**
   * The timing of the reference, for comparisons: a block is registered when its last token is
   * known, which may be a step (★2) or several chunks (★1) before its keys and values exist, and at
   * once when a preempted request comes back (★3). Positions are kept when blocks are given up
   * (★4), a prompt can be matched to its end (★5), and matching again adds to the position (★21).
   */
  REFERENCE
}
