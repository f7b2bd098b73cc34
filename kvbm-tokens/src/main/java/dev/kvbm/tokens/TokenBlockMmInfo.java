package dev.kvbm.tokens;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalLong;

/**
 * A run of placeholder tokens that stand for an image or other multimodal object.
 *
 * <p>Within a block that a run touches, the object's hash takes the place of the placeholder ids.
 * Two prompts with different images then have different blocks although their token ids are equal.
 *
 * <p>All three numbers are unsigned. Runs are only checked by {@link #validateAndSort}, which every
 * method that takes runs calls. Immutable and thread-safe.
 *
 * @param mmHash hash of the object, unsigned
 * @param offset index of the run's first token, unsigned
 * @param length how many tokens the run has, unsigned
 */
public record TokenBlockMmInfo(long mmHash, long offset, long length) {

  private static final Comparator<TokenBlockMmInfo> BY_OFFSET =
      (a, b) -> Long.compareUnsigned(a.offset, b.offset);

  /**
   * Returns the index after the run's last token, if it is a 64-bit number.
   *
   * @return {@code offset + length}, unsigned, or empty if the sum overflows
   */
  public OptionalLong checkedEnd() {
    long end = offset + length;
    return Long.compareUnsigned(end, offset) < 0 ? OptionalLong.empty() : OptionalLong.of(end);
  }

  /**
   * Returns the index after the run's last token.
   *
   * @return {@code offset + length}, unsigned
   * @throws IllegalStateException if the sum overflows
   */
  public long end() {
    return checkedEnd()
        .orElseThrow(
            () ->
                new IllegalStateException(
                    "TokenBlockMmInfo::end overflowed usize; run was not validated: " + this));
  }

  /**
   * Returns whether a token belongs to the run.
   *
   * @param position the token's index, unsigned
   * @return false also for every position if the run's end overflows
   */
  public boolean covers(long position) {
    OptionalLong end = checkedEnd();
    return end.isPresent()
        && Long.compareUnsigned(offset, position) <= 0
        && Long.compareUnsigned(position, end.getAsLong()) < 0;
  }

  /**
   * Checks runs against the tokens they describe and sorts them by offset. Runs may touch but not
   * overlap. The runs are checked in the order of their offsets and the first error wins.
   *
   * @param runs the runs in any order, not changed
   * @param tokensLength how many tokens there are, unsigned
   * @return a new unmodifiable list, sorted by offset
   * @throws MmInfoException if a run is empty, overflows, ends beyond the tokens or overlaps
   *     another
   */
  public static List<TokenBlockMmInfo> validateAndSort(
      Collection<TokenBlockMmInfo> runs, long tokensLength) {
    if (runs.isEmpty()) {
      return List.of();
    }
    List<TokenBlockMmInfo> sorted = new ArrayList<>(runs);
    sorted.sort(BY_OFFSET);
    long previousEnd = 0;
    for (TokenBlockMmInfo run : sorted) {
      if (run.length == 0) {
        throw new MmInfoException(new MmInfoError.EmptyRun());
      }
      long end = run.offset + run.length;
      if (Long.compareUnsigned(end, run.offset) < 0) {
        throw new MmInfoException(new MmInfoError.OffsetOverflow(run.offset, run.length));
      }
      if (Long.compareUnsigned(end, tokensLength) > 0) {
        throw new MmInfoException(
            new MmInfoError.OutOfBounds(run.offset, run.length, tokensLength));
      }
      if (Long.compareUnsigned(run.offset, previousEnd) < 0) {
        throw new MmInfoException(new MmInfoError.Overlapping(run.offset));
      }
      previousEnd = end;
    }
    return List.copyOf(sorted);
  }

  /** Returns the three numbers, unsigned, in the notation of the reference. */
  @Override
  public String toString() {
    return "TokenBlockMmInfo { mm_hash: "
        + Long.toUnsignedString(mmHash)
        + ", offset: "
        + Long.toUnsignedString(offset)
        + ", length: "
        + Long.toUnsignedString(length)
        + " }";
  }
}
