package dev.kvbm.logical.tier;

/**
 * Marker of the tier for blocks in an external service such as an object store. Never instantiated.
 */
public final class G4 {
  /** The tier of an external service such as an object store. */
  public static final Tier<G4> TIER = Tier.of(G4.class);

  private G4() {}
}
