/**
 * What a scheduler holds for one request: {@link dev.kvbm.logical.scheduling.SchedulableSequence}
 * takes it through prefill, decode and speculation in two phases, schedule and apply; {@link
 * dev.kvbm.logical.scheduling.RequestSequence} is the plain object beneath, for schedulers with a
 * protocol of their own.
 *
 * <p>Objects have one owner and no lock; what is shared is shared in the block manager. A full pool
 * is a result ({@link dev.kvbm.logical.scheduling.AllocationResult}), a call out of place is an
 * exception ({@link dev.kvbm.logical.scheduling.SchedulingException}) that changes nothing.
 */
@NullMarked
package dev.kvbm.logical.scheduling;

import org.jspecify.annotations.NullMarked;
