package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.logical.tier.G1;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Blocks set aside for later. */
class ReservationTest {
  @RegisterExtension final Pools pools = new Pools();

  @Test
  void reservedBlocksAreTakenInPartsAndTheRestGoesBack() {
    BlockManager<G1> manager = pools.of(8);
    Reservation<G1> reservation = manager.reserve(5).orElseThrow();
    assertThat(reservation.remaining()).isEqualTo(5);
    assertThat(manager.availableBlocks()).isEqualTo(3);
    MutableBlocks<G1> two = reservation.take(2);
    assertThat(two.ids()).containsExactly(0, 1);
    assertThat(reservation.remaining()).isEqualTo(3);
    reservation.close();
    assertThat(reservation.remaining()).isZero();
    assertThat(manager.availableBlocks()).isEqualTo(6);
    two.close();
    assertThat(manager.availableBlocks()).isEqualTo(8);
  }

  @Test
  void nobodyElseIsGivenWhatIsReserved() {
    BlockManager<G1> manager = pools.of(4);
    Pools.cache(manager, Hashes.chain(0, 4));
    try (Reservation<G1> reservation = manager.reserve(3).orElseThrow()) {
      assertThat(manager.allocate(2)).isEmpty();
      assertThat(manager.match(Hashes.chain(0, 4)).size()).isZero();
      MutableBlocks<G1> last = manager.allocate(1).orElseThrow();
      for (int i = 0; i < 3; i++) {
        reservation.take(1).register(Hashes.roots(i * 100, 1)).close();
      }
      last.close();
    }
  }

  @Test
  void takingTooManyOrAFewerThanNoneChangesNothing() {
    BlockManager<G1> manager = pools.of(4);
    Reservation<G1> reservation = manager.reserve(2).orElseThrow();
    for (int n : new int[] {3, -1}) {
      assertThatThrownBy(() -> reservation.take(n))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("cannot take " + n + " blocks of a group of 2");
    }
    assertThat(reservation.remaining()).isEqualTo(2);
    reservation.take(0).close();
    reservation.take(2).close();
    assertThat(reservation.remaining()).isZero();
    reservation.close();
  }

  @Test
  void aClosedReservationSaysSo() {
    BlockManager<G1> manager = pools.of(4);
    Reservation<G1> reservation = manager.reserve(2).orElseThrow();
    reservation.close();
    reservation.close();
    assertThatThrownBy(() -> reservation.take(1))
        .isInstanceOf(GuardStateException.class)
        .hasMessageContaining("was closed");
    assertThat(manager.availableBlocks()).isEqualTo(4);
  }

  @Test
  void aReservationIsAllOrNothing() {
    BlockManager<G1> manager = pools.of(4);
    assertThat(manager.reserve(5)).isEmpty();
    assertThat(manager.availableBlocks()).isEqualTo(4);
    manager.reserve(0).orElseThrow().close();
  }

  @Test
  void severalThreadsMayTakeFromOneReservation() {
    BlockManager<G1> manager = pools.of(64);
    for (int round = 0; round < 50; round++) {
      Reservation<G1> reservation = manager.reserve(64).orElseThrow();
      List<MutableBlocks<G1>> taken = Collections.synchronizedList(new ArrayList<>());
      Runnable taker =
          () -> {
            for (int i = 0; i < 16; i++) {
              taken.add(reservation.take(2));
            }
          };
      try (Race race = new Race(2)) {
        race.run(taker, taker);
      }
      assertThat(reservation.remaining()).isZero();
      assertThat(taken.stream().flatMapToInt(group -> java.util.Arrays.stream(group.ids())))
          .hasSize(64)
          .doesNotHaveDuplicates();
      taken.forEach(MutableBlocks::close);
      reservation.close();
    }
  }
}
