package dev.kvbm.logical.tier;

/** Marker of the tier for blocks in host memory. Never instantiated. */
public final class G2 {
  /** The tier of host memory. */
  public static final Tier<G2> TIER = Tier.of(G2.class);

  private G2() {}
}
