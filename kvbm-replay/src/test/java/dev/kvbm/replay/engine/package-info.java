@NullMarked
package dev.kvbm.replay.engine;

import org.jspecify.annotations.NullMarked;
