package dev.kvbm.logical.scheduling;

/**
 * A copy that the engine has to make before it runs the next step of the request that owns the
 * target.
 *
 * @param fromBlockId the block to read
 * @param toBlockId the block to write
 * @param tokens how many tokens, from the first on, have keys and values to copy
 */
public record BlockCopy(int fromBlockId, int toBlockId, int tokens) {}
