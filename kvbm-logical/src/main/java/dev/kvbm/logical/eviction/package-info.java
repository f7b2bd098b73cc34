/**
 * Which idle block is given up next.
 *
 * <p>A block nobody references keeps its content and stays matchable until its slot is needed. The
 * order in which such blocks are given up is decided by an {@link
 * dev.kvbm.logical.eviction.EvictionPolicy}. The block manager tells its policy what becomes idle
 * and what comes back, by slot number, and asks for a victim when it has no empty slot left.
 *
 * <p>{@link dev.kvbm.logical.eviction.Eviction} names the policies that are shipped: first in first
 * out, least recently used, least recently used in four frequency levels, and two orders that never
 * give up a block before the blocks that continue it (lineage). A user's own policy implements
 * {@link dev.kvbm.logical.eviction.EvictionPolicy} and reads what it needs to know about a slot
 * from {@link dev.kvbm.logical.eviction.SlotView}.
 *
 * <p>Policies here are flat: a few integers per slot in arrays, no object per block and nothing
 * allocated in steady state. They are not thread-safe; the manager calls them under its own lock.
 */
@NullMarked
package dev.kvbm.logical.eviction;

import org.jspecify.annotations.NullMarked;
