package dev.kvbm.stress;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Requests on virtual threads, as a server has them: one each. */
class VirtualThreadsTest {
  /** {@code -Dkvbm.virtual.requests=1000000} for the long form. */
  private static final int REQUESTS = Integer.getInteger("kvbm.virtual.requests", 100_000);

  private static final int CHAINS = 200;
  private static final int BLOCKS = 3;

  @Test
  void requestsOnVirtualThreadsAllEndAndPinNoCarrier(@TempDir Path folder) throws IOException {
    BlockManager<G1> manager =
        BlockManager.builder(G1.TIER)
            .blocks(256)
            .blockSize(4)
            .registry(BlockRegistry.create())
            .eviction(Eviction.lineage())
            .build();
    LineageHashes[] chains = new LineageHashes[CHAINS];
    for (int i = 0; i < CHAINS; i++) {
      int[] tokens = new int[4 * BLOCKS];
      tokens[4] = i;
      chains[i] = TokenBlockSequence.of(tokens, 4).lineageHashes();
    }
    AtomicLong served = new AtomicLong();
    Path file = folder.resolve("pinned.jfr");

    for (LineageHashes chain : chains) {
      serve(manager, chain); // loading a class pins, once
    }

    try (Recording recording = new Recording()) {
      recording.enable("jdk.VirtualThreadPinned").withThreshold(Duration.ZERO);
      recording.start();
      try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int i = 0; i < REQUESTS; i++) {
          LineageHashes chain = chains[i % CHAINS];
          threads.execute(
              () -> {
                serve(manager, chain);
                served.incrementAndGet();
              });
        }
      }
      recording.dump(file);
    }

    assertThat(served).hasValue(REQUESTS);
    assertThat(manager.availableBlocks()).isEqualTo(256);
    assertThat(manager.invariantViolations()).isEmpty();
    assertThat(RecordingFile.readAllEvents(file))
        .filteredOn(event -> event.toString().contains("dev.kvbm.logical"))
        .isEmpty();
  }

  private static void serve(BlockManager<G1> manager, LineageHashes chain) {
    try (ImmutableBlocks<G1> cached = manager.match(chain);
        MutableBlocks<G1> fresh =
            manager.allocate(BLOCKS - cached.size(), Duration.ofMinutes(1)).orElseThrow()) {
      fresh.register(chain.from(cached.size())).close();
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts a request", e);
    }
  }
}
