/**
 * Traces of requests: reading them, writing them, and holding them in memory.
 *
 * <p>{@link dev.kvbm.replay.trace.TraceReader} streams a file; {@link
 * dev.kvbm.replay.trace.CompactTrace} keeps a whole trace at a few bytes a request, with blocks
 * numbered densely; {@link dev.kvbm.replay.trace.MooncakeWriter} writes requests back.
 *
 * <p><b>Why not a JSON library.</b> Records are small flat objects around one long array of
 * integers, and the first question asked of this code is a replay from a cold start. Measured on a
 * cold JVM (Serial collector, two cores, 12,031 lines with 288,500 ids from gzip), reading takes
 * 62–68 ms with the scanner here, 177–188 ms with jackson-core 3.2.4 over the whole stream, and
 * 233–287 ms with one jackson-core parser a line, which is what precise line errors and skipping of
 * malformed lines would need. Unpacking alone takes 11 ms of that. So the scanner is written by
 * hand; it is strict JSON (one object a line) and its errors name the byte.
 */
@NullMarked
package dev.kvbm.replay.trace;

import org.jspecify.annotations.NullMarked;
