package dev.kvbm.logical.tier;

/**
 * A plain tag for a place where blocks are kept, for messages and wire formats that carry no Java
 * types. The names are those of the reference and are stable.
 */
public enum LogicalLayoutHandle {
  /** Device memory. */
  G1(dev.kvbm.logical.tier.G1.TIER),
  /** Host memory. */
  G2(dev.kvbm.logical.tier.G2.TIER),
  /** Local disk. */
  G3(dev.kvbm.logical.tier.G3.TIER),
  /** An external service. */
  G4(dev.kvbm.logical.tier.G4.TIER);

  private final Tier<?> tier;

  LogicalLayoutHandle(Tier<?> tier) {
    this.tier = tier;
  }

  /** The tier that this tag stands for. */
  public Tier<?> tier() {
    return tier;
  }
}
