/** The policy that the documentation shows, and its test, written from outside. */
@NullMarked
package dev.kvbm.testkit.eviction.example;

import org.jspecify.annotations.NullMarked;
