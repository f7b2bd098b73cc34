/** Tests of the replay through the block manager. */
@NullMarked
package dev.kvbm.replay;

import org.jspecify.annotations.NullMarked;
