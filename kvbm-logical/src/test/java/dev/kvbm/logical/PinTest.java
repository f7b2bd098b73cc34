package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.registry.RegistrationHandle;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.logical.tier.G2;
import dev.kvbm.tokens.PositionalLineageHash;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Pins without a tier type; spec (a.1). */
class PinTest {
  @RegisterExtension final Pools pools = new Pools();

  @Test
  void pinsOfTwoManagersNameDifferentManagers() {
    BlockManager<G1> one = pools.of(4);
    BlockManager<G1> two = pools.of(4);
    PositionalLineageHash hash = Hashes.root(0);
    try (ImmutableBlock<G1> a = Pools.register(one, hash);
        ImmutableBlock<G1> b = Pools.register(two, hash);
        LifecyclePin pinA = a.pin();
        LifecyclePin pinB = b.pin()) {
      assertThat(pinA.managerId()).isNotEqualTo(pinB.managerId());
      assertThat(List.of(pinA.managerId(), pinB.managerId())).doesNotContain(ManagerId.NULL);
      assertThat(pinA.sequenceHash()).isEqualTo(pinB.sequenceHash());
      assertThat(pinA.managerId()).isEqualTo(one.id());
    }
  }

  @Test
  void everyPinOfABlockGivesTheSameAddress() {
    BlockManager<G1> manager = pools.of(4);
    try (ImmutableBlock<G1> block = Pools.register(manager, Hashes.root(0));
        ImmutableBlock<G1> clone = block.share();
        LifecyclePin pin = block.pin();
        LifecyclePin ofClone = clone.pin();
        LifecyclePin shared = pin.share()) {
      assertThat(List.of(pin, ofClone, shared))
          .allSatisfy(
              each -> {
                assertThat(each.managerId()).isEqualTo(manager.id());
                assertThat(each.blockId()).isEqualTo(block.blockId());
                assertThat(each.sequenceHash()).isEqualTo(Hashes.root(0));
              });
    }
  }

  @Test
  void aPinAloneKeepsTheBlockInUse() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> block = Pools.register(manager, Hashes.root(0));
    LifecyclePin pin = block.pin();
    block.close();
    assertThat(manager.availableBlocks()).isEqualTo(3);
    assertThat(manager.allocate(4)).isEmpty();

    pin.close();
    assertThat(manager.availableBlocks()).isEqualTo(4);
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
  }

  @Test
  void aPinOfADuplicateKeepsItAndItsPrimary() {
    BlockManager<G1> manager = pools.of(4);
    ImmutableBlock<G1> primary = Pools.register(manager, Hashes.root(0));
    ImmutableBlock<G1> duplicate = Pools.register(manager, Hashes.root(0));
    LifecyclePin pin = duplicate.pin();
    assertThat(pin.blockId()).isEqualTo(1);
    primary.close();
    duplicate.close();
    assertThat(Pools.pools(manager)).isEqualTo("2 free, 0 idle");

    pin.close();
    assertThat(Pools.pools(manager)).isEqualTo("3 free, 1 idle");
  }

  @Test
  void aSharedPinAddsExactlyOneReferenceAndNoGuard() {
    BlockManager<G1> manager = pools.of(4);
    try (ImmutableBlock<G1> block = Pools.register(manager, Hashes.root(0))) {
      assertThat(block.useCount()).isEqualTo(1);
      LifecyclePin pin = block.pin();
      assertThat(pin.useCount()).isEqualTo(2);
      LifecyclePin shared = pin.share();
      assertThat(block.useCount()).isEqualTo(3);
      assertThat(manager.metrics().inflightImmutable()).isEqualTo(1);
      shared.close();
      shared.close();
      assertThat(block.useCount()).isEqualTo(2);
      pin.close();
      assertThat(block.useCount()).isEqualTo(1);
    }
  }

  @Test
  void aClosedPinSaysSo() {
    BlockManager<G1> manager = pools.of(4);
    try (ImmutableBlock<G1> block = Pools.register(manager, Hashes.root(0))) {
      LifecyclePin pin = block.pin();
      assertThat(pin.isHeld()).isTrue();
      assertThat(pin).hasToString("LifecyclePin[0, manager " + manager.id() + "]");
      pin.close();
      assertThat(pin.isHeld()).isFalse();
      assertThat(pin).hasToString("LifecyclePin[0, manager " + manager.id() + ", closed]");
      for (Runnable use :
          List.<Runnable>of(
              pin::blockId,
              pin::sequenceHash,
              pin::share,
              pin::useCount,
              pin::registrationHandle)) {
        assertThatThrownBy(use::run)
            .isInstanceOf(GuardStateException.class)
            .hasMessageContaining("LifecyclePin 0 of manager " + manager.id() + " was closed");
      }
    }
  }

  @Test
  void aRegistrationHandleFromAPinIsOneOfTheRegistry() {
    BlockManager<G1> manager = pools.of(4);
    try (ImmutableBlock<G1> block = Pools.register(manager, Hashes.root(0));
        LifecyclePin pin = block.pin();
        RegistrationHandle handle = pin.registrationHandle()) {
      assertThat(handle.hash()).isEqualTo(Hashes.root(0));
      assertThat(handle.isFromRegistry(manager.registry())).isTrue();
      assertThat(handle.isPresent(G1.TIER)).isTrue();
      assertThat(handle.isPresent(G2.TIER)).isFalse();
    }
  }

  @Test
  void managerIdsGrowAndAreNeverTheNullId() {
    ManagerId first = pools.of(1).id();
    ManagerId second = pools.of(1).id();
    assertThat(second.value()).isGreaterThan(first.value());
    assertThat(first.value()).isPositive();
    assertThat(ManagerId.NULL.value()).isZero();
    assertThat(first).hasToString(Long.toString(first.value()));
  }
}
