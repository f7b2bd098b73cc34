package dev.kvbm.testkit.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.BlockGroup;
import dev.kvbm.logical.BlockGuard;
import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.CompleteBlock;
import dev.kvbm.logical.CompleteBlocks;
import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.EvictionPreview;
import dev.kvbm.logical.ForeignBlockException;
import dev.kvbm.logical.GuardStateException;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.LeakDetection;
import dev.kvbm.logical.LifecyclePin;
import dev.kvbm.logical.MissExplanation;
import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.PoolReset;
import dev.kvbm.logical.Reservation;
import dev.kvbm.logical.SlotInfo;
import dev.kvbm.logical.WeakBlock;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.LeafOrder;
import dev.kvbm.logical.frequency.FrequencyTracker;
import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.registry.RegistrationHandle;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.testkit.ModelRunner;
import dev.kvbm.testkit.TestTiers;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * One or two block managers on one registry, side by side with {@link NaivePool naive ones}. The
 * seed chooses sizes, policies and the prompts that exist; every step is done to both sides, and
 * afterwards everything that can be seen of them is compared.
 */
final class ManagerModel implements ModelRunner.Model<Step> {
  private static final int MAX_HELD = 24;
  private static final int BLOCK_SIZE = 4;

  /** More than one step can create. */
  private static final int MAX_NAMES = 100;

  /** Counts exactly, so that the model can do the same. */
  private static final class ExactTracker implements FrequencyTracker {
    private final Map<PositionalLineageHash, Integer> counts = new HashMap<>();

    @Override
    public void touch(long hi, long lo) {
      counts.merge(new PositionalLineageHash(hi, lo), 1, (a, b) -> Math.min(15, a + b));
    }

    @Override
    public int count(long hi, long lo) {
      return counts.getOrDefault(new PositionalLineageHash(hi, lo), 0);
    }
  }

  /** A manager and its model. */
  private final class Side {
    final BlockManager<Object> manager;
    final NaivePool pool;
    final int historyEntries;
    final List<String> facts = new ArrayList<>();
    int factsCompared;

    /** Groups that hold nothing, to be filled again. */
    final List<MutableBlocks<Object>> usedMutable = new ArrayList<>();

    final List<CompleteBlocks<Object>> usedStaged = new ArrayList<>();
    final List<ImmutableBlocks<Object>> usedImmutable = new ArrayList<>();

    @SuppressWarnings("unchecked")
    Side(int index, Random random, boolean sameTier) {
      int size = 1 + random.nextInt(random.nextInt(4) == 0 ? 40 : 10);
      DuplicationPolicy policy =
          random.nextInt(3) == 0 ? DuplicationPolicy.REJECT : DuplicationPolicy.ALLOW;
      boolean reset = random.nextInt(5) == 0;
      historyEntries = 1 + random.nextInt(6);
      int order = random.nextInt(5);
      pool = new NaivePool(size, order(order), naive, policy, reset);
      Tier<?> tier = index == 0 || sameTier ? TestTiers.A : TestTiers.B;
      manager =
          BlockManager.builder((Tier<Object>) tier)
              .blocks(size)
              .blockSize(BLOCK_SIZE)
              .registry(registry)
              .duplicationPolicy(policy)
              .resetOnRelease(reset)
              .eviction(factory(order))
              .explainMisses(historyEntries)
              .leakDetection(random.nextInt(4) == 0 ? LeakDetection.SAMPLED : LeakDetection.OFF)
              .name("manager " + index)
              .build();
    }

    private VictimOrder order(int order) {
      return switch (order) {
        case 0, 1 -> new VictimOrder.Levels();
        case 2 -> new VictimOrder.Levels(3, 8, 15);
        default ->
            twins
                ? new VictimOrder.Followed(this::nextVictims)
                : new VictimOrder.Lineage(/* tick= */ order == 3);
      };
    }

    private int[] nextVictims() {
      return manager.previewEvictions(manager.totalBlocks()).ids();
    }

    private static EvictionPolicy.Factory factory(int order) {
      return switch (order) {
        case 0 -> Eviction.fifo();
        case 1 -> Eviction.lru();
        case 2 -> Eviction.multiLru();
        case 3 -> Eviction.lineage(LeafOrder.TICK);
        default -> Eviction.lineage(LeafOrder.FIFO);
      };
    }
  }

  private enum Kind {
    MUTABLE,
    STAGED,
    IMMUTABLE,
    PIN
  }

  /** Something that holds blocks: a group, a guard or a pin, and the blocks it should hold. */
  private static final class Held {
    final int name;
    final Side side;
    final Kind kind;
    final AutoCloseable real;
    final List<Integer> ids;

    Held(int name, Side side, Kind kind, AutoCloseable real, List<Integer> ids) {
      this.name = name;
      this.side = side;
      this.kind = kind;
      this.real = real;
      this.ids = ids;
    }

    boolean isGroup() {
      return real instanceof BlockGroup<?>;
    }

    boolean isImmutableGuard() {
      return real instanceof ImmutableBlock<?>;
    }

    int gaps() {
      return Collections.frequency(ids, -1);
    }

    @SuppressWarnings("unchecked")
    MutableBlocks<Object> mutables() {
      return (MutableBlocks<Object>) real;
    }

    @SuppressWarnings("unchecked")
    CompleteBlocks<Object> staged() {
      return (CompleteBlocks<Object>) real;
    }

    @SuppressWarnings("unchecked")
    ImmutableBlocks<Object> immutables() {
      return (ImmutableBlocks<Object>) real;
    }

    @SuppressWarnings("unchecked")
    MutableBlock<Object> mutable() {
      return (MutableBlock<Object>) real;
    }

    @SuppressWarnings("unchecked")
    CompleteBlock<Object> complete() {
      return (CompleteBlock<Object>) real;
    }

    @SuppressWarnings("unchecked")
    ImmutableBlock<Object> immutable() {
      return (ImmutableBlock<Object>) real;
    }

    LifecyclePin pin() {
      return (LifecyclePin) real;
    }
  }

  private record Weak(int name, Side side, WeakBlock<Object> real, int id, int life) {}

  private record OpenHandle(int name, RegistrationHandle real, PositionalLineageHash hash) {}

  private final ExactTracker tracker = new ExactTracker();
  private final NaiveRegistry naive = new NaiveRegistry();
  private final BlockRegistry registry;
  private final List<Side> sides = new ArrayList<>();

  /**
   * Whether there are different hashes that their continuations cannot tell apart. Where lineage
   * policies put those is their business, so the model follows them.
   */
  private final boolean twins;

  private final List<PositionalLineageHash> universe = new ArrayList<>();

  /** For each hash of the universe, the prompt that ends with it. */
  private final List<List<PositionalLineageHash>> paths = new ArrayList<>();

  private final List<Held> held = new ArrayList<>();

  /** What held blocks once and was closed or consumed. */
  private final List<Held> ended = new ArrayList<>();

  private final List<Weak> weaks = new ArrayList<>();
  private final List<OpenHandle> handles = new ArrayList<>();
  private int attachments;
  private int steps;
  private int nextName;

  ManagerModel(long seed) {
    Random random = new Random(seed * 31 + 7);
    registry =
        BlockRegistry.builder()
            .frequencyTracker(tracker)
            .listener(
                event ->
                    sides.stream()
                        .filter(side -> side.manager.id().value() == event.managerId())
                        .forEach(
                            side -> {
                              assertThat(event.sequence()).isEqualTo(side.facts.size());
                              assertThat(event.tier()).isEqualTo(side.manager.tier());
                              side.facts.add(event.kind() + " " + event.hash());
                            }))
            .build();
    twins = random.nextInt(8) == 0;
    growUniverse(random);
    boolean two = random.nextBoolean();
    boolean sameTier = random.nextInt(3) == 0;
    for (int i = 0; i < (two ? 2 : 1); i++) {
      sides.add(new Side(i, random, sameTier));
    }
  }

  /** A forest of prompts, some of them around the positions at which hashes change their form. */
  private void growUniverse(Random random) {
    int[] starts = {0, 0, 0, 254, 65_534, (1 << 24) - 5};
    int size = 6 + random.nextInt(30);
    while (universe.size() < size) {
      int above = universe.isEmpty() ? -1 : random.nextInt(universe.size() + 2) - 2;
      if (above < 0) {
        long position = starts[random.nextInt(starts.length)];
        long parent = position == 0 ? 0 : random.nextLong();
        universe.add(PositionalLineageHash.of(random.nextLong(), parent, position));
        paths.add(List.of(universe.getLast()));
      } else {
        PositionalLineageHash parent = universe.get(above);
        if (parent.position() == PositionalLineageHash.MAX_POSITION) {
          continue;
        }
        universe.add(
            PositionalLineageHash.of(
                random.nextLong(), parent.currentSequenceHash(), parent.position() + 1L));
        List<PositionalLineageHash> path = new ArrayList<>(paths.get(above));
        path.add(universe.getLast());
        paths.add(path);
      }
      if (twins && random.nextInt(3) == 0) {
        PositionalLineageHash one = universe.getLast();
        long otherBit = random.nextBoolean() ? 1L << 63 : 0;
        universe.add(
            PositionalLineageHash.of(
                one.currentSequenceHash() ^ otherBit,
                one.parentHashFragment() ^ (otherBit == 0 ? 1 : 0),
                one.position()));
        paths.add(List.of(universe.getLast()));
      }
    }
  }

  // --------------- drawing ---------------

  private static final Step.Kind[] WEIGHTED =
      Arrays.stream(Step.Kind.values())
          .flatMap(kind -> Collections.nCopies(kind.weight, kind).stream())
          .toArray(Step.Kind[]::new);

  @Override
  public Step draw(Random random) {
    while (true) {
      Step.Kind kind =
          held.size() > MAX_HELD ? Step.Kind.CLOSE : WEIGHTED[random.nextInt(WEIGHTED.length)];
      int[] targets = targets(kind);
      if (targets.length > 0) {
        int target = targets[random.nextInt(targets.length)];
        int other = random.nextInt(1000);
        if (kind == Step.Kind.ADD_ALL || kind == Step.Kind.FILL_GAPS) {
          int[] names = names(it -> it.isGroup() && it.name != target);
          other = names.length == 0 ? -1 : names[other % names.length];
        }
        return new Step(steps, kind, target, other, random.nextInt(1000));
      }
    }
  }

  private int[] targets(Step.Kind kind) {
    return switch (kind) {
      case ALLOCATE, MATCH, MATCH_SCATTERED, SCAN, GATHER, RESET_POOL, TOUCH, EXPLAIN, CLOSE_ALL ->
          IntStream.range(0, sides.size()).toArray();
      case REGISTER, STAGE -> names(it -> it.kind == Kind.MUTABLE);
      case REGISTER_STAGED, RESET_STAGED -> names(it -> it.kind == Kind.STAGED);
      case REGISTER_FIRST ->
          names(it -> it.isGroup() && (it.kind == Kind.MUTABLE || it.kind == Kind.STAGED));
      case CLOSE -> names(it -> true);
      case SHARE, FLAG -> names(it -> it.kind == Kind.IMMUTABLE);
      case SHARE_ONE, FILL_GAPS -> names(it -> it.kind == Kind.IMMUTABLE && it.isGroup());
      case PIN -> names(it -> it.kind == Kind.PIN || it.isImmutableGuard());
      case SPLIT, TAKE_FIRST, ADD_ALL -> names(Held::isGroup);
      case DOWNGRADE -> names(Held::isImmutableGuard);
      case UPGRADE -> weaks.stream().mapToInt(Weak::name).toArray();
      case OPEN_HANDLE ->
          IntStream.concat(IntStream.of(-1), IntStream.of(names(Held::isImmutableGuard))).toArray();
      case CLOSE_HANDLE, ATTACH -> handles.stream().mapToInt(OpenHandle::name).toArray();
      case MISUSE ->
          IntStream.concat(
                  ended.stream().mapToInt(it -> it.name),
                  IntStream.of(names(it -> it.kind == Kind.MUTABLE || it.kind == Kind.STAGED)))
              .toArray();
    };
  }

  private int[] names(Predicate<Held> filter) {
    return held.stream().filter(filter).mapToInt(it -> it.name).toArray();
  }

  // --------------- doing ---------------

  @Override
  public void apply(Step step) {
    steps++;
    nextName = step.serial() * MAX_NAMES;
    int target = step.target();
    if (IntStream.of(targets(step.kind())).noneMatch(each -> each == target)) {
      return;
    }
    int b = step.other();
    int c = step.variant();
    Side side = sides.get(Math.floorMod(target, sides.size()));
    switch (step.kind()) {
      case ALLOCATE -> allocate(side, b, c);
      case REGISTER -> named(target).ifPresent(it -> register(it, b, c));
      case STAGE -> named(target).ifPresent(it -> stage(it, b, c));
      case REGISTER_STAGED -> named(target).ifPresent(it -> registerStaged(it, c));
      case REGISTER_FIRST -> named(target).ifPresent(it -> registerFirst(it, b, c));
      case RESET_STAGED -> named(target).ifPresent(this::resetStaged);
      case MATCH, MATCH_SCATTERED, SCAN -> lookup(side, step.kind(), b, c);
      case CLOSE -> named(target).ifPresent(it -> close(it, c));
      case CLOSE_ALL -> {
        while (!held.isEmpty()) {
          close(held.getFirst(), c);
        }
      }
      case SHARE -> named(target).ifPresent(this::share);
      case SHARE_ONE -> named(target).ifPresent(it -> shareOne(it, b));
      case PIN -> named(target).ifPresent(this::pin);
      case SPLIT -> named(target).ifPresent(this::split);
      case TAKE_FIRST -> named(target).ifPresent(it -> takeFirst(it, b));
      case ADD_ALL -> named(target).ifPresent(it -> addAll(it, b));
      case FILL_GAPS -> named(target).ifPresent(it -> fillGaps(it, b));
      case GATHER -> gather(side, b);
      case FLAG -> named(target).ifPresent(it -> flag(it, b % 2 == 0));
      case DOWNGRADE -> named(target).ifPresent(this::downgrade);
      case UPGRADE -> upgrade(target);
      case RESET_POOL -> resetPool(side);
      case TOUCH -> touch(hash(b));
      case OPEN_HANDLE -> openHandle(target, b, c);
      case CLOSE_HANDLE -> closeHandle(target);
      case ATTACH -> attach(target);
      case EXPLAIN -> explain(side, b, c);
      case MISUSE -> misuse(target, b);
    }
    compare();
  }

  private Optional<Held> named(int name) {
    return held.stream().filter(it -> it.name == name).findFirst();
  }

  private PositionalLineageHash hash(int number) {
    return universe.get(number % universe.size());
  }

  /** Hashes to look for or to register: a prompt from its start, or anything, repeats included. */
  private List<PositionalLineageHash> hashes(int number, int variant, int most) {
    if (variant % 4 != 0) {
      List<PositionalLineageHash> path = paths.get(number % paths.size());
      return path.subList(0, Math.min(most, path.size()));
    }
    Random random = new Random(number);
    return IntStream.range(0, Math.min(most, 1 + number % 7))
        .mapToObj(i -> universe.get(random.nextInt(universe.size())))
        .toList();
  }

  /** Exactly {@code n} hashes; what is missing from a prompt is taken from another one. */
  private List<PositionalLineageHash> hashesFor(int n, int number, int variant) {
    List<PositionalLineageHash> result = new ArrayList<>(hashes(number, variant, n));
    for (int i = 1; result.size() < n; i++) {
      result.add(universe.get((number + i) % universe.size()));
    }
    return result;
  }

  private void hold(Side side, Kind kind, AutoCloseable real, List<Integer> ids) {
    held.add(new Held(nextName++, side, kind, real, new ArrayList<>(ids)));
  }

  private void end(Held it) {
    held.remove(it);
    ended.add(it);
    if (ended.size() > 8) {
      ended.removeFirst();
    }
  }

  private static <G> @Nullable G takeUsed(List<G> used, boolean wanted) {
    return wanted && !used.isEmpty() ? used.removeFirst() : null;
  }

  private static LineageHashes list(List<PositionalLineageHash> hashes) {
    return LineageHashes.copyOf(hashes);
  }

  // --------------- allocation, staging, registration ---------------

  private void allocate(Side side, int b, int c) {
    int n = c % 5 == 0 ? b % (side.pool.blocks.size() + 3) : b % 4;
    List<PositionalLineageHash> evicted = new ArrayList<>();
    if (c % 7 == 0) {
      List<Integer> ids = side.pool.allocate(1, evicted);
      Optional<MutableBlock<Object>> block = side.manager.allocate();
      assertThat(block.isPresent()).isEqualTo(ids != null);
      if (ids != null && block.isPresent()) {
        hold(side, Kind.MUTABLE, block.get(), ids);
      }
      return;
    }
    List<Integer> ids = side.pool.allocate(n, evicted);
    MutableBlocks<Object> used = takeUsed(side.usedMutable, c % 2 == 0);
    Optional<MutableBlocks<Object>> blocks;
    if (used != null) {
      blocks = side.manager.allocate(n, used) ? Optional.of(used) : Optional.empty();
    } else if (c % 11 == 0) {
      Optional<Reservation<Object>> reservation = side.manager.reserve(n);
      blocks = reservation.map(it -> it.take(n));
      reservation.ifPresent(Reservation::close);
      evicted.clear();
    } else if (c % 11 == 1 && n <= side.pool.blocks.size()) {
      blocks = allocateNow(side, n);
    } else {
      blocks = side.manager.allocate(n);
    }
    assertThat(blocks.isPresent()).as("allocate %s", n).isEqualTo(ids != null);
    if (ids != null && blocks.isPresent()) {
      assertThat(blocks.get().evicted()).containsExactlyElementsOf(evicted);
      hold(side, Kind.MUTABLE, blocks.get(), ids);
    }
  }

  private static Optional<MutableBlocks<Object>> allocateNow(Side side, int n) {
    try {
      return side.manager.allocate(n, Duration.ZERO);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void stage(Held it, int b, int c) {
    List<PositionalLineageHash> hashes = hashesFor(it.ids.size(), b, c);
    for (int i = 0; i < hashes.size(); i++) {
      it.side.pool.stage(it.ids.get(i), hashes.get(i));
    }
    AutoCloseable real;
    if (!it.isGroup()) {
      real = it.mutable().stage(hashes.getFirst(), BLOCK_SIZE);
    } else {
      CompleteBlocks<Object> into = takeUsed(it.side.usedStaged, c % 2 == 0);
      if (into == null) {
        real = it.mutables().stage(list(hashes));
      } else {
        it.mutables().stage(list(hashes), into);
        real = into;
      }
    }
    end(it);
    hold(it.side, Kind.STAGED, real, it.ids);
  }

  private void register(Held it, int b, int c) {
    if (!it.isGroup()) {
      stage(it, b, c);
      return;
    }
    List<PositionalLineageHash> hashes = hashesFor(it.ids.size(), b, c);
    for (int i = 0; i < hashes.size(); i++) {
      it.side.pool.stage(it.ids.get(i), hashes.get(i));
    }
    List<Integer> result = it.side.pool.register(it.ids);
    ImmutableBlocks<Object> into = takeUsed(it.side.usedImmutable, c % 2 == 0);
    ImmutableBlocks<Object> registered;
    if (into == null) {
      registered = it.mutables().register(list(hashes));
    } else {
      it.mutables().register(list(hashes), into);
      registered = into;
    }
    end(it);
    it.side.usedMutable.add(it.mutables());
    hold(it.side, Kind.IMMUTABLE, registered, result);
  }

  /** Some blocks of a group, into one that holds registered blocks already or into a new one. */
  private void registerFirst(Held it, int b, int c) {
    int n = b % (it.ids.size() + 1);
    List<Integer> ids = it.ids.subList(0, n);
    List<PositionalLineageHash> hashes = hashesFor(n, b, c);
    List<Held> groups =
        held.stream()
            .filter(other -> other.side == it.side && other.kind == Kind.IMMUTABLE)
            .filter(Held::isGroup)
            .toList();
    int choice = c % (groups.size() + 1);
    Held behind = choice < groups.size() ? groups.get(choice) : null;
    ImmutableBlocks<Object> into =
        behind == null ? it.side.manager.newImmutableBlocks() : behind.immutables();
    if (it.kind == Kind.MUTABLE) {
      for (int i = 0; i < n; i++) {
        it.side.pool.stage(ids.get(i), hashes.get(i));
      }
      it.mutables().registerFirst(list(hashes), into);
    } else {
      it.staged().registerFirst(n, into);
    }
    List<Integer> result = it.side.pool.register(ids);
    ids.clear();
    if (behind == null) {
      hold(it.side, Kind.IMMUTABLE, into, result);
    } else {
      behind.ids.addAll(result);
    }
  }

  private void registerStaged(Held it, int c) {
    List<Integer> result = it.side.pool.register(it.ids);
    AutoCloseable real;
    if (!it.isGroup()) {
      real =
          switch (c % 3) {
            case 0 -> it.complete().register();
            case 1 -> it.side.manager.register(it.complete());
            default -> it.side.manager.register(List.of(it.complete())).getFirst();
          };
    } else {
      ImmutableBlocks<Object> into = takeUsed(it.side.usedImmutable, c % 2 == 0);
      if (into == null) {
        real = it.staged().register();
      } else {
        it.staged().register(into);
        real = into;
      }
    }
    end(it);
    hold(it.side, Kind.IMMUTABLE, real, result);
  }

  private void resetStaged(Held it) {
    it.ids.forEach(it.side.pool::unstage);
    AutoCloseable real = it.isGroup() ? it.staged().reset() : it.complete().reset();
    end(it);
    hold(it.side, Kind.MUTABLE, real, it.ids);
  }

  // --------------- lookup ---------------

  private void lookup(Side side, Step.Kind kind, int b, int c) {
    List<PositionalLineageHash> hashes = hashes(b, c, Integer.MAX_VALUE);
    LineageHashes list = list(hashes);
    boolean touch = b % 2 == 0;
    List<Integer> ids =
        switch (kind) {
          case MATCH -> side.pool.match(hashes);
          case MATCH_SCATTERED -> side.pool.matchScattered(hashes);
          default -> side.pool.scan(hashes, touch);
        };
    ImmutableBlocks<Object> into = takeUsed(side.usedImmutable, c % 2 == 0);
    ImmutableBlocks<Object> found;
    if (into == null) {
      found =
          switch (kind) {
            case MATCH -> side.manager.match(list);
            case MATCH_SCATTERED -> side.manager.matchScattered(list);
            default -> side.manager.scan(list, touch);
          };
    } else {
      found = into;
      switch (kind) {
        case MATCH -> side.manager.match(list, into);
        case MATCH_SCATTERED -> side.manager.matchScattered(list, into);
        default -> side.manager.scan(list, touch, into);
      }
    }
    hold(side, Kind.IMMUTABLE, found, ids);
  }

  private void upgrade(int name) {
    weaks.stream().filter(it -> it.name == name).findFirst().ifPresent(this::upgrade);
  }

  private void upgrade(Weak weak) {
    int found = weak.side.pool.upgrade(weak.id, weak.life, weak.real.sequenceHash());
    Optional<ImmutableBlock<Object>> real = weak.real.upgrade();
    assertThat(real.isPresent()).as("upgrade").isEqualTo(found >= 0);
    real.ifPresent(block -> hold(weak.side, Kind.IMMUTABLE, block, List.of(found)));
  }

  private void downgrade(Held it) {
    int id = it.ids.getFirst();
    weaks.add(
        new Weak(
            nextName++, it.side, it.immutable().downgrade(), id, it.side.pool.blocks.get(id).life));
    if (weaks.size() > 8) {
      weaks.removeFirst();
    }
  }

  // --------------- groups and guards ---------------

  private void close(Held it, int c) {
    NaivePool pool = it.side.pool;
    boolean tailFirst = it.kind == Kind.IMMUTABLE && it.isGroup() && c % 3 == 0;
    switch (it.kind) {
      case MUTABLE, STAGED -> it.ids.forEach(pool::free);
      case IMMUTABLE -> {
        pool.guards -= it.ids.size() - it.gaps();
        pool.release(tailFirst ? it.ids.reversed() : it.ids);
      }
      case PIN -> pool.release(it.ids);
    }
    if (tailFirst) {
      it.immutables().closeTailFirst();
    } else {
      closeQuietly(it.real);
    }
    end(it);
    if (it.isGroup()) {
      switch (it.kind) {
        case MUTABLE -> it.side.usedMutable.add(it.mutables());
        case STAGED -> it.side.usedStaged.add(it.staged());
        default -> it.side.usedImmutable.add(it.immutables());
      }
    }
  }

  private static void closeQuietly(AutoCloseable real) {
    try {
      real.close();
    } catch (RuntimeException e) {
      throw e;
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  private void share(Held it) {
    it.ids.stream().filter(id -> id >= 0).forEach(it.side.pool::reference);
    it.side.pool.guards += it.ids.size() - it.gaps();
    AutoCloseable real = it.isGroup() ? it.immutables().share() : it.immutable().share();
    hold(it.side, Kind.IMMUTABLE, real, it.ids);
  }

  private void shareOne(Held it, int b) {
    if (it.ids.isEmpty()) {
      return;
    }
    int i = b % it.ids.size();
    if (it.ids.get(i) < 0) {
      assertThatThrownBy(() -> it.immutables().share(i)).isInstanceOf(IllegalStateException.class);
      return;
    }
    it.side.pool.reference(it.ids.get(i));
    it.side.pool.guards++;
    hold(it.side, Kind.IMMUTABLE, it.immutables().share(i), List.of(it.ids.get(i)));
  }

  private void pin(Held it) {
    it.side.pool.reference(it.ids.getFirst());
    LifecyclePin pin = it.kind == Kind.PIN ? it.pin().share() : it.immutable().pin();
    hold(it.side, Kind.PIN, pin, it.ids);
  }

  private void split(Held it) {
    List<? extends AutoCloseable> guards =
        switch (it.kind) {
          case MUTABLE -> it.mutables().split();
          case STAGED -> it.staged().split();
          default -> it.immutables().split();
        };
    List<Integer> ids = it.ids.stream().filter(id -> id >= 0).toList();
    assertThat(guards).hasSameSizeAs(ids);
    end(it);
    for (int i = 0; i < ids.size(); i++) {
      hold(it.side, it.kind, guards.get(i), List.of(ids.get(i)));
    }
  }

  private void takeFirst(Held it, int b) {
    int n = b % (it.ids.size() + 1);
    AutoCloseable first =
        switch (it.kind) {
          case MUTABLE -> it.mutables().takeFirst(n);
          case STAGED -> it.staged().takeFirst(n);
          default -> it.immutables().takeFirst(n);
        };
    List<Integer> taken = it.ids.subList(0, n);
    hold(it.side, it.kind, first, taken);
    taken.clear();
  }

  /** The named group, if it is of the same kind and manager. */
  private Optional<Held> another(Held it, int name) {
    return named(name).filter(other -> other.kind == it.kind && other.side == it.side);
  }

  private void addAll(Held it, int b) {
    another(it, b)
        .ifPresent(
            other -> {
              switch (it.kind) {
                case MUTABLE -> it.mutables().addAll(other.mutables());
                case STAGED -> it.staged().addAll(other.staged());
                default -> it.immutables().addAll(other.immutables());
              }
              it.ids.addAll(other.ids);
              end(other);
            });
  }

  private void fillGaps(Held it, int b) {
    another(it, b)
        .ifPresent(
            other -> {
              if (other.gaps() > 0 || other.ids.size() != it.gaps()) {
                assertThatThrownBy(() -> it.immutables().fillGaps(other.immutables()))
                    .isInstanceOf(IllegalArgumentException.class);
                return;
              }
              it.immutables().fillGaps(other.immutables());
              List<Integer> filling = new ArrayList<>(other.ids);
              it.ids.replaceAll(id -> id < 0 ? filling.removeFirst() : id);
              end(other);
            });
  }

  private void gather(Side side, int b) {
    boolean staged = b % 3 == 0;
    List<Held> singles =
        held.stream()
            .filter(it -> it.side == side && !it.isGroup())
            .filter(it -> it.kind == (staged ? Kind.STAGED : Kind.IMMUTABLE))
            .limit(1 + b % 4)
            .toList();
    if (singles.isEmpty()) {
      return;
    }
    AutoCloseable group =
        staged
            ? CompleteBlocks.of(singles.stream().map(Held::complete).toList())
            : ImmutableBlocks.of(singles.stream().map(Held::immutable).toList());
    singles.forEach(this::end);
    hold(
        side,
        staged ? Kind.STAGED : Kind.IMMUTABLE,
        group,
        singles.stream().map(it -> it.ids.getFirst()).toList());
  }

  private void flag(Held it, boolean reset) {
    it.ids.stream()
        .filter(id -> id >= 0)
        .forEach(id -> it.side.pool.blocks.get(id).resetOnRelease = reset);
    if (it.isGroup()) {
      it.immutables().setResetOnRelease(reset);
    } else {
      it.immutable().setResetOnRelease(reset);
    }
  }

  // --------------- pool and registry ---------------

  private static void resetPool(Side side) {
    List<PositionalLineageHash> drained = side.pool.resetIdle();
    PoolReset reset = side.manager.resetInactivePool();
    assertThat(reset.drained()).containsExactlyElementsOf(drained);
    assertThat(reset.freeBlocks()).isEqualTo(side.pool.free.size());
    assertThat(reset.totalBlocks()).isEqualTo(side.pool.blocks.size());
  }

  private void touch(PositionalLineageHash hash) {
    naive.touch(hash);
    registry.touch(hash);
  }

  private void openHandle(int target, int b, int c) {
    if (handles.size() > 6) {
      return;
    }
    Optional<Held> guard = named(target);
    if (guard.isPresent()) {
      PositionalLineageHash hash = guard.get().immutable().sequenceHash();
      naive.openHandle(hash);
      keep(guard.get().immutable().registrationHandle(), hash);
    } else if (c % 3 == 1) {
      PositionalLineageHash hash = hash(b);
      boolean touch = c % 2 == 0;
      Optional<RegistrationHandle> handle = registry.match(hash, touch);
      assertThat(handle.isPresent()).as("match of a handle").isEqualTo(naive.isRegistered(hash));
      if (handle.isPresent()) {
        naive.openHandle(hash);
        if (touch) {
          naive.touch(hash);
        }
        keep(handle.get(), hash);
      }
    } else {
      PositionalLineageHash hash = hash(b);
      boolean isNew = !naive.isRegistered(hash);
      naive.openHandle(hash);
      if (isNew) {
        naive.touch(hash);
      }
      keep(registry.register(hash), hash);
    }
  }

  private void keep(RegistrationHandle handle, PositionalLineageHash hash) {
    handles.add(new OpenHandle(nextName++, handle, hash));
  }

  private Optional<OpenHandle> handle(int name) {
    return handles.stream().filter(it -> it.name == name).findFirst();
  }

  private void closeHandle(int name) {
    handle(name)
        .ifPresent(
            it -> {
              handles.remove(it);
              naive.closeHandle(it.hash);
              it.real.close();
              it.real.close();
            });
  }

  private void attach(int name) {
    handle(name)
        .ifPresent(
            it -> {
              String value = "value " + attachments++;
              naive.attach(it.hash, value);
              it.real.attach(String.class, value);
            });
  }

  private void explain(Side side, int b, int c) {
    List<PositionalLineageHash> hashes = hashes(b, c, Integer.MAX_VALUE);
    MissExplanation why = side.manager.explain(list(hashes));
    int matched = 0;
    while (matched < hashes.size() && side.pool.holds(hashes.get(matched))) {
      matched++;
    }
    assertThat(why.matchedBlocks()).isEqualTo(matched);
    if (matched == hashes.size()) {
      assertThat(why.cause()).isEqualTo(MissExplanation.Cause.COMPLETE);
      return;
    }
    List<NaivePool.Departure> departures = side.pool.departures;
    int remembered = Math.max(0, departures.size() - side.historyEntries);
    for (int i = departures.size() - 1; i >= remembered; i--) {
      if (departures.get(i).hash().equals(hashes.get(matched))) {
        assertThat(why.cause()).isEqualTo(departures.get(i).cause());
        assertThat(why.departure())
            .isNotNull()
            .satisfies(departure -> assertThat(departure.cause()).isEqualTo(why.cause()))
            .extracting(MissExplanation.Departure::departuresSince)
            .isEqualTo((long) departures.size() - 1 - i);
        return;
      }
    }
    assertThat(why.departure()).isNull();
    assertThat(why.cause())
        .isEqualTo(
            remembered == 0 ? MissExplanation.Cause.NEVER_SEEN : MissExplanation.Cause.UNKNOWN);
  }

  /** Uses that must be refused and change nothing. */
  private void misuse(int target, int b) {
    ended.stream().filter(it -> it.name == target).forEach(ManagerModel::useEnded);
    named(target)
        .ifPresent(
            it -> {
              if (it.kind == Kind.STAGED) {
                registerElsewhere(it);
              } else if (it.isGroup()) {
                registerWrongNumber(it, b);
              } else {
                assertThatThrownBy(() -> it.mutable().stage(hash(b), BLOCK_SIZE + 1))
                    .isInstanceOf(IllegalArgumentException.class);
              }
            });
  }

  private void registerElsewhere(Held it) {
    for (Side other : sides) {
      if (other != it.side && it.isGroup()) {
        assertThatThrownBy(() -> it.staged().register(other.manager.newImmutableBlocks()))
            .isInstanceOf(ForeignBlockException.class);
      } else if (other != it.side) {
        assertThatThrownBy(() -> other.manager.register(it.complete()))
            .isInstanceOf(ForeignBlockException.class);
      }
    }
  }

  private void registerWrongNumber(Held it, int b) {
    List<PositionalLineageHash> wrong = hashesFor(it.ids.size() + 1 + b % 2, b, 1);
    assertThatThrownBy(() -> it.mutables().register(list(wrong)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(
            () -> it.mutables().registerFirst(list(wrong), it.side.manager.newImmutableBlocks()))
        .isInstanceOf(IllegalArgumentException.class);
    if (!it.ids.isEmpty()) {
      assertThatThrownBy(() -> it.side.manager.allocate(1, it.mutables()))
          .isInstanceOf(GuardStateException.class);
    }
  }

  private static void useEnded(Held it) {
    if (it.real instanceof BlockGroup<?> group && !group.isHeld()) {
      assertThat(group.size()).isZero();
      assertThatThrownBy(group::ids).isInstanceOf(GuardStateException.class);
      group.close();
    } else if (it.real instanceof BlockGuard<?> guard) {
      assertThat(guard.isHeld()).isFalse();
      assertThatThrownBy(guard::blockId).isInstanceOf(GuardStateException.class);
      guard.close();
    } else if (it.real instanceof LifecyclePin pin) {
      assertThatThrownBy(pin::share).isInstanceOf(GuardStateException.class);
      pin.close();
    }
  }

  // --------------- comparing ---------------

  private void compare() {
    for (Side side : sides) {
      comparePool(side);
    }
    compareHeld();
    compareRegistry();
  }

  private static void comparePool(Side side) {
    NaivePool pool = side.pool;
    BlockManager<Object> manager = side.manager;
    assertThat(manager.invariantViolations()).isEmpty();
    List<SlotInfo> slots = manager.slots();
    for (int id = 0; id < pool.blocks.size(); id++) {
      NaivePool.Block block = pool.blocks.get(id);
      SlotInfo slot = slots.get(id);
      if (slot.state() != block.state
          || slot.references() != block.references
          || slot.resetOnRelease() != block.resetOnRelease
          || !java.util.Objects.equals(slot.hash(), block.hash)) {
        throw new AssertionError(
            "block %s of %s is %s, the model says %s of %s, %s references, reset %s"
                .formatted(
                    id,
                    manager.name(),
                    slot,
                    block.state,
                    block.hash,
                    block.references,
                    block.resetOnRelease));
      }
    }
    MetricsSnapshot now = manager.metrics();
    assertThat(now)
        .as("metrics of %s", manager.name())
        .isEqualTo(
            new MetricsSnapshot(
                pool.allocations,
                pool.allocationsFromReset,
                pool.evictions,
                pool.registrations,
                pool.duplicates,
                pool.dedups,
                pool.stagings,
                pool.matchRequested,
                pool.matchReturned,
                pool.scanRequested,
                pool.scanReturned,
                0,
                0,
                0,
                0,
                pool.count(SlotInfo.State.MUTABLE),
                pool.guards,
                pool.free.size(),
                pool.count(SlotInfo.State.INACTIVE),
                pool.count(SlotInfo.State.PRIMARY) + pool.count(SlotInfo.State.DUPLICATE),
                pool.count(SlotInfo.State.STAGED),
                now.lockContentions()));
    assertThat(manager.availableBlocks()).isEqualTo(pool.available());
    EvictionPreview preview = manager.previewEvictions(pool.blocks.size());
    assertThat(preview.ids())
        .as("eviction order of %s (%s)", manager.name(), manager.evictionPolicy())
        .containsExactly(pool.idle.all().stream().mapToInt(i -> i).toArray());
    assertThat(side.facts.subList(side.factsCompared, side.facts.size()))
        .as("facts of %s", manager.name())
        .isEqualTo(pool.facts.subList(side.factsCompared, pool.facts.size()));
    side.factsCompared = side.facts.size();
  }

  private void compareHeld() {
    for (Held it : held) {
      if (it.real instanceof BlockGroup<?> group) {
        if (group.size() != it.ids.size()) {
          throw new AssertionError(group + " should hold " + it.ids);
        }
        for (int i = 0; i < it.ids.size(); i++) {
          if (group.id(i) != it.ids.get(i)) {
            throw new AssertionError(group + " should hold " + it.ids);
          }
        }
        if (group instanceof ImmutableBlocks<?> blocks) {
          assertThat(blocks.hits()).isEqualTo(it.ids.size() - it.gaps());
        }
      } else if (it.real instanceof BlockGuard<?> guard) {
        assertThat(guard.blockId()).isEqualTo(it.ids.getFirst());
      } else {
        assertThat(it.pin().blockId()).isEqualTo(it.ids.getFirst());
      }
    }
  }

  private void compareRegistry() {
    assertThat(registry.registeredCount()).as("registered").isEqualTo(naive.registeredCount());
    LineageHashes all = list(universe);
    boolean[] any = registry.checkPresenceAny(all, TestTiers.A, TestTiers.B);
    boolean[] first = registry.checkPresence(sides.getFirst().manager.tier(), all);
    for (int i = 0; i < universe.size(); i++) {
      PositionalLineageHash hash = universe.get(i);
      boolean expectedFirst =
          sides.stream()
              .filter(side -> side.manager.tier().equals(sides.getFirst().manager.tier()))
              .anyMatch(side -> side.pool.holds(hash));
      if (any[i] != naive.isPresent(hash)
          || first[i] != expectedFirst
          || registry.isRegistered(hash) != naive.isRegistered(hash)
          || registry.count(hash) != naive.count(hash)) {
        throw new AssertionError(
            "%s: present %s/%s, registered %s, count %s; the model says %s/%s, %s, %s"
                .formatted(
                    hash,
                    any[i],
                    first[i],
                    registry.isRegistered(hash),
                    registry.count(hash),
                    naive.isPresent(hash),
                    expectedFirst,
                    naive.isRegistered(hash),
                    naive.count(hash)));
      }
    }
    for (OpenHandle handle : handles) {
      assertThat(handle.real.multiple(String.class)).isEqualTo(naive.attached(handle.hash));
    }
  }

  @Override
  public void finish() {
    while (!held.isEmpty()) {
      close(held.getLast(), held.size());
    }
    while (!handles.isEmpty()) {
      closeHandle(handles.getFirst().name);
    }
    compare();
    for (Side side : sides) {
      assertThat(side.manager.availableBlocks()).isEqualTo(side.pool.blocks.size());
      resetPool(side);
    }
    compare();
    assertThat(registry.registeredCount()).isZero();
    assertThat(registry.hasEntries()).isFalse();
  }
}
