package dev.kvbm.tokens;

import java.io.Serializable;

/**
 * What is wrong with a multimodal run.
 *
 * <p>Values: two errors with the same numbers are equal. Numbers are unsigned. Immutable and
 * thread-safe.
 */
public sealed interface MmInfoError extends Serializable {

  /**
   * Returns the error as a sentence.
   *
   * @return the text that {@link MmInfoException#getMessage()} gives
   */
  String message();

  /**
   * The run ends after the last token.
   *
   * @param offset the run's offset
   * @param length the run's length
   * @param tokensLength how many tokens there are
   */
  record OutOfBounds(long offset, long length, long tokensLength) implements MmInfoError {
    @Override
    public String message() {
      return "mm_info range starting at "
          + Long.toUnsignedString(offset)
          + " (length "
          + Long.toUnsignedString(length)
          + ") exceeds tokens length "
          + Long.toUnsignedString(tokensLength);
    }

    @Override
    public String toString() {
      return "OutOfBounds { offset: "
          + Long.toUnsignedString(offset)
          + ", length: "
          + Long.toUnsignedString(length)
          + ", tokens_len: "
          + Long.toUnsignedString(tokensLength)
          + " }";
    }
  }

  /**
   * The run's end is not a 64-bit number.
   *
   * @param offset the run's offset
   * @param length the run's length
   */
  record OffsetOverflow(long offset, long length) implements MmInfoError {
    @Override
    public String message() {
      return "mm_info range starting at "
          + Long.toUnsignedString(offset)
          + " (length "
          + Long.toUnsignedString(length)
          + ") overflows usize";
    }

    @Override
    public String toString() {
      return "OffsetOverflow { offset: "
          + Long.toUnsignedString(offset)
          + ", length: "
          + Long.toUnsignedString(length)
          + " }";
    }
  }

  /**
   * The run starts before the one in front of it ends.
   *
   * @param position the run's offset
   */
  record Overlapping(long position) implements MmInfoError {
    @Override
    public String message() {
      return "mm_info ranges overlap at position " + Long.toUnsignedString(position);
    }

    @Override
    public String toString() {
      return "Overlapping { position: " + Long.toUnsignedString(position) + " }";
    }
  }

  /** The run has no tokens. */
  record EmptyRun() implements MmInfoError {
    @Override
    public String message() {
      return "mm_info length must be greater than zero";
    }

    @Override
    public String toString() {
      return "EmptyRun";
    }
  }
}
