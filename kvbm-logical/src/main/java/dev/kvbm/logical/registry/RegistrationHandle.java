package dev.kvbm.logical.registry;

import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.PositionalLineageHash;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/**
 * A user's hold on the registration of one hash, and the place for what belongs to that hash.
 *
 * <p>While a handle is open its hash stays registered, with or without a block. Attachments and
 * callbacks belong to the hash: they live as long as any handle is open or any manager of the
 * registry holds a block with the hash, are seen by every handle of the hash, and are dropped
 * afterwards. A handle pins no block: it does not keep one from being evicted.
 *
 * <p>Thread-safe. Nothing given by a user is called under a lock. Every method but {@link #close},
 * {@link #hash} and {@link #toString} throws {@link IllegalStateException} once the handle is
 * closed.
 */
public final class RegistrationHandle implements AutoCloseable {
  private static final VarHandle CLOSED;

  static {
    try {
      CLOSED =
          MethodHandles.lookup().findVarHandle(RegistrationHandle.class, "closed", boolean.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final BlockRegistry registry;
  private final RegistryEntry entry;

  @SuppressWarnings("unused") // accessed through CLOSED
  private volatile boolean closed;

  RegistrationHandle(BlockRegistry registry, RegistryEntry entry) {
    this.registry = registry;
    this.entry = entry;
  }

  /** {@return the hash; also when the handle is closed} */
  public PositionalLineageHash hash() {
    return entry.hash;
  }

  /**
   * {@return whether this handle was made by {@code other}}
   *
   * @param other a registry
   */
  public boolean isFromRegistry(BlockRegistry other) {
    return registry == other;
  }

  /**
   * {@return whether a manager of {@code tier} holds a block with this hash now}
   *
   * @param tier which managers to ask
   */
  public boolean isPresent(Tier<?> tier) {
    requireOpen();
    return registry.isPresent(tier, entry.hash);
  }

  /**
   * {@return whether a manager of any of {@code tiers} holds a block with this hash now} The tiers
   * are asked one after the other, not at one moment.
   *
   * @param tiers which managers to ask; none given, none asked
   */
  public boolean isPresentInAny(Tier<?>... tiers) {
    requireOpen();
    for (Tier<?> tier : tiers) {
      if (registry.isPresent(tier, entry.hash)) {
        return true;
      }
    }
    return false;
  }

  /** {@return a second, independent handle of the same hash; the caller closes it} */
  public RegistrationHandle share() {
    requireOpen();
    return registry.openHandle(entry.hash);
  }

  /**
   * Keeps {@code value} as the one value of {@code type}, in place of an earlier one.
   *
   * @param <V> the type
   * @param type the key under which the value is found again
   * @param value what to keep; held strongly
   * @return the value that was replaced
   * @throws AttachmentException if {@code type} holds a list of values; nothing changes
   */
  public <V> Optional<V> attachUnique(Class<V> type, V value) {
    requireOpen();
    Object before = entry.attachUnique(type, type.cast(Objects.requireNonNull(value)));
    return before == null ? Optional.empty() : Optional.of(type.cast(before));
  }

  /**
   * Adds {@code value} to the values of {@code type}.
   *
   * @param <V> the type
   * @param type the key under which the value is found again
   * @param value what to keep; held strongly. The same object may be attached twice
   * @throws AttachmentException if {@code type} holds a unique value; nothing changes
   */
  public <V> void attach(Class<V> type, V value) {
    requireOpen();
    entry.attach(type, type.cast(Objects.requireNonNull(value)));
  }

  /**
   * {@return the unique value of {@code type}; empty if there is none or the type holds a list}
   *
   * @param <V> the type
   * @param type the key
   */
  public <V> Optional<V> unique(Class<V> type) {
    requireOpen();
    Object value = entry.unique(type);
    return value == null ? Optional.empty() : Optional.of(type.cast(value));
  }

  /**
   * {@return a copy of the values of {@code type} in the order in which they were attached; empty
   * if there are none or the type holds a unique value}
   *
   * @param <V> the type
   * @param type the key
   */
  public <V> List<V> multiple(Class<V> type) {
    requireOpen();
    return entry.multiple(type).stream().map(type::cast).toList();
  }

  /** {@return a copy of the set of types that have a value} */
  public Set<Class<?>> attachedTypes() {
    requireOpen();
    return entry.types();
  }

  /**
   * Removes one attachment, found by identity. Once a type has no value left, it may be used as
   * unique or as a list again.
   *
   * @param <V> the type
   * @param type the key
   * @param value the very object that was attached; of several the one attached first
   * @return whether it was there
   */
  public <V> boolean detach(Class<V> type, V value) {
    requireOpen();
    return entry.detach(type, value);
  }

  /**
   * Removes every value of {@code type}, unique or not, after which the type may be used either
   * way.
   *
   * @param <V> the type
   * @param type the key
   * @return what was removed, in the order in which it was attached
   */
  public <V> List<V> detachAll(Class<V> type) {
    requireOpen();
    return entry.detachAll(type).stream().map(type::cast).toList();
  }

  /**
   * Calls {@code action} with the hash at every {@link #touch} of any handle of this hash, until
   * the returned object is closed or the registration ends.
   *
   * @param action what to call; held strongly
   * @return what unregisters the callback; need not be closed if the callback is to last as long as
   *     the registration
   */
  public TouchCallback onTouch(Consumer<PositionalLineageHash> action) {
    requireOpen();
    return entry.addCallback(Objects.requireNonNull(action, "action is null"));
  }

  /**
   * Runs the callbacks in the order of their registration, outside every lock. It is independent of
   * the frequency tracker. If callbacks throw, all others still run; the first exception is then
   * thrown with the later ones suppressed.
   *
   * @return how many callbacks ran
   */
  @SuppressWarnings("ReferenceEquality") // an exception cannot suppress itself
  public int touch() {
    requireOpen();
    List<TouchCallback> callbacks = entry.callbacks();
    RuntimeException failure = null;
    for (TouchCallback callback : callbacks) {
      try {
        callback.run();
      } catch (RuntimeException e) {
        if (failure == null) {
          failure = e;
        } else if (failure != e) {
          failure.addSuppressed(e);
        }
      }
    }
    if (failure != null) {
      throw failure;
    }
    return callbacks.size();
  }

  /** Gives the handle back. Idempotent. */
  @Override
  public void close() {
    if (CLOSED.compareAndSet(this, false, true)) {
      registry.closeHandle(entry);
    }
  }

  @Override
  public String toString() {
    return "RegistrationHandle[" + entry.hash + (closed ? ", closed]" : "]");
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "the registration handle of "
              + entry.hash
              + " is closed; ask the registry for a new one");
    }
  }
}
