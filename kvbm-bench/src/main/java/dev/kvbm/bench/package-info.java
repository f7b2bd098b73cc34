/**
 * JMH benchmarks. Numbers that the documents quote come from here, with the command beside them.
 *
 * <pre>
 * mvn package -DskipTests -pl kvbm-bench -am
 * java -jar kvbm-bench/target/kvbm-bench-*.jar -prof gc StoreBenchmark
 * </pre>
 */
@NullMarked
package dev.kvbm.bench;

import org.jspecify.annotations.NullMarked;
