package dev.kvbm.logical.frequency;

import dev.kvbm.tokens.LineageHashes;
import java.util.Objects;

/**
 * Counts touches of lineage hashes, approximately and with a bounded memory.
 *
 * <p>All methods may be called from any thread. They are called from inside managers, in part under
 * their locks: an implementation must not block for long and never calls a manager or registry.
 */
public interface FrequencyTracker {

  /** The highest estimate. */
  int MAX_COUNT = 15;

  /**
   * Counts one touch.
   *
   * @param hi high 64 bits of the lineage hash
   * @param lo low 64 bits of the lineage hash
   */
  void touch(long hi, long lo);

  /**
   * Estimates the number of recent touches. Estimates are too high when hashes share counters, and
   * too low only because old touches fade.
   *
   * @param hi high 64 bits of the lineage hash
   * @param lo low 64 bits of the lineage hash
   * @return the estimate, 0 to {@link #MAX_COUNT}
   */
  int count(long hi, long lo);

  /**
   * Counts one touch of each hash, in order. The same as single calls; the trackers of this package
   * take their lock once for all of them.
   *
   * @param hashes read only during the call
   */
  default void touchAll(LineageHashes hashes) {
    int size = hashes.size();
    for (int i = 0; i < size; i++) {
      touch(hashes.hi(i), hashes.lo(i));
    }
  }

  /**
   * Counts one touch of each of {@code n} hashes, in order.
   *
   * @param words two words a hash, high before low; read only during the call
   * @param from index of the first hash's high word
   * @param n number of hashes
   * @throws IndexOutOfBoundsException if there are no {@code 2 * n} words from {@code from} on;
   *     nothing is counted then
   */
  default void touchAll(long[] words, int from, int n) {
    checkWords(words, from, n);
    for (int i = from, end = from + 2 * n; i < end; i += 2) {
      touch(words[i], words[i + 1]);
    }
  }

  /**
   * Refuses the arguments of {@link #touchAll(long[], int, int)} if they do not fit together.
   *
   * @param words two words a hash
   * @param from index of the first word
   * @param n number of hashes
   * @throws IndexOutOfBoundsException if there are no {@code 2 * n} words from {@code from} on
   */
  static void checkWords(long[] words, int from, int n) {
    Objects.checkFromIndexSize((long) from, 2L * n, words.length);
  }
}
