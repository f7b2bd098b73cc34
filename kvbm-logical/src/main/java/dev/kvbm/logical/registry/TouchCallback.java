package dev.kvbm.logical.registry;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.function.Consumer;

/**
 * A registered touch callback; closing it unregisters the callback.
 *
 * <p>Thread-safe. A touch that is running while the callback is removed may still call it once.
 */
public final class TouchCallback implements AutoCloseable {
  private final RegistryEntry entry;
  private final Consumer<PositionalLineageHash> action;

  TouchCallback(RegistryEntry entry, Consumer<PositionalLineageHash> action) {
    this.entry = entry;
    this.action = action;
  }

  void run() {
    action.accept(entry.hash);
  }

  /** Unregisters the callback. Idempotent. */
  @Override
  public void close() {
    entry.removeCallback(this);
  }
}
