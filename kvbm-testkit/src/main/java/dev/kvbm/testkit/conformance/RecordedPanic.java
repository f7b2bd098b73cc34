package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.SlotInfo;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Recorded panics of the reference, and the rows that explain why there is none here. */
final class RecordedPanic {
  private static final String COLLISION = "Hash collision detected!";

  /** Beginnings of panics, and the kind of error that there is in their place (row ★19). */
  private static final Map<String, String> ERRORS =
      Map.of(
          "Cannot generate more tokens", "GenerationComplete",
          "match_and_add_prefix called on sequence with existing assignments", "BlocksHeld",
          "drop_unassigned called in non-Idle state", "NotIdle");

  private static final String OTHER_BLOCK_SIZE = "staging should not fail";

  private RecordedPanic() {}

  /** Whether an outcome is a panic. */
  static boolean isRecorded(Json outcome) {
    return message(outcome) != null;
  }

  /**
   * The row that explains a panic.
   *
   * @param outcome the recorded panic
   * @param actual the outcome here
   * @param slots the blocks of the pool after the operation
   * @return null if no row does, or if the situation is not the one that the row is about
   */
  static @Nullable CompatibilityRow explain(Json outcome, Json actual, List<SlotInfo> slots) {
    String message = message(outcome);
    if (message == null || !(actual instanceof Json.Array(List<Json> parts))) {
      return null;
    }
    if (message.startsWith(COLLISION)) {
      return hasIdleTwins(slots) ? CompatibilityRow.COLLISION : null;
    }
    if (message.startsWith(OTHER_BLOCK_SIZE)) {
      return Pool.isRefusal(parts.getFirst()) ? CompatibilityRow.PANICS : null;
    }
    Json error = errorKind(parts.getFirst());
    return ERRORS.entrySet().stream()
            .anyMatch(
                entry ->
                    message.startsWith(entry.getKey()) && Json.of(entry.getValue()).equals(error))
        ? CompatibilityRow.PANICS
        : null;
  }

  /** The kind of error in the answer of an operation on a request; null if it is none. */
  private static @Nullable Json errorKind(Json answer) {
    return answer instanceof Json.Array(List<Json> value)
            && value.getFirst() instanceof Json.Members error
        ? error.values().get("err")
        : null;
  }

  private static @Nullable String message(Json outcome) {
    return outcome instanceof Json.Array array
            && array.values().size() == 1
            && array.values().getFirst() instanceof Json.Members members
            && members.values().get("panic") instanceof Json.Text text
        ? text.value()
        : null;
  }

  /** The place of a block in the reference's lineage index. */
  private record LineageKey(int position, long fragment) {}

  private static boolean hasIdleTwins(List<SlotInfo> slots) {
    Set<LineageKey> keys = new HashSet<>();
    for (SlotInfo slot : slots) {
      PositionalLineageHash hash = slot.hash();
      if (slot.state() == SlotInfo.State.INACTIVE && hash != null) {
        int position = hash.position();
        if (!keys.add(
            new LineageKey(position, hash.parentFragmentForChildPosition(position + 1L)))) {
          return true;
        }
      }
    }
    return false;
  }
}
