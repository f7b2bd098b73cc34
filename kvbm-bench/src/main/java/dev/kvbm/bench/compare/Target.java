package dev.kvbm.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;

/**
 * What the ratios of some cases have to reach.
 *
 * @param what which cases
 * @param ratio the least ratio of each of them
 * @param cases whether a case is one of them
 */
record Target(String what, double ratio, Predicate<String> cases) {

  /** All ratios that are asked for. */
  static final List<Target> ALL =
      List.of(
          of("match idle blocks", 10, name -> name.startsWith("match_inactive/")),
          of("release in bulk", 10, name -> name.startsWith("bulk_drop/")),
          of("scan", 10, name -> name.startsWith("scan_")),
          of(
              "churn, 4k",
              10,
              name ->
                  name.startsWith("churn_single/")
                      || (name.startsWith("churn/") && name.contains("pool=4k"))),
          of("churn, 1M", 8, name -> name.startsWith("churn/") && name.contains("pool=1M")),
          of(
              "match at random, 1M",
              8,
              name -> name.startsWith("match_inactive_random/") && name.contains("pool=1M")),
          of("allocate and release", 8, name -> name.startsWith("alloc_drop/")),
          of("register", 8, name -> name.startsWith("register_")),
          of("presence", 6, name -> name.startsWith("presence_")),
          of(
              "match held blocks, tracker",
              6,
              name ->
                  name.startsWith("scattered_active/")
                      || (name.startsWith("match_active/") && name.contains("lfu=1"))),
          of(
              "match held blocks, no tracker",
              3,
              name -> name.startsWith("match_active/") && name.contains("lfu=0")),
          of("decode step", 3, name -> name.startsWith("decode_step/")),
          of("hash whole sequences", 3, name -> name.startsWith("hash_sequence/")),
          of("hashes only", 1, name -> name.startsWith("hash_only/")),
          of(
              "two threads, own chains",
              10,
              name -> name.startsWith("mt_") && name.contains("threads=2/chain=own")));

  /** What the geometric mean of all ratios has to reach. */
  static final double GEOMETRIC_MEAN = 10;

  /** Resident bytes a registered block may take. */
  static final double BYTES_A_BLOCK = 82;

  private static Target of(String what, double ratio, Predicate<String> cases) {
    return new Target(what, ratio, cases);
  }

  /**
   * The outcome for one target.
   *
   * @param what what was asked for
   * @param detail what was found
   * @param met whether that is enough
   */
  record Verdict(String what, String detail, boolean met) {}

  /** One verdict for each target that there are figures for. */
  static List<Verdict> judge(List<CaseResult> cases, List<MemoryResult> memory) {
    List<Verdict> verdicts = new ArrayList<>();
    for (Target target : ALL) {
      List<CaseResult> concerned = new ArrayList<>();
      for (CaseResult result : cases) {
        if (result.hasRatio() && target.cases.test(result.name())) {
          concerned.add(result);
        }
      }
      if (!concerned.isEmpty()) {
        verdicts.add(target.judge(concerned));
      }
    }
    double mean = geometricMean(cases);
    if (!Double.isNaN(mean)) {
      verdicts.add(
          new Verdict(
              "geometric mean of all cases >= " + trim(GEOMETRIC_MEAN),
              times(mean),
              mean >= GEOMETRIC_MEAN));
    }
    judgeThreads(cases, verdicts);
    judgeLarge(cases, verdicts);
    for (MemoryResult result : memory) {
      if (!result.oursBytes().isEmpty()) {
        verdicts.add(
            new Verdict(
                result.name() + " <= " + trim(BYTES_A_BLOCK) + " bytes a block",
                format("%.1f bytes", result.bytes()),
                result.bytes() <= BYTES_A_BLOCK));
      }
    }
    return verdicts;
  }

  private Verdict judge(List<CaseResult> concerned) {
    CaseResult worst = concerned.getFirst();
    for (CaseResult result : concerned) {
      if (result.ratio() < worst.ratio()) {
        worst = result;
      }
    }
    return new Verdict(
        what + " >= " + trim(ratio),
        "mean "
            + times(geometricMean(concerned))
            + ", least "
            + times(worst.ratio())
            + " ("
            + worst.name()
            + ")",
        worst.ratio() >= ratio);
  }

  /** Two threads with chains of their own have to get more done than one. */
  private static void judgeThreads(List<CaseResult> cases, List<Verdict> verdicts) {
    for (CaseResult two : cases) {
      if (two.name().contains("/threads=2/chain=own/")) {
        for (CaseResult one : cases) {
          if (one.name().equals(two.name().replace("/threads=2/", "/threads=1/"))
              && !one.ours().isEmpty()
              && !two.ours().isEmpty()) {
            double gain = 2 * one.ours().median() / two.ours().median();
            verdicts.add(
                new Verdict(
                    two.name() + ": more than one thread gets done", times(gain), gain > 1));
          }
        }
      }
    }
  }

  /** A pool of 16 million blocks: how long it takes to build, and how much slower it is. */
  private static void judgeLarge(List<CaseResult> cases, List<Verdict> verdicts) {
    for (CaseResult large : cases) {
      if (large.ours().isEmpty()) {
        continue;
      }
      if (large.name().startsWith("build/")) {
        double seconds = large.ours().median() / 1e9;
        verdicts.add(new Verdict(large.name() + " < 2 s", format("%.2f s", seconds), seconds < 2));
      } else if (large.name().contains("pool=16M")) {
        for (CaseResult small : cases) {
          if (small.name().equals(large.name().replace("pool=16M", "pool=1M"))
              && !small.ours().isEmpty()) {
            double slower = large.ours().median() / small.ours().median();
            verdicts.add(new Verdict(large.name() + " <= 2 of 1M", times(slower), slower <= 2));
          }
        }
      }
    }
  }

  /** Of the ratios that there are; NaN if there are none. */
  static double geometricMean(List<CaseResult> cases) {
    double logs = 0;
    int n = 0;
    for (CaseResult result : cases) {
      if (result.hasRatio()) {
        logs += Math.log(result.ratio());
        n++;
      }
    }
    return n == 0 ? Double.NaN : Math.exp(logs / n);
  }

  private static String trim(double number) {
    return format("%.0f", number);
  }

  private static String times(double ratio) {
    return format("%.2f", ratio);
  }

  private static String format(String format, double number) {
    return String.format(Locale.ROOT, format, number);
  }
}
