package dev.kvbm.bench.compare;

import dev.kvbm.bench.cases.Catalogue;
import java.util.List;

/**
 * How long and how often each side is measured. The samples of both sides have the same length: on
 * a machine that does other work, a longer one is interrupted more often, and its side looks slow.
 *
 * @param rounds how often both sides take their turn
 * @param warmUpIterations iterations of {@value #WARM_UP_MILLIS} ms for the compiler
 * @param samples how many samples count, on either side
 * @param peerWarmUpMillis warm-up of the peer, which needs no compiler
 * @param memoryRounds how often each memory case is weighed
 * @param pauseSeconds how long pauses are watched
 * @param jvmArguments of the JVM that runs our side
 * @param hugePages whether both sides ask the system for huge pages
 */
record Settings(
    int rounds,
    int warmUpIterations,
    int samples,
    int peerWarmUpMillis,
    int memoryRounds,
    int pauseSeconds,
    List<String> jvmArguments,
    boolean hugePages) {

  static final int WARM_UP_MILLIS = 100;

  /** The length of a sample. */
  static int sampleMillis(String name) {
    return Catalogue.isThreaded(name) ? 50 : 10;
  }

  /**
   * What a service would be started with; the heap leaves room for a pool of 16 million blocks. A
   * small young generation is used again and again. One that grows to gigabytes is touched for the
   * first time all through a short benchmark, and then page faults are what is measured.
   */
  static final List<String> JVM_ARGUMENTS =
      List.of("-Xmx4g", "-Xmn64m", "-XX:+UseG1GC", "-XX:+UseCompactObjectHeaders");

  static Settings of(boolean quick, int rounds, List<String> jvmArguments, boolean hugePages) {
    return quick
        ? new Settings(rounds == 0 ? 2 : rounds, 8, 15, 100, 1, 3, jvmArguments, hugePages)
        : new Settings(rounds == 0 ? 3 : rounds, 12, 25, 250, 3, 20, jvmArguments, hugePages);
  }
}
