/**
 * Block management for one tier of a KV cache: which block is free, being written, shared or idle,
 * and which one goes when room is needed.
 *
 * <p>Start with {@link dev.kvbm.logical.BlockManager}. Guards and groups of guards stand for blocks
 * that their holder may use: {@link dev.kvbm.logical.MutableBlocks} to be written, {@link
 * dev.kvbm.logical.CompleteBlocks} written and named, {@link dev.kvbm.logical.ImmutableBlocks}
 * registered and shared. The package keeps no bytes: a block is a number that an engine maps to
 * memory of its own.
 */
@NullMarked
package dev.kvbm.logical;

import org.jspecify.annotations.NullMarked;
