package dev.kvbm.logical.tier;

/**
 * A plain tag for a place where blocks are kept, for messages and wire formats that carry no Java
 * types. The names are those of the reference and are stable.
 */
public enum LogicalLayoutHandle {
  /** Device memory. */
  G1,
  /** Host memory. */
  G2,
  /** Local disk. */
  G3,
  /** An external service. */
  G4;

  /** {@return the tier that this tag stands for} */
  public Tier<?> tier() {
    return switch (this) {
      case G1 -> dev.kvbm.logical.tier.G1.TIER;
      case G2 -> dev.kvbm.logical.tier.G2.TIER;
      case G3 -> dev.kvbm.logical.tier.G3.TIER;
      case G4 -> dev.kvbm.logical.tier.G4.TIER;
    };
  }
}
