/**
 * A small inference engine on top of the block manager, to be read: a transformer with weights made
 * from a seed ({@link dev.kvbm.examples.tiny.TinyModel}), the memory behind the block ids ({@link
 * dev.kvbm.examples.tiny.KvMemory}) and a scheduler that batches, chunks, preempts, forks and
 * speculates ({@link dev.kvbm.examples.tiny.TinyEngine}).
 */
@NullMarked
package dev.kvbm.examples.tiny;

import org.jspecify.annotations.NullMarked;
