/**
 * {@code ./kvbm bench}: runs the cases, ours and the peers' in turn, and compares.
 *
 * <p>A ratio is the median of the peer's rounds by the median of ours: above one, we are faster.
 */
@NullMarked
package dev.kvbm.bench.compare;

import org.jspecify.annotations.NullMarked;
