package dev.kvbm.logical.tier;

/** Marker of the tier for blocks in local disk. Never instantiated. */
public final class G3 {
  /** The tier of local disk. */
  public static final Tier<G3> TIER = Tier.of(G3.class);

  private G3() {}
}
