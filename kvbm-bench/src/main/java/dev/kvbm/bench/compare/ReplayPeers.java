package dev.kvbm.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The main job, whole processes: our {@code replay} and what else people replay Mooncake traces
 * with, on the same file and for the same sizes.
 */
final class ReplayPeers {
  private static final String SIMULATOR = "kvcache-simulator 0.1.3";
  private static final String AISIMULATE = "aisimulate-core 0.13.0";

  /** Sizes that the first half of a trace of an hour fills: the simulator leaves others out. */
  private static final List<Integer> SIZES =
      List.of(
          1_000, 2_000, 3_000, 5_000, 7_000, 10_000, 15_000, 20_000, 30_000, 40_000, 50_000, 60_000,
          70_000);

  private static final List<Integer> MORE_SIZES =
      IntStream.rangeClosed(1, 100).map(i -> i * 700).boxed().toList();

  private static final int ENGINE_BLOCKS = 10_000;

  /** Mooncake's. */
  private static final String BLOCK_SIZE = "512";

  /** Any model will do: a budget is computed for each number of blocks. */
  private static final String MODEL = "glm-5.2";

  private static final double BYTES_A_GIB = 1L << 30;

  private final int rounds;
  private final boolean peers;
  private final Path root;
  private final Path scratch;
  private final Path trace;
  private final Consumer<String> progress;

  ReplayPeers(
      int rounds, boolean peers, Path root, Path scratch, Path trace, Consumer<String> progress) {
    this.rounds = rounds;
    this.peers = peers;
    this.root = root;
    this.scratch = scratch;
    this.trace = trace;
    this.progress = progress;
  }

  List<ReplayResult> run() throws IOException, InterruptedException {
    if (!Files.isReadable(trace)) {
      throw new IOException("cannot read " + trace);
    }
    // So that the first round does not build.
    String _ = ours("--version").run();
    List<ReplayResult> results = new ArrayList<>();
    Simulator simulator = peers ? Simulator.install(this) : null;
    results.add(sweep(SIZES, simulator));
    results.add(sweep(MORE_SIZES, simulator));
    Path engine = peers ? buildEngine() : null;
    String blocks = Integer.toString(ENGINE_BLOCKS);
    Command apart = ours("replay", trace.toString(), "--policy", "lru", "--blocks", blocks, "-q");
    results.add(
        engine(
            "lru, engine rule, " + blocks + " blocks, requests far apart",
            apart.with("--rule", "engine", "--json", "-"),
            engine == null ? null : command(engine, trace.toString(), blocks, "--apart")));
    Command loop = ours("replay", trace.toString(), "--policy", "lru", "--blocks", blocks, "-q");
    results.add(
        engine(
            "lru, engine loop, " + blocks + " blocks, the trace's arrivals",
            loop.with("--engine", "--cost", "polynomial", "--share", "within-step", "--json", "-"),
            engine == null ? null : command(engine, trace.toString(), blocks)));
    return results;
  }

  private Command ours(String... arguments) {
    return command(root.resolve("kvbm"), arguments);
  }

  private Command command(Path program, String... arguments) {
    return new Command(scratch, program.toString()).with(arguments);
  }

  // --------------- rounds ---------------

  private interface Agreement {
    String of(JsonObject ours, JsonObject theirs) throws IOException;
  }

  private ReplayResult alternate(
      String name, String peerName, Command ours, @Nullable Command peer, Agreement agreement)
      throws InterruptedException {
    Rounds oursSeconds = Rounds.NONE;
    Rounds oursBytes = Rounds.NONE;
    Rounds peerSeconds = Rounds.NONE;
    Rounds peerBytes = Rounds.NONE;
    String hits = "";
    try {
      for (int round = 0; round < rounds; round++) {
        Command.Measured measured = ours.measure();
        oursSeconds = oursSeconds.plus(measured.seconds());
        oursBytes = oursBytes.plus(measured.peakBytes());
        if (peer != null) {
          Command.Measured other = peer.measure();
          peerSeconds = peerSeconds.plus(other.seconds());
          peerBytes = peerBytes.plus(other.peakBytes());
          hits =
              agreement.of(JsonObject.parse(measured.output()), JsonObject.parse(other.output()));
        }
      }
    } catch (IOException e) {
      // The other jobs are worth their figures all the same.
      hits = "failed: " + e.getMessage();
    }
    ReplayResult result =
        new ReplayResult(name, peerName, oursSeconds, oursBytes, peerSeconds, peerBytes, hits);
    progress.accept(
        name
            + (result.hasRatio()
                ? String.format(
                    Locale.ROOT,
                    " %.2f s, %s %.2f s",
                    oursSeconds.median(),
                    peerName,
                    peerSeconds.median())
                : "")
            + (hits.isEmpty() ? "" : "; " + hits));
    return result;
  }

  // --------------- kvcache-simulator ---------------

  /**
   * The simulator of kvcache.ai.
   *
   * @param program its command
   * @param bytesABlock what a block takes with the model that stands in for all
   */
  private record Simulator(Path program, double bytesABlock) {

    static Simulator install(ReplayPeers peers) throws IOException, InterruptedException {
      if (!Command.exists("python3") || !Command.exists("c++")) {
        throw new IOException(
            SIMULATOR + " needs python3 and c++ on PATH; install them, or leave the peers out.");
      }
      Path home = peers.root.resolve("bench/peers/target/venv");
      Path program = home.resolve("bin/kvcache-simulator");
      if (!Files.isExecutable(program)) {
        peers.progress.accept("installing " + SIMULATOR + " ...");
        String _ = new Command(peers.scratch, "python3", "-m", "venv", home.toString()).run();
        String _ =
            peers
                .command(home.resolve("bin/pip"), "install", "--quiet", "-r")
                .with(peers.root.resolve("bench/peers/replay/requirements.txt").toString())
                .run();
      }
      // Compiles its core, too, so that no round has to.
      String facts = peers.command(program).with(simulate(peers.trace, "lru", "1")).run();
      return new Simulator(
          program, JsonObject.parse(facts).object("metadata").number("bytesPerBlock"));
    }

    private static List<String> simulate(Path trace, String policies, String budgets) {
      return List.of(
          "run",
          "--trace",
          trace.toString(),
          "--model",
          MODEL,
          "--block-size",
          BLOCK_SIZE,
          "--policies",
          policies,
          "--budgets-gib",
          budgets,
          "--format",
          "json",
          "--no-progress");
    }

    /** Half a block more than is asked for, because it rounds down. */
    private Command sweep(ReplayPeers peers, List<Integer> sizes) {
      String budgets =
          sizes.stream()
              .map(blocks -> Double.toString((blocks + 0.5) * bytesABlock / BYTES_A_GIB))
              .collect(Collectors.joining(","));
      return peers.command(program).with(simulate(peers.trace, "lru,fifo,optimal", budgets));
    }
  }

  private ReplayResult sweep(List<Integer> sizes, @Nullable Simulator simulator)
      throws InterruptedException {
    String blocks = sizes.stream().map(n -> Integer.toString(n)).collect(Collectors.joining(","));
    Command ours =
        ours("replay", trace.toString(), "--policy", "lru,fifo,minb", "--blocks", blocks)
            .with("--warmup", "0.5", "-q", "--json", "-");
    return alternate(
        "lru, fifo and the optimum at " + sizes.size() + " sizes",
        SIMULATOR,
        ours,
        simulator == null ? null : simulator.sweep(this, sizes),
        ReplayPeers::compareSweeps);
  }

  /**
   * Hit tokens of the last half of the requests. The optimum has another rule here and there: ours
   * keeps the request's own blocks while it runs.
   */
  private static String compareSweeps(JsonObject ours, JsonObject theirs) throws IOException {
    List<String> found = new ArrayList<>();
    for (List<String> pair :
        List.of(List.of("lru", "lru"), List.of("fifo", "fifo"), List.of("minb", "optimal"))) {
      int equal = 0;
      int points = 0;
      double apart = 0;
      for (JsonObject point : theirs.objects("points")) {
        double their = point.object("results").object(pair.getLast()).number("hitTokens");
        double our = hitTokens(ours, pair.getFirst(), point.number("cacheBlocks"));
        points++;
        equal += our == their ? 1 : 0;
        apart = Math.max(apart, Math.abs(our - their) / Math.max(1, their));
      }
      found.add(
          String.format(
              Locale.ROOT,
              "%s %d of %d equal, at most %.2f%% apart",
              pair.getLast(),
              equal,
              points,
              100 * apart));
    }
    return "hit tokens: " + String.join("; ", found);
  }

  private static double hitTokens(JsonObject ours, String policy, double blocks)
      throws IOException {
    for (JsonObject result : ours.objects("results")) {
      if (result.text("policy").equals(policy) && result.number("blocks") == blocks) {
        return result.number("hitTokens");
      }
    }
    throw new IOException("there is no result for " + policy + " at " + blocks + " blocks");
  }

  // --------------- AISimulate ---------------

  private Path buildEngine() throws IOException, InterruptedException {
    RustPeer.requireCargo(AISIMULATE);
    progress.accept("building " + AISIMULATE + ", if it is not built; that takes minutes ...");
    Path target = root.resolve("bench/peers/target");
    RustPeer.cargo(scratch, root.resolve("bench/peers/replay/aisimulate/Cargo.toml"), target);
    return target.resolve("release/aisimulate-peer");
  }

  private ReplayResult engine(String name, Command ours, @Nullable Command peer)
      throws InterruptedException {
    return alternate(name, AISIMULATE, ours, peer, ReplayPeers::compareEngines);
  }

  private static String compareEngines(JsonObject ours, JsonObject theirs) throws IOException {
    double our = ours.objects("results").getFirst().number("hits");
    double their = theirs.number("hits");
    return our == their
        ? String.format(Locale.ROOT, "%.0f hits, both", our)
        : String.format(
            Locale.ROOT,
            "%.0f hits, theirs %.0f: %.2f%% apart",
            our,
            their,
            100 * Math.abs(our - their) / Math.max(1, their));
  }
}
