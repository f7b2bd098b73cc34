package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Groups: reading, refilling, consuming, cutting and joining them. The reference has none. */
class GroupTest {
  @RegisterExtension final Pools pools = new Pools();

  private static final PositionalLineageHash MISSING = Hashes.root(9_000);
  private static final PositionalLineageHash MALFORMED = new PositionalLineageHash(-1, 0);

  // --------------- reading ---------------

  @Test
  void aGroupReadsLikeAList() {
    BlockManager<G1> manager = pools.of(8);
    try (MutableBlocks<G1> group = manager.allocate(3).orElseThrow()) {
      assertThat(group.size()).isEqualTo(3);
      assertThat(group.isEmpty()).isFalse();
      assertThat(group.id(2)).isEqualTo(2);
      assertThat(group.ids()).containsExactly(0, 1, 2);
      assertThat(group).containsExactly(0, 1, 2);
      assertThat(group.managerId()).isEqualTo(manager.id());
      int[] target = {9, 9, 9, 9, 9};
      group.copyIds(target, 1);
      assertThat(target).containsExactly(9, 0, 1, 2, 9);
      assertThat(group).hasToString("MutableBlocks[manager " + manager.id() + ", [0, 1, 2]]");
      assertThatThrownBy(() -> group.id(3))
          .isInstanceOf(IndexOutOfBoundsException.class)
          .hasMessageContaining("block 3 of a group of 3");
      assertThatThrownBy(() -> group.id(-1)).isInstanceOf(IndexOutOfBoundsException.class);
      Iterator<Integer> ids = group.iterator();
      ids.next();
      ids.next();
      ids.next();
      assertThat(ids.hasNext()).isFalse();
      assertThatThrownBy(ids::next).isInstanceOf(NoSuchElementException.class);
    }
  }

  @Test
  void theIdsOfAGroupAreACopy() {
    BlockManager<G1> manager = pools.of(8);
    try (MutableBlocks<G1> group = manager.allocate(2).orElseThrow()) {
      group.ids()[0] = 77;
      assertThat(group.ids()).containsExactly(0, 1);
    }
  }

  @Test
  void stagedAndRegisteredGroupsTellTheirHashes() {
    BlockManager<G1> manager = pools.of(8);
    LineageHashes hashes = Hashes.chain(0, 3);
    CompleteBlocks<G1> staged = manager.allocate(3).orElseThrow().stage(hashes);
    assertThat(staged.hash(1)).isEqualTo(hashes.get(1));
    ImmutableBlocks<G1> registered = staged.register();
    assertThat(registered.hash(2)).isEqualTo(hashes.get(2));
    assertThatThrownBy(() -> registered.hash(3)).isInstanceOf(IndexOutOfBoundsException.class);
    registered.close();
  }

  @Test
  void aGapHasNoIdNoHashAndNoGuard() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.root(0));
    try (ImmutableBlocks<G1> hit =
        manager.matchScattered(LineageHashes.of(MISSING, Hashes.root(0)))) {
      assertThat(hit.id(0)).isEqualTo(-1);
      assertThat(hit.leadingHits()).isZero();
      assertThatThrownBy(() -> hit.hash(0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("element 0 is a gap");
      assertThatThrownBy(() -> hit.share(0))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("element 0 is a gap");
    }
  }

  // --------------- filling again ---------------

  @ParameterizedTest
  @EnumSource
  void aLoopCanFillTheSameGroupsAgainAndAgain(Backend backend) {
    BlockManager<G1> manager = pools.of(8, backend);
    MutableBlocks<G1> fresh = manager.newMutableBlocks();
    CompleteBlocks<G1> staged = manager.newCompleteBlocks();
    ImmutableBlocks<G1> registered = manager.newImmutableBlocks();
    ImmutableBlocks<G1> hit = manager.newImmutableBlocks();
    for (int round = 0; round < 20; round++) {
      LineageHashes prompt = Hashes.chain(round * 100, 1 + round % 7);
      manager.match(prompt, hit);
      assertThat(hit.size()).isZero();
      hit.close();
      assertThat(manager.allocate(prompt.size(), fresh)).isTrue();
      if (round % 2 == 0) {
        fresh.register(prompt, registered);
      } else {
        fresh.stage(prompt, staged);
        staged.register(registered);
      }
      assertThat(registered.size()).isEqualTo(prompt.size());
      manager.scan(prompt, false, hit);
      assertThat(hit.ids()).isEqualTo(registered.ids());
      hit.close();
      manager.matchScattered(prompt, hit);
      assertThat(hit.ids()).isEqualTo(registered.ids());
      hit.close();
      registered.close();
    }
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  @Test
  void aFailedAllocationLeavesTheGroupFillable() {
    BlockManager<G1> manager = pools.of(4);
    MutableBlocks<G1> group = manager.newMutableBlocks();
    assertThat(manager.allocate(5, group)).isFalse();
    assertThat(group.isHeld()).isFalse();
    assertThat(manager.allocate(4, group)).isTrue();
    group.close();
    assertThat(manager.allocate(2, group)).isTrue();
    assertThat(group.ids()).containsExactly(0, 1);
    group.close();
  }

  @Test
  void aGroupThatStillHoldsBlocksIsNotFilled() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.chain(0, 2));
    MutableBlocks<G1> fresh = manager.allocate(2).orElseThrow();
    assertThatThrownBy(() -> manager.allocate(1, fresh))
        .isInstanceOf(GuardStateException.class)
        .hasMessageContaining("MutableBlocks of manager " + manager.id())
        .hasMessageContaining("still holds 2 blocks; close it");
    ImmutableBlocks<G1> hit = manager.match(Hashes.chain(0, 2));
    for (Runnable fill :
        List.<Runnable>of(
            () -> manager.match(Hashes.chain(0, 1), hit),
            () -> manager.matchScattered(Hashes.chain(0, 1), hit),
            () -> manager.scan(Hashes.chain(0, 1), true, hit),
            () -> fresh.register(Hashes.chain(100, 2), hit))) {
      assertThatThrownBy(fill::run)
          .isInstanceOf(GuardStateException.class)
          .hasMessageContaining("still holds 2 blocks");
    }
    CompleteBlocks<G1> staged = manager.allocate(1).orElseThrow().stage(Hashes.chain(200, 1));
    assertThatThrownBy(() -> fresh.stage(Hashes.chain(100, 2), staged))
        .isInstanceOf(GuardStateException.class)
        .hasMessageContaining("CompleteBlocks");
    assertThatThrownBy(() -> staged.register(hit)).isInstanceOf(GuardStateException.class);
    assertThat(fresh.size()).isEqualTo(2);
    assertThat(hit.size()).isEqualTo(2);
    assertThat(staged.size()).isEqualTo(1);
    staged.close();
    fresh.close();
    hit.close();
  }

  @Test
  void aGroupThatWasNeverFilledSaysSo() {
    BlockManager<G1> manager = pools.of(8);
    ImmutableBlocks<G1> group = manager.newImmutableBlocks();
    assertThat(group.size()).isZero();
    assertThat(group.hits()).isZero();
    assertThat(group.isHeld()).isFalse();
    assertThatThrownBy(() -> group.id(0))
        .isInstanceOf(GuardStateException.class)
        .hasMessageContaining("holds nothing yet");
    group.close();
    group.closeTailFirst();
    assertThat(manager.newMutableBlocks().evicted().isEmpty()).isTrue();
  }

  // --------------- consuming ---------------

  @Test
  void closingAGroupThatWasConsumedDoesNothing() {
    BlockManager<G1> manager = pools.of(8);
    MutableBlocks<G1> fresh = manager.allocate(2).orElseThrow();
    CompleteBlocks<G1> staged = fresh.stage(Hashes.chain(0, 2));
    fresh.close();
    assertThat(manager.metrics().staged()).isEqualTo(2);
    ImmutableBlocks<G1> registered = staged.register();
    staged.close();
    assertThat(manager.metrics().distinctActive()).isEqualTo(2);
    List<ImmutableBlock<G1>> guards = registered.split();
    registered.close();
    assertThat(manager.metrics().distinctActive()).isEqualTo(2);
    guards.forEach(ImmutableBlock::close);
    assertThat(Pools.pools(manager)).isEqualTo("6 free, 2 idle");
  }

  @Test
  void aStagedGroupThatIsResetCanBeWrittenAgain() {
    BlockManager<G1> manager = pools.of(4);
    CompleteBlocks<G1> staged = manager.allocate(3).orElseThrow().stage(Hashes.chain(0, 3));
    MutableBlocks<G1> back = staged.reset();
    assertThat(back.ids()).containsExactly(0, 1, 2);
    assertThat(manager.metrics().inflightMutable()).isEqualTo(3);
    assertThat(manager.metrics().staged()).isZero();
    assertThat(back.evicted().isEmpty()).isTrue();
    back.register(Hashes.chain(50, 3)).close();
    assertThat(manager.match(Hashes.chain(0, 3)).size()).isZero();
  }

  @Test
  void whatWasEvictedStaysReadableAfterTheGroupIsConsumed() {
    BlockManager<G1> manager = pools.of(2);
    Pools.cache(manager, Hashes.roots(0, 2));
    MutableBlocks<G1> fresh = manager.allocate(2).orElseThrow();
    fresh.register(Hashes.roots(100, 2)).close();
    assertThat(fresh.evicted()).isEqualTo(Hashes.roots(0, 2));
    assertThat(manager.allocate(1, fresh)).isTrue();
    assertThat(fresh.evicted()).isEqualTo(Hashes.roots(100, 1));
    fresh.close();
    assertThat(manager.allocate(1, fresh)).isTrue();
    assertThat(fresh.evicted().isEmpty()).isTrue();
    fresh.close();
  }

  // --------------- cutting and joining ---------------

  @Test
  void theFirstBlocksCanBeTakenOut() {
    BlockManager<G1> manager = pools.of(8);
    MutableBlocks<G1> rest = manager.allocate(5).orElseThrow();
    MutableBlocks<G1> first = rest.takeFirst(2);
    assertThat(first.ids()).containsExactly(0, 1);
    assertThat(rest.ids()).containsExactly(2, 3, 4);
    CompleteBlocks<G1> staged = rest.stage(Hashes.chain(0, 3));
    CompleteBlocks<G1> one = staged.takeFirst(1);
    assertThat(one.hash(0)).isEqualTo(Hashes.chain(0, 3).get(0));
    ImmutableBlocks<G1> registered = staged.register();
    ImmutableBlocks<G1> head = registered.takeFirst(1);
    assertThat(head.ids()).containsExactly(3);
    assertThat(registered.ids()).containsExactly(4);
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(2);
    head.close();
    one.close();
    first.close();
    registered.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  private static LineageHashes hashes(ImmutableBlocks<G1> group) {
    return LineageHashes.copyOf(IntStream.range(0, group.size()).mapToObj(group::hash).toList());
  }

  @Test
  void blocksArePublishedOneByOneBehindThoseBefore() {
    BlockManager<G1> manager = pools.of(8);
    LineageHashes chain = Hashes.chain(0, 5);
    MutableBlocks<G1> open = manager.allocate(4).orElseThrow();
    ImmutableBlocks<G1> done = manager.newImmutableBlocks();
    open.registerFirst(chain.slice(0, 1), done);
    assertThat(done.ids()).containsExactly(0);
    assertThat(open.ids()).containsExactly(1, 2, 3);
    open.registerFirst(chain.slice(1, 3), done);
    assertThat(done.ids()).containsExactly(0, 1, 2);
    assertThat(manager.match(chain).size()).isEqualTo(3);

    CompleteBlocks<G1> staged = open.stage(chain.slice(3, 4));
    staged.registerFirst(0, done);
    assertThat(done.size()).isEqualTo(3);
    staged.registerFirst(1, done);
    assertThat(hashes(done)).isEqualTo(chain.slice(0, 4));
    assertThat(staged.isEmpty()).isTrue();
    assertThat(staged.isHeld()).isTrue();
    assertThat(manager.metrics().inflightMutable()).isZero();
    assertThat(manager.metrics().staged()).isZero();
    assertThat(manager.metrics().registrations()).isEqualTo(4);
  }

  @Test
  void aGroupWhoseBlocksAreAllPublishedIsFilledAgain() {
    BlockManager<G1> manager = pools.of(8);
    LineageHashes chain = Hashes.chain(0, 4);
    MutableBlocks<G1> open = manager.newMutableBlocks();
    ImmutableBlocks<G1> done = manager.newImmutableBlocks();
    for (int i = 0; i < 4; i++) {
      assertThat(manager.allocate(1, open)).isTrue();
      open.registerFirst(chain.slice(i, i + 1), done);
    }
    assertThat(hashes(done)).isEqualTo(chain);
    open.close();
    done.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void publishingBehindGapsCountsTheBlocksOnly() {
    BlockManager<G1> manager = pools.of(8);
    LineageHashes chain = Hashes.chain(0, 3);
    Pools.cache(manager, chain.slice(0, 1));
    ImmutableBlocks<G1> group =
        manager.matchScattered(LineageHashes.of(chain.get(0), MISSING, MISSING));
    manager.allocate(2).orElseThrow().registerFirst(chain.slice(1, 3), group);
    assertThat(group.size()).isEqualTo(5);
    assertThat(group.hits()).isEqualTo(3);
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(3);
    group.close();
    assertThat(manager.metrics().inflightImmutable()).isZero();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void whatCannotBePublishedStaysWhereItIs() {
    BlockManager<G1> manager = pools.of(8);
    BlockManager<G1> other = pools.of(8);
    MutableBlocks<G1> open = manager.allocate(2).orElseThrow();
    ImmutableBlocks<G1> done = manager.newImmutableBlocks();
    assertThatThrownBy(() -> open.registerFirst(Hashes.chain(0, 3), done))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot take 3 blocks of a group of 2");
    assertThatThrownBy(() -> open.registerFirst(LineageHashes.of(MALFORMED), done))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("unknown mode 3");
    assertThatThrownBy(() -> open.registerFirst(Hashes.chain(0, 1), other.newImmutableBlocks()))
        .isInstanceOf(ForeignBlockException.class);
    assertThat(done.isHeld()).isFalse();
    CompleteBlocks<G1> staged = open.stage(Hashes.chain(0, 2));
    for (int n : new int[] {-1, 3, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThatThrownBy(() -> staged.registerFirst(n, done))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot take " + n + " blocks of a group of 2");
    }
    assertThatThrownBy(() -> staged.registerFirst(1, other.newImmutableBlocks()))
        .isInstanceOf(ForeignBlockException.class);
    assertThat(staged.size()).isEqualTo(2);
    staged.close();
    assertThatThrownBy(() -> staged.registerFirst(1, done)).isInstanceOf(GuardStateException.class);
    assertThatThrownBy(() -> open.registerFirst(Hashes.chain(0, 1), done))
        .isInstanceOf(GuardStateException.class);
    assertThat(manager.metrics().registrations()).isZero();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void allOrNoneOfTheBlocksCanBeTakenOut() {
    BlockManager<G1> manager = pools.of(8);
    MutableBlocks<G1> group = manager.allocate(3).orElseThrow();
    MutableBlocks<G1> none = group.takeFirst(0);
    MutableBlocks<G1> all = group.takeFirst(3);
    assertThat(none.isEmpty()).isTrue();
    assertThat(group.isEmpty()).isTrue();
    assertThat(group.isHeld()).isTrue();
    assertThat(all.size()).isEqualTo(3);
    none.close();
    group.close();
    all.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 4, Integer.MAX_VALUE, Integer.MIN_VALUE})
  void moreBlocksThanThereAreCannotBeTakenOut(int n) {
    BlockManager<G1> manager = pools.of(8);
    MutableBlocks<G1> mutable = manager.allocate(3).orElseThrow();
    ImmutableBlocks<G1> registered = Pools.register(manager, Hashes.chain(0, 3));
    assertThatThrownBy(() -> mutable.takeFirst(n))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cannot take " + n + " blocks of a group of 3");
    assertThatThrownBy(() -> registered.takeFirst(n)).isInstanceOf(IllegalArgumentException.class);
    assertThat(mutable.size()).isEqualTo(3);
    assertThat(registered.size()).isEqualTo(3);
    mutable.close();
    registered.close();
  }

  @Test
  void takingFromAGroupWithGapsKeepsCountOfTheHits() {
    BlockManager<G1> manager = pools.of(8);
    LineageHashes chain = Hashes.chain(0, 3);
    Pools.cache(manager, chain);
    ImmutableBlocks<G1> group =
        manager.matchScattered(
            LineageHashes.of(chain.get(0), MISSING, MISSING, chain.get(1), chain.get(2)));
    ImmutableBlocks<G1> head = group.takeFirst(3);
    assertThat(head.size()).isEqualTo(3);
    assertThat(head.hits()).isEqualTo(1);
    assertThat(group.size()).isEqualTo(2);
    assertThat(group.hits()).isEqualTo(2);
    head.close();
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(2);
    group.close();
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  /** Whoever looks for a leak has to find the blocks where they are. */
  @Test
  void heldBlocksAreListedWhereTheyAreAfterEveryMove() {
    BlockManager<G1> manager =
        pools.with(16, options -> options.leakDetection(LeakDetection.ALL).name("moves"));
    MutableBlocks<G1> mutable = manager.allocate(6).orElseThrow();
    MutableBlocks<G1> first = mutable.takeFirst(1);
    MutableBlocks<G1> last = mutable.takeLast(2);
    assertThat(heldBlocks(manager)).containsExactly(3, 1, 2);
    first.addAll(last);
    assertThat(heldBlocks(manager)).containsExactly(3, 3);

    CompleteBlocks<G1> staged = mutable.stage(Hashes.roots(0, 3));
    CompleteBlocks<G1> one = staged.takeFirst(1);
    assertThat(heldBlocks(manager)).containsExactly(3, 2, 1);
    one.addAll(staged);
    assertThat(heldBlocks(manager)).containsExactly(3, 3);

    ImmutableBlocks<G1> registered = one.register();
    ImmutableBlocks<G1> head = registered.takeFirst(2);
    assertThat(heldBlocks(manager)).containsExactly(3, 1, 2);
    registered.addAll(head);
    assertThat(heldBlocks(manager)).containsExactly(3, 3);

    ImmutableBlocks<G1> table = manager.matchScattered(LineageHashes.of(Hashes.root(0), MISSING));
    assertThat(heldBlocks(manager)).containsExactly(3, 3, 1);
    table.fillGaps(Pools.register(manager, Hashes.roots(100, 1)));
    assertThat(heldBlocks(manager)).containsExactly(3, 3, 2);

    first.close();
    registered.close();
    table.close();
    assertThat(heldBlocks(manager)).isEmpty();
  }

  private static List<Integer> heldBlocks(BlockManager<?> manager) {
    return manager.heldGuards().stream().map(HeldGuard::blocks).toList();
  }

  @Test
  void groupsAreJoinedAndEmptiedInTheProcess() {
    BlockManager<G1> manager = pools.of(8);
    MutableBlocks<G1> group = manager.allocate(1).orElseThrow();
    for (int i = 0; i < 3; i++) {
      MutableBlocks<G1> more = manager.allocate(2).orElseThrow();
      group.addAll(more);
      assertThat(more.isHeld()).isFalse();
      assertThatThrownBy(more::ids)
          .isInstanceOf(GuardStateException.class)
          .hasMessageContaining("was moved into another group");
      more.close();
    }
    assertThat(group.ids()).containsExactly(0, 1, 2, 3, 4, 5, 6);
    CompleteBlocks<G1> staged = group.stage(Hashes.chain(0, 7));
    CompleteBlocks<G1> lastStaged = manager.allocate(1).orElseThrow().stage(Hashes.chain(90, 1));
    staged.addAll(lastStaged);
    assertThat(staged.size()).isEqualTo(8);
    ImmutableBlocks<G1> registered = staged.register();
    ImmutableBlocks<G1> again = manager.matchScattered(LineageHashes.of(MISSING, Hashes.root(0)));
    registered.addAll(again);
    assertThat(registered.size()).isEqualTo(10);
    assertThat(registered.hits()).isEqualTo(9);
    assertThat(registered.leadingHits()).isEqualTo(8);
    registered.close();
    assertThat(Pools.pools(manager)).isEqualTo("0 free, 8 idle");
  }

  @Test
  void aGroupIsNotAddedToItselfNorToAnEndedOne() {
    BlockManager<G1> manager = pools.of(8);
    MutableBlocks<G1> group = manager.allocate(2).orElseThrow();
    assertThatThrownBy(() -> group.addAll(group))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("added to itself");
    ImmutableBlocks<G1> registered = Pools.register(manager, Hashes.chain(0, 2));
    assertThatThrownBy(() -> registered.addAll(registered))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(registered.hits()).isEqualTo(2);
    ImmutableBlocks<G1> ended = manager.match(Hashes.chain(0, 2));
    ended.close();
    assertThatThrownBy(() -> registered.addAll(ended)).isInstanceOf(GuardStateException.class);
    assertThatThrownBy(() -> ended.addAll(registered)).isInstanceOf(GuardStateException.class);
    assertThat(registered.hits()).isEqualTo(2);
    assertThat(registered.size()).isEqualTo(2);
    registered.close();
    group.close();
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  @Test
  void gapsAreFilledFrontToBack() {
    BlockManager<G1> manager = pools.of(8);
    LineageHashes chain = Hashes.chain(0, 5);
    Pools.cache(manager, LineageHashes.of(chain.get(1), chain.get(3)));
    ImmutableBlocks<G1> table = manager.matchScattered(chain);
    ImmutableBlocks<G1> computed =
        Pools.register(manager, LineageHashes.of(chain.get(0), chain.get(2), chain.get(4)));
    int[] computedIds = computed.ids();

    table.fillGaps(computed);

    assertThat(table.ids()).containsExactly(computedIds[0], 0, computedIds[1], 1, computedIds[2]);
    assertThat(table.hits()).isEqualTo(5);
    assertThat(computed.isHeld()).isFalse();
    for (int i = 0; i < 5; i++) {
      assertThat(table.hash(i)).isEqualTo(chain.get(i));
    }
    table.close();
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  @Test
  void gapsAreFilledExactlyOrNotAtAll() {
    BlockManager<G1> manager = pools.of(8);
    LineageHashes chain = Hashes.chain(0, 4);
    Pools.cache(manager, chain.slice(0, 2));
    ImmutableBlocks<G1> table = manager.matchScattered(chain);
    ImmutableBlocks<G1> tooFew = Pools.register(manager, Hashes.roots(500, 1));
    ImmutableBlocks<G1> tooMany = Pools.register(manager, Hashes.roots(600, 3));
    ImmutableBlocks<G1> gappy = manager.matchScattered(LineageHashes.of(Hashes.root(500), MISSING));
    for (ImmutableBlocks<G1> wrong : List.of(tooFew, tooMany, gappy, table)) {
      assertThatThrownBy(() -> table.fillGaps(wrong))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot fill 2 gaps with " + wrong.hits() + " blocks");
      assertThat(wrong.isHeld()).isTrue();
    }
    assertThat(table.hits()).isEqualTo(2);
    List.of(table, tooFew, tooMany, gappy).forEach(ImmutableBlocks::close);
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  @Test
  void aTableWithoutGapsIsFilledWithNothing() {
    BlockManager<G1> manager = pools.of(8);
    ImmutableBlocks<G1> table = Pools.register(manager, Hashes.chain(0, 2));
    ImmutableBlocks<G1> nothing = manager.match(LineageHashes.empty());
    table.fillGaps(nothing);
    assertThat(table.size()).isEqualTo(2);
    assertThat(nothing.isHeld()).isFalse();
    table.close();
  }

  @Test
  void aGroupCanBeSharedGapsIncluded() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.root(0));
    ImmutableBlocks<G1> group = manager.matchScattered(LineageHashes.of(MISSING, Hashes.root(0)));
    ImmutableBlocks<G1> second = group.share();
    assertThat(second.ids()).containsExactly(-1, 0);
    assertThat(second.hits()).isEqualTo(1);
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(2);
    group.close();
    assertThat(Pools.pools(manager)).isEqualTo("7 free, 0 idle");
    second.close();
    assertThat(Pools.pools(manager)).isEqualTo("7 free, 1 idle");
  }

  @Test
  void splittingAGroupWithGapsGivesAGuardForEachHit() {
    BlockManager<G1> manager = pools.of(8);
    Pools.cache(manager, Hashes.roots(0, 2));
    List<ImmutableBlock<G1>> guards =
        manager
            .matchScattered(LineageHashes.of(MISSING, Hashes.root(4), MISSING, Hashes.root(0)))
            .split();
    assertThat(guards).extracting(ImmutableBlock::blockId).containsExactly(1, 0);
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(2);
    guards.forEach(ImmutableBlock::close);
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  @Test
  void guardsCanBeGatheredIntoAGroupAgain() {
    BlockManager<G1> manager = pools.of(8);
    List<ImmutableBlock<G1>> guards =
        new ArrayList<>(Pools.register(manager, Hashes.chain(0, 3)).split());
    ImmutableBlocks<G1> group = ImmutableBlocks.of(guards.reversed());
    assertThat(group.ids()).containsExactly(2, 1, 0);
    assertThat(guards).noneMatch(ImmutableBlock::isHeld);
    assertThatThrownBy(guards.getFirst()::blockId)
        .isInstanceOf(GuardStateException.class)
        .hasMessageContaining("was moved into another group");
    guards.forEach(ImmutableBlock::close);
    assertThat(manager.metrics().inflightImmutable()).isEqualTo(3);
    group.close();
    assertThat(manager.metrics().inflightImmutable()).isZero();
  }

  // --------------- the order of release ---------------

  @Test
  void closingFromTheTailMakesTheHeadThePlaceToBeEvictedLast() {
    for (Backend backend : List.of(Backend.FIFO, Backend.LRU, Backend.MULTI_LRU)) {
      BlockManager<G1> manager = pools.of(4, backend);
      LineageHashes chain = Hashes.chain(0, 4);
      Pools.register(manager, chain).close();
      assertThat(manager.previewEvictions(4).ids()).as("%s", backend).containsExactly(0, 1, 2, 3);
      manager.match(chain).closeTailFirst();
      assertThat(manager.previewEvictions(4).ids()).as("%s", backend).containsExactly(3, 2, 1, 0);
      assertThat(Pools.evict(manager, 2).toArray()).containsExactly(chain.get(3), chain.get(2));
      try (ImmutableBlocks<G1> hit = manager.match(chain)) {
        assertThat(hit.size()).isEqualTo(2);
      }
    }
  }

  @Test
  void lineagePoliciesEvictTheTailFirstHoweverAGroupIsClosed() {
    for (Backend backend : List.of(Backend.LINEAGE_TICK, Backend.LINEAGE_FIFO)) {
      BlockManager<G1> manager = pools.of(4, backend);
      LineageHashes chain = Hashes.chain(0, 4);
      Pools.register(manager, chain).close();
      assertThat(manager.previewEvictions(4).ids()).as("%s", backend).containsExactly(3, 2, 1, 0);
      manager.match(chain).closeTailFirst();
      assertThat(manager.previewEvictions(4).ids()).as("%s", backend).containsExactly(3, 2, 1, 0);
    }
  }

  @Test
  void closingFromTheTailIsAClosingLikeAnyOther() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlocks<G1> group = Pools.register(manager, Hashes.roots(0, 3));
    group.closeTailFirst();
    group.close();
    group.closeTailFirst();
    assertThat(Pools.pools(manager)).isEqualTo("1 free, 3 idle");
    assertThatThrownBy(group::ids).hasMessageContaining("was closed");
  }

  @Test
  void gapsDoNotMatterWhenAGroupIsClosedFromTheTail() {
    BlockManager<G1> manager = pools.of(4);
    Pools.cache(manager, Hashes.roots(0, 3));
    LineageHashes some =
        LineageHashes.of(Hashes.root(900), Hashes.root(0), Hashes.root(901), Hashes.root(8));
    manager.matchScattered(some).closeTailFirst();
    assertThat(Pools.pools(manager)).isEqualTo("1 free, 3 idle");
    assertThat(manager.previewEvictions(3).ids()).containsExactly(1, 2, 0);
  }

  @Test
  void duplicatesInOneGroupAreReleasedWithTheirPrimary() {
    BlockManager<G1> manager = pools.of(6);
    PositionalLineageHash a = Hashes.root(0);
    ImmutableBlocks<G1> group = Pools.register(manager, LineageHashes.of(a, Hashes.root(50), a, a));
    group.close();
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 2 idle");
    assertThat(manager.previewEvictions(2).ids()).containsExactly(1, 0);
    ImmutableBlocks<G1> tail = Pools.register(manager, LineageHashes.of(a, a));
    tail.closeTailFirst();
    assertThat(Pools.pools(manager)).isEqualTo("4 free, 2 idle");
  }
}
