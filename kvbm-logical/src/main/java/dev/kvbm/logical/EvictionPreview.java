package dev.kvbm.logical;

import dev.kvbm.tokens.LineageHashes;

/**
 * The next victims of a pool in eviction order, as of one moment. Nothing is pinned: a block may be
 * used or evicted right afterwards.
 *
 * @param ids block ids
 * @param hashes their hashes, in the same order
 */
@SuppressWarnings("ArrayRecordComponent") // handed over, not shared
public record EvictionPreview(int[] ids, LineageHashes hashes) {}
