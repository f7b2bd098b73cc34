/**
 * Replays traces of LLM serving through the block manager: what would this cache have hit?
 *
 * <p>{@link dev.kvbm.replay.Replayer} drives one trace through one pool; {@link
 * dev.kvbm.replay.ReplaySession} runs every policy at every size, the bounds and the analyses in
 * parallel. Traces come from {@code dev.kvbm.replay.trace}, or from the generators of {@code
 * dev.kvbm.replay.workload}.
 */
@NullMarked
package dev.kvbm.replay;

import org.jspecify.annotations.NullMarked;
