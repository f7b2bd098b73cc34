package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.SlotInfo;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Recorded panics of the reference, and the rows that explain why there is none here. */
final class RecordedPanic {
  private static final String COLLISION = "Hash collision detected!";

  private RecordedPanic() {}

  /** Whether an outcome is a panic. */
  static boolean isRecorded(Json outcome) {
    return message(outcome) != null;
  }

  /**
   * The row that explains a panic.
   *
   * @param slots the blocks of the pool after the operation, which did not fail here
   * @return null if no row does, or if the pool is not in the situation that the row is about
   */
  static @Nullable CompatibilityRow explain(Json outcome, List<SlotInfo> slots) {
    String message = message(outcome);
    return message != null && message.startsWith(COLLISION) && hasIdleTwins(slots)
        ? CompatibilityRow.COLLISION
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
