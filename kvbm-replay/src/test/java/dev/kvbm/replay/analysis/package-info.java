/** Tests of bounds, curves and trace analysis against naive versions and recorded results. */
@NullMarked
package dev.kvbm.replay.analysis;

import org.jspecify.annotations.NullMarked;
