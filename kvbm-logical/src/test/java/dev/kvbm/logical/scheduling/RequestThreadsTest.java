package dev.kvbm.logical.scheduling;

import static org.assertj.core.api.Assertions.assertThat;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.Hashes;
import dev.kvbm.logical.Pools;
import dev.kvbm.logical.tier.G1;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Requests have one owner each; the pool beneath them is shared by threads. */
class RequestThreadsTest {
  private static final int THREADS = 4;
  private static final int REQUESTS = 300;

  @RegisterExtension final Pools pools = new Pools();

  @Test
  void requestsOfSeveralThreadsShareOnePoolAndGiveEverythingBack()
      throws InterruptedException, ExecutionException {
    BlockManager<G1> manager = pools.of(48);
    List<Future<Integer>> generated = new ArrayList<>();
    try (ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      for (int t = 0; t < THREADS; t++) {
        long seed = t;
        generated.add(threads.submit(() -> serve(manager, new Random(seed))));
      }
    }

    for (Future<Integer> tokens : generated) {
      assertThat(tokens.get()).isPositive();
    }
    assertThat(manager.availableBlocks()).isEqualTo(48);
    assertThat(manager.metrics().inflightImmutable()).isZero();
    assertThat(manager.metrics().inflightMutable()).isZero();
  }

  /** Runs request after request; one that finds no block is given up. */
  private static int serve(BlockManager<G1> manager, Random random) {
    int tokens = 0;
    for (int i = 0; i < REQUESTS; i++) {
      try (SchedulableSequence<G1> request =
          SchedulableSequence.builder(manager)
              .prompt(Hashes.prompt(100 * random.nextInt(3), 1 + random.nextInt(40)))
              .maxOutputTokens(1 + random.nextInt(12))
              .build()) {
        request.matchAndAddPrefix();
        while (!request.isPrefillComplete()) {
          int chunk = 1 + random.nextInt(request.tailTokens());
          if (!request.schedulePrefill(chunk).isAllocated()) {
            break;
          }
          if (chunk == request.tailTokens()) {
            request.applyPrefill(random.nextInt(3));
          } else {
            request.applyPrefill();
          }
        }
        while (request.isPrefillComplete()
            && !request.isComplete()
            && request.scheduleDecode().isAllocated()) {
          request.applyDecode(random.nextInt(3));
        }
        tokens += request.generatedTokens();
      }
    }
    return tokens;
  }
}
