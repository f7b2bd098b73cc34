package dev.kvbm.replay.report;

import dev.kvbm.replay.engine.EngineResult;

/**
 * One run of the engine loop: one policy at one size over one trace.
 *
 * @param trace name of the trace in the report
 * @param policy name of the policy
 * @param result what it did
 */
public record EngineRun(String trace, String policy, EngineResult result) {}
