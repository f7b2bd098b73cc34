package dev.kvbm.bench.compare;

import dev.kvbm.bench.cases.Catalogue;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code bench} command. */
@Command(
    name = "kvbm bench",
    description = {
      "Times the block manager on the cases of the baseline, forked, with allocation figures; with"
          + " --peers also the original crate on the same cases, in turn with ours.",
      "A machine that does other work gives wrong figures: the load is part of the report."
    },
    sortOptions = false,
    mixinStandardHelpOptions = true)
public final class BenchCommand implements Callable<Integer> {

  @Spec private CommandLine.Model.CommandSpec spec;

  @Option(
      names = "--peers",
      description =
          "Build the original crate (needs Rust and its package registry) and compare with it.")
  private boolean peers;

  @Option(
      names = "--case",
      paramLabel = "PATTERN",
      description =
          "Only cases whose name contains this; with * for anything. Can be given more than once.")
  private List<String> patterns = List.of();

  @Option(names = "--quick", description = "Every case in less than 20 minutes, two short rounds.")
  private boolean quick;

  @Option(
      names = "--rounds",
      paramLabel = "N",
      description = "How often each side takes its turn. Default: 3; 2 with --quick.")
  private int rounds;

  @Option(names = "--json", paramLabel = "FILE", description = "Keep all figures in this file.")
  private @Nullable Path json;

  @Option(
      names = "--no-other-forms",
      description = "Leave the single-guard and other second forms out.")
  private boolean noOtherForms;

  @Option(
      names = "--jvm-args",
      paramLabel = "ARGS",
      description = "Arguments of the measured JVM, split at spaces, instead of the default ones.")
  private @Nullable String jvmArguments;

  @Option(names = "--huge-pages", description = "Both sides ask for transparent huge pages.")
  private boolean hugePages;

  @Option(
      names = "--replay",
      paramLabel = "FILE",
      description =
          "Instead of the cases: our replay of this Mooncake trace as a whole process; with --peers"
              + " also kvcache-simulator and AISimulate on it (need Python, C++ and Rust).")
  private @Nullable Path replay;

  @Option(names = "--list", description = "Print the names of all cases and end.")
  private boolean list;

  private PrintStream progress = System.err;

  BenchCommand() {}

  /**
   * Runs the command and ends the process.
   *
   * @param args the arguments, as the shell split them
   */
  public static void main(String[] args) {
    System.exit(
        new CommandLine(new BenchCommand())
            .setExecutionExceptionHandler(BenchCommand::fail)
            .execute(args));
  }

  private static int fail(Exception e, CommandLine commandLine, CommandLine.ParseResult parsed) {
    if (e instanceof IOException) {
      commandLine.getErr().println("kvbm bench: " + e.getMessage());
      commandLine.getErr().flush();
      return CommandLine.ExitCode.USAGE;
    }
    e.printStackTrace(commandLine.getErr());
    return CommandLine.ExitCode.SOFTWARE;
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    List<String> timed = new ArrayList<>(Catalogue.shared());
    timed.addAll(Catalogue.large());
    if (list) {
      timed.forEach(System.out::println);
      Catalogue.memory().forEach(System.out::println);
      Probes.PAUSES.forEach(System.out::println);
      return CommandLine.ExitCode.OK;
    }
    Path root = Path.of(System.getProperty("kvbm.root", "."));
    Path scratch = root.resolve("kvbm-bench/target/run");
    Machine machine = Machine.here();
    if (replay != null) {
      Settings settings = settings();
      List<ReplayResult> replays =
          new ReplayPeers(settings.rounds(), peers, root, scratch, replay, this::say).run();
      return finish(
          new BenchReport(
              commandLine(),
              machine,
              settings,
              "",
              List.of(),
              List.of(),
              List.of(),
              replays,
              Machine.load()));
    }
    Predicate<String> wanted = new CasePatterns(patterns);
    timed.removeIf(wanted.negate());
    List<String> weighed = Catalogue.memory().stream().filter(wanted).toList();
    List<String> paused = Probes.PAUSES.stream().filter(wanted).toList();
    if (timed.isEmpty() && weighed.isEmpty() && paused.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), "No case is called like " + patterns + "; --list prints all.");
    }
    Settings settings = settings();
    RustPeer peer = null;
    if (peers) {
      say("building the original crate, if it is not built ...");
      peer = RustPeer.build(settings, root, scratch);
    }
    List<CaseResult> cases = time(timed, settings, new Jmh(settings, scratch), peer);
    Probes probes = new Probes(settings, scratch);
    List<MemoryResult> memory = weigh(weighed, settings, probes, peer);
    List<PauseResult> pauses = new ArrayList<>();
    for (String name : paused) {
      say(name);
      pauses.add(probes.pauses(name));
    }
    return finish(
        new BenchReport(
            commandLine(),
            machine,
            settings,
            peer == null ? "" : RustPeer.NAME + ", " + peer.compiler(),
            cases,
            memory,
            pauses,
            List.of(),
            Machine.load()));
  }

  private Settings settings() {
    return Settings.of(
        quick,
        rounds,
        jvmArguments == null
            ? Settings.JVM_ARGUMENTS
            : List.of(jvmArguments.strip().split(" +", -1)),
        hugePages);
  }

  private String commandLine() {
    return "./kvbm bench " + String.join(" ", spec.commandLine().getParseResult().originalArgs());
  }

  private int finish(BenchReport report) throws IOException {
    BenchText.print(report, System.out);
    if (json != null) {
      try (OutputStream out = Files.newOutputStream(json)) {
        BenchJson.write(report, out);
      }
    }
    return CommandLine.ExitCode.OK;
  }

  /** Case by case; within a case ours and the peer's rounds in turn. */
  private List<CaseResult> time(
      List<String> names, Settings settings, Jmh jmh, @Nullable RustPeer peer)
      throws IOException, InterruptedException {
    List<CaseResult> results = new ArrayList<>();
    for (String name : names) {
      String otherName = noOtherForms ? "" : Catalogue.otherForm(name);
      boolean hasPeer = peer != null && !Catalogue.large().contains(name);
      Rounds ours = Rounds.NONE;
      Rounds oursBest = Rounds.NONE;
      Rounds theirs = Rounds.NONE;
      Rounds theirBest = Rounds.NONE;
      Rounds other = Rounds.NONE;
      double bytes = Double.NaN;
      double otherBytes = Double.NaN;
      // Filling 16 million blocks takes longer than all samples.
      int roundsHere = quick && Catalogue.large().contains(name) ? 1 : settings.rounds();
      for (int round = 0; round < roundsHere; round++) {
        Jmh.Round measured = jmh.run(name);
        ours = ours.plus(measured.nanos());
        oursBest = oursBest.plus(measured.best());
        bytes = measured.bytes();
        if (peer != null && hasPeer) {
          Rounds samples = peer.samples(name);
          theirs = theirs.plus(samples.median());
          theirBest = theirBest.plus(samples.least());
        }
        // The second form is for information: once is enough when there is little time.
        if (!otherName.isEmpty() && !(quick && round > 0)) {
          Jmh.Round measuredOther = jmh.run(otherName);
          other = other.plus(measuredOther.nanos());
          otherBytes = measuredOther.bytes();
        }
      }
      CaseResult result =
          new CaseResult(
              name, ours, oursBest, bytes, theirs, theirBest, otherName, other, otherBytes);
      results.add(result);
      say(
          String.format(
              Locale.ROOT,
              "[%d/%d] %s %.1f ns%s",
              results.size(),
              names.size(),
              name,
              ours.median(),
              result.hasRatio()
                  ? String.format(
                      Locale.ROOT, ", peer %.1f ns: %.2f", theirs.median(), result.ratio())
                  : ""));
    }
    return results;
  }

  private List<MemoryResult> weigh(
      List<String> names, Settings settings, Probes probes, @Nullable RustPeer peer)
      throws IOException, InterruptedException {
    List<MemoryResult> results = new ArrayList<>();
    for (String name : names) {
      Rounds ours = Rounds.NONE;
      Rounds theirs = Rounds.NONE;
      double empty = Double.NaN;
      double heap = Double.NaN;
      for (int round = 0; round < settings.memoryRounds(); round++) {
        JsonObject measured = probes.memory(name);
        ours = ours.plus(measured.number("fullBytes"));
        empty = measured.number("emptyBytes");
        heap = measured.number("heapBytes");
        if (peer != null) {
          theirs = theirs.plus(peer.bytesABlock(name));
        }
      }
      results.add(new MemoryResult(name, ours, empty, heap, theirs));
      say(String.format(Locale.ROOT, "%s %.1f bytes a block", name, ours.median()));
    }
    return results;
  }

  private void say(String what) {
    progress.println("kvbm bench: " + what);
  }
}
