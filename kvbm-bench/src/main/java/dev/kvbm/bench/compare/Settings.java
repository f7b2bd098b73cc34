package dev.kvbm.bench.compare;

import java.util.List;

/**
 * How long and how often each side is measured.
 *
 * @param rounds how often both sides take their turn
 * @param warmUpIterations iterations of 100 ms that are thrown away
 * @param iterations iterations of 100 ms that count
 * @param peerWarmUpMillis warm-up of the peer, which needs no compiler
 * @param peerSamples samples of 10 ms of the peer
 * @param memoryRounds how often each memory case is weighed
 * @param pauseSeconds how long pauses are watched
 * @param jvmArguments of the JVM that runs our side
 * @param hugePages whether both sides ask the system for huge pages
 */
record Settings(
    int rounds,
    int warmUpIterations,
    int iterations,
    int peerWarmUpMillis,
    int peerSamples,
    int memoryRounds,
    int pauseSeconds,
    List<String> jvmArguments,
    boolean hugePages) {

  static final int ITERATION_MILLIS = 100;
  static final int PEER_SAMPLE_MILLIS = 10;

  /** What a service would be started with; the heap leaves room for a pool of 16 million blocks. */
  static final List<String> JVM_ARGUMENTS =
      List.of("-Xmx4g", "-XX:+UseG1GC", "-XX:+UseCompactObjectHeaders");

  static Settings of(boolean quick, int rounds, List<String> jvmArguments, boolean hugePages) {
    return quick
        ? new Settings(rounds == 0 ? 2 : rounds, 7, 4, 100, 9, 1, 3, jvmArguments, hugePages)
        : new Settings(rounds == 0 ? 3 : rounds, 10, 10, 250, 25, 3, 20, jvmArguments, hugePages);
  }
}
