package dev.kvbm.testkit;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.frequency.FrequencyCapacity;
import dev.kvbm.logical.frequency.FrequencyTracker;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.testkit.TestTiers.TestMeta;

/**
 * Managers as the reference's testing module makes them: blocks of 4 tokens, LRU, duplicates
 * allowed, a registry of their own that counts accesses.
 *
 * <p>A sketch of medium size is 4 MiB; managers made here share nothing, so a test that makes
 * hundreds of them should bring a registry of its own.
 */
public final class TestManagers {
  private TestManagers() {}

  /**
   * Makes a manager as described above.
   *
   * @param blocks how many blocks
   * @return the manager, in a registry of its own
   */
  public static BlockManager<TestMeta> create(int blocks) {
    return builder(TestTiers.TEST_META, blocks).build();
  }

  /**
   * {@link #create} with another block size.
   *
   * @param blocks how many blocks
   * @param blockSize tokens a block, a power of two up to 1024
   * @return the manager, in a registry of its own
   */
  public static BlockManager<TestMeta> withBlockSize(int blocks, int blockSize) {
    return builder(TestTiers.TEST_META, blocks).blockSize(blockSize).build();
  }

  /**
   * {@link #create} with another eviction policy.
   *
   * @param blocks how many blocks
   * @param eviction the policy
   * @return the manager, in a registry of its own
   */
  public static BlockManager<TestMeta> withEviction(int blocks, EvictionPolicy.Factory eviction) {
    return builder(TestTiers.TEST_META, blocks).eviction(eviction).build();
  }

  /**
   * {@link #create} with the given default of reset on release.
   *
   * @param blocks how many blocks
   * @param reset whether blocks are freed, not kept idle, when nobody holds them any more
   * @return the manager, in a registry of its own
   */
  public static BlockManager<TestMeta> withResetOnRelease(int blocks, boolean reset) {
    return builder(TestTiers.TEST_META, blocks).resetOnRelease(reset).build();
  }

  /**
   * {@link #create} with a tracker that counts how often it is asked.
   *
   * @param blocks how many blocks
   * @return the manager, in a registry of its own, and the tracker
   */
  public static Metered metered(int blocks) {
    MeteredFrequencyTracker tracker =
        new MeteredFrequencyTracker(FrequencyCapacity.SMALL.createTracker());
    return new Metered(builder(TestTiers.TEST_META, blocks, tracker).build(), tracker);
  }

  /**
   * A manager and the tracker that counts its accesses.
   *
   * @param manager the manager
   * @param tracker the tracker of its registry
   */
  public record Metered(BlockManager<TestMeta> manager, MeteredFrequencyTracker tracker) {}

  /**
   * The options of {@link #create}, to be changed.
   *
   * @param <T> the tier marker
   * @param tier the tier of the blocks
   * @param blocks how many blocks
   * @return a new builder
   */
  public static <T> BlockManager.Builder<T> builder(Tier<T> tier, int blocks) {
    return builder(tier, blocks, FrequencyCapacity.MEDIUM.createTracker());
  }

  /**
   * {@link #builder(Tier, int)} with another tracker.
   *
   * @param <T> the tier marker
   * @param tier the tier of the blocks
   * @param blocks how many blocks
   * @param tracker counts the accesses
   * @return a new builder
   */
  public static <T> BlockManager.Builder<T> builder(
      Tier<T> tier, int blocks, FrequencyTracker tracker) {
    return BlockManager.builder(tier)
        .blocks(blocks)
        .blockSize(TestTokens.DEFAULT_BLOCK_SIZE)
        .registry(BlockRegistry.builder().frequencyTracker(tracker).build())
        .eviction(Eviction.lru());
  }
}
