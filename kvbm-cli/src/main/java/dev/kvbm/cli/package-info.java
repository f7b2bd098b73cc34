/**
 * The {@code kvbm} command. Everything here reads arguments, calls the libraries and prints; no
 * behaviour of the block manager lives in this package, and only this package writes to standard
 * output or ends the process.
 */
@NullMarked
package dev.kvbm.cli;

import org.jspecify.annotations.NullMarked;
