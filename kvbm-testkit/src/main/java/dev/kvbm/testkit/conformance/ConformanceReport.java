package dev.kvbm.testkit.conformance;

import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/**
 * The outcome of a run. Immutable.
 *
 * @param tallies what became of the scripts, for each kind that was run, in order of the kinds
 * @param unexplained the first answer of each script that nothing explains, in order, at most
 *     {@link #MAX_LISTED}
 * @param malformed what is wrong with lines that could not be run, each with file and line, at most
 *     {@link #MAX_LISTED}
 * @param malformedLines how many such lines there were
 */
public record ConformanceReport(
    Map<ScriptKind, KindTally> tallies,
    List<Unexplained> unexplained,
    List<String> malformed,
    int malformedLines) {

  /** How many unexplained answers and malformed lines are kept. */
  public static final int MAX_LISTED = 100;

  /** The exit status of a run in which every answer is as recorded or explained. */
  public static final int EXIT_CONFORMS = 0;

  /** The exit status of a run with an unexplained answer. */
  public static final int EXIT_UNEXPLAINED = 1;

  /** The exit status of a run with a malformed line, or in which nothing was run at all. */
  public static final int EXIT_UNUSABLE = 2;

  /** Copies the arguments. */
  public ConformanceReport {
    tallies = Collections.unmodifiableMap(new TreeMap<>(tallies));
    unexplained = List.copyOf(unexplained);
    malformed = List.copyOf(malformed);
  }

  /** {@return the sum over all kinds} */
  public KindTally total() {
    return tallies.values().stream().reduce(KindTally.NONE, KindTally::plus);
  }

  /** {@return whether something was run, and every answer is as recorded or explained by a row} */
  public boolean conforms() {
    return exitStatus() == EXIT_CONFORMS;
  }

  /** {@return what a command should end with: one of the {@code EXIT_} constants} */
  public int exitStatus() {
    if (total().unexplained() > 0) {
      return EXIT_UNEXPLAINED;
    }
    return malformedLines > 0 || total().scripts() == 0 ? EXIT_UNUSABLE : EXIT_CONFORMS;
  }

  /**
   * The report as text: the first unexplained answer in full, malformed lines, a table by kind, the
   * rows that explain deviations, and the total as the last line.
   *
   * @return the lines, without a line break behind the last one
   */
  public String text() {
    StringBuilder out = new StringBuilder();
    appendUnexplained(out);
    appendMalformed(out);
    appendTable(out);
    appendRows(out);
    appendTotal(out);
    return out.toString();
  }

  private void appendUnexplained(StringBuilder out) {
    if (unexplained.isEmpty()) {
      return;
    }
    out.append(unexplained.getFirst().describe()).append('\n');
    int more = total().unexplained() - 1;
    if (more > 0) {
      out.append("and ").append(more).append(more == 1 ? " script more" : " scripts more");
      out.append(" with an unexplained answer");
      for (Unexplained other : unexplained.subList(1, unexplained.size())) {
        out.append("\n  ").append(other.script());
        if (other.operationIndex() != Unexplained.NO_OPERATION) {
          out.append(", operation ").append(other.operationIndex());
        }
        out.append(": ").append(other.operation());
      }
      out.append('\n');
    }
    out.append('\n');
  }

  private void appendMalformed(StringBuilder out) {
    if (malformedLines == 0) {
      return;
    }
    for (String line : malformed) {
      out.append("malformed: ").append(line).append('\n');
    }
    if (malformedLines > malformed.size()) {
      out.append("and ")
          .append(malformedLines - malformed.size())
          .append(" malformed lines more\n");
    }
    out.append('\n');
  }

  private void appendTable(StringBuilder out) {
    row(out, "kind", "scripts", "operations", "matches", "deviations", "unexplained");
    tallies.forEach(
        (kind, tally) ->
            row(
                out,
                kind.label(),
                Integer.toString(tally.scripts()),
                Integer.toString(tally.operations()),
                Integer.toString(tally.matches()),
                Integer.toString(tally.deviationCount()),
                Integer.toString(tally.unexplained())));
  }

  private static void row(StringBuilder out, String... cells) {
    out.append(String.format(Locale.ROOT, "%-10s%9s%12s%10s%12s%13s\n", (Object[]) cells));
  }

  private void appendRows(StringBuilder out) {
    Map<CompatibilityRow, StringBuilder> lines = new EnumMap<>(CompatibilityRow.class);
    tallies.forEach(
        (kind, tally) ->
            tally
                .deviations()
                .forEach(
                    (row, n) ->
                        lines
                            .computeIfAbsent(row, _ -> new StringBuilder())
                            .append(' ')
                            .append(kind.label())
                            .append(' ')
                            .append(n)));
    lines.forEach(
        (row, counts) ->
            out.append("deviations by ")
                .append(row.id())
                .append(':')
                .append(counts)
                .append(". ")
                .append(row.sentence())
                .append('\n'));
  }

  private void appendTotal(StringBuilder out) {
    KindTally total = total();
    out.append("total: ")
        .append(total.scripts())
        .append(" scripts, ")
        .append(total.operations())
        .append(" operations, ")
        .append(total.matches())
        .append(" matches, ")
        .append(total.deviationCount())
        .append(" deviations, ")
        .append(total.unexplained())
        .append(" unexplained");
    if (malformedLines > 0) {
      out.append(", ").append(malformedLines).append(" malformed lines");
    }
    if (total.scripts() == 0) {
      out.append("; no script was run");
    }
  }
}
