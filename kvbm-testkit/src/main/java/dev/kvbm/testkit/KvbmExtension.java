package dev.kvbm.testkit;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.LeakDetection;
import dev.kvbm.logical.frequency.FrequencyCapacity;
import dev.kvbm.logical.tier.Tier;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Makes block managers for a JUnit test and looks after them: when the test is over it fails if a
 * manager is corrupted, or if the test left a block behind.
 *
 * <pre>{@code
 * class SchedulerTest {
 *   @RegisterExtension final KvbmExtension kvbm = new KvbmExtension();
 *
 *   @Test
 *   void aCancelledRequestGivesItsBlocksBack() {
 *     BlockManager<G1> gpu = kvbm.manager(G1.TIER, 64);
 *     ...
 *   }
 * }
 * }</pre>
 *
 * <p>Managers made or added during a test are checked after it and, if made here, closed. Managers
 * of a static extension that were made before the first test (in {@code @BeforeAll}) are checked
 * after every test, against what was held when that test began.
 *
 * <p>If the test has failed already, the findings are added to its failure. Not thread-safe; for
 * tests that run one at a time.
 */
public final class KvbmExtension implements BeforeEachCallback, AfterEachCallback {
  private final List<BlockManager<?>> shared = new ArrayList<>();
  private final List<BlockManager<?>> ofThisTest = new ArrayList<>();
  private final List<BlockManager<?>> toClose = new ArrayList<>();
  private LeakScope scope = LeakScope.watch();
  private boolean inTest;
  private boolean leaksAllowed;
  private boolean leaksAllowedInThisTest;

  /** An extension that checks invariants and leaks. */
  public KvbmExtension() {}

  /**
   * Lets the running test, or every test if called outside of one, end while blocks are held. The
   * invariants are checked nevertheless.
   *
   * @return this extension
   */
  public KvbmExtension allowLeaks() {
    if (inTest) {
      leaksAllowedInThisTest = true;
    } else {
      leaksAllowed = true;
    }
    return this;
  }

  /**
   * Makes a manager with blocks of 4 tokens, LRU, with a registry of its own that counts accesses,
   * and with {@link LeakDetection#ALL}; and looks after it.
   *
   * @param <T> the tier marker
   * @param tier the tier of the blocks
   * @param blocks how many
   * @return the manager; closed after the test unless it was made before the first one
   */
  public <T> BlockManager<T> manager(Tier<T> tier, int blocks) {
    return manager(tier, blocks, options -> options);
  }

  /**
   * {@link #manager(Tier, int)} with other options.
   *
   * @param <T> the tier marker
   * @param tier the tier of the blocks
   * @param blocks how many
   * @param options changes the options that it is given, and returns them
   * @return the manager; closed after the test unless it was made before the first one
   */
  public <T> BlockManager<T> manager(
      Tier<T> tier, int blocks, UnaryOperator<BlockManager.Builder<T>> options) {
    return build(
        options.apply(
            TestManagers.builder(tier, blocks, FrequencyCapacity.SMALL.createTracker())
                .leakDetection(LeakDetection.ALL)));
  }

  /**
   * Builds a manager and looks after it.
   *
   * @param <T> the tier marker
   * @param builder complete; built once
   * @return the manager; closed after the test unless it was made before the first one
   */
  public <T> BlockManager<T> build(BlockManager.Builder<T> builder) {
    BlockManager<T> manager = builder.build();
    toClose.add(manager);
    return register(manager);
  }

  /**
   * Looks after a manager that was made elsewhere; what is held in it now is not blamed on the
   * test.
   *
   * @param <T> the tier marker
   * @param manager stays open after the test
   * @return the manager
   */
  public <T> BlockManager<T> register(BlockManager<T> manager) {
    (inTest ? ofThisTest : shared).add(manager);
    scope.add(manager);
    return manager;
  }

  /**
   * Checks invariants and leaks now, in the middle of a test.
   *
   * @throws AssertionError if a manager is corrupted or a block is held that was not held when the
   *     test began
   */
  public void check() {
    InvariantChecker.check(shared);
    InvariantChecker.check(ofThisTest);
    scope.check();
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    inTest = true;
    toClose.removeAll(shared);
    scope = LeakScope.watch(shared);
    ofThisTest.forEach(scope::add);
  }

  @Override
  public void afterEach(ExtensionContext context) {
    try {
      InvariantChecker.check(shared);
      InvariantChecker.check(ofThisTest);
      if (!leaksAllowed && !leaksAllowedInThisTest) {
        scope.check();
      }
    } finally {
      toClose.forEach(BlockManager::close);
      toClose.clear();
      ofThisTest.clear();
      inTest = false;
      leaksAllowedInThisTest = false;
    }
  }
}
