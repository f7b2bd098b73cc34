package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.SlotView;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Long groups, whose slots mostly are rows, against the same blocks held by single guards. */
class RowsTest {
  private static final int BLOCKS = 96;

  private final BlockManager<G1> rows = manager(Eviction.lru());
  private final BlockManager<G1> singles = manager(OneByOne::new);

  private static BlockManager<G1> manager(EvictionPolicy.Factory eviction) {
    return BlockManager.builder(G1.TIER)
        .blocks(BLOCKS)
        .blockSize(4)
        .registry(BlockRegistry.builder().build())
        .eviction(eviction)
        .build();
  }

  @AfterEach
  void close() {
    rows.close();
    singles.close();
  }

  /** The same request on both sides. */
  private record Pair(ImmutableBlocks<G1> group, List<ImmutableBlock<G1>> guards) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16})
  void groupsDoWhatSingleGuardsDo(long seed) {
    Random random = new Random(seed);
    List<Pair> held = new ArrayList<>();
    for (int step = 0; step < 400; step++) {
      String context = "seed " + seed + ", step " + step;
      int length = 1 + random.nextInt(40);
      LineageHashes chain = Hashes.chain(random.nextInt(4) * 1_000, length);
      switch (random.nextInt(5)) {
        case 0 -> allocate(chain, held, context);
        case 1, 2 -> match(chain, held, context);
        default -> {
          if (!held.isEmpty()) {
            release(held.remove(random.nextInt(held.size())), random);
          }
        }
      }
      assertThat(gauges(rows)).as(context).isEqualTo(gauges(singles));
      EvictionPreview order = rows.previewEvictions(BLOCKS);
      assertThat(order.hashes()).as(context).isEqualTo(singles.previewEvictions(BLOCKS).hashes());
    }
    held.forEach(pair -> release(pair, random));
    assertThat(rows.availableBlocks()).isEqualTo(BLOCKS);
    assertThat(singles.availableBlocks()).isEqualTo(BLOCKS);
  }

  private static List<Long> gauges(BlockManager<G1> manager) {
    MetricsSnapshot metrics = manager.metrics();
    return List.of(
        metrics.allocations(),
        metrics.evictions(),
        metrics.registrations(),
        metrics.duplicateBlocks(),
        metrics.inflightImmutable(),
        metrics.resetPoolSize(),
        metrics.inactivePoolSize(),
        metrics.distinctActive());
  }

  private void allocate(LineageHashes chain, List<Pair> held, String context) {
    MutableBlocks<G1> fresh = rows.allocate(chain.size()).orElse(null);
    MutableBlocks<G1> other = singles.allocate(chain.size()).orElse(null);
    assertThat(fresh == null).as(context).isEqualTo(other == null);
    if (fresh != null && other != null) {
      assertThat(fresh.evicted()).as(context).isEqualTo(other.evicted());
      held.add(new Pair(fresh.register(chain), other.register(chain).split()));
    }
  }

  /** The single side asks for each hash alone, up to the first miss. */
  private void match(LineageHashes chain, List<Pair> held, String context) {
    ImmutableBlocks<G1> group = rows.match(chain);
    List<ImmutableBlock<G1>> guards = new ArrayList<>();
    for (PositionalLineageHash hash : chain) {
      ImmutableBlocks<G1> one = singles.match(LineageHashes.of(hash));
      if (one.isEmpty()) {
        break;
      }
      guards.addAll(one.split());
    }
    assertThat(group.size()).as(context).isEqualTo(guards.size());
    for (int i = 0; i < guards.size(); i++) {
      assertThat(group.hash(i)).as(context).isEqualTo(guards.get(i).sequenceHash());
    }
    held.add(new Pair(group, guards));
  }

  private static void release(Pair pair, Random random) {
    boolean tailFirst = random.nextBoolean();
    if (tailFirst) {
      pair.group.closeTailFirst();
      pair.guards.reversed().forEach(ImmutableBlock::close);
    } else {
      pair.group.close();
      pair.guards.forEach(ImmutableBlock::close);
    }
  }

  /** A group of fewer slots than a row has, of just as many, and of more. */
  @ParameterizedTest
  @CsvSource({"15, false", "16, false", "17, false", "15, true", "16, true", "17, true"})
  void theOrderOfReleaseIsTheOrderOfEviction(int n, boolean tailFirst) {
    LineageHashes chain = Hashes.chain(0, n);
    ImmutableBlocks<G1> group = rows.allocate(n).orElseThrow().register(chain);
    if (tailFirst) {
      group.closeTailFirst();
    } else {
      group.close();
    }
    ImmutableBlocks<G1> again = rows.match(chain);
    assertThat(rows.previewEvictions(n).hashes().isEmpty()).isTrue();
    again.closeTailFirst();
    List<PositionalLineageHash> reversed = List.of(chain.toArray()).reversed();
    assertThat(rows.previewEvictions(n).hashes()).isEqualTo(LineageHashes.copyOf(reversed));
  }

  /** LRU told of every slot by itself. */
  private static final class OneByOne implements EvictionPolicy {
    private final EvictionPolicy lru;

    OneByOne(SlotView slots) {
      lru = Eviction.lru().create(slots);
    }

    @Override
    public String name() {
      return lru.name();
    }

    @Override
    public void becameIdle(int slot) {
      lru.becameIdle(slot);
    }

    @Override
    public void revived(int slot) {
      lru.revived(slot);
    }

    @Override
    public int nextVictim() {
      return lru.nextVictim();
    }

    @Override
    public int preview(int[] into) {
      return lru.preview(into);
    }
  }
}
