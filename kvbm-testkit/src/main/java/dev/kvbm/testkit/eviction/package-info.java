/**
 * For those who write an eviction policy.
 *
 * <ul>
 *   <li>{@link dev.kvbm.testkit.eviction.EvictionPolicyContract} is a JUnit class to extend: its
 *       tests check what the block manager relies on, whatever the policy's order is.
 *   <li>{@link dev.kvbm.testkit.eviction.SimulatedPool} runs a policy without a manager, for tests
 *       of the order itself. It needs no test framework.
 * </ul>
 */
@NullMarked
package dev.kvbm.testkit.eviction;

import org.jspecify.annotations.NullMarked;
