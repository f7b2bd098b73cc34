/**
 * The work that is timed: one class for each kind of case, named as in the list of cases that the
 * program around the original crate reads as well.
 */
@NullMarked
package dev.kvbm.bench.cases;

import org.jspecify.annotations.NullMarked;
