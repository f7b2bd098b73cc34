package dev.kvbm.logical.sequence;

/**
 * Consecutive indices or positions of blocks.
 *
 * @param start the first
 * @param end the one after the last; {@code start} if there is none
 */
public record BlockRange(int start, int end) {

  /**
   * Checks the arguments.
   *
   * @throws IllegalArgumentException unless {@code 0 <= start <= end}
   */
  public BlockRange {
    if (start < 0 || end < start) {
      throw new IllegalArgumentException(
          "a range has 0 <= start <= end, got start " + start + " and end " + end);
    }
  }

  /** {@return how many there are} */
  public int size() {
    return end - start;
  }

  /** {@return whether there is none} */
  public boolean isEmpty() {
    return start == end;
  }

  /**
   * Whether {@code position} is one of them.
   *
   * @param position the absolute position
   * @return whether it is
   */
  public boolean contains(int position) {
    return position >= start && position < end;
  }

  /**
   * What is in both ranges; an empty range if nothing is.
   *
   * @param other the other range
   * @return the common positions
   */
  public BlockRange intersection(BlockRange other) {
    int from = Math.max(start, other.start);
    return new BlockRange(from, Math.max(from, Math.min(end, other.end)));
  }

  /** For example {@code 2..5}, which is 2, 3 and 4. */
  @Override
  public String toString() {
    return start + ".." + end;
  }
}
