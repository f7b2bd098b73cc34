/**
 * How often blocks were asked for lately, in a few bits each.
 *
 * <p>A {@link dev.kvbm.logical.frequency.FrequencyTracker} is told every touch of a lineage hash
 * (once when it is registered, once for every match) and estimates how many there were, from 0 to
 * 15. Old touches fade: estimates are halved from time to time. Trackers belong to a registry and
 * are shared by all its managers; they remember hashes whose blocks are long gone, which is the
 * point of them.
 *
 * <p>{@link dev.kvbm.logical.frequency.FrequencySketch} is the one to use. {@link
 * dev.kvbm.logical.frequency.TinyLfuTracker} gives exactly the counts of the reference
 * implementation, including its waste of fifteen in sixteen counters, for comparisons with it.
 */
@NullMarked
package dev.kvbm.logical.frequency;

import org.jspecify.annotations.NullMarked;
