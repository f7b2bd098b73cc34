package dev.kvbm.logical;

import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.SlotView;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** Evicts what was released first, in plain collections; tests override it to misbehave. */
class ScriptedPolicy implements EvictionPolicy {
  final SlotView slots;
  final Deque<Integer> idle = new ArrayDeque<>();

  /** Every call that was made, in order. */
  final List<String> calls = new ArrayList<>();

  ScriptedPolicy(SlotView slots) {
    this.slots = slots;
  }

  @Override
  public String name() {
    return "scripted";
  }

  @Override
  public void resident(int slot) {
    calls.add("resident " + slot);
  }

  @Override
  public void vacated(int slot) {
    calls.add("vacated " + slot);
  }

  @Override
  public void becameIdle(int slot) {
    calls.add("idle " + slot);
    idle.addLast(slot);
  }

  @Override
  public void revived(int slot) {
    calls.add("revived " + slot);
    idle.remove((Integer) slot);
  }

  @Override
  public int nextVictim() {
    Integer victim = idle.pollFirst();
    calls.add("victim " + victim);
    return victim == null ? -1 : victim;
  }

  @Override
  public int preview(int[] into) {
    int n = 0;
    for (int slot : idle) {
      if (n == into.length) {
        break;
      }
      into[n++] = slot;
    }
    return n;
  }
}
