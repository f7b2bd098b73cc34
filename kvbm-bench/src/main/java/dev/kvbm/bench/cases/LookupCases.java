package dev.kvbm.bench.cases;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;

/** Hits on blocks that are held or idle, misses, scans and questions about presence. */
final class LookupCases {
  private static final int MISS_POOL = 1024;
  private static final int ABSENT = 5_000_000;

  private LookupCases() {}

  static BenchCase match(CaseName name, boolean held) {
    return switch (name.form()) {
      case "single" -> new MatchSingle(name, held);
      case "fresh" -> new MatchFresh(name, held);
      default -> new Match(name, held);
    };
  }

  static BenchCase scan(CaseName name, boolean held) {
    return name.isForm("single") ? new ScanSingle(name, held) : new Scan(name, held);
  }

  static BenchCase scattered(CaseName name) {
    return name.isForm("single") ? new ScatteredSingle(name) : new Scattered(name);
  }

  /** One chain that is all there is in the pool; held by a group of its own, or idle. */
  abstract static class OneChain extends PoolCase {
    final LineageHashes hashes;
    final ImmutableBlocks<G1> group;

    OneChain(CaseName name, boolean held) {
      int n = name.number("n");
      super(Pools.create(name.backend(), n, name.flag("lfu")));
      hashes = Chains.ofTokensFrom(0, n);
      ImmutableBlocks<G1> holder = Pools.register(manager, hashes);
      if (!held) {
        holder.close();
      }
      group = manager.newImmutableBlocks();
      atRest();
    }

    @Override
    public long expected() {
      return hashes.size();
    }
  }

  private static final class Match extends OneChain {
    Match(CaseName name, boolean held) {
      super(name, held);
    }

    @Override
    public long run() {
      manager.match(hashes, group);
      int hits = group.size();
      group.close();
      return hits;
    }
  }

  /** A group of its own for each match, as in the guide. */
  private static final class MatchFresh extends OneChain {
    MatchFresh(CaseName name, boolean held) {
      super(name, held);
    }

    @Override
    public long run() {
      try (ImmutableBlocks<G1> hit = manager.match(hashes)) {
        return hit.size();
      }
    }
  }

  private static final class MatchSingle extends OneChain {
    MatchSingle(CaseName name, boolean held) {
      super(name, held);
    }

    @Override
    public long run() {
      int hits = 0;
      for (ImmutableBlock<G1> guard : manager.match(hashes).split()) {
        guard.close();
        hits++;
      }
      return hits;
    }
  }

  private static final class Scan extends OneChain {
    private final boolean touch;

    Scan(CaseName name, boolean held) {
      super(name, held);
      touch = name.flag("touch");
    }

    @Override
    public long run() {
      manager.scan(hashes, touch, group);
      int hits = group.hits();
      group.close();
      return hits;
    }
  }

  private static final class ScanSingle extends OneChain {
    private final boolean touch;

    ScanSingle(CaseName name, boolean held) {
      super(name, held);
      touch = name.flag("touch");
    }

    @Override
    public long run() {
      int hits = 0;
      for (ImmutableBlock<G1> guard : manager.scan(hashes, touch).split()) {
        guard.close();
        hits++;
      }
      return hits;
    }
  }

  private static final class Scattered extends OneChain {
    Scattered(CaseName name) {
      super(name, /* held= */ true);
    }

    @Override
    public long run() {
      manager.matchScattered(hashes, group);
      int hits = group.hits();
      group.close();
      return hits;
    }
  }

  private static final class ScatteredSingle extends OneChain {
    ScatteredSingle(CaseName name) {
      super(name, /* held= */ true);
    }

    @Override
    public long run() {
      int hits = 0;
      for (ImmutableBlock<G1> guard : manager.matchScattered(hashes).split()) {
        guard.close();
        hits++;
      }
      return hits;
    }
  }

  /** Asks for hashes that are all there, or all not. */
  static final class Presence extends OneChain {
    private final LineageHashes asked;
    private final boolean present;

    Presence(CaseName name, boolean present) {
      super(name, /* held= */ false);
      this.present = present;
      asked = present ? hashes : Chains.ofTokensFrom(ABSENT, hashes.size());
    }

    @Override
    public long run() {
      boolean[] answers = manager.registry().checkPresence(G1.TIER, asked);
      return answers[0] && answers[answers.length - 1] ? answers.length : 0;
    }

    @Override
    public long expected() {
      return present ? asked.size() : 0;
    }
  }

  /** A match that ends at its first hash. */
  static final class Miss extends PoolCase {
    private final LineageHashes absent;
    private final ImmutableBlocks<G1> group;

    Miss(CaseName name) {
      super(Pools.create(name.backend(), MISS_POOL, name.flag("lfu")));
      Pools.register(manager, Chains.ofTokensFrom(0, MISS_POOL)).close();
      absent = Chains.ofTokensFrom(ABSENT, name.number("n"));
      group = manager.newImmutableBlocks();
      atRest();
    }

    @Override
    public long run() {
      manager.match(absent, group);
      int hits = group.size();
      group.close();
      return hits;
    }

    @Override
    public long expected() {
      return 0;
    }
  }

  /** Hits on one of the many idle chains that a pool is full of. */
  static BenchCase matchRandom(CaseName name) {
    return name.isForm("single") ? new MatchRandomSingle(name) : new MatchRandom(name);
  }

  abstract static class ManyChains extends PoolCase {
    final SplitMix random = new SplitMix(1);
    final LineageHashes[] chains;
    final ImmutableBlocks<G1> group;
    private final int n;

    ManyChains(CaseName name) {
      BlockManager<G1> pool = Pools.create(name.backend(), name.number("pool"), name.flag("lfu"));
      super(pool);
      n = name.number("n");
      chains = Pools.fillWithIdleChains(manager, random, n);
      group = manager.newImmutableBlocks();
      atRest();
    }

    @Override
    public long expected() {
      return n;
    }
  }

  private static final class MatchRandom extends ManyChains {
    MatchRandom(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      manager.match(chains[random.next(chains.length)], group);
      int hits = group.size();
      group.close();
      return hits;
    }
  }

  private static final class MatchRandomSingle extends ManyChains {
    MatchRandomSingle(CaseName name) {
      super(name);
    }

    @Override
    public long run() {
      int hits = 0;
      for (ImmutableBlock<G1> guard : manager.match(chains[random.next(chains.length)]).split()) {
        guard.close();
        hits++;
      }
      return hits;
    }
  }
}
