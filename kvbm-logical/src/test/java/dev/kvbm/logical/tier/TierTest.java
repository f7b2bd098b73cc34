package dev.kvbm.logical.tier;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Names of tiers; the type label rows of spec (a.6). */
class TierTest {
  @Test
  void aTierIsLabelledWithTheSimpleNameOfItsMarker() {
    assertThat(G1.TIER.label()).isEqualTo("G1");
    assertThat(G1.TIER).hasToString("G1");
    assertThat(Tier.of(List.class).label()).isEqualTo("List");
    assertThat(G1.TIER.marker()).isEqualTo(G1.class);
  }

  @Test
  void tiersAreEqualIfTheirMarkersAre() {
    assertThat(Tier.of(G2.class)).isEqualTo(G2.TIER).hasSameHashCodeAs(G2.TIER);
    assertThat(Tier.of(G2.class)).isNotEqualTo(G1.TIER).isNotEqualTo("G2");
  }

  @Test
  void aClassWithoutANameNamesNoTier() {
    Object anonymous = new Object() {};
    assertThatThrownBy(() -> Tier.of(anonymous.getClass()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("has no simple name");
  }

  @Test
  void everyPlainTagStandsForItsTier() {
    assertThat(LogicalLayoutHandle.values())
        .extracting(handle -> handle.tier().label())
        .containsExactly("G1", "G2", "G3", "G4");
    assertThat(LogicalLayoutHandle.G3.tier()).isEqualTo(G3.TIER);
    assertThat(LogicalLayoutHandle.valueOf("G4").tier()).isEqualTo(G4.TIER);
  }
}
