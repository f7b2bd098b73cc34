package dev.kvbm.logical.sequence;

import dev.kvbm.tokens.PositionalLineageHash;

/**
 * A block and the content it has, or will have once it is committed.
 *
 * @param blockId the block
 * @param hash the hash of its content
 */
public record AssignedBlock(int blockId, PositionalLineageHash hash) {}
