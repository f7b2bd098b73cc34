/**
 * A serving engine without a model: requests arrive on a virtual clock, wait, are prefilled in
 * chunks, generate tokens, are preempted and come back, all through {@link
 * dev.kvbm.logical.scheduling.SchedulableSequence} on a real block manager.
 *
 * <p>{@link dev.kvbm.replay.engine.EngineLoop} is one run of one trace over one pool. What a step
 * costs is stated by a {@link dev.kvbm.replay.engine.CostModel}; the rules of the loop are in
 * {@code docs/engine.md}.
 */
@NullMarked
package dev.kvbm.replay.engine;

import org.jspecify.annotations.NullMarked;
