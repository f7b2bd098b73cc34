@NullMarked
package dev.kvbm.bench.compare;

import org.jspecify.annotations.NullMarked;
