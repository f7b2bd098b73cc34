/**
 * Facts about what a store holds: a hash became matchable in a tier, or ceased to be.
 *
 * <p>Facts are noted by the store in the very step that makes them true and delivered outside its
 * lock, one at a time, in that order.
 */
@NullMarked
package dev.kvbm.logical.event;

import org.jspecify.annotations.NullMarked;
