package dev.kvbm.logical.registry;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What users keep with one hash: attachments and touch callbacks.
 *
 * <p>Guarded by its own monitor, except {@link #users}, which the registry changes inside its map.
 * No user code runs under the monitor: readers get copies, callbacks run from a copy, and equality
 * of values is identity.
 */
final class RegistryEntry {
  /** The values of one type: one unique value, or a list. */
  private record Values(boolean unique, List<Object> list) {}

  final PositionalLineageHash hash;

  /** Open handles. Written only by {@link BlockRegistry} inside its map's per-key lock. */
  int users;

  private final Map<Class<?>, Values> attachments = new HashMap<>();
  private final List<TouchCallback> callbacks = new ArrayList<>();

  RegistryEntry(PositionalLineageHash hash) {
    this.hash = hash;
  }

  synchronized @Nullable Object attachUnique(Class<?> type, Object value) {
    Values values = attachments.get(type);
    if (values != null && !values.unique) {
      throw new AttachmentException(type, /* registeredAsUnique= */ false);
    }
    attachments.put(type, new Values(true, List.of(value)));
    return values == null ? null : values.list.getFirst();
  }

  synchronized void attach(Class<?> type, Object value) {
    Values values = attachments.get(type);
    if (values != null && values.unique) {
      throw new AttachmentException(type, /* registeredAsUnique= */ true);
    }
    if (values == null) {
      values = new Values(false, new ArrayList<>());
      attachments.put(type, values);
    }
    values.list.add(value);
  }

  synchronized @Nullable Object unique(Class<?> type) {
    Values values = attachments.get(type);
    return values == null || !values.unique ? null : values.list.getFirst();
  }

  synchronized List<Object> multiple(Class<?> type) {
    Values values = attachments.get(type);
    return values == null || values.unique ? List.of() : List.copyOf(values.list);
  }

  @SuppressWarnings("ReferenceEquality") // values are told apart by identity; equals is user code
  synchronized boolean detach(Class<?> type, Object value) {
    Values values = attachments.get(type);
    if (values == null) {
      return false;
    }
    if (values.unique) {
      return values.list.getFirst() == value && attachments.remove(type) != null;
    }
    for (int i = 0; i < values.list.size(); i++) {
      if (values.list.get(i) == value) {
        values.list.remove(i);
        if (values.list.isEmpty()) {
          attachments.remove(type);
        }
        return true;
      }
    }
    return false;
  }

  synchronized List<Object> detachAll(Class<?> type) {
    Values values = attachments.remove(type);
    return values == null ? List.of() : List.copyOf(values.list);
  }

  /** Whether nothing is kept here. */
  synchronized boolean isEmpty() {
    return attachments.isEmpty() && callbacks.isEmpty();
  }

  synchronized Set<Class<?>> types() {
    return Set.copyOf(attachments.keySet());
  }

  TouchCallback addCallback(Consumer<PositionalLineageHash> action) {
    TouchCallback callback = new TouchCallback(this, action);
    synchronized (this) {
      callbacks.add(callback);
    }
    return callback;
  }

  synchronized boolean removeCallback(TouchCallback callback) {
    return callbacks.remove(callback);
  }

  synchronized List<TouchCallback> callbacks() {
    return List.copyOf(callbacks);
  }
}
