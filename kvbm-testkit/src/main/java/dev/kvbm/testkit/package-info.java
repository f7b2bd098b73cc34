/**
 * For tests against a block manager, of this project and of its users.
 *
 * <ul>
 *   <li>{@link dev.kvbm.testkit.KvbmExtension} makes managers for a JUnit test, and fails the test
 *       if it corrupts one or leaves a block behind. {@link dev.kvbm.testkit.InvariantChecker} and
 *       {@link dev.kvbm.testkit.LeakScope} do the same without JUnit.
 *   <li>{@link dev.kvbm.testkit.TestManagers}, {@link dev.kvbm.testkit.TestTokens} and {@link
 *       dev.kvbm.testkit.TestTiers} are fixtures, {@link dev.kvbm.testkit.MeteredFrequencyTracker}
 *       counts accesses.
 *   <li>{@link dev.kvbm.testkit.ModelRunner} drives a system and a naive model of it with random
 *       operations, and shrinks what fails to a few of them.
 *   <li>{@link dev.kvbm.testkit.eviction.EvictionPolicyContract} is what an eviction policy has to
 *       keep, {@link dev.kvbm.testkit.eviction.SimulatedPool} runs one without a manager.
 * </ul>
 *
 * <p>Needs JUnit for the extension and the contract only.
 */
@NullMarked
package dev.kvbm.testkit;

import org.jspecify.annotations.NullMarked;
