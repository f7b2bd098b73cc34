package dev.kvbm.testkit.eviction.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.testkit.TestTokens;
import dev.kvbm.tokens.LineageHashes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code docs/eviction.md} shows the policy and the test that are run here. */
class DocumentedPolicyTest {
  private static final Path ROOT = root();

  private static Path root() {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/eviction.md"))) {
      root = Objects.requireNonNull(root.getParent(), "no docs/eviction.md above the module");
    }
    return root;
  }

  @ParameterizedTest
  @ValueSource(strings = {"KeepStartsPolicy.java", "KeepStartsPolicyTest.java"})
  void theDocumentationShowsThisSource(String file) throws IOException {
    Path folder = ROOT.resolve("kvbm-testkit/src/test/java/dev/kvbm/testkit/eviction/example");
    String source = Files.readString(folder.resolve(file));
    String shown = source.substring(source.indexOf("/**"));
    assertThat(Files.readString(ROOT.resolve("docs/eviction.md")))
        .contains("```java\n" + shown + "```");
  }

  @Test
  void withItTheStartOfAPromptOutlivesYoungerBlocks() {
    BlockManager<G1> manager =
        BlockManager.builder(G1.TIER)
            .blocks(8)
            .blockSize(16)
            .registry(BlockRegistry.create())
            .eviction(slots -> new KeepStartsPolicy(slots, 2))
            .build();
    LineageHashes first = TestTokens.chain(0, 4, 16);
    LineageHashes second = TestTokens.chain(1_000, 4, 16);
    manager.allocate(4).orElseThrow().register(first).close();
    manager.allocate(4).orElseThrow().register(second).close();
    assertThat(manager.evictionPolicy()).isEqualTo("keep-starts");

    // Four blocks go: the third and fourth of both prompts.
    manager.allocate(4).orElseThrow().close();
    try (ImmutableBlocks<G1> a = manager.match(first);
        ImmutableBlocks<G1> b = manager.match(second)) {
      assertThat(a.size()).isEqualTo(2);
      assertThat(b.size()).isEqualTo(2);
    }
  }
}
