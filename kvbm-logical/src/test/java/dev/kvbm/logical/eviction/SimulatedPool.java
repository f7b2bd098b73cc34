package dev.kvbm.logical.eviction;

import static java.util.Objects.requireNonNull;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A pool of slots without guards, locks or metrics: just enough of a block manager to run an
 * eviction policy under the rules of {@link EvictionPolicy}. Refuses moves that a manager would
 * never make, and victims that a policy must not return.
 */
public final class SimulatedPool implements SlotView {
  private enum State {
    EMPTY,
    ACTIVE,
    IDLE
  }

  private record Key(int position, long fragment) {}

  private final State[] states;
  private final @Nullable PositionalLineageHash[] hashes;
  private final boolean[] shared;
  private final int[] frequencies;
  private final ArrayDeque<Integer> empty = new ArrayDeque<>();
  private final Map<PositionalLineageHash, Integer> byHash = new HashMap<>();
  private final Map<Key, List<Integer>> byKey = new HashMap<>();
  private final EvictionPolicy policy;
  private int idle;

  public SimulatedPool(int blocks, EvictionPolicy.Factory factory) {
    states = new State[blocks];
    Arrays.fill(states, State.EMPTY);
    hashes = new PositionalLineageHash[blocks];
    shared = new boolean[blocks];
    frequencies = new int[blocks];
    for (int slot = 0; slot < blocks; slot++) {
      empty.add(slot);
    }
    policy = factory.create(this);
  }

  public EvictionPolicy policy() {
    return policy;
  }

  // ---------------------------------------------------------------- moves

  public boolean hasEmptySlot() {
    return !empty.isEmpty();
  }

  public int idleCount() {
    return idle;
  }

  /** The slot that holds this hash, or -1. */
  public int find(PositionalLineageHash hash) {
    return byHash.getOrDefault(hash, -1);
  }

  public PositionalLineageHash hash(int slot) {
    return requireNonNull(hashes[slot], "empty slot");
  }

  public boolean isActive(int slot) {
    return states[slot] == State.ACTIVE;
  }

  /** Puts a hash that is not resident into an empty slot, referenced. */
  public int register(PositionalLineageHash hash) {
    require(!byHash.containsKey(hash), "resident already: " + hash);
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
    policy.resident(slot);
    return slot;
  }

  /** Drops the last reference of each slot, in order, as single calls. */
  public void release(int... slots) {
    for (int slot : slots) {
      toIdle(slot);
      policy.becameIdle(slot);
    }
  }

  /** Drops the last reference of each slot, in order, as one batch. */
  public void releaseAll(int... slots) {
    for (int slot : slots) {
      toIdle(slot);
    }
    int[] buffer = padded(slots);
    policy.becameIdle(buffer, 1, slots.length + 1);
    Arrays.fill(buffer, -7);
  }

  /** References idle slots, in order, as single calls. */
  public void revive(int... slots) {
    for (int slot : slots) {
      toActive(slot);
      policy.revived(slot);
    }
  }

  /** References idle slots, in order, as one batch. */
  public void reviveAll(int... slots) {
    for (int slot : slots) {
      toActive(slot);
    }
    int[] buffer = padded(slots);
    policy.revived(buffer, 1, slots.length + 1);
    Arrays.fill(buffer, -7);
  }

  /** Drops the last reference of a block that is to be reset on release. */
  public void vacate(int slot) {
    require(states[slot] == State.ACTIVE, "not referenced: " + slot);
    policy.vacated(slot);
    erase(slot);
  }

  /** Asks for a victim, checks and empties it. Returns -1 if there is none. */
  public int evict() {
    int victim = policy.nextVictim();
    if (victim == -1) {
      require(idle == 0, "no victim although " + idle + " slots are idle");
      return -1;
    }
    leave(victim);
    return victim;
  }

  /** Asks for up to {@code n} victims in one call, checks and empties them. */
  public int[] evictTogether(int n) {
    int[] buffer = padded(new int[n]);
    int expected = Math.min(n, idle);
    int taken = policy.nextVictims(buffer, 1, n + 1);
    require(taken == expected, taken + " victims, not " + expected);
    require(buffer[0] == -7 && buffer[n + 1] == -7, "wrote outside its range");
    int[] victims = Arrays.copyOfRange(buffer, 1, 1 + taken);
    for (int victim : victims) {
      leave(victim);
    }
    return victims;
  }

  private void leave(int victim) {
    require(victim >= 0 && victim < states.length, "victim out of range: " + victim);
    require(states[victim] == State.IDLE, "victim is not idle: " + victim);
    idle--;
    erase(victim);
  }

  /** Asks for a victim and gives it back at once. */
  public int evictAndReturn() {
    int victim = policy.nextVictim();
    if (victim != -1) {
      require(states[victim] == State.IDLE, "victim is not idle: " + victim);
      policy.becameIdle(victim);
    }
    return victim;
  }

  public void setFrequency(int slot, int frequency) {
    frequencies[slot] = frequency;
  }

  // ---------------------------------------------------------------- the view

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
    hash(slot);
    return frequencies[slot];
  }

  /** Whether another resident block with the key of {@code hash} is idle. */
  public boolean hasIdleTwin(PositionalLineageHash hash) {
    return byKey.getOrDefault(keyOf(hash), List.of()).stream()
        .anyMatch(slot -> states[slot] == State.IDLE && !hash(slot).equals(hash));
  }

  // ---------------------------------------------------------------- inside

  private void toIdle(int slot) {
    require(states[slot] == State.ACTIVE, "not referenced: " + slot);
    states[slot] = State.IDLE;
    idle++;
  }

  private void toActive(int slot) {
    require(states[slot] == State.IDLE, "not idle: " + slot);
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

  /** The width follows from the position of the block that continues this one. */
  private static Key keyOf(PositionalLineageHash hash) {
    int next = hash.position() + 1;
    int bits = next < 256 ? 54 : next < 65_536 ? 46 : 38;
    return new Key(hash.position(), hash.currentSequenceHash() & ((1L << bits) - 1));
  }

  private static Key parentKeyOf(PositionalLineageHash hash) {
    return new Key(hash.position() - 1, hash.parentHashFragment());
  }

  /** Batches are cut from larger buffers. */
  private static int[] padded(int[] slots) {
    int[] buffer = new int[slots.length + 2];
    Arrays.fill(buffer, -7);
    System.arraycopy(slots, 0, buffer, 1, slots.length);
    return buffer;
  }

  private static void require(boolean holds, String message) {
    if (!holds) {
      throw new AssertionError(message);
    }
  }
}
