/**
 * Replays recorded runs of the reference against this library and compares every answer.
 *
 * <p>A recorded script is one JSON line: a configuration, a list of operations and what the
 * reference answered to each. {@link dev.kvbm.testkit.conformance.ConformanceRunner} performs the
 * operations with the public API alone, as a user would, and compares the value, the four pool
 * gauges and the registry events after each of them. Where this library differs from the reference
 * on purpose, {@link dev.kvbm.testkit.conformance.CompatibilityRow} names the row of the
 * compatibility page that explains it; everything else is reported as unexplained.
 *
 * <p>Inside, a kind of script has a {@code ScriptInterpreter}; the one for block scripts looks up
 * each operation code in an {@code OperationTable}, to which further families of operations can be
 * added without touching the loop.
 */
@NullMarked
package dev.kvbm.testkit.conformance;

import org.jspecify.annotations.NullMarked;
