package dev.kvbm.testkit.model;

import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.MissExplanation.Cause;
import dev.kvbm.logical.SlotInfo.State;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One block manager, as plainly as its specification can be written down: lists, searched from
 * front to back. A block is a row of a list; what somebody holds is a list of its numbers.
 */
final class NaivePool {
  static final class Block {
    State state = State.RESET;
    @Nullable PositionalLineageHash hash;
    int references;
    boolean resetOnRelease;

    /** Changes whenever the block starts over. */
    int life;
  }

  record Departure(PositionalLineageHash hash, Cause cause) {}

  final List<Block> blocks = new ArrayList<>();
  final List<Integer> free = new ArrayList<>();
  final VictimOrder idle;
  final List<String> facts = new ArrayList<>();
  final List<Departure> departures = new ArrayList<>();

  long allocations;
  long allocationsFromReset;
  long evictions;
  long registrations;
  long duplicates;
  long dedups;
  long stagings;
  long matchRequested;
  long matchReturned;
  long scanRequested;
  long scanReturned;
  long guards;

  private final NaiveRegistry registry;
  private final DuplicationPolicy policy;
  private final boolean defaultReset;

  NaivePool(
      int size,
      VictimOrder idle,
      NaiveRegistry registry,
      DuplicationPolicy policy,
      boolean defaultReset) {
    this.idle = idle;
    this.registry = registry;
    this.policy = policy;
    this.defaultReset = defaultReset;
    for (int id = 0; id < size; id++) {
      Block block = new Block();
      block.resetOnRelease = defaultReset;
      blocks.add(block);
      free.add(id);
    }
    registry.pools.add(this);
  }

  // --------------- what is there ---------------

  int count(State state) {
    return (int) blocks.stream().filter(block -> block.state == state).count();
  }

  int available() {
    return free.size() + count(State.INACTIVE);
  }

  /** The block that lookups find, or -1. */
  int find(PositionalLineageHash hash) {
    for (int id = 0; id < blocks.size(); id++) {
      Block block = blocks.get(id);
      if ((block.state == State.PRIMARY || block.state == State.INACTIVE)
          && hash.equals(block.hash)) {
        return id;
      }
    }
    return -1;
  }

  boolean holds(PositionalLineageHash hash) {
    return find(hash) >= 0;
  }

  Set<PositionalLineageHash> held() {
    Set<PositionalLineageHash> held = new HashSet<>();
    for (Block block : blocks) {
      if (block.state == State.PRIMARY || block.state == State.INACTIVE) {
        held.add(hash(block));
      }
    }
    return held;
  }

  private static PositionalLineageHash hash(Block block) {
    return Objects.requireNonNull(block.hash);
  }

  // --------------- allocation ---------------

  /** The blocks, and appended to {@code evicted} what they held; null if there are not enough. */
  @Nullable List<Integer> allocate(int n, List<PositionalLineageHash> evicted) {
    if (n > available()) {
      return null;
    }
    List<Integer> taken = new ArrayList<>();
    while (taken.size() < n && !free.isEmpty()) {
      taken.add(free.removeFirst());
    }
    allocationsFromReset += taken.size();
    while (taken.size() < n) {
      int victim = idle.take();
      evicted.add(hash(blocks.get(victim)));
      contentLeaves(victim, Cause.EVICTED);
      taken.add(victim);
      evictions++;
    }
    allocations += n;
    taken.forEach(id -> startOver(id, State.MUTABLE));
    evicted.forEach(registry::contentLeft);
    return taken;
  }

  private void startOver(int id, State state) {
    Block block = blocks.get(id);
    block.state = state;
    block.hash = null;
    block.references = 0;
    block.resetOnRelease = defaultReset;
    block.life++;
  }

  void free(int id) {
    startOver(id, State.RESET);
    free.add(id);
  }

  /** The hash is not found any more. The registry hears of it when the operation is over. */
  private void contentLeaves(int id, Cause cause) {
    Block block = blocks.get(id);
    facts.add("REMOVED " + block.hash);
    departures.add(new Departure(hash(block), cause));
    block.state = State.RESET;
  }

  // --------------- staging and registration ---------------

  void stage(int id, PositionalLineageHash hash) {
    Block block = blocks.get(id);
    block.state = State.STAGED;
    block.hash = hash;
    stagings++;
  }

  void unstage(int id) {
    startOver(id, State.MUTABLE);
  }

  /** Registers staged blocks in order; returns the blocks that the caller gets. */
  List<Integer> register(List<Integer> staged) {
    List<Integer> result = new ArrayList<>();
    List<Integer> rejected = new ArrayList<>();
    List<PositionalLineageHash> first = new ArrayList<>();
    for (int id : staged) {
      Block block = blocks.get(id);
      PositionalLineageHash hash = hash(block);
      int existing = find(hash);
      if (existing < 0) {
        block.state = State.PRIMARY;
        block.references = 1;
        facts.add("CREATED " + hash);
        first.add(hash);
        result.add(id);
      } else {
        acquire(existing);
        if (policy == DuplicationPolicy.ALLOW) {
          block.state = State.DUPLICATE;
          block.references = 1;
          duplicates++;
          result.add(id);
        } else {
          dedups++;
          rejected.add(id);
          result.add(existing);
        }
      }
    }
    rejected.forEach(this::free);
    registrations += staged.size();
    guards += staged.size();
    for (PositionalLineageHash hash : first) {
      if (!registry.isKnownBeside(this, hash)) {
        registry.touch(hash);
      }
    }
    return result;
  }

  /** One more reference to a block that lookups find. */
  private void acquire(int id) {
    Block block = blocks.get(id);
    if (block.state == State.INACTIVE) {
      idle.remove(hash(block));
      block.state = State.PRIMARY;
    }
    block.references++;
  }

  /** One more reference to a block that is referenced already. */
  void reference(int id) {
    blocks.get(id).references++;
  }

  // --------------- lookup ---------------

  List<Integer> match(List<PositionalLineageHash> hashes) {
    List<Integer> hits = new ArrayList<>();
    for (PositionalLineageHash hash : hashes) {
      int id = find(hash);
      if (id < 0) {
        break;
      }
      acquire(id);
      hits.add(id);
    }
    matchRequested += hashes.size();
    matchReturned += hits.size();
    guards += hits.size();
    hashes.subList(0, hits.size()).forEach(registry::touch);
    return hits;
  }

  List<Integer> matchScattered(List<PositionalLineageHash> hashes) {
    List<Integer> ids = new ArrayList<>();
    for (PositionalLineageHash hash : hashes) {
      int id = find(hash);
      ids.add(id);
      if (id >= 0) {
        acquire(id);
        matchReturned++;
        guards++;
      }
    }
    matchRequested += hashes.size();
    for (int i = 0; i < ids.size(); i++) {
      if (ids.get(i) >= 0) {
        registry.touch(hashes.get(i));
      }
    }
    return ids;
  }

  List<Integer> scan(List<PositionalLineageHash> hashes, boolean touch) {
    List<Integer> ids = new ArrayList<>();
    List<PositionalLineageHash> registered =
        hashes.stream().filter(registry::isRegistered).toList();
    for (PositionalLineageHash hash : hashes) {
      int id = find(hash);
      if (id >= 0 && !ids.contains(id)) {
        acquire(id);
        scanReturned++;
        guards++;
        ids.add(id);
      } else {
        ids.add(-1);
      }
    }
    scanRequested += hashes.size();
    if (touch) {
      registered.forEach(registry::touch);
    }
    return ids;
  }

  /** What a weak block that was made of {@code id} in its {@code life} leads to, or -1. */
  int upgrade(int id, int life, PositionalLineageHash hash) {
    Block block = blocks.get(id);
    int found;
    if (block.state == State.DUPLICATE && block.life == life) {
      block.references++;
      found = id;
    } else {
      found = find(hash);
      if (found >= 0) {
        acquire(found);
      }
    }
    guards += found >= 0 ? 1 : 0;
    return found;
  }

  // --------------- release ---------------

  /** Gives up one reference to each block, in order; -1 stands for a gap. */
  void release(List<Integer> ids) {
    List<PositionalLineageHash> left = new ArrayList<>();
    for (int id : ids) {
      if (id >= 0) {
        release(id, left);
      }
    }
    left.forEach(registry::contentLeft);
  }

  private void release(int id, List<PositionalLineageHash> left) {
    Block block = blocks.get(id);
    block.references--;
    if (block.references > 0) {
      return;
    }
    PositionalLineageHash hash = hash(block);
    if (block.state == State.DUPLICATE) {
      free(id);
      release(find(hash), left);
    } else if (block.resetOnRelease) {
      left.add(hash);
      contentLeaves(id, Cause.RESET_ON_RELEASE);
      free(id);
    } else {
      block.state = State.INACTIVE;
      idle.add(hash, id, registry.count(hash));
    }
  }

  /** Frees every idle block; returns what they held. */
  List<PositionalLineageHash> resetIdle() {
    List<PositionalLineageHash> drained = new ArrayList<>();
    for (int id = idle.take(); id >= 0; id = idle.take()) {
      drained.add(hash(blocks.get(id)));
      contentLeaves(id, Cause.POOL_RESET);
      free(id);
    }
    drained.forEach(registry::contentLeft);
    return drained;
  }
}
