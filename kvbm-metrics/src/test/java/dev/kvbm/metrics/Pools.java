package dev.kvbm.metrics;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.Tier;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Objects;
import java.util.stream.IntStream;

/** Managers in states that tests know. */
final class Pools {
  static final int BLOCK_SIZE = 4;

  private Pools() {}

  static <T> BlockManager<T> manager(Tier<T> tier, int blocks) {
    return BlockManager.builder(tier)
        .blocks(blocks)
        .blockSize(BLOCK_SIZE)
        .registry(BlockRegistry.create())
        .build();
  }

  static LineageHashes hashes(int firstToken, int blocks) {
    int[] tokens = IntStream.range(firstToken, firstToken + blocks * BLOCK_SIZE).toArray();
    return TokenBlockSequence.of(tokens, BLOCK_SIZE).lineageHashes();
  }

  /**
   * A manager of 20 blocks most of whose series differ: 3 free, 5 mutable, 2 staged, 7 active (one
   * a duplicate) under 13 guards, 3 idle. What it holds is not closed.
   */
  static <T> BlockManager<T> busy(Tier<T> tier) {
    BlockManager<T> manager = manager(tier, 20);
    manager.allocate(12).orElseThrow().register(hashes(0, 12)).close();
    MutableBlocks<T> fresh = manager.allocate(11).orElseThrow();
    fresh.takeFirst(4).close();
    fresh.takeFirst(2).stage(hashes(5_000, 2));
    ImmutableBlocks<T> held = manager.match(hashes(0, 6));
    held.share();
    manager.match(hashes(9_000, 5)).close();
    manager.scan(hashes(0, 20), /* touch= */ false).close();
    manager.allocate(1).orElseThrow().register(hashes(0, 1));
    return manager;
  }

  /**
   * What a scrape of a {@link #busy} manager of tier G1 looks like in the Prometheus text format.
   */
  static String busyExposition() {
    try (InputStream file =
        Objects.requireNonNull(Pools.class.getResourceAsStream("busy-pool.txt"))) {
      return new String(file.readAllBytes(), UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
