/** What the example promises, and proof that it would notice if it were otherwise. */
@NullMarked
package dev.kvbm.examples.tiny;

import org.jspecify.annotations.NullMarked;
