package dev.kvbm.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectClass;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.testkit.TestTiers.TestMeta;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.junit.platform.launcher.listeners.SummaryGeneratingListener;
import org.junit.platform.launcher.listeners.TestExecutionSummary;

/** The extension, seen from outside: it runs test classes of its own, some meant to fail. */
class KvbmExtensionTest {

  private static TestExecutionSummary run(Class<?> testClass) {
    LauncherDiscoveryRequest request =
        LauncherDiscoveryRequestBuilder.request().selectors(selectClass(testClass)).build();
    SummaryGeneratingListener listener = new SummaryGeneratingListener();
    Launcher launcher = LauncherFactory.create();
    launcher.execute(request, listener);
    return listener.getSummary();
  }

  private static String failure(TestExecutionSummary summary, String test) {
    return summary.getFailures().stream()
        .filter(failure -> failure.getTestIdentifier().getDisplayName().startsWith(test))
        .map(failure -> String.valueOf(failure.getException().getMessage()))
        .findFirst()
        .orElse("passed");
  }

  // --------------- one test, one manager ---------------

  static final class OneByOne {
    @RegisterExtension final KvbmExtension kvbm = new KvbmExtension();

    static BlockManager<G1> last = TestManagers.builder(G1.TIER, 1).build();

    private BlockManager<G1> manager() {
      last = kvbm.manager(G1.TIER, 4);
      return last;
    }

    @Test
    void tidy() {
      manager().allocate(2).orElseThrow().register(TestTokens.chain(0, 2, 4)).close();
    }

    @Test
    void leavesBlocks() {
      MutableBlocks<G1> kept = manager().allocate(2).orElseThrow();
      assertThat(kept.size()).isEqualTo(2);
    }

    @Test
    void leavesAMatch() {
      BlockManager<G1> manager = manager();
      manager.allocate(2).orElseThrow().register(TestTokens.chain(0, 2, 4)).close();
      ImmutableBlocks<G1> kept = manager.match(TestTokens.chain(0, 2, 4));
      assertThat(kept.hits()).isEqualTo(2);
    }

    @Test
    void mayLeaveBlocks() {
      kvbm.allowLeaks();
      assertThat(manager().allocate(2)).isPresent();
    }

    @Test
    void corruptsAManager() {
      kvbm.register(InvariantCheckerTest.corrupted());
    }

    @Test
    void failsAndLeaves() {
      MutableBlocks<G1> kept = manager().allocate(1).orElseThrow();
      assertThat(kept.size()).as("the real reason").isEqualTo(7);
    }

    @Test
    void hasAManagerFromElsewhere() {
      BlockManager<TestMeta> other = TestManagers.create(4);
      MutableBlocks<TestMeta> before = other.allocate(1).orElseThrow();
      kvbm.register(other);
      MutableBlocks<TestMeta> kept = other.allocate(1).orElseThrow();
      assertThat(before.size() + kept.size()).isEqualTo(2);
    }

    @Test
    void checksInBetween() {
      BlockManager<G1> manager = manager();
      MutableBlocks<G1> kept = manager.allocate(1).orElseThrow();
      assertThatThrownBy(kvbm::check).isInstanceOf(AssertionError.class);
      kept.close();
      kvbm.check();
    }
  }

  @Test
  void aTestThatLeavesABlockBehindFails() {
    TestExecutionSummary summary = run(OneByOne.class);
    assertThat(failure(summary, "tidy")).isEqualTo("passed");
    assertThat(failure(summary, "checksInBetween")).isEqualTo("passed");
    assertThat(failure(summary, "leavesBlocks"))
        .contains("blocks were left behind")
        .contains("block 0 is MUTABLE")
        .contains("block 1 is MUTABLE")
        .contains("MutableBlocks of 2 block(s) is still held, acquired at")
        .contains("leavesBlocks");
    assertThat(failure(summary, "leavesAMatch"))
        .contains("block 1 is PRIMARY")
        .contains("ImmutableBlocks of 2 block(s) is still held");
    assertThat(failure(summary, "mayLeaveBlocks")).isEqualTo("passed");
  }

  @Test
  void aTestThatCorruptsAManagerFails() {
    assertThat(failure(run(OneByOne.class), "corruptsAManager"))
        .contains("is corrupted:")
        .contains("I2: victims known to the policy is 2, not 3");
  }

  @Test
  void aTestThatFailedAlreadyKeepsItsOwnReason() {
    TestExecutionSummary summary = run(OneByOne.class);
    assertThat(failure(summary, "failsAndLeaves")).contains("the real reason");
    assertThat(summary.getFailures())
        .filteredOn(it -> it.getTestIdentifier().getDisplayName().startsWith("failsAndLeaves"))
        .singleElement()
        .satisfies(
            it ->
                assertThat(it.getException().getSuppressed())
                    .singleElement()
                    .asString()
                    .contains("blocks were left behind"));
  }

  @Test
  void onlyWhatTheTestTookIsItsFault() {
    assertThat(failure(run(OneByOne.class), "hasAManagerFromElsewhere"))
        .contains("block 1 is MUTABLE")
        .doesNotContain("block 0");
  }

  @Test
  void managersMadeForATestAreClosedAfterIt() {
    TestExecutionSummary summary = run(OneByOne.class);
    assertThat(summary.getTestsFoundCount()).isEqualTo(8);
    assertThatThrownBy(() -> OneByOne.last.allocate(1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
  }

  // --------------- one manager for all tests ---------------

  @TestMethodOrder(MethodOrderer.OrderAnnotation.class)
  static final class Together {
    @RegisterExtension static final KvbmExtension KVBM = new KvbmExtension();

    static final List<AutoCloseable> KEPT = new ArrayList<>();
    static BlockManager<G1> manager = TestManagers.builder(G1.TIER, 1).build();

    @BeforeAll
    static void makeManager() {
      manager = KVBM.manager(G1.TIER, 8, options -> options.name("shared"));
      KEPT.add(manager.allocate(1).orElseThrow());
    }

    @Test
    @Order(1)
    void leavesABlock() {
      KEPT.add(manager.allocate(1).orElseThrow());
    }

    @Test
    @Order(2)
    void isNotToBlameForIt() {
      manager.allocate(1).orElseThrow().close();
      assertThat(manager.name()).isEqualTo("shared");
    }

    @Test
    @Order(3)
    void mayLeaveOne() {
      KVBM.allowLeaks();
      KEPT.add(manager.allocate(1).orElseThrow());
    }

    @Test
    @Order(4)
    void mayNotLeaveAnother() {
      KEPT.add(manager.allocate(1).orElseThrow());
    }
  }

  @Test
  void aSharedManagerIsComparedWithTheBeginningOfEachTest() {
    TestExecutionSummary summary = run(Together.class);
    assertThat(failure(summary, "leavesABlock")).contains("block 1").doesNotContain("block 0");
    assertThat(failure(summary, "isNotToBlameForIt")).isEqualTo("passed");
    assertThat(failure(summary, "mayLeaveOne")).isEqualTo("passed");
    assertThat(failure(summary, "mayNotLeaveAnother")).contains("is MUTABLE");
    assertThat(Together.manager.allocate(1)).as("still open").isPresent();
  }
}
