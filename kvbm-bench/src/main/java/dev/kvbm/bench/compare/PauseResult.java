package dev.kvbm.bench.compare;

/**
 * Times of single operations under a collector.
 *
 * @param name collector and form
 * @param operations how many were timed
 * @param p50Nanos half took no longer than this
 * @param p99Nanos 99 percent took no longer
 * @param p999Nanos 99.9 percent took no longer
 * @param p9999Nanos 99.99 percent took no longer
 * @param maxNanos the longest
 * @param pauses collections that stopped the program
 * @param pauseMillis and for how long together
 */
record PauseResult(
    String name,
    long operations,
    long p50Nanos,
    long p99Nanos,
    long p999Nanos,
    long p9999Nanos,
    long maxNanos,
    long pauses,
    long pauseMillis) {}
