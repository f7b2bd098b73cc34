/**
 * JMH benchmarks. Numbers that the documents quote come from here, with the command beside them.
 *
 * <p>{@code ./kvbm bench} runs every case; a single one can be given to JMH itself:
 *
 * <pre>
 * mvn package -DskipTests -pl kvbm-bench -am
 * java -cp 'kvbm-bench/target/dist/kvbm-bench.jar' org.openjdk.jmh.Main CaseBenchmark \
 *     -p name=churn/lru/pool=4k/lfu=0/drop=fwd/n=32 -prof gc
 * </pre>
 */
@NullMarked
package dev.kvbm.bench;

import org.jspecify.annotations.NullMarked;
