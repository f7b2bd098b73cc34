package dev.kvbm.logical;

/**
 * A guard of one manager was given to another one. Nothing has changed, the guard is still usable
 * with its own manager.
 */
public final class ForeignBlockException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  /** The manager that was called. */
  private final ManagerId expected;

  /** The manager that the block belongs to. */
  private final ManagerId actual;

  /**
   * For layers above a manager that check guards themselves.
   *
   * @param expected the manager whose guards are taken
   * @param actual the manager of the guard that was given
   */
  public ForeignBlockException(ManagerId expected, ManagerId actual) {
    super(
        "the block belongs to manager "
            + actual
            + ", not to manager "
            + expected
            + "; block ids mean nothing in another manager");
    this.expected = expected;
    this.actual = actual;
  }

  /** {@return the manager that was called, or to which the first guard of a list belongs} */
  public ManagerId expected() {
    return expected;
  }

  /** {@return the manager that the block belongs to} */
  public ManagerId actual() {
    return actual;
  }
}
