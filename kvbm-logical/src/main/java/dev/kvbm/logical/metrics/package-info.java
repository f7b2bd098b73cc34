/** What a block manager counts, as plain values without a metrics library. */
@NullMarked
package dev.kvbm.logical.metrics;

import org.jspecify.annotations.NullMarked;
