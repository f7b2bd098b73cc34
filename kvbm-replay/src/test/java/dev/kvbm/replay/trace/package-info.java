/** Tests of reading, writing and holding traces. */
@NullMarked
package dev.kvbm.replay.trace;

import org.jspecify.annotations.NullMarked;
