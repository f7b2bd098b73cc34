/** Tests of the synthetic traces. */
@NullMarked
package dev.kvbm.replay.workload;

import org.jspecify.annotations.NullMarked;
