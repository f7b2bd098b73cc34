package dev.kvbm.logical.tier;

/** Marker of the tier for blocks in device memory (GPU). Never instantiated. */
public final class G1 {
  /** The tier of device memory (GPU). */
  public static final Tier<G1> TIER = Tier.of(G1.class);

  private G1() {}
}
