/** A naive model of a whole block manager, written from its specification, and its comparison. */
@NullMarked
package dev.kvbm.testkit.model;

import org.jspecify.annotations.NullMarked;
