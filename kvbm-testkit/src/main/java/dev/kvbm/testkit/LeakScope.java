package dev.kvbm.testkit;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.HeldGuard;
import dev.kvbm.logical.LeakDetection;
import dev.kvbm.logical.SlotInfo;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A stretch of code that has to give back every block it takes.
 *
 * <pre>{@code
 * try (LeakScope scope = LeakScope.watch(manager)) {
 *   engine.serve(request);
 * }   // AssertionError if a block is held that was not held before
 * }</pre>
 *
 * <p>It counts and does not wait for the garbage collector: a guard that nobody closed is found
 * whether or not it is still reachable. If nothing is held when the scope begins, nothing escapes
 * it. If something is, every block and every reference beyond that is found; to find a guard that
 * took the place of another one on the same block as well, build the manager with {@link
 * LeakDetection#ALL}, which also adds the place of each acquisition to the message.
 *
 * <p>Use it when no other thread works with the managers; what others hold would be blamed on the
 * scope. Not thread-safe.
 */
public final class LeakScope implements AutoCloseable {
  private static final int MAX_LISTED = 32;

  private final List<Watched> watched = new ArrayList<>();

  private LeakScope() {}

  /**
   * Begins a scope: notes what is held now.
   *
   * @param managers what to watch; others may be added
   * @return the scope; closing it checks
   */
  public static LeakScope watch(BlockManager<?>... managers) {
    return watch(List.of(managers));
  }

  /**
   * {@link #watch(BlockManager...)} for a collection of managers.
   *
   * @param managers what to watch; others may be added
   * @return the scope; closing it checks
   */
  public static LeakScope watch(Iterable<? extends BlockManager<?>> managers) {
    LeakScope scope = new LeakScope();
    managers.forEach(scope::add);
    return scope;
  }

  /**
   * Adds a manager, which may have been made within the scope. What is held in it now is not blamed
   * on the scope.
   *
   * @param manager what to watch from now on
   */
  public void add(BlockManager<?> manager) {
    watched.add(new Watched(manager));
  }

  /**
   * What is held now and was not when the scope began. In time proportional to the size of the
   * pools.
   *
   * @return one entry for each block, then one for each guard if the manager watches them; empty if
   *     nothing is
   */
  public List<String> leaks() {
    List<String> leaks = new ArrayList<>();
    watched.forEach(each -> each.collect(leaks));
    return leaks;
  }

  /**
   * Ends the scope.
   *
   * @throws AssertionError if a block is held that was not held when the scope began
   */
  @Override
  public void close() {
    check();
  }

  /**
   * {@link #close} for callers that go on afterwards.
   *
   * @throws AssertionError if a block is held that was not held when the scope began
   */
  public void check() {
    List<String> leaks = leaks();
    if (!leaks.isEmpty()) {
      throw new AssertionError(
          "blocks were left behind; close every guard, group and pin:\n  "
              + String.join("\n  ", leaks));
    }
  }

  /** One manager, and what was held in it at the beginning. */
  private static final class Watched {
    private final BlockManager<?> manager;
    private final Map<Integer, SlotInfo> heldBefore = new HashMap<>();
    private final long guardsBefore;
    private final Set<Long> guardNumbersBefore = new HashSet<>();

    Watched(BlockManager<?> manager) {
      this.manager = manager;
      for (SlotInfo slot : manager.slots()) {
        if (isHeld(slot)) {
          heldBefore.put(slot.id(), slot);
        }
      }
      guardsBefore = manager.metrics().inflightImmutable();
      manager.heldGuards().forEach(guard -> guardNumbersBefore.add(guard.number()));
    }

    private static boolean isHeld(SlotInfo slot) {
      return slot.state() != SlotInfo.State.RESET && slot.state() != SlotInfo.State.INACTIVE;
    }

    void collect(List<String> leaks) {
      List<String> blocks = new ArrayList<>();
      for (SlotInfo slot : manager.slots()) {
        if (isHeld(slot) && !wasHeld(slot)) {
          blocks.add(describe(slot));
        }
      }
      List<String> guards = new ArrayList<>();
      for (HeldGuard guard : manager.heldGuards()) {
        if (!guardNumbersBefore.contains(guard.number())) {
          guards.add(describe(guard));
        }
      }
      // More guards than before on blocks that the comparison of blocks lets pass.
      long more = manager.metrics().inflightImmutable() - guardsBefore;
      if (blocks.isEmpty() && guards.isEmpty() && more > 0) {
        blocks.add(manager + ": " + more + " more guards of registered blocks than before");
      }
      addSome(blocks, "blocks", leaks);
      addSome(guards, "guards", leaks);
    }

    private boolean wasHeld(SlotInfo slot) {
      SlotInfo before = heldBefore.get(slot.id());
      return before != null
          && before.generation() == slot.generation()
          && before.state() == slot.state()
          && before.references() >= slot.references();
    }

    private String describe(SlotInfo slot) {
      StringBuilder text = new StringBuilder();
      text.append(manager).append(": block ").append(slot.id()).append(" is ").append(slot.state());
      if (slot.hash() != null) {
        text.append(" of ").append(slot.hash());
      }
      if (slot.references() > 0) {
        text.append(" with ").append(slot.references()).append(" references");
      }
      SlotInfo before = heldBefore.get(slot.id());
      if (before != null && before.generation() == slot.generation()) {
        text.append(", was ").append(before.state());
        text.append(" with ").append(before.references()).append(" references before");
      }
      return text.toString();
    }

    private String describe(HeldGuard guard) {
      StringBuilder text = new StringBuilder();
      text.append(manager).append(": ").append(guard.kind());
      text.append(" of ").append(guard.blocks()).append(" block(s)");
      text.append(guard.lost() ? " was lost to the garbage collector" : " is still held");
      text.append(", acquired");
      for (StackTraceElement frame : guard.acquired().getStackTrace()) {
        if (!frame.getClassName().startsWith("dev.kvbm.logical.")
            || frame.getClassName().endsWith("Test")) {
          return text.append(" at ").append(frame).toString();
        }
      }
      return text.append(" inside the library").toString();
    }

    private static void addSome(List<String> lines, String what, List<String> leaks) {
      leaks.addAll(lines.subList(0, Math.min(MAX_LISTED, lines.size())));
      if (lines.size() > MAX_LISTED) {
        leaks.add("and " + (lines.size() - MAX_LISTED) + " " + what + " more");
      }
    }
  }
}
