/**
 * Synthetic traces: chat, agents and retrieval, each a random process with a seed.
 *
 * <p>{@link dev.kvbm.replay.workload.ChatWorkload}, {@link dev.kvbm.replay.workload.AgentWorkload}
 * and {@link dev.kvbm.replay.workload.RagWorkload} hold the parameters; {@link
 * dev.kvbm.replay.workload.Workload#open()} runs the process and gives requests in order of
 * arrival. A text is a length and, if prompts may share it, a key; a prompt is a list of texts, and
 * two prompts share a block exactly where they agree from their beginning, across block boundaries
 * and all, as in a real cache. A block that is filled by the end of a shared text and the beginning
 * of a private one is private. Block ids are small and dense, so a trace of them is cheap to hold.
 *
 * <p>The three models are written down in {@code docs/workloads.md}.
 */
@NullMarked
package dev.kvbm.replay.workload;

import org.jspecify.annotations.NullMarked;
