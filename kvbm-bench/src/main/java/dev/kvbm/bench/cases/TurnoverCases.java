package dev.kvbm.bench.cases;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.CompleteBlock;
import dev.kvbm.logical.CompleteBlocks;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.PoolExhausted;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import java.util.ArrayList;
import java.util.List;

/** Release, allocation, eviction and registration. */
final class TurnoverCases {
  private static final int BULK_VECTORS = 64;
  private static final int REGISTER_SETS = 32;

  private TurnoverCases() {}

  static BenchCase bulkDrop(CaseName name) {
    return name.isForm("single") ? new BulkDropSingle(name) : new BulkDrop(name);
  }

  static BenchCase allocDrop(CaseName name) {
    return switch (name.form()) {
      case "single" -> new AllocDropSingle(name);
      case "fresh" -> new AllocDropFresh(name);
      default -> new AllocDrop(name);
    };
  }

  static BenchCase churn(CaseName name) {
    return switch (name.form()) {
      case "single" -> new ChurnSingle(name);
      case "fresh" -> new ChurnFresh(name);
      default -> new Churn(name);
    };
  }

  static BenchCase churnOneByOne(CaseName name) {
    return name.isForm("single") ? new ChurnGuards(name) : new ChurnOneByOne(name);
  }

  static BenchCase registerOneByOne(CaseName name) {
    return name.isForm("single") ? new RegisterGuardByGuard(name) : new RegisterOneByOne(name);
  }

  static BenchCase register(CaseName name) {
    return name.isForm("single") ? new RegisterList(name) : new RegisterGroups(name);
  }

  // --------------- release ---------------

  abstract static class ManyVectors extends PoolCase {
    final LineageHashes[] chains = new LineageHashes[BULK_VECTORS];

    ManyVectors(CaseName name) {
      int n = name.number("n");
      super(Pools.create(name.backend(), BULK_VECTORS * n, /* lfu= */ true));
      for (int c = 0; c < BULK_VECTORS; c++) {
        chains[c] = Chains.ofTokensFrom(c * 1_000_000, n);
        Pools.register(manager, chains[c]).close();
      }
      atRest();
    }

    @Override
    public boolean isPrepared() {
      return true;
    }

    @Override
    public int operations() {
      return BULK_VECTORS;
    }

    @Override
    public long expected() {
      return manager.totalBlocks();
    }
  }

  private static final class BulkDrop extends ManyVectors {
    private final List<ImmutableBlocks<G1>> groups = new ArrayList<>();

    BulkDrop(CaseName name) {
      super(name);
      for (int c = 0; c < BULK_VECTORS; c++) {
        groups.add(manager.newImmutableBlocks());
      }
    }

    @Override
    public void prepare() {
      for (int c = 0; c < BULK_VECTORS; c++) {
        manager.match(chains[c], groups.get(c));
      }
    }

    @Override
    public long run() {
      long blocks = 0;
      for (ImmutableBlocks<G1> group : groups) {
        blocks += group.size();
        group.close();
      }
      return blocks;
    }
  }

  private static final class BulkDropSingle extends ManyVectors {
    private final List<List<ImmutableBlock<G1>>> vectors = new ArrayList<>();

    BulkDropSingle(CaseName name) {
      super(name);
    }

    @Override
    public void prepare() {
      for (LineageHashes chain : chains) {
        vectors.add(manager.match(chain).split());
      }
    }

    @Override
    public long run() {
      long blocks = 0;
      for (List<ImmutableBlock<G1>> vector : vectors) {
        for (ImmutableBlock<G1> guard : vector) {
          guard.close();
          blocks++;
        }
      }
      return blocks;
    }

    @Override
    public void tidy() {
      vectors.clear();
    }
  }

  // --------------- allocation ---------------

  abstract static class Allocating extends PoolCase {
    final int n;

    Allocating(CaseName name) {
      super(Pools.create(name.backend(), name.number("pool"), /* lfu= */ false));
      n = name.number("n");
      atRest();
    }

    @Override
    public long expected() {
      return n;
    }
  }

  private static final class AllocDrop extends Allocating {
    private final MutableBlocks<G1> group;

    AllocDrop(CaseName name) {
      super(name);
      group = manager.newMutableBlocks();
    }

    @Override
    public long run() {
      Pools.fill(group, manager, n);
      int blocks = group.size();
      group.close();
      return blocks;
    }
  }

  /** A group of its own for each allocation, as in the guide. */
  private static final class AllocDropFresh extends Allocating {
    AllocDropFresh(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      try (MutableBlocks<G1> fresh = manager.allocate(n).orElseThrow(PoolExhausted::new)) {
        return fresh.size();
      }
    }
  }

  private static final class AllocDropSingle extends Allocating {
    AllocDropSingle(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      int blocks = 0;
      for (MutableBlock<G1> guard : manager.allocate(n).orElseThrow(PoolExhausted::new).split()) {
        guard.close();
        blocks++;
      }
      return blocks;
    }
  }

  // --------------- churn ---------------

  abstract static class Churning extends PoolCase {
    final SplitMix random = new SplitMix(1);
    final LineageHashBuffer chain = new LineageHashBuffer();
    final int n;
    final boolean forward;

    Churning(CaseName name) {
      super(Pools.create(name.backend(), name.number("pool"), name.flag("lfu")));
      n = name.number("n");
      forward = name.option("drop").equals("fwd");
      LineageHashes[] _ = Pools.fillWithIdleChains(manager, random, n);
      atRest();
    }

    @Override
    public long expected() {
      return n;
    }

    final void drop(ImmutableBlocks<G1> group) {
      if (forward) {
        group.close();
      } else {
        group.closeTailFirst();
      }
    }

    final void drop(List<ImmutableBlock<G1>> guards) {
      if (forward) {
        for (ImmutableBlock<G1> guard : guards) {
          guard.close();
        }
      } else {
        for (int i = guards.size() - 1; i >= 0; i--) {
          guards.get(i).close();
        }
      }
    }
  }

  private static final class Churn extends Churning {
    private final MutableBlocks<G1> mutable;
    private final ImmutableBlocks<G1> immutable;

    Churn(CaseName name) {
      super(name);
      mutable = manager.newMutableBlocks();
      immutable = manager.newImmutableBlocks();
    }

    @Override
    public long run() {
      random.chain(chain, n);
      Pools.fill(mutable, manager, n);
      int evicted = mutable.evicted().size();
      mutable.register(chain, immutable);
      drop(immutable);
      return evicted;
    }
  }

  /** Groups of their own for each turn, as in the guide. */
  private static final class ChurnFresh extends Churning {
    ChurnFresh(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      random.chain(chain, n);
      MutableBlocks<G1> mutable = manager.allocate(n).orElseThrow(PoolExhausted::new);
      int evicted = mutable.evicted().size();
      ImmutableBlocks<G1> registered = mutable.register(chain);
      drop(registered);
      return evicted;
    }
  }

  private static final class ChurnSingle extends Churning {
    ChurnSingle(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      random.chain(chain, n);
      MutableBlocks<G1> mutable = manager.allocate(n).orElseThrow(PoolExhausted::new);
      LineageHashes evicted = mutable.evicted();
      List<CompleteBlock<G1>> staged = new ArrayList<>(n);
      for (MutableBlock<G1> block : mutable.split()) {
        staged.add(block.stage(chain.get(staged.size()), Pools.BLOCK_SIZE));
      }
      drop(manager.register(staged));
      return evicted.size();
    }
  }

  /** As churn, but each block is registered by itself, as a request does while it decodes. */
  private static final class ChurnOneByOne extends Churning {
    private final MutableBlocks<G1> mutable;
    private final CompleteBlocks<G1> staged;
    private final ImmutableBlocks<G1> registered;

    ChurnOneByOne(CaseName name) {
      super(name);
      mutable = manager.newMutableBlocks();
      staged = manager.newCompleteBlocks();
      registered = manager.newImmutableBlocks();
    }

    @Override
    public long run() {
      random.chain(chain, n);
      Pools.fill(mutable, manager, n);
      int evicted = mutable.evicted().size();
      mutable.stage(chain, staged);
      while (!staged.isEmpty()) {
        staged.registerFirst(1, registered);
      }
      drop(registered);
      return evicted;
    }
  }

  /** {@link ChurnOneByOne} with a guard for each block. */
  private static final class ChurnGuards extends Churning {
    ChurnGuards(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      random.chain(chain, n);
      MutableBlocks<G1> mutable = manager.allocate(n).orElseThrow(PoolExhausted::new);
      LineageHashes evicted = mutable.evicted();
      List<ImmutableBlock<G1>> registered = new ArrayList<>(n);
      for (MutableBlock<G1> block : mutable.split()) {
        registered.add(block.stage(chain.get(registered.size()), Pools.BLOCK_SIZE).register());
      }
      drop(registered);
      return evicted.size();
    }
  }

  /** The fresh chain alone, which is part of every churn. */
  static final class ChurnHashes extends BenchCase {
    private final SplitMix random = new SplitMix(1);
    private final LineageHashBuffer chain = new LineageHashBuffer();
    private final int n;

    ChurnHashes(CaseName name) {
      n = name.number("n");
    }

    @Override
    public long run() {
      random.chain(chain, n);
      return chain.size();
    }

    @Override
    public long expected() {
      return n;
    }
  }

  // --------------- registration ---------------

  abstract static class RegisterSets extends PoolCase {
    final SplitMix random = new SplitMix(7);
    final LineageHashBuffer chain = new LineageHashBuffer();
    final int n;

    RegisterSets(CaseName name) {
      super(Pools.create(name.backend(), name.number("pool"), name.flag("lfu")));
      n = name.number("n");
      LineageHashes[] _ = Pools.fillWithIdleChains(manager, random, n);
      atRest();
    }

    @Override
    public boolean isPrepared() {
      return true;
    }

    @Override
    public int operations() {
      return REGISTER_SETS;
    }

    @Override
    public long expected() {
      return (long) REGISTER_SETS * n;
    }

    /** Blocks got by eviction and staged under fresh hashes. */
    final CompleteBlocks<G1> stage() {
      random.chain(chain, n);
      return manager.allocate(n).orElseThrow(PoolExhausted::new).stage(chain);
    }
  }

  private abstract static class RegisterInGroups extends RegisterSets {
    private final MutableBlocks<G1> mutable;
    final List<CompleteBlocks<G1>> staged = new ArrayList<>();
    final List<ImmutableBlocks<G1>> registered = new ArrayList<>();

    RegisterInGroups(CaseName name) {
      super(name);
      mutable = manager.newMutableBlocks();
      for (int i = 0; i < REGISTER_SETS; i++) {
        staged.add(manager.newCompleteBlocks());
        registered.add(manager.newImmutableBlocks());
      }
    }

    @Override
    public final void prepare() {
      for (CompleteBlocks<G1> set : staged) {
        random.chain(chain, n);
        Pools.fill(mutable, manager, n);
        mutable.stage(chain, set);
      }
    }

    @Override
    public final void tidy() {
      for (ImmutableBlocks<G1> group : registered) {
        group.close();
      }
    }
  }

  private static final class RegisterGroups extends RegisterInGroups {
    RegisterGroups(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      long blocks = 0;
      for (int i = 0; i < REGISTER_SETS; i++) {
        ImmutableBlocks<G1> result = registered.get(i);
        staged.get(i).register(result);
        blocks += result.size();
      }
      return blocks;
    }
  }

  /** One block after the other, each behind those before it. */
  private static final class RegisterOneByOne extends RegisterInGroups {
    RegisterOneByOne(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      long blocks = 0;
      for (int i = 0; i < REGISTER_SETS; i++) {
        CompleteBlocks<G1> set = staged.get(i);
        ImmutableBlocks<G1> result = registered.get(i);
        while (!set.isEmpty()) {
          set.registerFirst(1, result);
        }
        blocks += result.size();
      }
      return blocks;
    }
  }

  abstract static class RegisterGuards extends RegisterSets {
    final List<List<CompleteBlock<G1>>> staged = new ArrayList<>();
    final List<List<ImmutableBlock<G1>>> registered = new ArrayList<>();

    RegisterGuards(CaseName name) {
      super(name);
    }

    @Override
    public void prepare() {
      for (int i = 0; i < REGISTER_SETS; i++) {
        staged.add(stage().split());
      }
    }

    @Override
    public void tidy() {
      for (List<ImmutableBlock<G1>> guards : registered) {
        for (ImmutableBlock<G1> guard : guards) {
          guard.close();
        }
      }
      registered.clear();
      staged.clear();
    }
  }

  /** A list of guards in one call. */
  private static final class RegisterList extends RegisterGuards {
    RegisterList(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      long blocks = 0;
      for (List<CompleteBlock<G1>> set : staged) {
        List<ImmutableBlock<G1>> result = manager.register(set);
        registered.add(result);
        blocks += result.size();
      }
      return blocks;
    }
  }

  /** One guard after the other. */
  private static final class RegisterGuardByGuard extends RegisterGuards {
    RegisterGuardByGuard(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      long blocks = 0;
      for (List<CompleteBlock<G1>> set : staged) {
        List<ImmutableBlock<G1>> result = new ArrayList<>(n);
        for (CompleteBlock<G1> block : set) {
          result.add(block.register());
        }
        registered.add(result);
        blocks += result.size();
      }
      return blocks;
    }
  }

  // --------------- construction ---------------

  /** A new pool, built and given up. */
  static final class Build extends BenchCase {
    private final CaseName name;
    private final int blocks;

    Build(CaseName name) {
      this.name = name;
      this.blocks = name.number("pool");
    }

    @Override
    public long run() {
      try (BlockManager<G1> manager = Pools.create(name.backend(), blocks, name.flag("lfu"))) {
        return manager.availableBlocks();
      }
    }

    @Override
    public long expected() {
      return blocks;
    }
  }
}
