/**
 * Token blocks and their identities.
 *
 * <p>A prompt is a run of 32-bit token ids. It is cut into blocks of equal size. Every complete
 * block has three identities:
 *
 * <ul>
 *   <li>the <em>block hash</em>: XXH3-64 of the block's own tokens, seeded by the salt hash;
 *   <li>the <em>sequence hash</em>: a 64-bit chain over all block hashes up to and including the
 *       block;
 *   <li>the <em>lineage hash</em> ({@link dev.kvbm.tokens.PositionalLineageHash}): 128 bits with
 *       the position, the whole sequence hash and a fragment of the parent's sequence hash. It is
 *       the key under which caches know a block.
 * </ul>
 *
 * <p>{@link dev.kvbm.tokens.TokenBlockSequence} keeps a growing prompt and its hashes in a few flat
 * arrays. {@link dev.kvbm.tokens.LineageHashes} hands them on without an object a block. Code that
 * only wants the numbers uses {@link dev.kvbm.tokens.TokenHashing}.
 *
 * <p>Token ids are unsigned 32-bit values stored in {@code int}. All hashes are unsigned 64-bit
 * values stored in {@code long}: print them with {@link Long#toUnsignedString(long)} and compare
 * them with {@link Long#compareUnsigned(long, long)}.
 *
 * <p>Value types of this package are immutable and may be shared between threads. Sequences,
 * partial blocks and buffers belong to one thread at a time.
 */
@NullMarked
package dev.kvbm.tokens;

import org.jspecify.annotations.NullMarked;
