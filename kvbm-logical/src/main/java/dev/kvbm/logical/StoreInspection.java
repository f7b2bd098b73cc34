package dev.kvbm.logical;

import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Looks at a whole store under its lock: enumeration, dump, invariants. */
final class StoreInspection {
  /** By the numbers that {@link Slots} gives them. */
  private static final SlotInfo.State[] STATES = {
    SlotInfo.State.RESET,
    SlotInfo.State.MUTABLE,
    SlotInfo.State.STAGED,
    SlotInfo.State.DUPLICATE,
    SlotInfo.State.PRIMARY,
    SlotInfo.State.INACTIVE
  };

  private StoreInspection() {}

  static List<SlotInfo> slots(BlockStore<?> store) {
    List<SlotInfo> result = new ArrayList<>(store.blocks);
    store.inspect(slot -> result.add(info(store, slot)));
    return result;
  }

  private static SlotInfo info(BlockStore<?> store, int slot) {
    long meta = store.slots.meta(slot);
    SlotInfo.State state = STATES[(int) (meta & Slots.STATE_MASK)];
    return new SlotInfo(
        slot,
        state,
        hasHash(state) ? hash(store, slot) : null,
        store.slots.references(slot),
        (meta & Slots.RESET_ON_RELEASE) != 0,
        store.slots.generation(slot));
  }

  private static boolean hasHash(SlotInfo.State state) {
    return switch (state) {
      case RESET, MUTABLE -> false;
      case STAGED, PRIMARY, DUPLICATE, INACTIVE -> true;
    };
  }

  private static PositionalLineageHash hash(BlockStore<?> store, int slot) {
    return new PositionalLineageHash(store.slots.hi(slot), store.slots.lo(slot));
  }

  static String dump(BlockStore<?> store, int most) {
    int[] counts = new int[STATES.length];
    List<SlotInfo> inUse = new ArrayList<>();
    StringBuilder victims = new StringBuilder();
    store.lock.lock();
    try {
      for (int slot = 0; slot < store.blocks; slot++) {
        int state = store.slots.state(slot);
        counts[state]++;
        if (state != Slots.RESET && state != Slots.INACTIVE && inUse.size() < most) {
          inUse.add(info(store, slot));
        }
      }
      appendVictims(store, most, victims);
    } finally {
      store.lock.unlock();
    }
    StringBuilder text = new StringBuilder();
    text.append("manager ").append(store.name).append(" (id ").append(store.id).append("): ");
    text.append(store.blocks).append(" blocks of ").append(store.blockSize).append(" tokens");
    text.append(", policy ").append(store.policyName);
    text.append(", duplicates ").append(store.duplicationPolicy).append('\n');
    for (SlotInfo.State state : SlotInfo.State.values()) {
      int count = counts[Arrays.asList(STATES).indexOf(state)];
      text.append("  ").append(state).append(' ').append(count).append('\n');
    }
    text.append("in use:\n");
    for (SlotInfo slot : inUse) {
      text.append("  ").append(slot.id()).append(' ').append(slot.state());
      text.append(slot.hash() == null ? "" : " " + slot.hash());
      text.append(" references ").append(slot.references());
      text.append(slot.resetOnRelease() ? " reset-on-release" : "").append('\n');
    }
    return text.append("next victims:\n").append(victims).toString();
  }

  /** The picture matters most when something is broken, so a broken policy does not prevent it. */
  private static void appendVictims(BlockStore<?> store, int most, StringBuilder text) {
    EvictionPreview next;
    try {
      next = store.previewLocked(most);
    } catch (Throwable e) {
      text.append("  the policy does not say: ").append(e).append('\n');
      return;
    }
    for (int i = 0; i < next.ids().length; i++) {
      text.append("  ").append(next.ids()[i]).append(' ').append(next.hashes().get(i)).append('\n');
    }
  }

  static List<String> violations(BlockStore<?> store) {
    List<String> problems = new ArrayList<>();
    store.lock.lock();
    try {
      check(store, problems);
    } finally {
      store.lock.unlock();
    }
    return problems;
  }

  private static void check(BlockStore<?> store, List<String> problems) {
    Slots slots = store.slots;
    Set<Integer> free = new HashSet<>();
    for (int i = 0; i < store.free.size(); i++) {
      int slot = store.free.get(i);
      if (!free.add(slot)) {
        problems.add("I1: slot " + slot + " is in the free list twice");
      }
    }
    int[] counts = new int[STATES.length];
    Map<PositionalLineageHash, Integer> duplicatesOf = new HashMap<>();
    for (int slot = 0; slot < store.blocks; slot++) {
      int state = slots.state(slot);
      counts[state]++;
      if (free.contains(slot) != (state == Slots.RESET)) {
        problems.add(
            "I1: slot " + slot + " is " + STATES[state] + " and free: " + free.contains(slot));
      }
      checkReferences(slots, slot, state, problems);
      if (slots.isResident(slot)) {
        int found = slots.find(slots.hi(slot), slots.lo(slot));
        if (found != slot) {
          problems.add("I3/I4: the table has slot " + found + " for the hash of slot " + slot);
        }
      } else if (state == Slots.DUPLICATE) {
        duplicatesOf.merge(hash(store, slot), 1, Integer::sum);
      }
    }
    duplicatesOf.forEach(
        (hash, count) -> {
          int primary = slots.find(hash.hi(), hash.lo());
          if (primary < 0 || slots.state(primary) != Slots.PRIMARY) {
            problems.add("I5: " + count + " duplicates of " + hash + " have no primary");
          } else if (slots.references(primary) < count) {
            problems.add("I5: slot " + primary + " is not pinned by its " + count + " duplicates");
          }
        });
    int resident = counts[Slots.PRIMARY] + counts[Slots.INACTIVE];
    if (slots.tableSize() != resident) {
      problems.add(
          "I3: the table has " + slots.tableSize() + " entries for " + resident + " slots");
    }
    expect(problems, "I7: reset gauge", store.free.size(), counts[Slots.RESET]);
    expect(problems, "I7: inactive gauge", store.counts.inactive, counts[Slots.INACTIVE]);
    store.counts.checkGauges(
        problems,
        counts[Slots.MUTABLE],
        counts[Slots.STAGED],
        counts[Slots.PRIMARY] + counts[Slots.DUPLICATE],
        counts[Slots.DUPLICATE]);
    checkPolicy(store, counts[Slots.INACTIVE], problems);
  }

  private static void checkReferences(Slots slots, int slot, int state, List<String> problems) {
    boolean referenced = slots.references(slot) > 0;
    boolean shouldBe = state == Slots.PRIMARY || state == Slots.DUPLICATE;
    if (referenced != shouldBe) {
      problems.add(
          "I6: slot "
              + slot
              + " is "
              + STATES[state]
              + " with "
              + slots.references(slot)
              + " references");
    }
  }

  /** I2 and I8: the policy would evict exactly the idle slots, each once. */
  private static void checkPolicy(BlockStore<?> store, int idle, List<String> problems) {
    int[] order = new int[idle + 1];
    int n;
    try {
      n = store.policy.policy().preview(order);
    } catch (Throwable e) {
      problems.add("I2: the policy cannot say what it would evict: " + e);
      return;
    }
    expect(problems, "I2: victims known to the policy", n, idle);
    Set<Integer> seen = new HashSet<>();
    for (int i = 0; i < n; i++) {
      if (store.slots.state(order[i]) != Slots.INACTIVE || !seen.add(order[i])) {
        problems.add("I2: the policy names slot " + order[i] + ", which is not an idle slot left");
      }
    }
  }

  static void expect(List<String> problems, String what, long actual, long expected) {
    if (actual != expected) {
      problems.add(what + " is " + actual + ", not " + expected);
    }
  }
}
