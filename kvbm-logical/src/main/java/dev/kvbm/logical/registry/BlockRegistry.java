package dev.kvbm.logical.registry;

import dev.kvbm.logical.event.BlockEventListener;
import dev.kvbm.logical.frequency.FrequencyTracker;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/**
 * Coordinates the block managers that share it: exact presence by tier, access frequency, event
 * listeners, and handles with attachments for single hashes.
 *
 * <p>A hash is <em>registered</em> while a manager of this registry holds a block with it, in use
 * or idle, or a user holds a {@link RegistrationHandle} of it. Presence queries never count as
 * accesses.
 *
 * <p>Thread-safe. Presence is read under each manager's own lock, one manager after the other, so
 * an answer about one tier is exact for the moment of its reading, and an answer about several
 * tiers combines such moments. No user code runs under a lock.
 */
public final class BlockRegistry {

  // State: `sources` is the list of attached managers, copied on write. `entries` holds one entry
  // for
  // a hash with open handles or attachments; it is created and removed inside the map's per-key
  // lock.
  //
  // Lock order: the map's per-key lock, then a source's store lock (presence is asked while
  // deciding
  // whether an entry may go). Stores call `contentLeft` only after they have released their lock,
  // so
  // the opposite order does not occur. An entry without users whose last block leaves is removed by
  // that call; an entry whose last user leaves while a block is present is left to it.

  private final @Nullable FrequencyTracker tracker;
  private final CopyOnWriteArrayList<PresenceSource> sources = new CopyOnWriteArrayList<>();
  private final CopyOnWriteArrayList<BlockEventListener> listeners = new CopyOnWriteArrayList<>();
  private final ConcurrentHashMap<PositionalLineageHash, RegistryEntry> entries =
      new ConcurrentHashMap<>();

  private BlockRegistry(Builder builder) {
    this.tracker = builder.tracker;
    this.listeners.addAll(builder.listeners);
  }

  /** {@return a new registry without frequency tracking and without listeners} */
  public static BlockRegistry create() {
    return builder().build();
  }

  /** {@return a new builder for a registry with options} */
  public static Builder builder() {
    return new Builder();
  }

  // --------------- presence ---------------

  /**
   * {@return whether a manager of {@code tier} holds a block with this hash now, in use or idle}
   * One lock for each manager of the tier.
   *
   * @param tier which managers to ask
   * @param hash which block
   */
  public boolean isPresent(Tier<?> tier, PositionalLineageHash hash) {
    for (PresenceSource source : sources) {
      if (source.tier().equals(tier) && source.isPresent(hash.hi(), hash.lo())) {
        return true;
      }
    }
    return false;
  }

  /**
   * For each hash, in input order, whether a manager of {@code tier} holds a block with it. Takes
   * each manager's lock once for the whole list.
   *
   * @param tier which managers to ask
   * @param hashes which blocks; repeats are answered each
   * @return a new array aligned with {@code hashes}
   */
  public boolean[] checkPresence(Tier<?> tier, LineageHashes hashes) {
    boolean[] present = new boolean[hashes.size()];
    for (PresenceSource source : sources) {
      if (source.tier().equals(tier)) {
        source.markPresent(hashes, present);
      }
    }
    return present;
  }

  /**
   * For each hash, in input order, whether a manager of any of {@code tiers} holds a block with it.
   * Takes each manager's lock once for the whole list.
   *
   * @param hashes which blocks; repeats are answered each
   * @param tiers which managers to ask; none given, none asked
   * @return a new array aligned with {@code hashes}
   */
  public boolean[] checkPresenceAny(LineageHashes hashes, Tier<?>... tiers) {
    boolean[] present = new boolean[hashes.size()];
    for (PresenceSource source : sources) {
      for (Tier<?> tier : tiers) {
        if (source.tier().equals(tier)) {
          source.markPresent(hashes, present);
          break;
        }
      }
    }
    return present;
  }

  /**
   * {@return whether a manager holds a block with this hash, or a user a handle of it}
   *
   * @param hash which block
   */
  public boolean isRegistered(PositionalLineageHash hash) {
    return entries.containsKey(hash) || isPresentAnywhere(hash);
  }

  /**
   * {@return how many distinct hashes are registered} Constant time for one manager without
   * handles; otherwise proportional to the number of blocks held. Not a snapshot across managers.
   */
  public int registeredCount() {
    List<PresenceSource> now = List.copyOf(sources);
    if (now.size() == 1 && entries.isEmpty()) {
      return now.getFirst().presentCount();
    }
    Set<PositionalLineageHash> distinct = new HashSet<>(entries.keySet());
    LineageHashBuffer hashes = new LineageHashBuffer();
    for (PresenceSource source : now) {
      hashes.clear();
      source.collectPresent(hashes);
      for (PositionalLineageHash hash : hashes) {
        distinct.add(hash);
      }
    }
    return distinct.size();
  }

  private boolean isPresentAnywhere(PositionalLineageHash hash) {
    for (PresenceSource source : sources) {
      if (source.isPresent(hash.hi(), hash.lo())) {
        return true;
      }
    }
    return false;
  }

  // --------------- handles ---------------

  /**
   * Registers {@code hash} itself, without a block. If the hash was not registered, this counts as
   * its first access.
   *
   * @param hash which block
   * @return a new handle, which the caller closes
   */
  public RegistrationHandle register(PositionalLineageHash hash) {
    Objects.requireNonNull(hash, "hash is null");
    boolean[] isNew = new boolean[1];
    RegistryEntry entry = openEntry(hash, isNew);
    if (isNew[0]) {
      touch(hash);
    }
    return new RegistrationHandle(this, entry);
  }

  /**
   * {@link #register(PositionalLineageHash)} for each hash, one after the other; repeats share what
   * is attached.
   *
   * @param hashes which blocks
   * @return new handles in input order; the caller closes each
   */
  public List<RegistrationHandle> register(LineageHashes hashes) {
    List<RegistrationHandle> handles = new ArrayList<>(hashes.size());
    for (PositionalLineageHash hash : hashes) {
      handles.add(register(hash));
    }
    return handles;
  }

  /**
   * A handle of a hash if that is registered.
   *
   * @param hash which block
   * @param touch whether a hit counts as an access
   * @return a new handle, which the caller closes; empty if the hash is not registered
   */
  public Optional<RegistrationHandle> match(PositionalLineageHash hash, boolean touch) {
    RegistryEntry entry =
        entries.compute(
            hash,
            (key, existing) -> {
              if (existing == null && !isPresentAnywhere(key)) {
                return null;
              }
              RegistryEntry result = existing == null ? new RegistryEntry(key) : existing;
              result.users++;
              return result;
            });
    if (entry == null) {
      return Optional.empty();
    }
    if (touch) {
      touch(hash);
    }
    return Optional.of(new RegistrationHandle(this, entry));
  }

  /**
   * A handle of a hash without counting an access, registered already or not. Guards use it for the
   * block that they pin.
   *
   * @param hash which block
   * @return a new handle, which the caller closes
   */
  public RegistrationHandle openHandle(PositionalLineageHash hash) {
    return new RegistrationHandle(this, openEntry(hash, new boolean[1]));
  }

  private RegistryEntry openEntry(PositionalLineageHash hash, boolean[] isNew) {
    return Objects.requireNonNull(
        entries.compute(
            hash,
            (key, existing) -> {
              isNew[0] = existing == null && !isPresentAnywhere(key);
              RegistryEntry result = existing == null ? new RegistryEntry(key) : existing;
              result.users++;
              return result;
            }));
  }

  void closeHandle(RegistryEntry entry) {
    entries.computeIfPresent(
        entry.hash,
        (key, existing) -> {
          existing.users--;
          boolean needed = existing.users > 0 || (!existing.isEmpty() && isPresentAnywhere(key));
          return needed ? existing : null;
        });
  }

  // --------------- frequency ---------------

  /** {@return whether accesses are counted} */
  public boolean hasFrequencyTracking() {
    return tracker != null;
  }

  /** {@return the tracker, if accesses are counted} */
  public Optional<FrequencyTracker> frequencyTracker() {
    return Optional.ofNullable(tracker);
  }

  /**
   * Counts one access; does nothing without a tracker. Runs no touch callback; see {@link
   * RegistrationHandle#touch}.
   *
   * @param hash which block, registered or not
   */
  public void touch(PositionalLineageHash hash) {
    if (tracker != null) {
      tracker.touch(hash.hi(), hash.lo());
    }
  }

  /**
   * {@return the estimated number of recent accesses, 0 to 15; 0 without a tracker}
   *
   * @param hash which block, registered or not
   */
  public int count(PositionalLineageHash hash) {
    return tracker == null ? 0 : tracker.count(hash.hi(), hash.lo());
  }

  // --------------- listeners ---------------

  /**
   * Adds a listener for what every manager of this registry does from now on. Each change of a
   * block then costs an object on the queue of its manager.
   *
   * @param listener called outside every lock; one that is added twice is called twice
   */
  public void addListener(BlockEventListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener is null"));
  }

  /**
   * Removes a listener; facts on their way may still reach it.
   *
   * @param listener the listener, found by its {@code equals}
   * @return whether it was there
   */
  public boolean removeListener(BlockEventListener listener) {
    return listeners.remove(listener);
  }

  // --------------- for managers ---------------

  /**
   * {@return the listeners, for a manager that has facts to deliver; a live list that nobody else
   * should change, empty most of the time}
   */
  public List<BlockEventListener> listeners() {
    return listeners;
  }

  /**
   * Makes {@code source} part of presence answers. Called by a manager when it is built.
   *
   * @param source a manager that is not attached yet
   */
  public void attach(PresenceSource source) {
    sources.add(Objects.requireNonNull(source, "source is null"));
  }

  /**
   * Ends the part of {@code source} in presence answers and drops what was attached to hashes that
   * nobody else holds. Called by a manager when it is closed. Idempotent.
   *
   * @param source the manager
   */
  public void detach(PresenceSource source) {
    if (sources.remove(source)) {
      for (PositionalLineageHash hash : entries.keySet()) {
        contentLeft(hash);
      }
    }
  }

  /** {@return whether {@link #contentLeft} has anything to do} */
  public boolean hasEntries() {
    return !entries.isEmpty();
  }

  /**
   * Tells that a manager no longer holds {@code hash}; drops what was attached to it if nobody else
   * holds it. Called by managers, outside their lock.
   *
   * @param hash the hash that left
   */
  public void contentLeft(PositionalLineageHash hash) {
    entries.computeIfPresent(
        hash, (key, existing) -> existing.users == 0 && !isPresentAnywhere(key) ? null : existing);
  }

  /**
   * Sets {@code registered[i]} for every hash that is registered otherwise than through {@code
   * self}; leaves the other elements as they are. Called by managers, outside their lock, to know
   * which registrations are first ones.
   *
   * @param self the manager that asks
   * @param hashes which blocks
   * @param registered aligned with {@code hashes}
   */
  public void markRegisteredElsewhere(
      PresenceSource self, LineageHashes hashes, boolean[] registered) {
    for (PresenceSource source : sources) {
      if (isAnother(source, self)) {
        source.markPresent(hashes, registered);
      }
    }
    if (!entries.isEmpty()) {
      for (int i = 0; i < hashes.size(); i++) {
        registered[i] |= entries.containsKey(hashes.get(i));
      }
    }
  }

  /**
   * {@return whether somebody other than {@code self} could know a hash: another manager, or the
   * holder of a handle}
   *
   * @param self the manager that asks
   */
  public boolean isShared(PresenceSource self) {
    if (!entries.isEmpty()) {
      return true;
    }
    for (PresenceSource source : sources) {
      if (isAnother(source, self)) {
        return true;
      }
    }
    return false;
  }

  @SuppressWarnings("ReferenceEquality") // a source is an identity, whatever its equals says
  private static boolean isAnother(PresenceSource source, PresenceSource self) {
    return source != self;
  }

  /** Options of a registry. Not thread-safe. */
  public static final class Builder {
    private @Nullable FrequencyTracker tracker;
    private final List<BlockEventListener> listeners = new ArrayList<>();

    private Builder() {}

    /**
     * Counts accesses with {@code tracker}. The multi-LRU policy needs one.
     *
     * @param tracker thread-safe; called by every lookup that finds something
     * @return this builder
     */
    public Builder frequencyTracker(FrequencyTracker tracker) {
      this.tracker = Objects.requireNonNull(tracker, "tracker is null");
      return this;
    }

    /**
     * Adds a listener from the start; see {@link BlockRegistry#addListener}.
     *
     * @param listener called outside every lock
     * @return this builder
     */
    public Builder listener(BlockEventListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener is null"));
      return this;
    }

    /** {@return a new registry} */
    public BlockRegistry build() {
      return new BlockRegistry(this);
    }
  }
}
