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

  /** A registry without frequency tracking and without listeners. */
  public static BlockRegistry create() {
    return builder().build();
  }

  /** A builder for a registry with options. */
  public static Builder builder() {
    return new Builder();
  }

  // --------------- presence ---------------

  /** Whether a manager of {@code tier} holds a block with this hash now. */
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

  /** For each hash, in input order, whether a manager of any of {@code tiers} holds it. */
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

  /** Whether a manager holds a block with this hash, or a user a handle of it. */
  public boolean isRegistered(PositionalLineageHash hash) {
    return entries.containsKey(hash) || isPresentAnywhere(hash);
  }

  /**
   * How many distinct hashes are registered. Constant time for one manager without handles;
   * otherwise proportional to the number of blocks held. Not a snapshot across managers.
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
   * Registers {@code hash} itself, without a block, and returns a handle that the caller closes. If
   * the hash was not registered, this counts as its first access.
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
   * {@link #register(PositionalLineageHash)} for each hash, in input order; repeats share an entry.
   */
  public List<RegistrationHandle> register(LineageHashes hashes) {
    List<RegistrationHandle> handles = new ArrayList<>(hashes.size());
    for (PositionalLineageHash hash : hashes) {
      handles.add(register(hash));
    }
    return handles;
  }

  /**
   * A handle of {@code hash} if it is registered; the caller closes it.
   *
   * @param touch whether a hit counts as an access
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

  /** A handle of a hash that is registered already, for example because a guard pins its block. */
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

  /** Whether accesses are counted. */
  public boolean hasFrequencyTracking() {
    return tracker != null;
  }

  /** The tracker, if accesses are counted. */
  public Optional<FrequencyTracker> frequencyTracker() {
    return Optional.ofNullable(tracker);
  }

  /** Counts one access; does nothing without a tracker. */
  public void touch(PositionalLineageHash hash) {
    if (tracker != null) {
      tracker.touch(hash.hi(), hash.lo());
    }
  }

  /** The estimated number of recent accesses, 0 to 15; 0 without a tracker. */
  public int count(PositionalLineageHash hash) {
    return tracker == null ? 0 : tracker.count(hash.hi(), hash.lo());
  }

  // --------------- listeners ---------------

  /** Adds a listener for what every manager of this registry does from now on. */
  public void addListener(BlockEventListener listener) {
    listeners.add(Objects.requireNonNull(listener, "listener is null"));
  }

  /** Removes a listener; facts on their way may still reach it. Returns whether it was there. */
  public boolean removeListener(BlockEventListener listener) {
    return listeners.remove(listener);
  }

  // --------------- for managers ---------------

  /** The listeners, for a manager that has facts to deliver. Empty most of the time. */
  public List<BlockEventListener> listeners() {
    return listeners;
  }

  /** Makes {@code source} part of presence answers. Called by a manager when it is built. */
  public void attach(PresenceSource source) {
    sources.add(Objects.requireNonNull(source, "source is null"));
  }

  /** Ends the part of {@code source} in presence answers. Called by a manager when it is closed. */
  public void detach(PresenceSource source) {
    if (sources.remove(source)) {
      for (PositionalLineageHash hash : entries.keySet()) {
        contentLeft(hash);
      }
    }
  }

  /** Whether {@link #contentLeft} has anything to do. */
  public boolean hasEntries() {
    return !entries.isEmpty();
  }

  /**
   * Tells that a manager no longer holds {@code hash}; drops what was attached to it if nobody else
   * holds it. Called by managers, outside their lock.
   */
  public void contentLeft(PositionalLineageHash hash) {
    entries.computeIfPresent(
        hash, (key, existing) -> existing.users == 0 && !isPresentAnywhere(key) ? null : existing);
  }

  /**
   * Sets {@code registered[i]} for every hash that is registered otherwise than through {@code
   * self}. Called by managers, outside their lock, to know which registrations are first ones.
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

  /** Whether somebody other than {@code self} could know a hash: another manager, or a handle. */
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

    /** Counts accesses with {@code tracker}. The multi-LRU policy needs one. */
    public Builder frequencyTracker(FrequencyTracker tracker) {
      this.tracker = Objects.requireNonNull(tracker, "tracker is null");
      return this;
    }

    /** Adds a listener from the start; see {@link BlockRegistry#addListener}. */
    public Builder listener(BlockEventListener listener) {
      listeners.add(Objects.requireNonNull(listener, "listener is null"));
      return this;
    }

    /** Makes the registry. */
    public BlockRegistry build() {
      return new BlockRegistry(this);
    }
  }
}
