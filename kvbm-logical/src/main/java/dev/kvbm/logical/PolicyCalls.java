package dev.kvbm.logical;

import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.RowPolicy;
import java.util.Arrays;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Calls the eviction policy of a store, under the store's lock, and survives whatever it does: what
 * it throws, errors included, and what it answers that cannot be. The first failure is logged.
 *
 * <p>A batch is often a group's own array. Policies of this library only read it; others get a
 * copy, so that one which writes to it, against its promise, costs nobody a block.
 */
final class PolicyCalls {
  private static final System.Logger LOGGER = System.getLogger(PolicyCalls.class.getName());

  private final EvictionPolicy policy;
  private final @Nullable RowPolicy rows;
  private final String name;
  private final Slots slots;
  private final ManagerId managerId;
  private final boolean isTrusted;
  private boolean failureLogged;

  PolicyCalls(EvictionPolicy policy, Slots slots, ManagerId managerId) {
    this.policy = Objects.requireNonNull(policy, "the eviction policy's factory made nothing");
    this.rows = policy instanceof RowPolicy itself ? itself : null;
    this.name = policy.name();
    this.slots = slots;
    this.managerId = managerId;
    this.isTrusted = policy.getClass().getPackage() == EvictionPolicy.class.getPackage();
  }

  String name() {
    return name;
  }

  /** The policy itself, for those who look at it and want to see it fail. */
  EvictionPolicy policy() {
    return policy;
  }

  /**
   * Fills {@code taken[from..to)} with victims, which are no longer idle, and returns the index
   * after the last good one.
   */
  int victims(int[] taken, int from, int to) {
    Arrays.fill(taken, from, to, -1);
    try {
      if (isTrusted) {
        int _ = policy.nextVictims(taken, from, to);
      } else {
        int[] copy = new int[to - from];
        Arrays.fill(copy, -1);
        try {
          int _ = policy.nextVictims(copy, 0, copy.length);
        } finally {
          System.arraycopy(copy, 0, taken, from, copy.length);
        }
      }
    } catch (Throwable e) {
      failed("nextVictims", e);
    }
    int good = from;
    for (int i = from; i < to; i++) {
      int victim = taken[i];
      if (!isIdle(victim)) {
        failed("nextVictims", notIdle(victim));
        continue;
      }
      slots.setMeta(victim, Slots.withState(slots.meta(victim), Slots.MUTABLE));
      taken[good++] = victim;
    }
    return good;
  }

  /** The next victim, still idle; -1 if the policy does not say. */
  int victim() {
    int victim;
    try {
      victim = policy.nextVictim();
    } catch (Throwable e) {
      failed("nextVictim", e);
      return -1;
    }
    if (!isIdle(victim)) {
      failed("nextVictim", notIdle(victim));
      return -1;
    }
    return victim;
  }

  private boolean isIdle(int slot) {
    return slot >= 0 && slot < slots.blocks() && slots.state(slot) == Slots.INACTIVE;
  }

  private static IllegalStateException notIdle(int slot) {
    return new IllegalStateException("slot " + slot + " is not an idle block");
  }

  /**
   * Returns whether the policy has taken all of the slots. If not, it may know some of them.
   *
   * @param isRow whether they are consecutive, see {@link Slots#direction}
   */
  boolean becameIdle(int[] idle, int n, boolean isRow) {
    try {
      if (rows == null || !isRow || !rows.becameIdleRow(idle[0], idle[n - 1])) {
        policy.becameIdle(batch(idle, n), 0, n);
      }
      return true;
    } catch (Throwable e) {
      failed("becameIdle", e);
      return false;
    }
  }

  /** Returns whether the policy has taken the slot. If not, it may know it or not. */
  boolean becameIdle(int slot) {
    try {
      policy.becameIdle(slot);
      return true;
    } catch (Throwable e) {
      failed("becameIdle", e);
      return false;
    }
  }

  private int[] batch(int[] slots, int n) {
    return isTrusted ? slots : Arrays.copyOf(slots, n);
  }

  /** Tells the policy that slots are not idle, which are consecutive if {@code isRow}. */
  void revived(int[] revived, int n, boolean isRow) {
    try {
      if (rows == null || !isRow || !rows.revivedRow(revived[0], revived[n - 1])) {
        policy.revived(batch(revived, n), 0, n);
      }
    } catch (Throwable e) {
      failed("revived", e);
      for (int i = 0; i < n; i++) {
        revived(revived[i]);
      }
    }
  }

  /** Tells the policy that a slot is not idle, in case it does not know yet. */
  void revived(int slot) {
    try {
      policy.revived(slot);
    } catch (Throwable e) {
      failed("revived", e);
    }
  }

  void resident(int slot) {
    try {
      policy.resident(slot);
    } catch (Throwable e) {
      failed("resident", e);
    }
  }

  void vacated(int slot) {
    try {
      policy.vacated(slot);
    } catch (Throwable e) {
      failed("vacated", e);
    }
  }

  private void failed(String call, Throwable e) {
    if (!failureLogged) {
      failureLogged = true;
      SafeLog.log(
          () ->
              LOGGER.log(
                  System.Logger.Level.ERROR,
                  "eviction policy "
                      + name
                      + " of manager "
                      + managerId
                      + " failed in "
                      + call
                      + "; the block concerned is freed or the allocation undone; later failures"
                      + " are not logged",
                  e));
    }
  }
}
