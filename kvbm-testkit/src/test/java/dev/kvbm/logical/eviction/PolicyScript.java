package dev.kvbm.logical.eviction;

import dev.kvbm.testkit.eviction.SimulatedPool;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A random script over a fixed set of blocks: what exists, and what happens to it. An operation
 * that makes no sense in the state it meets does nothing, so every part of a script is a script,
 * which is what makes shrinking simple.
 */
record PolicyScript(int slots, List<Block> blocks, List<Op> ops) {

  /**
   * One block.
   *
   * @param parent index of the block it continues, or -1 if that block does not exist here
   */
  record Block(PositionalLineageHash hash, int parent) {}

  /** What can happen. */
  enum Kind {
    REGISTER,
    REGISTER_CHAIN,
    RELEASE,
    RELEASE_CHAIN,
    RELEASE_CHAIN_REVERSED,
    RELEASE_SOME,
    REVIVE,
    REVIVE_CHAIN,
    REVIVE_CHAIN_REVERSED,
    REVIVE_SOME,
    VACATE,
    VACATE_CHAIN,
    /** Whether idle or not. */
    RESET,
    RESET_SOME,
    FREQUENCY,
    RETURN,
    EVICT
  }

  /** One operation on a block; what {@code n} means depends on the kind. */
  record Op(Kind kind, int block, int n) {}

  /** What scripts are made of. */
  enum Flavour {
    /** Chains and forks from position 0. */
    PLAIN,
    /** Many short chains: many leaves at a time. */
    WIDE,
    /** Chains that begin anywhere, often just before the fragment width changes. */
    BOUNDARIES,
    /** Also blocks that share a lineage key; no two of a key are idle at a time. */
    TWINS,
    /** As above, and several of a key may be idle at a time. */
    IDLE_TWINS
  }

  private static final int[] STARTS = {0, 0, 1, 7, 251, 253, 254, 65_531, 65_534, (1 << 24) - 4};

  static PolicyScript random(long seed, Flavour flavour, int operations) {
    Random random = new Random(seed);
    // Small pools get into odd states soonest.
    int slots = flavour == Flavour.WIDE ? 100 : 2 + random.nextInt(random.nextBoolean() ? 6 : 22);
    List<Block> blocks = new ArrayList<>();
    int count = flavour == Flavour.WIDE ? 120 : 2 + random.nextInt(2 * slots);
    while (blocks.size() < count) {
      blocks.add(randomBlock(random, flavour, blocks));
    }
    List<Op> ops = new ArrayList<>();
    List<Kind> kinds = new ArrayList<>(List.of(Kind.values()));
    // More of what concerns many blocks: it fills the pool and turns much of it over.
    for (int i = 0; i < 6; i++) {
      kinds.add(Kind.REGISTER_CHAIN);
      kinds.add(i % 2 == 0 ? Kind.RELEASE_CHAIN : Kind.RELEASE_CHAIN_REVERSED);
      kinds.add(Kind.RELEASE_SOME);
      kinds.add(Kind.REVIVE_SOME);
    }
    for (int i = 0; i < operations; i++) {
      Kind kind = kinds.get(random.nextInt(kinds.size()));
      ops.add(new Op(kind, random.nextInt(count), random.nextInt(1000)));
    }
    return new PolicyScript(slots, blocks, ops);
  }

  private static Block randomBlock(Random random, Flavour flavour, List<Block> others) {
    boolean twins = flavour == Flavour.TWINS || flavour == Flavour.IDLE_TWINS;
    long current = random.nextLong();
    if (!others.isEmpty() && random.nextInt(100) < (flavour == Flavour.WIDE ? 60 : 92)) {
      // Mostly the newest, so that chains grow; sometimes any, so that they fork.
      int index = random.nextInt(8) > 0 ? others.size() - 1 : random.nextInt(others.size());
      Block other = others.get(index);
      PositionalLineageHash hash = other.hash();
      if (twins && random.nextInt(5) == 0) {
        // Bits above the widest fragment, or another parent with the same bits below.
        long same = hash.currentSequenceHash();
        if (hash.position() > 0 && random.nextBoolean()) {
          List<Integer> parents = new ArrayList<>();
          for (int i = 0; i < others.size(); i++) {
            if (others.get(i).hash().position() == hash.position() - 1) {
              parents.add(i);
            }
          }
          int parent = parents.isEmpty() ? -1 : parents.get(random.nextInt(parents.size()));
          long parentHash =
              parent < 0 ? random.nextLong() : others.get(parent).hash().currentSequenceHash();
          return fresh(others, new Block(of(same, parentHash, hash.position()), parent));
        }
        long flipped = same ^ (1L << (55 + random.nextInt(9)));
        long parentHash = hash.position() == 0 ? 0 : hash.parentHashFragment();
        return fresh(others, new Block(of(flipped, parentHash, hash.position()), other.parent()));
      }
      if (hash.position() < (1 << 24) - 1) {
        return new Block(of(current, hash.currentSequenceHash(), hash.position() + 1), index);
      }
    }
    boolean fromStart = flavour == Flavour.PLAIN || flavour == Flavour.WIDE;
    int start = fromStart ? 0 : STARTS[random.nextInt(STARTS.length)];
    return new Block(of(current, random.nextLong(), start), -1);
  }

  /** The block, or if its hash exists already an unrelated one. */
  private static Block fresh(List<Block> others, Block block) {
    boolean known = others.stream().anyMatch(other -> other.hash().equals(block.hash()));
    return known ? new Block(of(others.size() * 0x9E37_79B9L, 0, 0), -1) : block;
  }

  private static PositionalLineageHash of(long current, long parent, int position) {
    return PositionalLineageHash.of(current, parent, position);
  }

  /** Runs the script and says what went wrong, or null. */
  @Nullable String run(
      EvictionPolicy.Factory factory, ReferenceOrder reference, boolean idleTwins) {
    Run run = new Run(factory, reference, idleTwins);
    int at = -1;
    try {
      for (at = 0; at < ops.size(); at++) {
        run.step(ops.get(at));
      }
      run.drain();
      return null;
    } catch (AssertionError | RuntimeException problem) {
      return "at operation " + at + ": " + problem;
    }
  }

  /** Drops operations as long as the script still fails. */
  PolicyScript shrink(Function<PolicyScript, @Nullable String> failure) {
    PolicyScript smallest = this;
    for (int chunk = ops.size(); chunk > 0; chunk = chunk == 1 ? 0 : (chunk + 1) / 2) {
      for (int from = 0; from < smallest.ops.size(); ) {
        List<Op> fewer = new ArrayList<>(smallest.ops.subList(0, from));
        fewer.addAll(
            smallest.ops.subList(Math.min(from + chunk, smallest.ops.size()), smallest.ops.size()));
        PolicyScript candidate = new PolicyScript(slots, blocks, fewer);
        if (failure.apply(candidate) != null) {
          smallest = candidate;
        } else {
          from += chunk;
        }
      }
    }
    return smallest;
  }

  @Override
  public String toString() {
    Map<Integer, Block> named = new HashMap<>();
    for (Op op : ops) {
      for (int block = op.block(); block >= 0; block = blocks.get(block).parent()) {
        named.put(block, blocks.get(block));
      }
    }
    return slots
        + " slots\n"
        + named.entrySet().stream()
            .map(e -> "  block " + e.getKey() + ": " + e.getValue() + "\n")
            .collect(Collectors.joining())
        + ops.stream().map(op -> "  " + op + "\n").collect(Collectors.joining());
  }

  /** Both orders side by side. */
  private final class Run {
    private final SimulatedPool pool;
    private final ReferenceOrder reference;
    private final boolean idleTwins;

    Run(EvictionPolicy.Factory factory, ReferenceOrder reference, boolean idleTwins) {
      this.pool = new SimulatedPool(slots, factory);
      this.reference = reference;
      this.idleTwins = idleTwins;
    }

    void step(Op op) {
      switch (op.kind()) {
        case REGISTER -> register(op.block());
        case REGISTER_CHAIN -> chain(op).forEach(this::register);
        case RELEASE -> release(List.of(op.block()), false);
        case RELEASE_CHAIN -> release(chain(op), true);
        case RELEASE_CHAIN_REVERSED -> release(chain(op).reversed(), op.n() % 2 == 0);
        case RELEASE_SOME -> release(some(op), true);
        case REVIVE -> revive(List.of(op.block()), false);
        case REVIVE_CHAIN -> revive(chain(op), op.n() % 5 != 0);
        case REVIVE_CHAIN_REVERSED -> revive(chain(op).reversed(), true);
        case REVIVE_SOME -> revive(some(op), true);
        case VACATE -> vacate(op.block());
        case VACATE_CHAIN -> chain(op).forEach(this::vacate);
        case RESET -> reset(List.of(op.block()));
        case RESET_SOME -> reset(some(op).subList(0, Math.min(3, some(op).size())));
        case FREQUENCY -> {
          int slot = pool.find(blocks.get(op.block()).hash());
          if (slot >= 0 && pool.isActive(slot)) {
            pool.setFrequency(slot, op.n() % 16);
          }
        }
        case RETURN -> {
          int slot = pool.evictAndReturn();
          int expected = reference.evict();
          require(idleTwins || slot == expected, "victim " + slot + ", expected " + expected);
          if (slot >= 0) {
            reference.insert(pool.hash(slot), slot, pool.frequency(slot));
          }
        }
        case EVICT -> evict(op.n() % 4);
      }
      if (pool.policy() instanceof LineagePolicy lineage) {
        lineage.check();
      }
    }

    /** The block and up to n of those it continues, first block first. */
    private List<Integer> chain(Op op) {
      List<Integer> chain = new ArrayList<>();
      int most = 1 + op.n() % 40;
      for (int b = op.block(); b >= 0 && chain.size() < most; b = blocks.get(b).parent()) {
        chain.addFirst(b);
      }
      return chain;
    }

    /** A random choice of blocks: few or all, in sequence order, from the tails or shuffled. */
    private List<Integer> some(Op op) {
      Random random = new Random(op.n());
      int oneIn = 1 + random.nextInt(3);
      List<Integer> some = new ArrayList<>();
      for (int b = 0; b < blocks.size(); b++) {
        if (random.nextInt(oneIn) == 0) {
          some.add(b);
        }
      }
      switch (random.nextInt(3)) {
        case 0 -> Collections.shuffle(some, random);
        case 1 -> Collections.reverse(some);
        default -> {}
      }
      return some;
    }

    private void register(int block) {
      PositionalLineageHash hash = blocks.get(block).hash();
      if (pool.find(hash) >= 0) {
        return;
      }
      if (!pool.hasEmptySlot()) {
        evict(1);
      }
      if (pool.hasEmptySlot()) {
        pool.register(hash);
      }
    }

    private void release(List<Integer> wanted, boolean batch) {
      List<Integer> chosen = new ArrayList<>();
      List<PositionalLineageHash> hashes = new ArrayList<>();
      for (int block : wanted) {
        PositionalLineageHash hash = blocks.get(block).hash();
        int slot = pool.find(hash);
        if (slot < 0 || !pool.isActive(slot)) {
          continue;
        }
        boolean twinIdle =
            hasIdleTwin(hash) || hashes.stream().anyMatch(other -> sameKey(other, hash));
        if (idleTwins || !twinIdle) {
          chosen.add(slot);
          hashes.add(hash);
        }
      }
      int[] slots = chosen.stream().mapToInt(i -> i).toArray();
      if (batch) {
        pool.releaseTogether(slots);
      } else {
        pool.release(slots);
      }
      for (int slot : slots) {
        reference.insert(pool.hash(slot), slot, pool.frequency(slot));
      }
    }

    private void revive(List<Integer> wanted, boolean batch) {
      int[] slots =
          wanted.stream()
              .mapToInt(block -> pool.find(blocks.get(block).hash()))
              .filter(slot -> slot >= 0 && pool.isIdle(slot))
              .toArray();
      if (batch) {
        pool.reviveTogether(slots);
      } else {
        pool.revive(slots);
      }
      for (int slot : slots) {
        reference.remove(pool.hash(slot));
      }
    }

    private void reset(List<Integer> wanted) {
      revive(wanted, true);
      wanted.forEach(this::vacate);
    }

    private void vacate(int block) {
      int slot = pool.find(blocks.get(block).hash());
      if (slot >= 0 && pool.isActive(slot)) {
        pool.vacate(slot);
      }
    }

    private void evict(int n) {
      int[] preview = pool.preview(n);
      int[] victims = n % 2 == 0 ? pool.evictTogether(n) : null;
      for (int i = 0; i < n; i++) {
        int expected = reference.evict();
        int victim = victims == null ? pool.evict() : i < victims.length ? victims[i] : -1;
        require(idleTwins || victim == expected, "victim " + victim + ", expected " + expected);
        require(i >= preview.length || preview[i] == victim, "preview was wrong at " + i);
      }
    }

    void drain() {
      evict(pool.idleCount() + 1);
    }

    private boolean hasIdleTwin(PositionalLineageHash hash) {
      for (int slot = 0; slot < pool.blocks(); slot++) {
        if (pool.isIdle(slot) && sameKey(pool.hash(slot), hash) && !pool.hash(slot).equals(hash)) {
          return true;
        }
      }
      return false;
    }

    private static boolean sameKey(PositionalLineageHash a, PositionalLineageHash b) {
      return a.position() == b.position()
          && LineageKey.fragment(a.hi(), a.lo()) == LineageKey.fragment(b.hi(), b.lo());
    }

    private static void require(boolean holds, String message) {
      if (!holds) {
        throw new AssertionError(message);
      }
    }
  }
}
