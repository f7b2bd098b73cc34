/** Tests of the result model and its two presentations. */
@NullMarked
package dev.kvbm.replay.report;

import org.jspecify.annotations.NullMarked;
