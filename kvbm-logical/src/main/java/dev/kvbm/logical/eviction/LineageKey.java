package dev.kvbm.logical.eviction;

import dev.kvbm.tokens.PositionalLineageHash;

/**
 * The keys of the lineage graph.
 *
 * <p>A lineage hash names the block it continues by that block's position and the low bits of its
 * current hash, as many as fit at the continuing block's position. So that both sides agree, also
 * where the width changes (from position 255 to 256 and from 65,535 to 65,536), a block's own key
 * is its current hash cut to the width used at the <em>next</em> position.
 */
final class LineageKey {
  private LineageKey() {}

  /** The fragment by which continuing blocks name the block with this lineage hash. */
  static long fragment(long hi, long lo) {
    int bits = PositionalLineageHash.fragmentBitsAt(PositionalLineageHash.positionOf(hi) + 1);
    return PositionalLineageHash.currentOf(hi, lo) & ((1L << bits) - 1);
  }
}
