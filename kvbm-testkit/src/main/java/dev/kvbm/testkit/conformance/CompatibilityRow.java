package dev.kvbm.testkit.conformance;

import java.util.Arrays;
import java.util.List;

/**
 * The rows of {@code docs/compatibility.md} that matter to recorded runs.
 *
 * <p>A deviation is an answer that differs and is explained by the row. An emulation is a
 * difference that does not show in the report because the runner gets the reference's result by
 * public means; its sentence says how.
 */
public enum CompatibilityRow {
  /** Panic on colliding lineage keys. */
  COLLISION(
      "★13",
      Role.DEVIATION,
      "The reference panics when a second block with the lineage key of an idle block becomes idle;"
          + " here both are idle, and the script ends there, as its recording does."),
  /** Events of blocks instead of handles. */
  EVENTS(
      "★8",
      Role.EMULATION,
      "Registry events are derived: a hash is registered while a manager reported it as created and"
          + " not yet as removed, or the runner holds a handle of it."),
  /** The sketch of the reference. */
  SKETCH(
      "★12",
      Role.EMULATION,
      "Frequencies come from the sketch that is bit-exact with the reference, not from the"
          + " default one."),
  /** Reset of the idle blocks. */
  POOL_RESET(
      "★14",
      Role.EMULATION,
      "The reference's success or block count mismatch is read off the numbers that a pool reset"
          + " returns."),
  /** Weak blocks that keep nothing. */
  WEAK_BLOCK(
      "○10",
      Role.EMULATION,
      "For each weak block the runner holds a registration handle of its hash beside it."),
  /** Order of a reset under the FIFO policy. */
  RESET_ORDER(
      "rip-order",
      Role.EMULATION,
      "Events of a pool reset under the hashmap backend are compared as a sorted list, because the"
          + " reference frees in unspecified order.");

  /** How a row shows in a run. */
  public enum Role {
    /** The answers differ; the report counts it. */
    DEVIATION,
    /** The runner gets the reference's answer; nothing differs. */
    EMULATION
  }

  private final String id;
  private final Role role;
  private final String sentence;

  CompatibilityRow(String id, Role role, String sentence) {
    this.id = id;
    this.role = role;
    this.sentence = sentence;
  }

  /** {@return the name of the row on the compatibility page} */
  public String id() {
    return id;
  }

  /** {@return how the row shows in a run} */
  public Role role() {
    return role;
  }

  /** {@return what is different, and what the runner does about it} */
  public String sentence() {
    return sentence;
  }

  /** {@return the rows that explain differing answers} */
  public static List<CompatibilityRow> deviations() {
    return Arrays.stream(values()).filter(row -> row.role == Role.DEVIATION).toList();
  }
}
