/**
 * The registry: which hashes are known, in which tiers, and what users have attached to them.
 *
 * <p>It coordinates the managers that share it and does not shadow them: presence is asked of each
 * manager's own table, so it is exact. An entry of its own exists only for a hash to which somebody
 * holds a {@link dev.kvbm.logical.registry.RegistrationHandle} or has attached something.
 */
@NullMarked
package dev.kvbm.logical.registry;

import org.jspecify.annotations.NullMarked;
