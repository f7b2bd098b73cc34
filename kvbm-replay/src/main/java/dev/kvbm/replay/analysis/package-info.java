/**
 * What a trace allows, apart from any policy that is actually run: upper bounds on the hits of
 * every cache size, the hits of LRU at every size from one pass, how far apart reuses are, which
 * prefixes carry them, what stays within a conversation and what crosses conversations.
 *
 * <p>Everything here works on dense block numbers read once from a {@link
 * dev.kvbm.replay.analysis.BlockTrace} into a {@link dev.kvbm.replay.analysis.PreparedTrace}, which
 * is immutable and may be shared by threads. The rules of the simulated cache are those of {@link
 * dev.kvbm.replay.analysis.CacheRule}. Policies themselves run in the block manager; what they
 * report request by request is gathered by {@link dev.kvbm.replay.analysis.RunCollector}.
 */
@NullMarked
package dev.kvbm.replay.analysis;

import org.jspecify.annotations.NullMarked;
