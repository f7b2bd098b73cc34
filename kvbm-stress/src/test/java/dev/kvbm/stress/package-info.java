@NullMarked
package dev.kvbm.stress;

import org.jspecify.annotations.NullMarked;
