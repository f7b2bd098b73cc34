package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.scheduling.Publication;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Which scripts to run, and how. Immutable.
 *
 * @param kinds the kinds to look at; others are passed over
 * @param backends the backends to look at, by the names of {@link #backendNames}: a script is run
 *     if one of its managers has one of them; empty for all scripts. A script without a manager is
 *     passed over unless this is empty
 * @param guards which form of the API to use
 * @param checkedPoolBlocks check all invariants after every operation of scripts whose pools have
 *     at most this many blocks; 0 for none. They are checked at the end of every script in any case
 * @param publication when schedulable sequences publish their blocks; with another timing than the
 *     reference's, scripts that show it end at the first answer which a row explains
 */
public record ConformanceOptions(
    Set<ScriptKind> kinds,
    Set<String> backends,
    GuardForm guards,
    int checkedPoolBlocks,
    Publication publication) {

  private static final String LINEAGE = "lineage";

  /** All scripts, guards of single blocks, invariants at the end only, the reference's timing. */
  public static final ConformanceOptions DEFAULT =
      new ConformanceOptions(
          Set.of(ScriptKind.values()), Set.of(), GuardForm.SINGLE, 0, Publication.REFERENCE);

  /**
   * Checks and copies the arguments.
   *
   * @throws IllegalArgumentException if no kind is given or a backend is unknown
   */
  public ConformanceOptions {
    if (kinds.isEmpty()) {
      throw new IllegalArgumentException("no kind of script given; known are " + knownKinds());
    }
    backends = families(backends);
    for (String backend : backends) {
      if (!Backend.FAMILIES.contains(backend)) {
        throw new IllegalArgumentException(
            "unknown backend \"" + backend + "\"; known are " + String.join(", ", backendNames()));
      }
    }
    kinds = Set.copyOf(kinds);
    backends = Set.copyOf(backends);
  }

  /**
   * {@return the names that a filter of backends may use; {@code lineage} stands for both of its
   * orders}
   */
  public static List<String> backendNames() {
    List<String> names = new ArrayList<>(Backend.FAMILIES);
    names.add(LINEAGE);
    return List.copyOf(names);
  }

  private static Set<String> families(Collection<String> names) {
    Set<String> families = new LinkedHashSet<>(names);
    if (families.remove(LINEAGE)) {
      families.add(Backend.LINEAGE_TICK);
      families.add(Backend.LINEAGE_FIFO);
    }
    return families;
  }

  /**
   * These options for some kinds only.
   *
   * @param labels the labels of the kinds
   * @return the new options
   * @throws IllegalArgumentException if a label is unknown, or there is none
   */
  public ConformanceOptions withKinds(Collection<String> labels) {
    Set<ScriptKind> chosen = new LinkedHashSet<>();
    for (String label : labels) {
      chosen.add(
          ScriptKind.of(label)
              .orElseThrow(
                  () ->
                      new IllegalArgumentException(
                          "unknown kind \"" + label + "\"; known are " + knownKinds())));
    }
    return new ConformanceOptions(chosen, backends, guards, checkedPoolBlocks, publication);
  }

  /**
   * These options for some backends only.
   *
   * @param names among {@link #backendNames}
   * @return the new options
   * @throws IllegalArgumentException if one is unknown
   */
  public ConformanceOptions withBackends(Collection<String> names) {
    return new ConformanceOptions(
        kinds, new LinkedHashSet<>(names), guards, checkedPoolBlocks, publication);
  }

  /**
   * These options with another form of the API.
   *
   * @param form the form
   * @return the new options
   */
  public ConformanceOptions withGuards(GuardForm form) {
    return new ConformanceOptions(kinds, backends, form, checkedPoolBlocks, publication);
  }

  /**
   * These options with invariants checked after every operation on small pools.
   *
   * @param blocks how many blocks such a pool has at most
   * @return the new options
   */
  public ConformanceOptions withCheckedPools(int blocks) {
    return new ConformanceOptions(kinds, backends, guards, blocks, publication);
  }

  /**
   * These options with another timing of schedulable sequences.
   *
   * @param timing when they publish their blocks
   * @return the new options
   */
  public ConformanceOptions withPublication(Publication timing) {
    return new ConformanceOptions(kinds, backends, guards, checkedPoolBlocks, timing);
  }

  private static String knownKinds() {
    return String.join(", ", ScriptKind.labels());
  }
}
