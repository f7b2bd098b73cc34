@NullMarked
package dev.kvbm.bench;

import org.jspecify.annotations.NullMarked;
