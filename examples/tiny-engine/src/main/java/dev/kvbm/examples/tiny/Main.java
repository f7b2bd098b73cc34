package dev.kvbm.examples.tiny;

import java.util.Locale;

/**
 * Runs the same prompts in every mode and prints what the cache saved. Ends with status 1 if any
 * answer differs from that of a loop without blocks, or a block was not given back.
 */
final class Main {
  private static final int CHATS = 12;

  private Main() {}

  /** Takes a seed, or nothing. */
  public static void main(String[] arguments) {
    Report report = run(arguments.length == 0 ? 1 : Long.parseLong(arguments[0]));
    System.out.print(report.text());
    if (!report.isIdentical()) {
      System.exit(1);
    }
  }

  /** The table, and whether all is well. */
  record Report(String text, boolean isIdentical) {}

  static Report run(long seed) {
    TinyModel model = new TinyModel(seed);
    Workload workload = Workload.of(model, seed, CHATS);
    StringBuilder text = new StringBuilder();
    text.append(
        "%d chats, %d requests, %d answers; needed, computed and saved are tokens of prefill\n\n"
            .formatted(CHATS, workload.requests(), workload.answers()));
    text.append(
        line("mode", "needed", "computed", "saved", "", "evicted", "preempted", "forks", "guesses")
            + "  answers\n");
    boolean identical = true;
    for (Mode mode : Mode.ALL) {
      Mode.Outcome outcome = mode.run(model, workload);
      identical &= outcome.isIdentical();
      text.append(line(outcome)).append('\n');
    }
    text.append(
        identical
            ? "\nEvery answer is that of a loop without blocks, token for token.\n"
            : "\nBookkeeping and bytes do not agree.\n");
    return new Report(text.toString(), identical);
  }

  private static String line(Mode.Outcome outcome) {
    Tally tally = outcome.tally();
    return line(
            outcome.mode().name(),
            tally.neededTokens(),
            tally.prefilledTokens,
            tally.cachedTokens,
            Math.round(100.0 * tally.cachedTokens / tally.neededTokens()) + "%",
            outcome.evictions(),
            tally.preemptions,
            tally.forks,
            tally.rightGuesses + "/" + tally.guesses)
        + (outcome.isIdentical() ? "  identical" : "  " + outcome.problem());
  }

  private static String line(Object... cells) {
    return String.format(Locale.ROOT, "%-15s %6s %9s %6s %4s %8s %10s %6s %8s", cells);
  }
}
