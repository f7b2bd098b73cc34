/** The policy that the documentation shows, written from outside with what is public. */
@NullMarked
package dev.kvbm.logical.eviction.example;

import org.jspecify.annotations.NullMarked;
