package dev.kvbm.logical;

import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the last departures of a store: which hash left, when, and why. Guarded by the store's
 * lock.
 *
 * <p>A ring of entries with hash chains. An entry that is overwritten is not unlinked: along a
 * chain the sequence numbers fall, so a link that leads to a younger entry leads to a reused one
 * and ends the chain. Memory: 37 bytes an entry plus 4 to 8 for the chain heads.
 */
final class MissHistory {
  private static final System.Logger LOGGER = System.getLogger(MissHistory.class.getName());

  static final byte EVICTED = 0;
  static final byte RESET = 1;
  static final byte DRAINED = 2;

  private final InstantSource clock;
  private final String policyName;
  private final long[] hashes;
  private final long[] millis;
  private final long[] sequences;
  private final int[] older;
  private final byte[] causes;
  private final int[] heads;
  private long next = 1;
  private long lastMillis;
  private boolean clockFailureLogged;

  MissHistory(int entries, InstantSource clock, String policyName) {
    this.clock = clock;
    this.policyName = policyName;
    hashes = new long[2 * entries];
    millis = new long[entries];
    sequences = new long[entries];
    older = new int[entries];
    causes = new byte[entries];
    heads = new int[Integer.highestOneBit(Math.max(1, entries)) * 2];
    Arrays.fill(heads, -1);
  }

  void record(long hi, long lo, byte cause) {
    int entry = (int) (next % millis.length);
    int head = head(hi, lo);
    hashes[2 * entry] = hi;
    hashes[2 * entry + 1] = lo;
    millis[entry] = now();
    causes[entry] = cause;
    older[entry] = heads[head] == entry ? -1 : heads[head];
    sequences[entry] = next++;
    heads[head] = entry;
  }

  /**
   * The time by the clock, which is foreign code under the store's lock: it must not end an
   * operation halfway. While it fails, time stands still.
   */
  private long now() {
    try {
      lastMillis = clock.millis();
    } catch (Throwable e) {
      if (!clockFailureLogged) {
        clockFailureLogged = true;
        SafeLog.log(
            () ->
                LOGGER.log(
                    System.Logger.Level.ERROR,
                    "the clock of a miss history failed; departures carry the last time it told,"
                        + " later failures are not logged",
                    e));
      }
    }
    return lastMillis;
  }

  /** The latest departure of a hash, or null if it is not remembered. */
  MissExplanation.@Nullable Departure find(long hi, long lo) {
    int head = head(hi, lo);
    long younger = Long.MAX_VALUE;
    int entry = heads[head];
    while (entry >= 0 && sequences[entry] < younger) {
      if (hashes[2 * entry] == hi && hashes[2 * entry + 1] == lo) {
        MissExplanation.Cause cause =
            switch (causes[entry]) {
              case EVICTED -> MissExplanation.Cause.EVICTED;
              case RESET -> MissExplanation.Cause.RESET_ON_RELEASE;
              default -> MissExplanation.Cause.POOL_RESET;
            };
        return new MissExplanation.Departure(
            cause, Instant.ofEpochMilli(millis[entry]), policyName, next - 1 - sequences[entry]);
      }
      younger = sequences[entry];
      entry = older[entry];
    }
    return null;
  }

  /** Whether every departure so far is still remembered. */
  boolean isComplete() {
    return next - 1 <= millis.length;
  }

  private int head(long hi, long lo) {
    long mixed = (hi ^ lo * 0x9E3779B97F4A7C15L) * 0xD6E8FEB86659FD93L;
    return (int) (mixed >>> 40) & (heads.length - 1);
  }
}
