/**
 * Threads against each other on one block manager.
 *
 * <p>The classes {@code R1…} to {@code R15…} are jcstress tests, one for each interleaving that a
 * block manager has to get right; the names are those of {@code docs/concurrency.md}. Each says
 * which planted bug it was seen to catch. {@link dev.kvbm.stress.Soak} does everything at random
 * for as long as it is told.
 */
@NullMarked
package dev.kvbm.stress;

import org.jspecify.annotations.NullMarked;
