package dev.kvbm.logical.scheduling;

import java.util.Objects;

/** A call on a request was out of place; {@link #error()} says why. Nothing has changed. */
public final class SchedulingException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient SchedulingError error;

  /**
   * For {@code error}, whose message becomes the message.
   *
   * @param error what went wrong
   */
  public SchedulingException(SchedulingError error) {
    super(Objects.requireNonNull(error, "error is null").message());
    this.error = error;
  }

  /** {@return why} */
  public SchedulingError error() {
    return error;
  }
}
