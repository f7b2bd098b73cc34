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
  /** Publication of blocks that a chunk of prefill does not fill. */
  CHUNK(
      "★1",
      Role.DEVIATION,
      "The reference registers blocks that a chunk of prefill fills in part; here they are"
          + " registered when their last token is computed. With the reference's timing chosen, as"
          + " the runner does unless told otherwise, nothing differs."),
  /** Publication of the block that the newest token completes. */
  NEWEST_TOKEN(
      "★2",
      Role.DEVIATION,
      "The reference registers a block with the token that completes it; here one step later, when"
          + " that token is computed. With the reference's timing chosen, nothing differs."),
  /** Publication of blocks that came back without content. */
  REACQUIRED(
      "★3",
      Role.DEVIATION,
      "The reference registers fresh blocks of a request that comes back; here they are computed"
          + " first, and the tail has a block. With the reference's timing chosen, nothing"
          + " differs."),
  /** Positions after a release. */
  RELEASED(
      "★4",
      Role.DEVIATION,
      "The reference keeps the KV position of a request that gave its blocks up; here it goes back"
          + " to 0. With the reference's timing chosen, nothing differs."),
  /** A match to the end of the prompt. */
  FULL_MATCH(
      "★5",
      Role.DEVIATION,
      "The reference matches a prompt to its end; here at least the last token is left to be"
          + " computed. With the reference's timing chosen, nothing differs."),
  /** Ids of blocks that were rejected as duplicates. */
  FILED_ID(
      "★6",
      Role.DEVIATION,
      "The reference files a rejected duplicate under the id of the freed block; here it has the id"
          + " of the block that is held. The runner translates; where the reference mistakes a"
          + " fresh block for a filed one, the script ends."),
  /** Positions of blocks that are assigned directly. */
  POSITIONS(
      "★18",
      Role.DEVIATION,
      "The reference assigns blocks at positions that their hashes are not of; here they are"
          + " refused, and what follows on the same object is passed over until it is cleared."),
  /** Panics of requests. */
  PANICS(
      "★19",
      Role.DEVIATION,
      "The reference panics; here the call is refused with a typed error, for another block size"
          + " when the request is made."),
  /** What events report. */
  REPORTED(
      "★20",
      Role.EMULATION,
      "For a request that did not come back the runner reports the number of blocks that an earlier"
          + " match found, as the reference does."),
  /** Sums over matches. */
  REMATCH(
      "★21",
      Role.EMULATION,
      "The runner adds up the blocks of all matches of a request; here the number is that of the"
          + " last one."),
  /** Blocks with content that are dropped. */
  DROPPED(
      "drop",
      Role.DEVIATION,
      "The reference keeps the KV position when blocks with content are dropped; here it goes back."
          + " With the reference's timing chosen, nothing differs."),
  /** Tokens that are appended before the input is prefilled. */
  APPENDED(
      "append",
      Role.DEVIATION,
      "The reference cannot compute several appended tokens; here they are prefilled. With the"
          + " reference's timing chosen, nothing differs."),
  /** A list of blocks of which one cannot be staged. */
  STAGE(
      "stage",
      Role.EMULATION,
      "When blocks of another size are staged, nothing changes here; the runner drops the block"
          + " that the reference drops."),
  /** The salt of a request without one. */
  SALT(
      "salt",
      Role.EMULATION,
      "Requests are made of token sequences with the salt hash 0, which the reference uses when no"
          + " salt is given."),
  /** The order of release. */
  RELEASE_ORDER(
      "▲12",
      Role.EMULATION,
      "Requests are made to release their blocks from the first to the last."),
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
