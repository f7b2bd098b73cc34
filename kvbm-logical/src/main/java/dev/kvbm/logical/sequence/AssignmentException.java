package dev.kvbm.logical.sequence;

import java.util.Objects;

/**
 * Blocks were not taken into assignments; {@link #error()} says why. Nothing has changed, and
 * guards that were given are still held by their owner.
 */
public final class AssignmentException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final transient AssignmentError error;

  /**
   * For {@code error}, whose message becomes the message.
   *
   * @param error what went wrong
   */
  public AssignmentException(AssignmentError error) {
    super(Objects.requireNonNull(error, "error is null").message());
    this.error = error;
  }

  /** {@return why} */
  public AssignmentError error() {
    return error;
  }
}
