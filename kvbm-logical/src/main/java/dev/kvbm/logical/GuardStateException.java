package dev.kvbm.logical;

/**
 * A guard or group was used after it was closed or consumed, or filled while it still holds blocks.
 * The message says which one and how it ended. Nothing has changed.
 */
public final class GuardStateException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  GuardStateException(String message) {
    super(message);
  }
}
