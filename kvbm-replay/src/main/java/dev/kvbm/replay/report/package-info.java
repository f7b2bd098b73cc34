/**
 * The results of a replay as values, and two ways to hand them on: a JSON document for programs and
 * one self-contained HTML page for people.
 *
 * <p>Both are functions of a {@link dev.kvbm.replay.report.ReplayReport} alone: the same report
 * gives the same bytes. Nothing here runs a policy or reads a trace.
 */
@NullMarked
package dev.kvbm.replay.report;

import org.jspecify.annotations.NullMarked;
