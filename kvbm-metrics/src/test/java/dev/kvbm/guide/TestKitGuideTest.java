package dev.kvbm.guide;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.testkit.KvbmExtension;
import dev.kvbm.testkit.TestTokens;
import dev.kvbm.tokens.LineageHashes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A test of a user of the guide. */
class TestKitGuideTest {
  // @start region="extension"
  @RegisterExtension final KvbmExtension kvbm = new KvbmExtension();

  @Test
  void aPromptIsFoundAgain() {
    BlockManager<G1> gpu = kvbm.manager(G1.TIER, 8);
    LineageHashes prompt = TestTokens.chain(0, 3, gpu.blockSize());
    gpu.allocate(3).orElseThrow().register(prompt).close();

    try (ImmutableBlocks<G1> cached = gpu.match(prompt)) {
      assertThat(cached.size()).isEqualTo(3);
    }
  } // fails if a block is still held now, or if the pool is corrupted
  // @end
}
