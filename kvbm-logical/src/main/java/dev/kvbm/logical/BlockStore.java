package dev.kvbm.logical;

import dev.kvbm.logical.event.BlockEventListener;
import dev.kvbm.logical.frequency.FrequencyTracker;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.registry.PresenceSource;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.Arrays;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * All blocks of one manager, and every change of their state.
 *
 * @param <T> the tier marker
 */
final class BlockStore<T> implements PresenceSource {

  // State. A slot is in exactly one state (see Slots): RESET slots are in the free queue; PRIMARY
  // and INACTIVE slots are in the resident table, at most one of them per hash; INACTIVE slots are
  // known to the eviction policy as idle; a DUPLICATE holds one reference on the PRIMARY of its
  // hash.
  //
  //      allocate            stage              register             last reference gone
  //   RESET -----> MUTABLE --------> STAGED -----------> PRIMARY ----------------------> INACTIVE
  //     ^             |  ^             |  |  \                ^   <---------------------    |
  //     +-------------+  +---reset-----+  |   `-> DUPLICATE   |          match              |
  //     ^                                 |           |       |                             |
  //     +------------- close -------------+-----------+       +--- allocate (evict) --> MUTABLE
  //
  // Ordering. One lock guards everything; a group operation takes it once. What a guard or group
  // holds is changed under that lock as well, so closing one from two threads releases it once.
  // Counts live in the slots: a count of zero and the state INACTIVE are set in the same step, so
  // nobody ever meets a block "between" the two.
  //
  // After the lock, in this order: facts for listeners are delivered, the registry is told of
  // hashes that left, accesses are counted, lost guards are reported. The store calls nothing
  // foreign under its lock but the eviction policy, which is part of it by contract, the frequency
  // tracker's count() for a policy that asks, the clock of the history of misses, and the log, once
  // each, when one of these fails. If a policy throws when a block becomes idle, the block is freed
  // instead; if it throws or lies when asked for a victim, the allocation is undone. Errors are
  // caught as well: passing one on would leave an operation half done and lose its blocks.
  //
  // Best effort: none of the counters of metrics; all are plain fields under the lock.

  private static final System.Logger LOGGER = System.getLogger(BlockStore.class.getName());

  final ManagerId id = ManagerId.next();
  final Tier<T> tier;
  final String name;
  final int blockSize;
  final int blocks;
  final DuplicationPolicy duplicationPolicy;
  final boolean defaultResetOnRelease;
  final BlockRegistry registry;
  final PolicyCalls policy;
  final String policyName;
  final LeakDetector leaks;
  final StoreCounters counts = new StoreCounters();
  final StoreLock lock = counts;
  final Slots slots;
  final FreeQueue free;
  final AllocationQueue<T> waiters;
  final FactQueue facts;
  final @Nullable EvictionListener evictionListener;
  final @Nullable MissHistory history;

  private final @Nullable AccessCounter accesses;

  // Guarded by the lock.
  boolean closed;

  BlockStore(BlockManager.Builder<T> options) {
    this.tier = options.tier;
    this.name = options.name == null ? options.tier.label() : options.name;
    this.blockSize = options.blockSize;
    this.blocks = options.requiredBlocks();
    this.duplicationPolicy = options.duplicationPolicy;
    this.defaultResetOnRelease = options.resetOnRelease;
    this.registry = options.requiredRegistry();
    FrequencyTracker tracker = registry.frequencyTracker().orElse(null);
    this.evictionListener = options.evictionListener;
    this.slots = new Slots(blocks, tracker);
    this.accesses = tracker == null ? null : new AccessCounter(tracker, registry, this, slots, id);
    this.free = new FreeQueue(blocks);
    this.policy = new PolicyCalls(options.eviction.create(slots), slots, id);
    this.policyName = policy.name();
    this.leaks = new LeakDetector(options.leakDetection, id, name);
    this.waiters = new AllocationQueue<>();
    this.facts = new FactQueue(tier, id, registry);
    this.history =
        options.missHistoryEntries == 0
            ? null
            : new MissHistory(options.missHistoryEntries, options.clock, policyName);
    if (defaultResetOnRelease) {
      for (int slot = 0; slot < blocks; slot++) {
        slots.setMeta(slot, Slots.RESET_ON_RELEASE);
      }
    }
  }

  // --------------- allocation ---------------

  /** Fills {@code into} with {@code n} blocks and returns true, or changes nothing. */
  boolean allocate(int n, MutableBlocks<T> into) {
    if (n < 0) {
      throw new IllegalArgumentException("cannot allocate " + n + " blocks; ask for 0 or more");
    }
    boolean done;
    lock.lock();
    try {
      requireOpen();
      into.requireFillable();
      done =
          (n == 0 || n <= free.size() + counts.inactive - waiters.demand())
              && allocateLocked(n, into);
    } finally {
      lock.unlock();
    }
    if (done) {
      afterAllocation(into);
    } else {
      // A policy that could not take its victims back has made them depart.
      facts.deliver();
      departedAfterRelease();
    }
    return done;
  }

  /**
   * {@link #allocate(int, MutableBlocks)} that waits its turn for at most {@code timeoutNanos}.
   *
   * @throws InterruptedException if interrupted before blocks were granted; nothing is held then
   */
  boolean allocate(int n, MutableBlocks<T> into, long timeoutNanos) throws InterruptedException {
    if (n < 0 || n > blocks) {
      throw new IllegalArgumentException(
          "cannot wait for " + n + " blocks of a pool of " + blocks + "; they can never be free");
    }
    AllocationQueue.Waiter<T> waiter = null;
    lock.lock();
    try {
      requireOpen();
      into.requireFillable();
      if ((n > 0 && !waiters.isEmpty())
          || n > free.size() + counts.inactive
          || !allocateLocked(n, into)) {
        waiter = waiters.add(n, into);
      }
    } finally {
      lock.unlock();
    }
    if (waiter != null) {
      if (!waiters.await(waiter, timeoutNanos, this)) {
        return false;
      }
      into.watchHere();
    }
    afterAllocation(into);
    return true;
  }

  /** The allocation proper, of {@code n <= free + inactive} blocks. Lock held. */
  boolean allocateLocked(int n, MutableBlocks<T> into) {
    int fromFree = Math.min(n, free.size());
    int[] taken = into.roomFor(n);
    into.slots = taken;
    free.removeFirst(taken, fromFree);
    if (fromFree < n) {
      int until = policy.victims(taken, fromFree, n);
      if (until < n) {
        undoAllocation(taken, fromFree, until);
        return false;
      }
    }
    if (fromFree < n) {
      LineageHashBuffer evicted = into.evictedBuffer(n - fromFree);
      slots.fetchCells(taken, fromFree, n);
      for (int i = fromFree; i < n; i++) {
        int slot = taken[i];
        evicted.add(slots.hi(slot), slots.lo(slot));
        slots.remove(slot);
      }
      recordRemoved(evicted, MissHistory.EVICTED);
      counts.inactive -= n - fromFree;
      counts.evictions += n - fromFree;
    }
    slots.startOver(taken, 0, n, Slots.MUTABLE, defaultResetOnRelease);
    counts.allocations += n;
    counts.allocationsFromReset += fromFree;
    counts.inflightMutable += n;
    into.fill(n, fromFree);
    return true;
  }

  /** Gives everything back as it was: free blocks to the front, victims to the policy. */
  private void undoAllocation(int[] taken, int fromFree, int until) {
    for (int i = fromFree; i < until; i++) {
      int slot = taken[i];
      slots.setMeta(slot, Slots.withState(slots.meta(slot), Slots.INACTIVE));
      if (!policy.becameIdle(slot)) {
        dropIdle(slot);
      }
    }
    for (int i = fromFree - 1; i >= 0; i--) {
      free.addFirst(taken[i]);
    }
    counts.rollbacks++;
  }

  /** What follows an allocation, outside the lock and before the caller sees the blocks. */
  void afterAllocation(MutableBlocks<T> group) {
    leaks.report();
    if (group.evicted().isEmpty()) {
      StoreEvents.allocated(this, group.size(), 0);
      return;
    }
    departed(group.evicted());
    StoreEvents.allocated(this, group.size(), group.evicted().size());
    if (evictionListener != null) {
      try {
        evictionListener.onEviction(
            new Evictions(id, tier, group.slots, group.size, group.evicted()));
      } catch (Throwable e) {
        // Whatever it is, checked exceptions of other languages included: the blocks are allocated
        // and only the caller can give them back.
        SafeLog.log(
            () ->
                LOGGER.log(
                    System.Logger.Level.ERROR,
                    "an eviction listener of manager " + id + " failed; the eviction stands",
                    e));
      }
    }
  }

  /** Ends a group; its blocks go to the tail of the free list, in list order or from the tail. */
  void releaseMutable(MutableBlocks<T> group, boolean tailFirst) {
    lock.lock();
    try {
      if (!group.end(Ending.CLOSED)) {
        return;
      }
      if (tailFirst) {
        group.reverse();
      }
      slots.startOver(group.slots, 0, group.size, Slots.RESET, defaultResetOnRelease);
      free.addLast(group.slots, group.size);
      counts.inflightMutable -= group.size;
      serveWaiters();
    } finally {
      lock.unlock();
    }
  }

  void releaseMutable(MutableBlock<T> block) {
    lock.lock();
    try {
      if (!block.end(Ending.CLOSED)) {
        return;
      }
      freeSlot(block.slot);
      counts.inflightMutable--;
      serveWaiters();
    } finally {
      lock.unlock();
    }
  }

  // --------------- staging ---------------

  /** Moves every block of {@code from} to {@code into} under the given hashes. */
  void stage(MutableBlocks<T> from, LineageHashes hashes, CompleteBlocks<T> into) {
    requireOneHashEach(from, hashes);
    int[] room = into.roomFor(hashes.size());
    lock.lock();
    try {
      from.requireHeld();
      into.requireFillable();
      into.slots = room;
      for (int i = 0; i < from.size; i++) {
        stageLocked(from.slots[i], hashes.hi(i), hashes.lo(i));
        into.slots[i] = from.slots[i];
      }
      staged(from.size);
      into.fill(from.size);
      from.end(Ending.STAGED);
    } finally {
      lock.unlock();
    }
  }

  CompleteBlock<T> stage(MutableBlock<T> from, PositionalLineageHash hash, int tokens) {
    if (tokens != blockSize) {
      throw new BlockSizeMismatchException(blockSize, tokens, from.blockId());
    }
    requireValid(hash.hi(), hash.lo());
    lock.lock();
    try {
      from.requireHeld();
      stageLocked(from.slot, hash.hi(), hash.lo());
      staged(1);
      from.end(Ending.STAGED);
    } finally {
      lock.unlock();
    }
    return new CompleteBlock<>(this, from.slot);
  }

  private void stageLocked(int slot, long hi, long lo) {
    slots.setHash(slot, hi, lo);
    slots.setMeta(slot, Slots.withState(slots.meta(slot), Slots.STAGED));
  }

  /** Counts blocks that were staged. */
  private void staged(int n) {
    counts.inflightMutable -= n;
    counts.stagings += n;
    counts.staged += n;
  }

  void unstage(CompleteBlocks<T> from, MutableBlocks<T> into) {
    int[] room = into.roomFor(from.size);
    lock.lock();
    try {
      from.requireHeld();
      into.requireFillable();
      into.slots = room;
      for (int i = 0; i < from.size; i++) {
        unstageLocked(from.slots[i]);
        into.slots[i] = from.slots[i];
      }
      into.fill(from.size, from.size);
      from.end(Ending.RESET);
    } finally {
      lock.unlock();
    }
  }

  MutableBlock<T> unstage(CompleteBlock<T> from) {
    lock.lock();
    try {
      from.requireHeld();
      unstageLocked(from.slot);
      from.end(Ending.RESET);
    } finally {
      lock.unlock();
    }
    return new MutableBlock<>(this, from.slot);
  }

  private void unstageLocked(int slot) {
    slots.setMeta(slot, fresh(slot, Slots.MUTABLE));
    counts.inflightMutable++;
    counts.staged--;
  }

  void releaseStaged(CompleteBlocks<T> group) {
    lock.lock();
    try {
      if (!group.end(Ending.CLOSED)) {
        return;
      }
      slots.startOver(group.slots, 0, group.size, Slots.RESET, defaultResetOnRelease);
      free.addLast(group.slots, group.size);
      counts.staged -= group.size;
      serveWaiters();
    } finally {
      lock.unlock();
    }
  }

  void releaseStaged(CompleteBlock<T> block) {
    lock.lock();
    try {
      if (!block.end(Ending.CLOSED)) {
        return;
      }
      freeSlot(block.slot);
      counts.staged--;
      serveWaiters();
    } finally {
      lock.unlock();
    }
  }

  // --------------- registration ---------------

  /** Registers every staged block of {@code from}, in order, into a group that holds nothing. */
  void register(CompleteBlocks<T> from, ImmutableBlocks<T> into) {
    register(from, from.size, null, into, into.roomFor(from.size));
  }

  /** Stages and registers every block of {@code from} under the given hashes, in one step. */
  void register(MutableBlocks<T> from, LineageHashes hashes, ImmutableBlocks<T> into) {
    requireOneHashEach(from, hashes);
    register(from, hashes.size(), hashes, into, into.roomFor(hashes.size()));
  }

  /** Registers the first {@code n} staged blocks of {@code from} behind those of {@code into}. */
  void registerFirst(CompleteBlocks<T> from, int n, ImmutableBlocks<T> into) {
    register(from, n, null, into, null);
  }

  /** Stages and registers as many blocks of {@code from} as there are hashes, the first ones. */
  void registerFirst(MutableBlocks<T> from, LineageHashes hashes, ImmutableBlocks<T> into) {
    requireValid(hashes);
    register(from, hashes.size(), hashes, into, null);
  }

  /**
   * Registers the first {@code n} blocks of {@code from}.
   *
   * @param hashes what they are to be staged under; null if they are staged
   * @param room an array for {@code into}, which must hold nothing, and {@code from} ends; null to
   *     append to {@code into}, and {@code from} keeps the rest
   */
  private void register(
      BlockGroup<T> from,
      int n,
      @Nullable LineageHashes hashes,
      ImmutableBlocks<T> into,
      int @Nullable [] room) {
    LineageHashBuffer first;
    int[] target;
    int at;
    lock.lock();
    try {
      from.requireBlocks(n);
      if (room == null) {
        target = into.roomBehind(n);
        at = into.size();
      } else {
        into.requireFillable();
        target = room;
        at = 0;
      }
      into.slots = target;
      if (hashes != null) {
        for (int i = 0; i < n; i++) {
          stageLocked(from.slots[i], hashes.hi(i), hashes.lo(i));
        }
        staged(n);
      }
      first = registerLocked(from.slots, n, target, at);
      if (room == null) {
        from.dropFirst(n);
      } else {
        from.end(Ending.REGISTERED);
      }
      into.grow(n);
    } finally {
      lock.unlock();
    }
    afterRegistration(target, at, n, hashes, first);
  }

  ImmutableBlock<T> register(CompleteBlock<T> from) {
    int[] slot = {from.slot};
    LineageHashBuffer first;
    lock.lock();
    try {
      from.requireHeld();
      first = registerLocked(slot, 1, slot, 0);
      from.end(Ending.REGISTERED);
    } finally {
      lock.unlock();
    }
    afterRegistration(slot, 0, 1, null, first);
    return new ImmutableBlock<>(this, slot[0]);
  }

  /**
   * Registers staged slots in order; {@code result[at + i]} is the slot whose guard the caller
   * gets. {@code result} may be {@code candidates} if {@code at} is 0.
   *
   * @return null if each hash is one that the manager did not hold before; otherwise those of which
   *     that is true, if accesses are counted
   */
  private @Nullable LineageHashBuffer registerLocked(
      int[] candidates, int n, int[] result, int at) {
    LineageHashBuffer first = null;
    int known = 0;
    boolean listening = facts.isListening();
    slots.fetchCells(candidates, 0, n);
    if (accesses != null) {
      accesses.registering(candidates, n);
    }
    for (int i = 0; i < n; i++) {
      int candidate = candidates[i];
      int existing = slots.findOrInsert(candidate);
      if (existing == candidate) {
        slots.setMeta(
            candidate, Slots.withState(slots.meta(candidate), Slots.PRIMARY) + Slots.ONE_REFERENCE);
        policy.resident(candidate);
        if (listening) {
          facts.add(BlockEventListener.Kind.CREATED, slots.hi(candidate), slots.lo(candidate));
        }
        if (first != null) {
          first.add(slots.hi(candidate), slots.lo(candidate));
        }
        result[at + i] = candidate;
        continue;
      }
      if (known++ == 0 && accesses != null) {
        // Whatever came before was new, and is where it was.
        first = slots.hashesOf(result, at, i);
      }
      result[at + i] = registerKnown(candidate, existing);
    }
    if (!listening) {
      facts.skip(n - known);
    }
    counts.active += n - known;
    freeRejected();
    counts.staged -= n;
    counts.registrations += n;
    counts.inflightImmutable += n;
    return first;
  }

  /** Registers a slot under a hash that {@code existing} has already. */
  private int registerKnown(int candidate, int existing) {
    if (slots.acquire(existing)) {
      slots.gather(existing);
      reviveGathered();
    }
    if (duplicationPolicy == DuplicationPolicy.ALLOW) {
      slots.setMeta(
          candidate, Slots.withState(slots.meta(candidate), Slots.DUPLICATE) + Slots.ONE_REFERENCE);
      counts.active++;
      counts.duplicates++;
      counts.liveDuplicates++;
      return candidate;
    }
    counts.dedups++;
    rejected(candidate);
    return existing;
  }

  private int[] rejects = new int[8];
  private int rejectCount;

  private void rejected(int slot) {
    if (rejectCount == rejects.length) {
      rejects = Arrays.copyOf(rejects, rejectCount * 2);
    }
    rejects[rejectCount++] = slot;
  }

  private void freeRejected() {
    if (rejectCount > 0) {
      for (int i = 0; i < rejectCount; i++) {
        freeSlot(rejects[i]);
      }
      rejectCount = 0;
      serveWaiters();
    }
  }

  /**
   * What follows a registration, outside the lock.
   *
   * @param all the hashes of {@code held[at..at+n)}, or null if they are only there
   * @param first see {@link #registerLocked}
   */
  private void afterRegistration(
      int[] held, int at, int n, @Nullable LineageHashes all, @Nullable LineageHashes first) {
    facts.deliver();
    if (accesses != null) {
      accesses.registered(held, at, n, first == null ? all : first);
    }
    leaks.report();
    StoreEvents.registered(this, n);
  }

  // --------------- lookup ---------------

  /** Acquires the longest prefix of {@code hashes} that is held here. */
  void match(LineageHashes hashes, ImmutableBlocks<T> into) {
    int n = hashes.size();
    int[] found = into.roomFor(n);
    int hits = 0;
    lock.lock();
    try {
      requireOpen();
      into.requireFillable();
      into.slots = found;
      hits = acquirePrefix(hashes, found);
      counts.matchRequested += n;
      counts.matchReturned += hits;
      counts.inflightImmutable += hits;
      into.fill(hits, hits);
    } finally {
      lock.unlock();
    }
    if (accesses != null) {
      accesses.found(hashes, found, 0, hits);
    }
    leaks.report();
    StoreEvents.matched(this, StoreEvents.MatchEvent.PREFIX, n, hits);
  }

  /** Acquires every one of {@code hashes} that is held here; misses stay as gaps. */
  void matchScattered(LineageHashes hashes, ImmutableBlocks<T> into) {
    int n = hashes.size();
    int[] found = into.roomFor(n);
    int hits = 0;
    lock.lock();
    try {
      requireOpen();
      into.requireFillable();
      into.slots = found;
      slots.findEach(hashes, found);
      hits = acquireEach(found, n);
      counts.matchRequested += n;
      counts.matchReturned += hits;
      counts.inflightImmutable += hits;
      into.fill(n, hits);
    } finally {
      lock.unlock();
    }
    if (accesses != null) {
      accesses.found(hashes, found, n);
    }
    leaks.report();
    StoreEvents.matched(this, StoreEvents.MatchEvent.SCATTERED, n, hits);
  }

  /** Acquires each distinct hash that is held here, at its first occurrence. */
  void scan(LineageHashes hashes, boolean touch, ImmutableBlocks<T> into) {
    int n = hashes.size();
    int[] found = into.roomFor(n);
    int hits;
    boolean[] repeated;
    lock.lock();
    try {
      requireOpen();
      into.requireFillable();
      into.slots = found;
      slots.findEach(hashes, found);
      repeated = leaveFirstOccurrences(found, n);
      hits = acquireEach(found, n);
      counts.scanRequested += n;
      counts.scanReturned += hits;
      counts.inflightImmutable += hits;
      into.fill(n, hits);
    } finally {
      lock.unlock();
    }
    if (accesses != null && touch) {
      accesses.scanned(hashes, found, repeated);
    }
    leaks.report();
    StoreEvents.matched(this, StoreEvents.MatchEvent.SCAN, n, hits);
  }

  /**
   * Turns every slot of {@code found[0..n)} that occurs again into -1.
   *
   * @return where that was done, or null if no slot occurs again
   */
  private boolean @Nullable [] leaveFirstOccurrences(int[] found, int n) {
    boolean[] repeated = null;
    int seen = 0;
    try {
      for (; seen < n; seen++) {
        int slot = found[seen];
        if (slot >= 0 && (slots.meta(slot) & Slots.MARK) == 0) {
          slots.setMeta(slot, slots.meta(slot) | Slots.MARK);
        } else if (slot >= 0) {
          repeated = repeated == null ? new boolean[n] : repeated;
          repeated[seen] = true;
          found[seen] = -1;
        }
      }
    } finally {
      for (int i = 0; i < seen; i++) {
        if (found[i] >= 0) {
          slots.setMeta(found[i], slots.meta(found[i]) & ~Slots.MARK);
        }
      }
    }
    return repeated;
  }

  /**
   * A strong guard of {@code hash}; prefers the duplicate {@code slot} if that is still the same.
   */
  @Nullable ImmutableBlock<T> upgrade(PositionalLineageHash hash, int slot, int generation) {
    int found;
    lock.lock();
    try {
      long meta = slots.meta(slot);
      // The generations of a slot begin again after 2^24 lives.
      if ((meta & Slots.STATE_MASK) == Slots.DUPLICATE
          && slots.generation(slot) == generation
          && slots.hi(slot) == hash.hi()
          && slots.lo(slot) == hash.lo()) {
        slots.setMeta(slot, meta + Slots.ONE_REFERENCE);
        found = slot;
      } else {
        found = slots.find(hash.hi(), hash.lo());
        if (found < 0) {
          return null;
        }
        if (slots.acquire(found)) {
          slots.gather(found);
          reviveGathered();
        }
      }
      counts.inflightImmutable++;
    } finally {
      lock.unlock();
    }
    return new ImmutableBlock<>(this, found);
  }

  /** Takes one reference to each block of the longest prefix held here; returns its length. */
  private int acquirePrefix(LineageHashes hashes, int[] found) {
    int result = slots.acquirePrefix(hashes, found);
    if (result < 0) {
      revived(found, ~result, slots.rowAcquired());
      return ~result;
    }
    reviveGathered();
    return result;
  }

  /** Takes one reference to each of {@code found[0..n)} that is no gap; returns how many are. */
  private int acquireEach(int[] found, int n) {
    int hits = slots.acquireEach(found, n);
    reviveGathered();
    return hits;
  }

  /** Tells the policy of the gathered slots, which were idle and are referenced now. */
  private void reviveGathered() {
    revived(slots.gathered(), slots.takeGathered(), /* isRow= */ false);
  }

  private void revived(int[] revived, int n, boolean isRow) {
    if (n > 0) {
      policy.revived(revived, n, isRow);
      counts.inactive -= n;
      counts.active += n;
    }
  }

  // --------------- release of registered blocks ---------------

  /** Ends a group; its blocks lose one reference each, in list order or from the tail. */
  void release(ImmutableBlocks<T> group, boolean tailFirst) {
    boolean factsPending;
    lock.lock();
    try {
      if (!group.end(Ending.CLOSED)) {
        return;
      }
      if (tailFirst) {
        group.reverse();
      }
      release(group.slots, group.size);
      counts.inflightImmutable -= group.hits;
      serveWaiters();
      factsPending = facts.hasPending();
    } finally {
      lock.unlock();
    }
    if (factsPending) {
      facts.deliver();
    }
    departedAfterRelease();
  }

  void release(ImmutableBlock<T> block) {
    lock.lock();
    try {
      if (!block.end(Ending.CLOSED)) {
        return;
      }
      releaseOne(block.slot);
      counts.inflightImmutable--;
    } finally {
      lock.unlock();
    }
    facts.deliver();
    departedAfterRelease();
  }

  void release(LifecyclePin pin) {
    lock.lock();
    try {
      if (!pin.end()) {
        return;
      }
      releaseOne(pin.slot);
    } finally {
      lock.unlock();
    }
    facts.deliver();
    departedAfterRelease();
  }

  private void releaseOne(int slot) {
    dropReference(slot);
    idleGathered();
    serveWaiters();
  }

  private void release(int[] held, int n) {
    int direction = Slots.direction(held, 0, n);
    if (direction != 0) {
      switch (slots.releaseRow(direction > 0 ? held[0] : held[n - 1], n)) {
        case ALL_IDLE -> {
          becameIdle(held, n, /* isRow= */ true);
          return;
        }
        case NONE_IDLE -> {
          return;
        }
        case UNDECIDED -> {}
      }
    }
    int i = slots.release(held, n);
    if (i == n) {
      becameIdle(held, n, /* isRow= */ false);
      return;
    }
    i = slots.releaseMixed(held, i, n);
    while (i < n) {
      dropReference(held[i]);
      i = slots.releaseMixed(held, i + 1, n);
    }
    idleGathered();
  }

  private void dropReference(int slot) {
    long meta = slots.meta(slot) - Slots.ONE_REFERENCE;
    if (meta >>> Slots.REFERENCE_SHIFT != 0) {
      slots.setMeta(slot, meta);
      return;
    }
    if ((meta & Slots.STATE_MASK) == Slots.DUPLICATE) {
      long hi = slots.hi(slot);
      long lo = slots.lo(slot);
      freeSlot(slot);
      counts.active--;
      counts.liveDuplicates--;
      dropReference(slots.find(hi, lo));
    } else if ((meta & Slots.RESET_ON_RELEASE) == 0) {
      slots.setMeta(slot, Slots.withState(meta, Slots.INACTIVE));
      slots.gather(slot);
    } else {
      idleGathered();
      slots.setMeta(slot, meta);
      vacate(slot);
    }
  }

  /** Tells the policy of the gathered slots, which lost their last reference. */
  private void idleGathered() {
    becameIdle(slots.gathered(), slots.takeGathered(), /* isRow= */ false);
  }

  private void becameIdle(int[] idle, int n, boolean isRow) {
    if (n > 0) {
      counts.active -= n;
      counts.inactive += n;
      if (!policy.becameIdle(idle, n, isRow)) {
        for (int i = 0; i < n; i++) {
          dropIdle(idle[i]);
        }
      }
    }
  }

  /** Frees an idle slot that the policy could not take; it may know it or not. */
  private void dropIdle(int slot) {
    policy.revived(slot);
    counts.inactive--;
    counts.active++;
    slots.setMeta(slot, Slots.withState(slots.meta(slot), Slots.PRIMARY));
    vacate(slot);
  }

  /** A primary without references gives up its content. */
  private void vacate(int slot) {
    policy.vacated(slot);
    noteDeparture(slot);
    contentLeaves(slot, MissHistory.RESET);
    freeSlot(slot);
    counts.active--;
  }

  // --------------- one guard more ---------------

  ImmutableBlock<T> share(ImmutableBlock<T> block) {
    lock.lock();
    try {
      block.requireHeld();
      slots.setMeta(block.slot, slots.meta(block.slot) + Slots.ONE_REFERENCE);
      counts.inflightImmutable++;
    } finally {
      lock.unlock();
    }
    return new ImmutableBlock<>(this, block.slot);
  }

  /** A guard of element {@code i} beside the group's own. */
  ImmutableBlock<T> share(ImmutableBlocks<T> group, int i) {
    int slot;
    lock.lock();
    try {
      slot = group.slot(i);
      slots.setMeta(slot, slots.meta(slot) + Slots.ONE_REFERENCE);
      counts.inflightImmutable++;
    } finally {
      lock.unlock();
    }
    return new ImmutableBlock<>(this, slot);
  }

  void share(ImmutableBlocks<T> group, ImmutableBlocks<T> into) {
    int[] room = into.roomFor(group.size);
    lock.lock();
    try {
      group.requireHeld();
      into.requireFillable();
      into.slots = room;
      for (int i = 0; i < group.size; i++) {
        int slot = group.slots[i];
        into.slots[i] = slot;
        if (slot >= 0) {
          slots.setMeta(slot, slots.meta(slot) + Slots.ONE_REFERENCE);
        }
      }
      counts.inflightImmutable += group.hits;
      into.fill(group.size, group.hits);
    } finally {
      lock.unlock();
    }
  }

  LifecyclePin pin(ImmutableBlock<T> block) {
    lock.lock();
    try {
      block.requireHeld();
      slots.setMeta(block.slot, slots.meta(block.slot) + Slots.ONE_REFERENCE);
    } finally {
      lock.unlock();
    }
    return new LifecyclePin(this, block.slot);
  }

  LifecyclePin pin(LifecyclePin pin) {
    lock.lock();
    try {
      pin.requireHeld();
      slots.setMeta(pin.slot, slots.meta(pin.slot) + Slots.ONE_REFERENCE);
    } finally {
      lock.unlock();
    }
    return new LifecyclePin(this, pin.slot);
  }

  int useCount(int slot) {
    lock.lock();
    try {
      return slots.references(slot);
    } finally {
      lock.unlock();
    }
  }

  void setResetOnRelease(ImmutableBlock<T> block, boolean reset) {
    lock.lock();
    try {
      block.requireHeld();
      setResetOnRelease(block.slot, reset);
    } finally {
      lock.unlock();
    }
  }

  void setResetOnRelease(ImmutableBlocks<T> group, boolean reset) {
    lock.lock();
    try {
      group.requireHeld();
      for (int i = 0; i < group.size; i++) {
        if (group.slots[i] >= 0) {
          setResetOnRelease(group.slots[i], reset);
        }
      }
    } finally {
      lock.unlock();
    }
  }

  private void setResetOnRelease(int slot, boolean reset) {
    long meta = slots.meta(slot);
    slots.setMeta(slot, reset ? meta | Slots.RESET_ON_RELEASE : meta & ~Slots.RESET_ON_RELEASE);
  }

  // --------------- whole pool ---------------

  /** Frees every idle block in eviction order. */
  PoolReset resetInactivePool() {
    LineageHashBuffer drained = new LineageHashBuffer();
    PoolReset result;
    lock.lock();
    try {
      requireOpen();
      while (counts.inactive > 0) {
        int slot = policy.victim();
        if (slot < 0) {
          slot = anyIdle();
          policy.revived(slot);
        }
        drained.add(slots.hi(slot), slots.lo(slot));
        contentLeaves(slot, MissHistory.DRAINED);
        freeSlot(slot);
        counts.inactive--;
      }
      serveWaiters();
      result = new PoolReset(drained, free.size(), blocks);
    } finally {
      lock.unlock();
    }
    departed(drained);
    return result;
  }

  private int anyIdle() {
    for (int slot = 0; slot < blocks; slot++) {
      if (slots.state(slot) == Slots.INACTIVE) {
        return slot;
      }
    }
    throw new IllegalStateException("no idle block though " + counts.inactive + " are counted");
  }

  /** Ends lookups and allocations; what is held may still be closed. */
  void close() {
    lock.lock();
    try {
      if (!closed) {
        closed = true;
        waiters.wakeAll();
        for (int slot = 0; slot < blocks; slot++) {
          if (slots.isResident(slot)) {
            facts.add(BlockEventListener.Kind.REMOVED, slots.hi(slot), slots.lo(slot));
          }
        }
        facts.end();
      }
    } finally {
      lock.unlock();
    }
    registry.detach(this);
    facts.deliver();
  }

  /** Grants queued requests, oldest first, as long as there are enough blocks. Lock held. */
  void serveWaiters() {
    while (!waiters.isEmpty() && waiters.first().blocks <= free.size() + counts.inactive) {
      if (!waiters.grantFirst(this)) {
        return;
      }
    }
  }

  // --------------- shared steps ---------------

  /** Notes that hashes can no longer be found. */
  private void recordRemoved(LineageHashes hashes, byte cause) {
    if (!facts.isListening() && history == null) {
      facts.skip(hashes.size());
      return;
    }
    for (int i = 0; i < hashes.size(); i++) {
      recordRemoved(hashes.hi(i), hashes.lo(i), cause);
    }
  }

  private void recordRemoved(long hi, long lo, byte cause) {
    facts.add(BlockEventListener.Kind.REMOVED, hi, lo);
    if (history != null) {
      history.record(hi, lo, cause);
    }
  }

  /** Notes that the hash of a resident slot can no longer be found. The slot still has it. */
  private void contentLeaves(int slot, byte cause) {
    slots.remove(slot);
    recordRemoved(slots.hi(slot), slots.lo(slot), cause);
  }

  private void freeSlot(int slot) {
    slots.setMeta(slot, fresh(slot, Slots.RESET));
    free.addLast(slot);
  }

  private long fresh(int slot, int state) {
    return Slots.freshMeta(slots.meta(slot), state, defaultResetOnRelease);
  }

  /** Hashes that left through reset-on-release while the registry has entries; usually null. */
  private @Nullable LineageHashBuffer departures;

  private void noteDeparture(int slot) {
    if (registry.hasEntries()) {
      if (departures == null) {
        departures = new LineageHashBuffer();
      }
      departures.add(slots.hi(slot), slots.lo(slot));
    }
  }

  private void departedAfterRelease() {
    if (!registry.hasEntries()) {
      return;
    }
    LineageHashBuffer gone;
    lock.lock();
    try {
      gone = departures;
      departures = null;
    } finally {
      lock.unlock();
    }
    if (gone != null) {
      departed(gone);
    }
  }

  private void departed(LineageHashes hashes) {
    facts.deliver();
    if (registry.hasEntries()) {
      for (PositionalLineageHash hash : hashes) {
        registry.contentLeft(hash);
      }
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException(
          "manager " + id + " (" + name + ") is closed; blocks can only be closed now");
    }
  }

  private void requireOneHashEach(MutableBlocks<T> from, LineageHashes hashes) {
    from.requireHeld();
    if (from.size != hashes.size()) {
      throw new IllegalArgumentException(
          "got "
              + hashes.size()
              + " hashes for "
              + from.size
              + " blocks; give one hash a block, or split the group with takeFirst");
    }
    requireValid(hashes);
  }

  private static void requireValid(LineageHashes hashes) {
    for (int i = 0; i < hashes.size(); i++) {
      requireValid(hashes.hi(i), hashes.lo(i));
    }
  }

  private static void requireValid(long hi, long lo) {
    if (hi >>> 62 == 3) {
      throw new IllegalArgumentException(
          "hash "
              + Long.toHexString(hi)
              + String.format("%016x", lo)
              + " has the unknown mode 3; it was not made by a lineage hash function");
    }
  }

  // --------------- observation ---------------

  @Override
  public Tier<?> tier() {
    return tier;
  }

  @Override
  public boolean isPresent(long hi, long lo) {
    lock.lock();
    try {
      return slots.find(hi, lo) >= 0;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void markPresent(LineageHashes hashes, boolean[] present) {
    lock.lock();
    try {
      slots.markEach(hashes, present);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void collectPresent(LineageHashBuffer into) {
    lock.lock();
    try {
      for (int slot = 0; slot < blocks; slot++) {
        if (slots.isResident(slot)) {
          into.add(slots.hi(slot), slots.lo(slot));
        }
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public int presentCount() {
    lock.lock();
    try {
      return (int) (counts.active + counts.inactive - counts.liveDuplicates);
    } finally {
      lock.unlock();
    }
  }

  int available() {
    lock.lock();
    try {
      return free.size() + (int) counts.inactive;
    } finally {
      lock.unlock();
    }
  }

  MetricsSnapshot metrics() {
    lock.lock();
    try {
      return counts.snapshot(free.size());
    } finally {
      lock.unlock();
    }
  }

  /** The next victims in eviction order, at most {@code most}. */
  EvictionPreview preview(int most) {
    lock.lock();
    try {
      return previewLocked(most);
    } finally {
      lock.unlock();
    }
  }

  EvictionPreview previewLocked(int most) {
    int[] ids = new int[(int) Math.min(most, counts.inactive)];
    int n = policy.policy().preview(ids);
    LineageHashBuffer hashes = new LineageHashBuffer();
    for (int i = 0; i < n; i++) {
      hashes.add(slots.hi(ids[i]), slots.lo(ids[i]));
    }
    return new EvictionPreview(n == ids.length ? ids : Arrays.copyOf(ids, n), hashes);
  }

  /** Calls {@code action} under the lock for every slot; for diagnostics inside this package. */
  void inspect(IntConsumer action) {
    lock.lock();
    try {
      for (int slot = 0; slot < blocks; slot++) {
        action.accept(slot);
      }
    } finally {
      lock.unlock();
    }
  }
}
