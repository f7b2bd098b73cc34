package dev.kvbm.bench.compare;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The original crate, in the program of {@code bench/peers/kvbm-logical}. */
final class RustPeer {
  /** What is compared with. */
  static final String NAME = "kvbm-logical 1.6.1";

  private static final String PROGRAM = "kvbm-logical-peer";

  private final Settings settings;
  private final Path scratch;
  private final Path program;
  private final String compiler;

  private RustPeer(Settings settings, Path scratch, Path program, String compiler) {
    this.settings = settings;
    this.scratch = scratch;
    this.program = program;
    this.compiler = compiler;
  }

  /**
   * Builds the program, if it is not built.
   *
   * @param root the checkout
   * @throws IOException if there is no Rust toolchain, or the build fails
   */
  static RustPeer build(Settings settings, Path root, Path scratch)
      throws IOException, InterruptedException {
    requireCargo("the original crate");
    Path manifest = root.resolve("bench/peers/kvbm-logical/Cargo.toml");
    Path target = root.resolve("bench/peers/target");
    cargo(scratch, manifest, target);
    Path program = target.resolve("release").resolve(PROGRAM);
    if (!Files.isExecutable(program)) {
      throw new IOException("cargo built no " + program);
    }
    String compiler = new Command(scratch, "rustc", "--version").run().strip();
    return new RustPeer(settings, scratch, program, compiler);
  }

  static void requireCargo(String what) throws IOException {
    if (!Command.exists("cargo") || !Command.exists("rustc")) {
      throw new IOException(
          "there is no Rust toolchain: cargo and rustc are not on PATH, and "
              + what
              + " has to be built. Install Rust 1.95 or newer, or leave the peers out.");
    }
  }

  static void cargo(Path scratch, Path manifest, Path target)
      throws IOException, InterruptedException {
    String _ =
        new Command(scratch, "cargo", "build", "--release", "--quiet")
            .with("--manifest-path", manifest.toString())
            .environment("CARGO_TARGET_DIR", target.toString())
            .run();
  }

  /** The compiler that built it. */
  String compiler() {
    return compiler;
  }

  /** One round of a timed case: its samples, in nanoseconds an operation. */
  Rounds samples(String name) throws IOException, InterruptedException {
    String output =
        command()
            .with("--warm-up-millis", Integer.toString(settings.peerWarmUpMillis()))
            .with("--samples", Integer.toString(settings.samples()))
            .with("--sample-millis", Integer.toString(Settings.sampleMillis(name)))
            .with(name)
            .run();
    return new Rounds(JsonObject.parse(output).numbers("nanos"));
  }

  /** Resident bytes a registered block. */
  double bytesABlock(String name) throws IOException, InterruptedException {
    return JsonObject.parse(command().with(name).run()).number("fullBytes");
  }

  private Command command() {
    Command command = new Command(scratch, program.toString());
    if (settings.hugePages()) {
      command.environment("GLIBC_TUNABLES", "glibc.malloc.hugetlb=1");
    }
    return command;
  }
}
