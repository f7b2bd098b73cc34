package dev.kvbm.replay.analysis;

/**
 * Hits of the counted requests, split by who had sent the block before; see {@link Conversations}
 * for what the two words mean.
 *
 * @param withinHits blocks that the request's own conversation had sent before
 * @param acrossHits blocks that only other conversations had sent before
 * @param withinTokens prompt tokens covered by the former
 * @param acrossTokens prompt tokens covered by the latter
 */
public record HitSharing(long withinHits, long acrossHits, long withinTokens, long acrossTokens) {}
