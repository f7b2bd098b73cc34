package dev.kvbm.testkit.eviction;

import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.RowPolicy;
import dev.kvbm.logical.eviction.SlotView;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * A pool of slots without guards, locks or metrics: just enough of a block manager to run an
 * eviction policy under the rules of {@link EvictionPolicy}.
 *
 * <pre>{@code
 * SimulatedPool pool = new SimulatedPool(8, Eviction.lru());
 * int[] slots = pool.register(prompt.lineageHashes());
 * pool.releaseTogether(slots);
 * pool.revive(slots[0]);
 * assert pool.evict() == slots[1];
 * }</pre>
 *
 * <p>It makes the calls that a manager would make, in the same order, and is as unkind as a manager
 * may be: an emptied slot gets the next block at once, batches are cut from a larger array that is
 * overwritten after the call, and of several parents that fit any is named.
 *
 * <p>What the policy answers is checked. A victim that is not idle, a missing one or one too many
 * is an {@link AssertionError} that lists the last calls of the policy. What the policy throws
 * comes through. A move that makes no sense, such as the release of an idle slot, is the test's
 * mistake and an {@link IllegalStateException}; the policy does not hear of it.
 *
 * <p>Not thread-safe.
 */
public final class SimulatedPool {
  private enum State {
    EMPTY,
    ACTIVE,
    IDLE
  }

  /** How children name their parent: its position and some bits of its current hash. */
  private record Key(int position, long fragment) {}

  private static final int CALLS_KEPT = 12;

  /** Stands around batches, to find out who reads or writes beyond his range. */
  private static final int PADDING = -7;

  private final State[] states;
  private final @Nullable PositionalLineageHash[] hashes;
  private final boolean[] shared;
  private final int[] frequencies;
  private final ArrayDeque<Integer> empty = new ArrayDeque<>();
  private final Map<PositionalLineageHash, Integer> byHash = new HashMap<>();
  private final Map<Key, List<Integer>> byKey = new HashMap<>();
  private final EvictionPolicy policy;
  private int rowsSeen;
  private int idle;

  /** The last calls of the policy, for messages: a ring, read from {@code calls} on. */
  private final String[] callMethods = new String[CALLS_KEPT];

  private final int[][] callArguments = new int[CALLS_KEPT][];
  private int calls;

  /**
   * A pool of empty slots.
   *
   * @param blocks how many
   * @param factory makes the policy; asked once, now
   */
  public SimulatedPool(int blocks, EvictionPolicy.Factory factory) {
    states = new State[blocks];
    Arrays.fill(states, State.EMPTY);
    hashes = new PositionalLineageHash[blocks];
    shared = new boolean[blocks];
    frequencies = new int[blocks];
    for (int slot = 0; slot < blocks; slot++) {
      empty.add(slot);
    }
    policy = factory.create(new View());
  }

  /** {@return the policy of this pool} Calls that are made on it directly go past the pool. */
  public EvictionPolicy policy() {
    return policy;
  }

  // ---------------------------------------------------------------- what there is

  /** {@return the number of slots} */
  public int blocks() {
    return states.length;
  }

  /** {@return whether a block can be registered} */
  public boolean hasEmptySlot() {
    return !empty.isEmpty();
  }

  /** {@return how many slots are idle} */
  public int idleCount() {
    return idle;
  }

  /**
   * {@return whether the slot holds a block that is referenced}
   *
   * @param slot any slot
   */
  public boolean isActive(int slot) {
    return states[slot] == State.ACTIVE;
  }

  /**
   * {@return whether the slot holds a block that nobody references}
   *
   * @param slot any slot
   */
  public boolean isIdle(int slot) {
    return states[slot] == State.IDLE;
  }

  /**
   * {@return the slot that holds this hash, or -1}
   *
   * @param hash the hash of a block
   */
  public int find(PositionalLineageHash hash) {
    return byHash.getOrDefault(hash, -1);
  }

  /**
   * {@return the hash that the slot holds}
   *
   * @param slot any slot
   * @throws IllegalStateException if it is empty
   */
  public PositionalLineageHash hash(int slot) {
    PositionalLineageHash hash = hashes[slot];
    if (hash == null) {
      throw new IllegalStateException("slot " + slot + " is empty, it has no hash to read");
    }
    return hash;
  }

  /**
   * {@return the frequency estimate of the slot's hash}
   *
   * @param slot any slot
   * @throws IllegalStateException if it is empty
   */
  public int frequency(int slot) {
    hash(slot);
    return frequencies[slot];
  }

  /**
   * Sets the frequency estimate of a slot's hash; it is 0 for a new block.
   *
   * @param slot any slot
   * @param frequency the estimate, 0 to 15
   * @throws IllegalStateException if the slot is empty
   */
  public void setFrequency(int slot, int frequency) {
    hash(slot);
    frequencies[slot] = frequency;
  }

  // ---------------------------------------------------------------- residence

  /**
   * Puts a block into an empty slot, referenced: mostly the slot that was emptied last.
   *
   * @param hash the hash of the block
   * @return the slot
   * @throws IllegalStateException if the hash is resident already or no slot is empty
   */
  public int register(PositionalLineageHash hash) {
    require(!byHash.containsKey(hash), "the pool holds a block already with the hash", hash);
    require(!empty.isEmpty(), "no slot is empty; evict one before you register", hash);
    int slot = empty.remove();
    hashes[slot] = hash;
    states[slot] = State.ACTIVE;
    byHash.put(hash, slot);
    List<Integer> twins = byKey.computeIfAbsent(keyOf(hash), _ -> new ArrayList<>());
    for (int twin : twins) {
      shared[twin] = true;
      shared[slot] = true;
    }
    twins.add(slot);
    called("resident", slot);
    policy.resident(slot);
    return slot;
  }

  /**
   * {@link #register(PositionalLineageHash)} for each hash, in order.
   *
   * @param sequence the hashes of the blocks
   * @return the slots, in the same order
   * @throws IllegalStateException at the first hash that is resident already or finds no empty slot
   */
  public int[] register(LineageHashes sequence) {
    int[] slots = new int[sequence.size()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = register(sequence.get(i));
    }
    return slots;
  }

  /**
   * Drops the last reference of a block that is to be reset on release.
   *
   * @param slot a referenced slot
   * @throws IllegalStateException unless the slot is referenced
   */
  public void vacate(int slot) {
    require(states[slot] == State.ACTIVE, "only a referenced slot can be vacated, not", slot);
    called("vacated", slot);
    policy.vacated(slot);
    erase(slot);
  }

  // ---------------------------------------------------------------- release and match

  /**
   * Drops the last reference of each slot, one call after the other.
   *
   * @param slots referenced slots, in the order in which they become idle
   * @throws IllegalStateException at the first slot that is not referenced
   */
  public void release(int... slots) {
    for (int slot : slots) {
      toIdle(slot);
      called("becameIdle", slot);
      policy.becameIdle(slot);
    }
  }

  /**
   * {@link #release} in one batch call; every second batch of consecutive slots is offered to a
   * {@link RowPolicy} as a row first.
   *
   * @param slots referenced slots, in the order in which they become idle
   * @throws IllegalStateException if one of them is not referenced; the policy hears of none
   */
  public void releaseTogether(int... slots) {
    for (int slot : slots) {
      toIdle(slot);
    }
    called("becameIdle", slots.clone());
    if (policy instanceof RowPolicy rows
        && isRow(slots)
        && rows.becameIdleRow(slots[0], slots[slots.length - 1])) {
      return;
    }
    int[] buffer = padded(slots);
    policy.becameIdle(buffer, 1, slots.length + 1);
    Arrays.fill(buffer, PADDING);
  }

  /**
   * References idle slots, one call after the other.
   *
   * @param slots idle slots
   * @throws IllegalStateException at the first slot that is not idle
   */
  public void revive(int... slots) {
    for (int slot : slots) {
      toActive(slot);
      called("revived", slot);
      policy.revived(slot);
    }
  }

  /**
   * {@link #revive} in one batch call; every second batch of consecutive slots is offered to a
   * {@link RowPolicy} as a row first.
   *
   * @param slots idle slots
   * @throws IllegalStateException if one of them is not idle; the policy hears of none
   */
  public void reviveTogether(int... slots) {
    for (int slot : slots) {
      toActive(slot);
    }
    called("revived", slots.clone());
    if (policy instanceof RowPolicy rows
        && isRow(slots)
        && rows.revivedRow(slots[0], slots[slots.length - 1])) {
      return;
    }
    int[] buffer = padded(slots);
    policy.revived(buffer, 1, slots.length + 1);
    Arrays.fill(buffer, PADDING);
  }

  // ---------------------------------------------------------------- eviction

  /**
   * Asks for a victim and empties it.
   *
   * @return the slot, or -1 if no slot is idle
   * @throws AssertionError if the policy names a slot that is not idle, or none although there are
   */
  public int evict() {
    int victim = nextVictim();
    if (victim != -1) {
      erase(victim);
    }
    return victim;
  }

  /**
   * Asks for victims in one call and empties them.
   *
   * @param most how many are wanted
   * @return the slots in the order of the policy, fewer than wanted if fewer are idle
   * @throws AssertionError if the policy names other slots than idle ones, or not as many as there
   *     are, or writes beyond its range
   */
  public int[] evictTogether(int most) {
    int[] buffer = new int[most + 2];
    Arrays.fill(buffer, PADDING);
    called("nextVictims", most);
    int taken = policy.nextVictims(buffer, 1, most + 1);
    if (taken != Math.min(most, idle)) {
      throw failure(
          "nextVictims returned " + taken + " of " + most + " wanted, while " + idle + " are idle");
    }
    int[] victims = Arrays.copyOfRange(buffer, 1, 1 + taken);
    Arrays.fill(buffer, 1, 1 + taken, PADDING);
    if (Arrays.stream(buffer).anyMatch(slot -> slot != PADDING)) {
      throw failure("nextVictims returned " + taken + " but wrote elsewhere, too");
    }
    for (int victim : victims) {
      leave(victim);
      erase(victim);
    }
    return victims;
  }

  /**
   * Asks for a victim and gives it back at once, as a manager does that cannot use it.
   *
   * @return the slot, which is idle as before, or -1 if no slot is idle
   * @throws AssertionError if the policy names a slot that is not idle, or none although there are
   */
  public int evictAndReturn() {
    int victim = nextVictim();
    if (victim != -1) {
      states[victim] = State.IDLE;
      idle++;
      called("becameIdle", victim);
      policy.becameIdle(victim);
    }
    return victim;
  }

  /**
   * {@return the next victims in order, as the policy shows them}
   *
   * @param most how many are wanted
   * @throws AssertionError if the policy shows another number of slots than there are, or writes
   *     more than it says
   */
  public int[] preview(int most) {
    int[] into = new int[most];
    Arrays.fill(into, PADDING);
    called("preview", most);
    int shown = policy.preview(into);
    if (shown != Math.min(most, idle)) {
      throw failure(
          "preview returned " + shown + " of " + most + " wanted, while " + idle + " are idle");
    }
    for (int i = shown; i < most; i++) {
      if (into[i] != PADDING) {
        throw failure("preview returned " + shown + " but wrote into[" + i + "], too");
      }
    }
    return Arrays.copyOf(into, shown);
  }

  // ---------------------------------------------------------------- inside

  private int nextVictim() {
    called("nextVictim");
    int victim = policy.nextVictim();
    if (victim != -1) {
      leave(victim);
    } else if (idle > 0) {
      throw failure("nextVictim returned -1 although " + idle + " slots are idle");
    }
    return victim;
  }

  private void leave(int victim) {
    if (victim < 0 || victim >= states.length) {
      throw failure("the victim " + victim + " is no slot; slots are 0 to " + (blocks() - 1));
    }
    if (states[victim] != State.IDLE) {
      throw failure(
          "the victim "
              + victim
              + " is not idle, it is "
              + (states[victim] == State.EMPTY ? "empty" : "referenced"));
    }
    states[victim] = State.EMPTY;
    idle--;
  }

  private void toIdle(int slot) {
    require(states[slot] == State.ACTIVE, "only a referenced slot can be released, not", slot);
    states[slot] = State.IDLE;
    idle++;
  }

  /** Whether the slots are a row, and one to be offered: a policy is to see arrays of them too. */
  private boolean isRow(int[] slots) {
    int step = slots.length > 1 ? slots[1] - slots[0] : 1;
    boolean row = slots.length > 0 && Math.abs(step) == 1;
    for (int i = 1; i < slots.length; i++) {
      row &= slots[i] - slots[i - 1] == step;
    }
    return row && rowsSeen++ % 2 == 0;
  }

  private void toActive(int slot) {
    require(states[slot] == State.IDLE, "only an idle slot can be revived, not", slot);
    states[slot] = State.ACTIVE;
    idle--;
  }

  private void erase(int slot) {
    PositionalLineageHash hash = hash(slot);
    byHash.remove(hash);
    byKey.computeIfPresent(
        keyOf(hash),
        (_, twins) -> {
          twins.remove(Integer.valueOf(slot));
          return twins.isEmpty() ? null : twins;
        });
    hashes[slot] = null;
    shared[slot] = false;
    frequencies[slot] = 0;
    states[slot] = State.EMPTY;
    // The next tenant comes at once: nobody may take it for the last one.
    empty.addFirst(slot);
  }

  private void called(String method, int... arguments) {
    int at = calls++ % CALLS_KEPT;
    callMethods[at] = method;
    callArguments[at] = arguments;
  }

  private AssertionError failure(String what) {
    StringJoiner last = new StringJoiner(", ");
    for (int call = Math.max(0, calls - CALLS_KEPT); call < calls; call++) {
      StringJoiner arguments = new StringJoiner(" ", "(", ")");
      for (int argument : callArguments[call % CALLS_KEPT]) {
        arguments.add(Integer.toString(argument));
      }
      last.add(callMethods[call % CALLS_KEPT] + arguments);
    }
    return new AssertionError(
        "policy " + policy.name() + ": " + what + "; the last calls were " + last);
  }

  private static void require(boolean holds, String message, Object what) {
    if (!holds) {
      throw new IllegalStateException(message + " " + what);
    }
  }

  /** The width follows from the position of the block that continues this one. */
  private static Key keyOf(PositionalLineageHash hash) {
    int next = hash.position() + 1;
    int bits = next < 256 ? 54 : next < 65_536 ? 46 : 38;
    return new Key(hash.position(), hash.currentSequenceHash() & ((1L << bits) - 1));
  }

  private static Key parentKeyOf(PositionalLineageHash hash) {
    return new Key(hash.position() - 1, hash.parentHashFragment());
  }

  /** Batches are cut from larger arrays. */
  private static int[] padded(int[] slots) {
    int[] buffer = new int[slots.length + 2];
    Arrays.fill(buffer, PADDING);
    System.arraycopy(slots, 0, buffer, 1, slots.length);
    return buffer;
  }

  /** What the policy sees. */
  private final class View implements SlotView {
    @Override
    public int blocks() {
      return states.length;
    }

    @Override
    public long hashHi(int slot) {
      return hash(slot).hi();
    }

    @Override
    public long hashLo(int slot) {
      return hash(slot).lo();
    }

    @Override
    public int position(int slot) {
      return hash(slot).position();
    }

    @Override
    public int parent(int slot) {
      PositionalLineageHash hash = hash(slot);
      List<Integer> found =
          hash.position() == 0 ? List.of() : byKey.getOrDefault(parentKeyOf(hash), List.of());
      // Any of several: which one changes with the child, so that nobody can rely on it.
      return found.isEmpty() ? -1 : found.get((int) (hash.lo() >>> 60) % found.size());
    }

    @Override
    public boolean isParent(int candidate, int slot) {
      PositionalLineageHash parent = hashes[candidate];
      PositionalLineageHash child = hash(slot);
      return parent != null && child.position() > 0 && keyOf(parent).equals(parentKeyOf(child));
    }

    @Override
    public boolean isIdle(int slot) {
      return states[slot] == State.IDLE;
    }

    @Override
    public boolean sharesFragment(int slot) {
      hash(slot);
      return shared[slot];
    }

    @Override
    public int frequency(int slot) {
      return SimulatedPool.this.frequency(slot);
    }
  }
}
