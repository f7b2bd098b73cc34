package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.CompleteBlock;
import dev.kvbm.logical.CompleteBlocks;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.LifecyclePin;
import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.WeakBlock;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.registry.RegistrationHandle;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One manager of a running script and everything the script holds of it.
 *
 * @param <T> the tier marker
 */
final class Pool<T> {
  final World world;
  final BlockManager<T> manager;

  /** Whether the reference resets this pool in an unspecified order. */
  final boolean unorderedReset;

  private final GuardForm form;
  private final Map<Integer, Held<T>> held = new TreeMap<>();

  // Groups to be filled again and again in the form of groups.
  private final MutableBlocks<T> mutables;
  private final ImmutableBlocks<T> immutables;

  Pool(World world, BlockManager<T> manager, boolean unorderedReset, GuardForm form) {
    this.world = world;
    this.manager = manager;
    this.unorderedReset = unorderedReset;
    this.form = form;
    this.mutables = manager.newMutableBlocks();
    this.immutables = manager.newImmutableBlocks();
  }

  // --------------- handles ---------------

  void hold(int handle, Held<T> object) {
    if (held.putIfAbsent(handle, object) != null) {
      throw new MalformedScriptException("handle " + handle + " is in use already");
    }
  }

  void hold(int handle, MutableBlock<T> block) {
    hold(handle, new Held.Mutable<>(block));
  }

  void hold(int handle, CompleteBlock<T> block) {
    hold(handle, new Held.Staged<>(block));
  }

  void hold(int handle, ImmutableBlock<T> block) {
    hold(handle, new Held.Immutable<>(block));
  }

  void hold(int handle, LifecyclePin pin) {
    hold(handle, new Held.Pinned<>(pin));
  }

  /** Keeps a weak block, with a registration handle that was just opened. */
  void hold(int handle, WeakBlock<T> block, RegistrationHandle registration) {
    world.registrationOpened(registration);
    hold(handle, new Held.Weak<>(block, registration));
  }

  /** Keeps a registration handle that was just opened. */
  void hold(int handle, RegistrationHandle registration) {
    world.registrationOpened(registration);
    hold(handle, new Held.Registered<>(registration));
  }

  /** The handle's object ceases to be held; the caller consumed it. */
  void consumed(int handle) {
    held.remove(handle);
  }

  MutableBlock<T> mutable(int handle) {
    if (get(handle) instanceof Held.Mutable<T> mutable) {
      return mutable.block();
    }
    throw wrong(handle, "a mutable block");
  }

  CompleteBlock<T> staged(int handle) {
    if (get(handle) instanceof Held.Staged<T> staged) {
      return staged.block();
    }
    throw wrong(handle, "a staged block");
  }

  ImmutableBlock<T> immutable(int handle) {
    if (get(handle) instanceof Held.Immutable<T> immutable) {
      return immutable.block();
    }
    throw wrong(handle, "an immutable block");
  }

  Held.Weak<T> weak(int handle) {
    if (get(handle) instanceof Held.Weak<T> weak) {
      return weak;
    }
    throw wrong(handle, "a weak block");
  }

  LifecyclePin pin(int handle) {
    if (get(handle) instanceof Held.Pinned<T> pinned) {
      return pinned.pin();
    }
    throw wrong(handle, "a pin");
  }

  RegistrationHandle registration(int handle) {
    if (get(handle) instanceof Held.Registered<T> registered) {
      return registered.registration();
    }
    throw wrong(handle, "a registration handle");
  }

  RequestScript.Plain<T> plainRequest(int handle) {
    if (get(handle) instanceof Held.Requested<T>(RequestScript.Plain<T> script)) {
      return script;
    }
    throw wrong(handle, "a plain request");
  }

  RequestScript.Scheduled<T> scheduledRequest(int handle) {
    if (get(handle) instanceof Held.Requested<T>(RequestScript.Scheduled<T> script)) {
      return script;
    }
    throw wrong(handle, "a schedulable request");
  }

  AssignmentOperations.Script<T> assignments(int handle) {
    if (get(handle) instanceof Held.Assigned<T>(AssignmentOperations.Script<T> script)) {
      return script;
    }
    throw wrong(handle, "block assignments");
  }

  ExternalOperations.Script external(int handle) {
    if (get(handle) instanceof Held.External<T>(ExternalOperations.Script script)) {
      return script;
    }
    throw wrong(handle, "external block assignments");
  }

  /** The handles' objects cease to be held; the caller consumed them. */
  void consumed(int[] handles) {
    for (int handle : handles) {
      held.remove(handle);
    }
  }

  /** The blocks of the handles are in other guards now. */
  void replaceImmutables(int[] handles, List<ImmutableBlock<T>> blocks) {
    for (int i = 0; i < handles.length; i++) {
      held.put(handles[i], new Held.Immutable<>(blocks.get(i)));
    }
  }

  // --------------- requests of another block size ---------------

  private static final Json REFUSED = Json.of("refused");

  /** The answer to a request that cannot be made; the reference makes it and panics later. */
  Json refuse(int handle, TokenBlockSequence prompt, IllegalArgumentException reason) {
    if (prompt.blockSize() == manager.blockSize()) {
      throw reason;
    }
    hold(handle, new Held.Refused<>());
    world.explain(CompatibilityRow.PANICS, /* endsScript= */ false);
    return REFUSED;
  }

  /** Whether the handle's request was refused. */
  boolean isRefused(int handle) {
    return get(handle) instanceof Held.Refused;
  }

  /**
   * The answer of an operation on a request that was refused. The script goes on if the recorded
   * operation left the pool alone.
   */
  Json answerOfRefused() {
    List<Json> unchanged = outcome(REFUSED);
    boolean leftAlone =
        world.recorded() instanceof Json.Array(List<Json> recorded)
            && recorded.size() >= unchanged.size()
            && recorded.subList(1, unchanged.size()).equals(unchanged.subList(1, unchanged.size()));
    world.explain(CompatibilityRow.PANICS, /* endsScript= */ !leftAlone);
    return REFUSED;
  }

  /** Whether an answer is that of a request which was refused. */
  static boolean isRefusal(Json answer) {
    return answer.equals(REFUSED);
  }

  private Held<T> get(int handle) {
    Held<T> object = held.get(handle);
    if (object == null) {
      throw new MalformedScriptException("handle " + handle + " holds nothing");
    }
    return object;
  }

  private MalformedScriptException wrong(int handle, String wanted) {
    return new MalformedScriptException(
        "handle " + handle + " holds " + get(handle).what() + ", not " + wanted);
  }

  // --------------- release ---------------

  /** Releases the objects of {@code handles} in that order. */
  void drop(int[] handles) {
    List<Held<T>> objects = new ArrayList<>();
    for (int handle : handles) {
      objects.add(get(handle));
      held.remove(handle);
    }
    drop(objects);
  }

  /** Releases everything that is held, in ascending order of the handles. */
  void dropAll() {
    List<Held<T>> objects = List.copyOf(held.values());
    held.clear();
    drop(objects);
  }

  private void drop(List<Held<T>> objects) {
    for (int i = 0; i < objects.size(); ) {
      int run = form == GuardForm.GROUPS ? closeRun(objects, i) : 0;
      if (run == 0) {
        close(objects.get(i));
        run = 1;
      }
      i += run;
    }
  }

  /** Closes the blocks of one kind that begin at {@code from} as a group; returns how many. */
  private int closeRun(List<Held<T>> objects, int from) {
    List<ImmutableBlock<T>> registered = new ArrayList<>();
    List<CompleteBlock<T>> staged = new ArrayList<>();
    for (int i = from; i < objects.size(); i++) {
      if (staged.isEmpty() && objects.get(i) instanceof Held.Immutable<T> immutable) {
        registered.add(immutable.block());
      } else if (registered.isEmpty() && objects.get(i) instanceof Held.Staged<T> complete) {
        staged.add(complete.block());
      } else {
        break;
      }
    }
    if (!registered.isEmpty()) {
      ImmutableBlocks.of(registered).close();
    } else if (!staged.isEmpty()) {
      CompleteBlocks.of(staged).close();
    }
    return registered.size() + staged.size();
  }

  private void close(Held<T> object) {
    switch (object) {
      case Held.Mutable<T> mutable -> mutable.block().close();
      case Held.Staged<T> staged -> staged.block().close();
      case Held.Immutable<T> immutable -> immutable.block().close();
      case Held.Pinned<T> pinned -> pinned.pin().close();
      case Held.Weak<T> weak -> world.close(weak.registration());
      case Held.Registered<T> registered -> world.close(registered.registration());
      case Held.Requested<T> requested -> requested.script().close();
      case Held.Refused<T> _ -> {
        // Holds nothing.
      }
      case Held.Assigned<T> assigned -> assigned.script().blocks().close();
      case Held.External<T> _ -> {
        // Holds nothing.
      }
    }
  }

  // --------------- operations in either form ---------------

  /** The result of an allocation. */
  record Allocated<T>(List<MutableBlock<T>> blocks, LineageHashes evicted) {}

  /** Allocates {@code n} blocks; null if there are not enough. */
  @Nullable Allocated<T> allocate(int n) {
    MutableBlocks<T> group;
    if (form == GuardForm.SINGLE) {
      group = manager.allocate(n).orElse(null);
    } else {
      group = manager.allocate(n, mutables) ? mutables : null;
    }
    return group == null ? null : new Allocated<>(group.split(), group.evicted());
  }

  List<ImmutableBlock<T>> match(LineageHashes hashes) {
    if (form == GuardForm.SINGLE) {
      return manager.match(hashes).split();
    }
    manager.match(hashes, immutables);
    return immutables.split();
  }

  /** Guards of the hits, null at the misses. */
  List<@Nullable ImmutableBlock<T>> matchScattered(LineageHashes hashes) {
    if (form == GuardForm.SINGLE) {
      return aligned(manager.matchScattered(hashes));
    }
    manager.matchScattered(hashes, immutables);
    return aligned(immutables);
  }

  /** A guard at the first occurrence of each hit, null elsewhere. */
  List<@Nullable ImmutableBlock<T>> scan(LineageHashes hashes, boolean touch) {
    if (form == GuardForm.SINGLE) {
      return aligned(manager.scan(hashes, touch));
    }
    manager.scan(hashes, touch, immutables);
    return aligned(immutables);
  }

  private static <T> List<@Nullable ImmutableBlock<T>> aligned(ImmutableBlocks<T> group) {
    int[] ids = group.ids();
    List<ImmutableBlock<T>> hits = group.split();
    List<@Nullable ImmutableBlock<T>> result = new ArrayList<>(ids.length);
    int next = 0;
    for (int id : ids) {
      result.add(id < 0 ? null : hits.get(next++));
    }
    return result;
  }

  ImmutableBlock<T> register(CompleteBlock<T> block) {
    return form == GuardForm.SINGLE ? manager.register(block) : block.register();
  }

  List<ImmutableBlock<T>> register(List<CompleteBlock<T>> blocks) {
    if (form == GuardForm.SINGLE || blocks.isEmpty()) {
      return manager.register(blocks);
    }
    CompleteBlocks.of(blocks).register(immutables);
    return immutables.split();
  }

  // --------------- observation ---------------

  /**
   * {@code answer} and the four gauges, as an outcome begins; throws nothing. A pool whose gauges
   * and available blocks disagree gets an outcome that no recording has.
   */
  List<Json> outcome(Json answer) {
    MetricsSnapshot now = manager.metrics();
    List<Json> outcome = new ArrayList<>(6);
    outcome.add(answer);
    outcome.add(Json.of(now.resetPoolSize()));
    outcome.add(Json.of(now.inactivePoolSize()));
    outcome.add(Json.of(now.inflightMutable()));
    outcome.add(Json.of(now.inflightImmutable()));
    if (now.resetPoolSize() + now.inactivePoolSize() != manager.availableBlocks()) {
      outcome.add(Json.of("but availableBlocks() is " + manager.availableBlocks()));
    }
    return outcome;
  }
}
