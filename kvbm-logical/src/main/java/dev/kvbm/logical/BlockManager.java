package dev.kvbm.logical;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.metrics.PoolMetricsSource;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The blocks of one tier: hands them out to be written, finds them again by hash, keeps idle ones
 * for reuse and evicts them when room is needed.
 *
 * <p>A block is a number from 0 to {@link #totalBlocks} minus 1; the engine maps it to memory. What
 * the manager hands out are groups (and guards for single blocks) that must be closed. Blocks are
 * found by their {@linkplain dev.kvbm.tokens.PositionalLineageHash lineage hash} alone: the manager
 * trusts the hash that a block is registered under.
 *
 * <p>Thread-safe. Each operation is atomic with respect to all others of this manager, however many
 * blocks it concerns, and takes one short lock; none waits for anything else, except the allocation
 * with a timeout. Cost is proportional to the number of blocks concerned.
 *
 * @param <T> the tier marker; guards of one tier are no guards of another
 */
public final class BlockManager<T> implements AutoCloseable, PoolMetricsSource {
  private final BlockStore<T> store;
  private final @Nullable MissExplainer explainer;

  private BlockManager(Builder<T> options) {
    this.store = new BlockStore<>(options);
    this.explainer = store.history == null ? null : new MissExplainer(store, store.history);
    store.registry.attach(store);
  }

  /**
   * {@return a new builder for a manager of {@code tier}, for example {@code G1.TIER}}
   *
   * @param <T> the tier marker
   * @param tier the tier of the blocks
   */
  public static <T> Builder<T> builder(Tier<T> tier) {
    return new Builder<>(Objects.requireNonNull(tier, "tier is null"));
  }

  // --------------- facts ---------------

  /** {@return the number of this manager, unique in the process} */
  public ManagerId id() {
    return store.id;
  }

  /** {@return the value of {@link #id}} */
  @Override
  public long managerId() {
    return store.id.value();
  }

  /** {@return the tier of the blocks} */
  @Override
  public Tier<T> tier() {
    return store.tier;
  }

  /**
   * {@return the name for metrics, JFR events and messages; the label of the tier unless the
   * builder was given one}
   */
  @Override
  public String name() {
    return store.name;
  }

  /** {@return the number of blocks, fixed at construction} */
  public int totalBlocks() {
    return store.blocks;
  }

  /** {@return how many tokens a block has room for} */
  public int blockSize() {
    return store.blockSize;
  }

  /** {@return what happens when a hash is registered that is held already} */
  public DuplicationPolicy duplicationPolicy() {
    return store.duplicationPolicy;
  }

  /** {@return the registry that this manager is part of} */
  public BlockRegistry registry() {
    return store.registry;
  }

  /** {@return the name of the eviction policy} */
  public String evictionPolicy() {
    return store.policyName;
  }

  /**
   * {@return free plus idle blocks: what an allocation could get now} Read at one moment, so never
   * more than {@link #totalBlocks}; another thread may take them right afterwards.
   */
  public int availableBlocks() {
    return store.available();
  }

  // --------------- allocation ---------------

  /**
   * Allocates {@code n} blocks, all or none: first from the free list, oldest first, then by
   * evicting idle blocks in the policy's order. Never waits, and never overtakes a thread that
   * waits.
   *
   * @param n how many blocks
   * @return the blocks, free ones first; empty if there are not enough. {@code n} = 0 gives an
   *     empty group. The caller closes or consumes it
   * @throws IllegalArgumentException if {@code n} is negative
   * @throws IllegalStateException if the manager is closed
   */
  public Optional<MutableBlocks<T>> allocate(int n) {
    MutableBlocks<T> blocks = new MutableBlocks<>(store);
    return store.allocate(n, blocks) ? Optional.of(blocks) : Optional.empty();
  }

  /**
   * {@link #allocate(int)} into a group that holds nothing, so that a steady loop allocates no
   * objects.
   *
   * @param n how many blocks
   * @param into a group of this manager that holds nothing; filled, or left as it was
   * @return whether it was filled; false if there are not enough blocks
   * @throws IllegalArgumentException if {@code n} is negative
   * @throws ForeignBlockException if {@code into} belongs to another manager
   * @throws GuardStateException if {@code into} still holds blocks
   * @throws IllegalStateException if the manager is closed
   */
  public boolean allocate(int n, MutableBlocks<T> into) {
    requireOwn(into);
    return store.allocate(n, into);
  }

  /**
   * {@link #allocate(int)} that waits for blocks. Requests are served in the order in which they
   * began to wait, also a small one behind a large one. While somebody waits, {@link
   * #allocate(int)} gets only what the waiting requests leave over.
   *
   * <p>Whoever waits while holding blocks may wait for somebody who does the same; see {@link
   * #reserve}.
   *
   * @param n how many blocks
   * @param timeout how long to wait at most; zero or less does not wait
   * @return the blocks, free ones first; empty if the time is over. The caller closes or consumes
   *     it
   * @throws InterruptedException if the thread is interrupted while it waits; nothing is held then
   * @throws IllegalArgumentException if {@code n} is negative or more than {@link #totalBlocks}:
   *     the pool can never have that many
   * @throws IllegalStateException if the manager is closed, also meanwhile
   */
  public Optional<MutableBlocks<T>> allocate(int n, Duration timeout) throws InterruptedException {
    MutableBlocks<T> blocks = new MutableBlocks<>(store);
    long nanos =
        timeout.isNegative() ? 0 : (timeout.compareTo(MAX_WAIT) > 0 ? MAX_WAIT : timeout).toNanos();
    return store.allocate(n, blocks, nanos) ? Optional.of(blocks) : Optional.empty();
  }

  private static final Duration MAX_WAIT = Duration.ofDays(10_000);

  /**
   * Allocates one block, as {@link #allocate(int)} does.
   *
   * @return the block, which the caller closes or consumes; empty if none is free or idle
   * @throws IllegalStateException if the manager is closed
   */
  public Optional<MutableBlock<T>> allocate() {
    MutableBlocks<T> blocks = new MutableBlocks<>(store);
    return store.allocate(1, blocks) ? Optional.of(blocks.split().getFirst()) : Optional.empty();
  }

  /**
   * Sets blocks aside, to be taken in parts later. They are allocated now, which may evict.
   *
   * @param n how many blocks
   * @return the reservation, which the caller closes; empty if there are not enough
   * @throws IllegalArgumentException if {@code n} is negative
   * @throws IllegalStateException if the manager is closed
   */
  public Optional<Reservation<T>> reserve(int n) {
    return allocate(n).map(Reservation::new);
  }

  // --------------- lookup ---------------

  /**
   * Pins the longest prefix of {@code hashes} whose every block is held here, in use or idle. Each
   * hit counts as an access.
   *
   * @param hashes the blocks wanted, usually those of a prompt from its start; read during the call
   *     only
   * @return the blocks of that prefix, in order; empty if the first is not held. The caller closes
   *     it
   * @throws IllegalStateException if the manager is closed
   */
  public ImmutableBlocks<T> match(LineageHashes hashes) {
    ImmutableBlocks<T> result = new ImmutableBlocks<>(store);
    store.match(hashes, result);
    return result;
  }

  /**
   * {@link #match(LineageHashes)} into a group that holds nothing, without allocating.
   *
   * @param hashes the blocks wanted
   * @param into a group of this manager that holds nothing; filled, perhaps with no block
   * @throws ForeignBlockException if {@code into} belongs to another manager
   * @throws GuardStateException if {@code into} still holds blocks
   * @throws IllegalStateException if the manager is closed
   */
  public void match(LineageHashes hashes, ImmutableBlocks<T> into) {
    requireOwn(into);
    store.match(hashes, into);
  }

  /**
   * {@link #match(LineageHashes)} with the full blocks of {@code prompt}.
   *
   * @param prompt the tokens; those that fill no block are not looked up
   * @return the blocks that are held, from the start of the prompt. The caller closes it
   * @throws IllegalArgumentException if it is cut with another block size
   * @throws IllegalStateException if the manager is closed
   */
  public ImmutableBlocks<T> match(TokenBlockSequence prompt) {
    return match(prompt, prompt.blockCount());
  }

  /**
   * {@link #match(LineageHashes)} with at most {@code mostBlocks} full blocks of {@code prompt}. An
   * engine that has to compute the last token anyway asks for {@code (prompt.totalTokens() - 1) /
   * blockSize()}.
   *
   * @param prompt the tokens
   * @param mostBlocks how many of its full blocks to look up at most
   * @return the blocks that are held, from the start of the prompt. The caller closes it
   * @throws IllegalArgumentException if the prompt is cut with another block size, or {@code
   *     mostBlocks} is negative
   * @throws IllegalStateException if the manager is closed
   */
  public ImmutableBlocks<T> match(TokenBlockSequence prompt, int mostBlocks) {
    requireBlockSize(prompt);
    if (mostBlocks < 0) {
      throw new IllegalArgumentException(
          "cannot match " + mostBlocks + " blocks; ask for 0 or more");
    }
    if (explainer != null) {
      explainer.saw(prompt.saltHash());
    }
    LineageHashes hashes = prompt.lineageHashes();
    return match(mostBlocks < hashes.size() ? hashes.slice(0, mostBlocks) : hashes);
  }

  /**
   * Pins every one of {@code hashes} that is held here; does not stop at a miss. Each hit counts as
   * an access; a hash that occurs twice is pinned twice.
   *
   * @param hashes the blocks wanted, in any order; read during the call only
   * @return a group aligned with {@code hashes}, with a gap for each miss. The caller closes it
   * @throws IllegalStateException if the manager is closed
   */
  public ImmutableBlocks<T> matchScattered(LineageHashes hashes) {
    ImmutableBlocks<T> result = new ImmutableBlocks<>(store);
    store.matchScattered(hashes, result);
    return result;
  }

  /**
   * {@link #matchScattered(LineageHashes)} into a group that holds nothing, without allocating.
   *
   * @param hashes the blocks wanted, in any order
   * @param into a group of this manager that holds nothing; filled, aligned with {@code hashes}
   * @throws ForeignBlockException if {@code into} belongs to another manager
   * @throws GuardStateException if {@code into} still holds blocks
   * @throws IllegalStateException if the manager is closed
   */
  public void matchScattered(LineageHashes hashes, ImmutableBlocks<T> into) {
    requireOwn(into);
    store.matchScattered(hashes, into);
  }

  /**
   * Pins each distinct hash that is held here, once. Counted by the scan metrics, not by those of
   * match.
   *
   * @param hashes the blocks wanted, in any order; read during the call only
   * @param touch whether to count an access for each occurrence of a hash that is registered, in
   *     this manager or in another one of the registry
   * @return a group aligned with {@code hashes}: a block at the first occurrence of each hash that
   *     is held, gaps elsewhere. The caller closes it
   * @throws IllegalStateException if the manager is closed
   */
  public ImmutableBlocks<T> scan(LineageHashes hashes, boolean touch) {
    ImmutableBlocks<T> result = new ImmutableBlocks<>(store);
    store.scan(hashes, touch, result);
    return result;
  }

  /**
   * {@link #scan(LineageHashes, boolean)} into a group that holds nothing.
   *
   * @param hashes the blocks wanted, in any order
   * @param touch whether to count accesses
   * @param into a group of this manager that holds nothing; filled, aligned with {@code hashes}
   * @throws ForeignBlockException if {@code into} belongs to another manager
   * @throws GuardStateException if {@code into} still holds blocks
   * @throws IllegalStateException if the manager is closed
   */
  public void scan(LineageHashes hashes, boolean touch, ImmutableBlocks<T> into) {
    requireOwn(into);
    store.scan(hashes, touch, into);
  }

  // --------------- registration ---------------

  /**
   * {@link CompleteBlock#register} for callers that hold the manager.
   *
   * @param block a staged block; consumed
   * @return the registered block, which the caller closes
   * @throws ForeignBlockException if the block belongs to another manager; it stays staged
   * @throws GuardStateException if {@code block} was closed or consumed
   */
  public ImmutableBlock<T> register(CompleteBlock<T> block) {
    if (block.store != store) {
      throw new ForeignBlockException(store.id, block.store.id);
    }
    return block.register();
  }

  /**
   * Registers staged blocks in order, in one step.
   *
   * @param blocks staged blocks; consumed, the list itself is not kept
   * @return a guard for each, in the same order; an empty list for an empty list
   * @throws ForeignBlockException if one of them belongs to another manager; all stay staged
   * @throws GuardStateException if one of them was closed or consumed; all others stay staged
   * @throws IllegalArgumentException if one of them is given twice; all stay staged
   */
  public List<ImmutableBlock<T>> register(List<CompleteBlock<T>> blocks) {
    if (blocks.isEmpty()) {
      return List.of();
    }
    for (CompleteBlock<T> block : blocks) {
      if (block.store != store) {
        throw new ForeignBlockException(store.id, block.store.id);
      }
    }
    return CompleteBlocks.of(blocks).register().split();
  }

  // --------------- groups to fill ---------------

  /**
   * {@return a group that holds nothing yet, to be filled again and again by {@link #allocate(int,
   * MutableBlocks)}}
   */
  public MutableBlocks<T> newMutableBlocks() {
    return new MutableBlocks<>(store);
  }

  /**
   * {@return a group that holds nothing yet, to be filled again and again by {@link
   * MutableBlocks#stage(LineageHashes, CompleteBlocks)}}
   */
  public CompleteBlocks<T> newCompleteBlocks() {
    return new CompleteBlocks<>(store);
  }

  /**
   * {@return a group that holds nothing yet, to be filled again and again by lookups and
   * registrations}
   */
  public ImmutableBlocks<T> newImmutableBlocks() {
    return new ImmutableBlocks<>(store);
  }

  // --------------- the pool as a whole ---------------

  /**
   * Gives up the content of every idle block, in one atomic step. Blocks that are held stay as they
   * are. Counts neither as allocation nor as eviction; no eviction listener is called.
   *
   * @return what was given up, and how many blocks were held
   * @throws IllegalStateException if the manager is closed
   */
  public PoolReset resetInactivePool() {
    return store.resetInactivePool();
  }

  /** {@return all counters and gauges, read at one moment} */
  @Override
  public MetricsSnapshot metrics() {
    return store.metrics();
  }

  /**
   * The next victims in eviction order. Nothing changes and nothing is pinned. Cost grows with
   * {@code most}, for lineage policies as {@code most} log {@code most}.
   *
   * <p>To act on it, for example to copy victims out before they go, pin them first with {@link
   * #scan(LineageHashes, boolean) scan(preview.hashes(), false)} and read the ids from what that
   * returns: a victim may have gone meanwhile, or its hash be held by another block. Pinning
   * changes the order: a block that is pinned and closed becomes idle anew and queues behind the
   * others, as after any hit, though no access is counted. So either give copied blocks up, with
   * {@link ImmutableBlocks#setResetOnRelease setResetOnRelease(true)} before closing them, or
   * expect other victims than those just copied. Whoever wants no more than to see what really goes
   * uses {@link Builder#evictionListener}, which changes no order.
   *
   * @param most how many victims at most
   * @return the victims, fewer than {@code most} if fewer blocks are idle
   * @throws IllegalArgumentException if {@code most} is negative
   */
  public EvictionPreview previewEvictions(int most) {
    if (most < 0) {
      throw new IllegalArgumentException("cannot preview " + most + " evictions");
    }
    return store.preview(most);
  }

  /**
   * {@return how many guards, groups and pins the leak detector has found lost; 0 if it is off}
   * Reports those found meanwhile.
   */
  public long lostGuards() {
    return store.leaks.lost();
  }

  /**
   * The guards, groups and pins that the leak detector watches and that hold blocks now; with
   * {@link LeakDetection#ALL} these are all of them. Those found lost are included. Not a snapshot
   * if other threads acquire and close meanwhile. For tests and diagnostics.
   *
   * @return a new list, oldest acquisition first; empty if the detector is off
   */
  public List<HeldGuard> heldGuards() {
    return store.leaks.held();
  }

  /**
   * Why {@link #match(LineageHashes)} would find no more than it does. Pins nothing and counts as
   * no access.
   *
   * @param hashes what a lookup asked for or would ask for
   * @return how far the prefix is held, and why no further
   * @throws IllegalStateException if the builder's {@code explainMisses} was not called
   */
  public MissExplanation explain(LineageHashes hashes) {
    return requireExplainer().explain(hashes);
  }

  /**
   * {@link #explain(LineageHashes)} for a token sequence: also tells a partial last block, and the
   * same tokens held under another salt, from a real miss. For the latter it hashes the sequence up
   * to the miss once for each salt seen lately by {@link #match(TokenBlockSequence)}, at most 64.
   *
   * @param prompt the tokens
   * @return how far the prefix is held, and why no further
   * @throws IllegalArgumentException if it is cut with another block size
   * @throws IllegalStateException if the builder's {@code explainMisses} was not called
   */
  public MissExplanation explain(TokenBlockSequence prompt) {
    requireBlockSize(prompt);
    return requireExplainer().explain(prompt);
  }

  private MissExplainer requireExplainer() {
    if (explainer == null) {
      throw new IllegalStateException(
          "manager "
              + store.name
              + " keeps no history of misses; build it with explainMisses(entries)");
    }
    return explainer;
  }

  /**
   * {@return every block of the pool in order of its id, read at one moment} Holds the lock for the
   * whole pool; for diagnostics.
   */
  public List<SlotInfo> slots() {
    return StoreInspection.slots(store);
  }

  /**
   * A readable picture of the pool at one moment: counts, blocks in use, and the eviction order.
   * Looks at the whole pool under the lock. For diagnostics; the format may change.
   *
   * @param most how many blocks of each kind to list
   * @return several lines of text
   * @throws IllegalArgumentException if {@code most} is negative
   */
  public String dump(int most) {
    if (most < 0) {
      throw new IllegalArgumentException("cannot list " + most + " blocks of each kind");
    }
    return StoreInspection.dump(store, most);
  }

  /**
   * Checks the structural invariants of the pool. Proportional to its size, under the lock; for
   * tests and for hunting a defect.
   *
   * @return one sentence for each violation; empty if all is well
   */
  public List<String> invariantViolations() {
    return StoreInspection.violations(store);
  }

  /**
   * Takes the manager out of its registry and refuses further allocations and lookups. Requests
   * that wait for blocks fail. Guards and groups stay valid and may be closed later. Listeners are
   * told that every block held here is removed, and of nothing more. Idempotent.
   */
  @Override
  public void close() {
    store.close();
  }

  @Override
  public String toString() {
    return "BlockManager[" + store.name + ", id " + store.id + ", " + store.blocks + " blocks]";
  }

  private void requireOwn(BlockGroup<?> group) {
    if (group.store != store) {
      throw new ForeignBlockException(store.id, group.store.id);
    }
  }

  private void requireBlockSize(TokenBlockSequence prompt) {
    if (prompt.blockSize() != store.blockSize) {
      throw new IllegalArgumentException(
          "the sequence is cut into blocks of "
              + prompt.blockSize()
              + " tokens, the manager's blocks hold "
              + store.blockSize);
    }
  }

  /**
   * Options of a manager. Not thread-safe. Setters refuse a bad value at once; {@link #build}
   * checks what depends on several options.
   *
   * @param <T> the tier marker
   */
  public static final class Builder<T> {
    /** Block size if none is set, in tokens. */
    public static final int DEFAULT_BLOCK_SIZE = 16;

    /** Largest block size, in tokens. */
    public static final int MAX_BLOCK_SIZE = 1024;

    final Tier<T> tier;
    int blockSize = DEFAULT_BLOCK_SIZE;
    DuplicationPolicy duplicationPolicy = DuplicationPolicy.ALLOW;
    boolean resetOnRelease;
    LeakDetection leakDetection = LeakDetection.OFF;
    EvictionPolicy.Factory eviction = Eviction.lineage();
    @Nullable EvictionListener evictionListener;
    int missHistoryEntries;
    InstantSource clock = InstantSource.system();
    @Nullable String name;
    private int blocks;
    private boolean blocksSet;
    private @Nullable BlockRegistry registry;

    private Builder(Tier<T> tier) {
      this.tier = tier;
    }

    /**
     * Sets the number of blocks. Required; checked by {@link #build}.
     *
     * @param blocks 1 to about 715 million, fewer for lineage eviction (below 2^28)
     * @return this builder
     */
    public Builder<T> blocks(int blocks) {
      this.blocks = blocks;
      this.blocksSet = true;
      return this;
    }

    /**
     * Sets how many tokens a block has room for; {@value #DEFAULT_BLOCK_SIZE} if not set.
     *
     * @param tokens a power of two from 1 to {@value #MAX_BLOCK_SIZE}
     * @return this builder
     * @throws IllegalArgumentException if it is not
     */
    public Builder<T> blockSize(int tokens) {
      if (tokens < 1 || tokens > MAX_BLOCK_SIZE) {
        throw new IllegalArgumentException(
            "block_size must be between 1 and " + MAX_BLOCK_SIZE + " tokens, got " + tokens);
      }
      if (Integer.bitCount(tokens) != 1) {
        throw new IllegalArgumentException(
            "block_size must be a power of 2, got " + tokens + " tokens");
      }
      this.blockSize = tokens;
      return this;
    }

    /**
     * Sets the registry to be part of. Required.
     *
     * @param registry may be shared by managers of any tiers
     * @return this builder
     */
    public Builder<T> registry(BlockRegistry registry) {
      this.registry = Objects.requireNonNull(registry, "registry is null");
      return this;
    }

    /**
     * Sets what happens when a hash is registered that is held already.
     *
     * @param policy {@link DuplicationPolicy#ALLOW} if not set
     * @return this builder
     */
    public Builder<T> duplicationPolicy(DuplicationPolicy policy) {
      this.duplicationPolicy = Objects.requireNonNull(policy, "policy is null");
      return this;
    }

    /**
     * Sets the order of eviction. The last call counts.
     *
     * @param policy one of {@link Eviction} or one of your own; {@link Eviction#lineage()} if not
     *     set
     * @return this builder
     */
    public Builder<T> eviction(EvictionPolicy.Factory policy) {
      this.eviction = Objects.requireNonNull(policy, "policy is null");
      return this;
    }

    /**
     * Sets whether a block is freed, not kept idle, when its last reference goes, unless its holder
     * decides otherwise with {@link ImmutableBlock#setResetOnRelease}.
     *
     * @param reset false if not set
     * @return this builder
     */
    public Builder<T> resetOnRelease(boolean reset) {
      this.resetOnRelease = reset;
      return this;
    }

    /**
     * Sets who sees blocks before eviction gives them to somebody else.
     *
     * @param listener called by the thread that allocates, outside every lock
     * @return this builder
     */
    public Builder<T> evictionListener(EvictionListener listener) {
      this.evictionListener = Objects.requireNonNull(listener, "listener is null");
      return this;
    }

    /**
     * Sets how to look for lost guards.
     *
     * @param level {@link LeakDetection#OFF} if not set
     * @return this builder
     */
    public Builder<T> leakDetection(LeakDetection level) {
      this.leakDetection = Objects.requireNonNull(level, "level is null");
      return this;
    }

    /**
     * Remembers departures (evictions, resets) so that {@link BlockManager#explain} can answer. Off
     * if not set. Costs at most 45 bytes an entry, allocated by {@link #build}, and a reading of
     * the clock for each departure.
     *
     * @param entries how many of the latest departures to remember
     * @return this builder
     * @throws IllegalArgumentException unless {@code entries} is 1 to 2^26
     */
    public Builder<T> explainMisses(int entries) {
      if (entries < 1 || entries > 1 << 26) {
        throw new IllegalArgumentException(
            "a history has 1 to " + (1 << 26) + " entries, got " + entries);
      }
      this.missHistoryEntries = entries;
      return this;
    }

    /**
     * Sets the clock of the history of misses. It is read under the manager's lock: it has to be
     * quick and must not call the manager.
     *
     * @param clock the system clock if not set
     * @return this builder
     */
    public Builder<T> clock(InstantSource clock) {
      this.clock = Objects.requireNonNull(clock, "clock is null");
      return this;
    }

    /**
     * Sets the name for metrics, JFR events and messages.
     *
     * @param name not blank; the label of the tier if not set
     * @return this builder
     * @throws IllegalArgumentException if it is blank
     */
    public Builder<T> name(String name) {
      if (name.isBlank()) {
        throw new IllegalArgumentException("the name of a manager must not be blank");
      }
      this.name = name;
      return this;
    }

    /**
     * Makes the manager and attaches it to its registry. The builder may be used again for another
     * one.
     *
     * @return a new manager with all blocks free; close it to take it out of the registry
     * @throws IllegalStateException if the registry or the number of blocks is missing, or the
     *     policy needs a registry with frequency tracking
     * @throws IllegalArgumentException if the number of blocks is out of range
     */
    public BlockManager<T> build() {
      requiredRegistry();
      requiredBlocks();
      if (eviction.needsFrequency() && !requiredRegistry().hasFrequencyTracking()) {
        throw new IllegalStateException(
            "the eviction policy needs a registry with frequency tracking; build the registry with"
                + " frequencyTracker(...)");
      }
      return new BlockManager<>(this);
    }

    BlockRegistry requiredRegistry() {
      if (registry == null) {
        throw new IllegalStateException("registry is required; call registry(...)");
      }
      return registry;
    }

    int requiredBlocks() {
      if (!blocksSet) {
        throw new IllegalStateException("block_count is required; call blocks(n)");
      }
      if (blocks < 1) {
        throw new IllegalArgumentException("block_count must be greater than 0, got " + blocks);
      }
      if (blocks > Slots.MAX_BLOCKS) {
        throw new IllegalArgumentException(
            "block_count must be at most " + Slots.MAX_BLOCKS + ", got " + blocks);
      }
      return blocks;
    }
  }
}
