@NullMarked
package dev.kvbm.bench.cases;

import org.jspecify.annotations.NullMarked;
