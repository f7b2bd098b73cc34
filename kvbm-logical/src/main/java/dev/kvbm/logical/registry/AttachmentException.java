package dev.kvbm.logical.registry;

/** A type of attachment is used both as a unique value and as one of several. */
public final class AttachmentException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  private final transient Class<?> type;

  /** Whether the type holds a unique value already. */
  private final boolean registeredAsUnique;

  AttachmentException(Class<?> type, boolean registeredAsUnique) {
    super(
        "attachment type "
            + type.getName()
            + " is already registered as "
            + (registeredAsUnique
                ? "unique; use attachUnique, or detach the value first"
                : "multiple; use attach, or detach its values first"));
    this.type = type;
    this.registeredAsUnique = registeredAsUnique;
  }

  /** {@return the type of the refused value; null after deserialisation} */
  public Class<?> type() {
    return type;
  }

  /**
   * {@return whether the type holds a unique value already; otherwise it holds a list of values}
   */
  public boolean registeredAsUnique() {
    return registeredAsUnique;
  }
}
