package dev.kvbm.logical.eviction.example;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.eviction.EvictionPolicy;
import dev.kvbm.logical.eviction.EvictionPolicyContract;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.TokenBlockSequence;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The documented policy keeps the contract, does what it says and is the one that is shown. */
class KeepStartsPolicyTest extends EvictionPolicyContract {

  @Override
  protected EvictionPolicy.Factory factory() {
    return slots -> new KeepStartsPolicy(slots, 2);
  }

  @Test
  void theStartOfAPromptOutlivesYoungerBlocks() {
    BlockManager<G1> manager =
        BlockManager.builder(G1.TIER)
            .blocks(8)
            .blockSize(16)
            .registry(BlockRegistry.create())
            .eviction(slots -> new KeepStartsPolicy(slots, 2))
            .build();
    TokenBlockSequence first = prompt(1);
    TokenBlockSequence second = prompt(2);
    cache(manager, first);
    cache(manager, second);
    assertThat(manager.evictionPolicy()).isEqualTo("keep-starts");

    // Four blocks go: the third and fourth of both prompts.
    manager.allocate(4).orElseThrow().close();
    try (ImmutableBlocks<G1> a = manager.match(first);
        ImmutableBlocks<G1> b = manager.match(second)) {
      assertThat(a.size()).isEqualTo(2);
      assertThat(b.size()).isEqualTo(2);
    }
  }

  private static TokenBlockSequence prompt(int seed) {
    return TokenBlockSequence.of(IntStream.range(0, 64).map(i -> 1000 * seed + i).toArray(), 16);
  }

  private static void cache(BlockManager<G1> manager, TokenBlockSequence prompt) {
    MutableBlocks<G1> fresh = manager.allocate(prompt.blockCount()).orElseThrow();
    fresh.register(prompt.lineageHashes()).close();
  }

  @Test
  void theDocumentationShowsThisPolicy() throws IOException {
    Path root = Path.of("").toAbsolutePath();
    while (!Files.exists(root.resolve("docs/eviction.md"))) {
      root = Objects.requireNonNull(root.getParent(), "no docs/eviction.md above the module");
    }
    String source =
        Files.readString(
            root.resolve(
                "kvbm-logical/src/test/java/dev/kvbm/logical/eviction/example"
                    + "/KeepStartsPolicy.java"));
    String shown = source.substring(source.indexOf("/**"));
    assertThat(Files.readString(root.resolve("docs/eviction.md"))).contains(shown);
  }
}
