package dev.kvbm.testkit;

import dev.kvbm.logical.tier.Tier;

/** Tiers that stand for nothing but themselves, for tests that need several. */
public final class TestTiers {
  /** A tier for tests that need one. */
  public static final Tier<TestMeta> TEST_META = Tier.of(TestMeta.class);

  /** The first of three different tiers. */
  public static final Tier<MetadataA> A = Tier.of(MetadataA.class);

  /** The second of three different tiers. */
  public static final Tier<MetadataB> B = Tier.of(MetadataB.class);

  /** The third of three different tiers. */
  public static final Tier<MetadataC> C = Tier.of(MetadataC.class);

  private TestTiers() {}

  /** Marker of {@link #TEST_META}. Never instantiated. */
  public static final class TestMeta {
    private TestMeta() {}
  }

  /** Marker of {@link #A}. Never instantiated. */
  public static final class MetadataA {
    private MetadataA() {}
  }

  /** Marker of {@link #B}. Never instantiated. */
  public static final class MetadataB {
    private MetadataB() {}
  }

  /** Marker of {@link #C}. Never instantiated. */
  public static final class MetadataC {
    private MetadataC() {}
  }
}
