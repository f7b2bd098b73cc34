package dev.kvbm.replay.analysis;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** A cache that no policy can be: it knows the future or has no limit. */
public enum Bound {
  /** Nothing is ever evicted. */
  INFINITE,

  /**
   * Belady's choice under the rules that bind real policies: a request's blocks are pinned, all
   * that fits must be inserted, and the block used farthest in the future goes first.
   */
  MIN,

  /**
   * Belady's choice without those obligations: blocks are looked up one by one, and a computed
   * block need not be kept. No policy of the same size has more hits.
   */
  MINB;

  /** {@return lower-case name as used on command lines and in reports} */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * {@return the bound with this label, if there is one}
   *
   * @param label as {@link #label()} returns it
   */
  public static Optional<Bound> ofLabel(String label) {
    return Arrays.stream(values()).filter(bound -> bound.label().equals(label)).findFirst();
  }

  /** {@return all labels, for a message} */
  public static String labels() {
    return Arrays.stream(values()).map(Bound::label).collect(Collectors.joining(", "));
  }
}
