package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.metrics.MetricsSnapshot;
import dev.kvbm.logical.tier.G1;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Doing something about the blocks that would be evicted next, before they are. */
class ActOnPreviewTest {
  @RegisterExtension final Pools pools = new Pools();

  /** Four prompts of two blocks each, idle, in a pool of eight. */
  private BlockManager<G1> full(Backend backend) {
    BlockManager<G1> manager = pools.of(8, backend);
    for (int prompt = 0; prompt < 4; prompt++) {
      Pools.cache(manager, Hashes.chain(1000 * prompt, 2));
    }
    return manager;
  }

  @ParameterizedTest
  @EnumSource
  void victimsThatAreCopiedOutAndGivenUpAreReplacedByTheNextOnes(Backend backend) {
    BlockManager<G1> manager = full(backend);
    EvictionPreview order = manager.previewEvictions(8);
    EvictionPreview next = manager.previewEvictions(3);

    try (ImmutableBlocks<G1> victims = manager.scan(next.hashes(), /* touch= */ false)) {
      assertThat(victims.ids()).isEqualTo(next.ids());
      victims.setResetOnRelease(true);
    }

    assertThat(manager.previewEvictions(8).ids()).isEqualTo(Arrays.copyOfRange(order.ids(), 3, 8));
    MetricsSnapshot metrics = manager.metrics();
    assertThat(metrics.resetPoolSize()).isEqualTo(3);
    assertThat(metrics.evictions()).isZero();
    try (MutableBlocks<G1> fresh = manager.allocate(3).orElseThrow()) {
      assertThat(fresh.evicted().isEmpty()).isTrue();
    }
  }

  @ParameterizedTest
  @EnumSource
  void victimsThatArePinnedAndKeptQueueAnewLikeAfterAnyHit(Backend backend) {
    BlockManager<G1> manager = full(backend);
    int[] order = manager.previewEvictions(8).ids();

    manager.scan(manager.previewEvictions(2).hashes(), /* touch= */ false).close();

    assertThat(manager.previewEvictions(2).ids()).isEqualTo(Arrays.copyOfRange(order, 2, 4));
    BlockManager<G1> hit = full(backend);
    hit.matchScattered(hit.previewEvictions(2).hashes()).close();
    if (backend != Backend.MULTI_LRU) { // there a hit counts as an access and may lift the level
      assertThat(manager.previewEvictions(8).ids()).isEqualTo(hit.previewEvictions(8).ids());
    }
  }

  @Test
  void aVictimThatWentMeanwhileIsAGap() {
    BlockManager<G1> manager = full(Backend.LRU);
    EvictionPreview next = manager.previewEvictions(3);
    assertThat(Pools.evict(manager, 1)).isEqualTo(next.hashes().slice(0, 1));
    Pools.cache(manager, next.hashes().get(0)); // computed again, in the block that was freed last

    try (MutableBlocks<G1> taken = manager.allocate(1).orElseThrow();
        ImmutableBlocks<G1> victims = manager.scan(next.hashes(), /* touch= */ false)) {
      assertThat(taken.evicted()).isEqualTo(next.hashes().slice(1, 2));
      assertThat(victims.isHit(0)).isTrue();
      assertThat(victims.isHit(1)).isFalse();
      assertThat(victims.id(2)).isEqualTo(next.ids()[2]);
    }
  }

  @Test
  void lookingCountsAsNoAccess() {
    BlockManager<G1> manager = full(Backend.MULTI_LRU);
    EvictionPreview next = manager.previewEvictions(2);
    int before = manager.registry().count(next.hashes().get(0));

    manager.scan(next.hashes(), /* touch= */ false).close();

    assertThat(manager.registry().count(next.hashes().get(0))).isEqualTo(before);
    assertThat(manager.metrics().matchHashesRequested()).isZero();
  }
}
