package dev.kvbm.stress;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.CompleteBlock;
import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.SlotInfo;
import dev.kvbm.logical.eviction.Eviction;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.TokenBlockSequence;

/** A small pool in a state that a race begins from, and what has to hold when it is over. */
final class Pool {
  static final int BLOCK_SIZE = 4;

  /** A chain of four blocks. */
  static final LineageHashes CHAIN =
      TokenBlockSequence.of(new int[4 * BLOCK_SIZE], BLOCK_SIZE).lineageHashes();

  /** The first of them alone. */
  static final LineageHashes FIRST = CHAIN.slice(0, 1);

  final BlockRegistry registry;
  final BlockManager<G1> manager;

  Pool(int blocks) {
    this(blocks, DuplicationPolicy.ALLOW, BlockRegistry.create());
  }

  Pool(int blocks, DuplicationPolicy duplicates) {
    this(blocks, duplicates, BlockRegistry.create());
  }

  Pool(int blocks, DuplicationPolicy duplicates, BlockRegistry registry) {
    this.registry = registry;
    this.manager =
        BlockManager.builder(G1.TIER)
            .blocks(blocks)
            .blockSize(BLOCK_SIZE)
            .registry(registry)
            .duplicationPolicy(duplicates)
            .eviction(Eviction.lru())
            .build();
  }

  /** A block that waits to be registered as the {@code i}-th of the chain. */
  CompleteBlock<G1> staged(int i) {
    MutableBlock<G1> block = manager.allocate(1).orElseThrow().split().getFirst();
    return block.stage(CHAIN.get(i), BLOCK_SIZE);
  }

  /** The {@code i}-th block of the chain, registered and held. */
  ImmutableBlock<G1> held(int i) {
    return manager.register(staged(i));
  }

  /** Registers the first {@code n} blocks of the chain and lets them go. */
  Pool idle(int n) {
    for (int i = 0; i < n; i++) {
      held(i).close();
    }
    return this;
  }

  /** How many slots a lookup of the first block could find: never more than one. */
  int residents() {
    int residents = 0;
    for (SlotInfo slot : manager.slots()) {
      if (slot.state() == SlotInfo.State.PRIMARY || slot.state() == SlotInfo.State.INACTIVE) {
        residents += CHAIN.get(0).equals(slot.hash()) ? 1 : 0;
      }
    }
    return residents;
  }

  /** 1 if every invariant holds and presence is what the slots say; else 0. */
  int sound() {
    boolean present = registry.isPresent(G1.TIER, CHAIN.get(0));
    return manager.invariantViolations().isEmpty() && residents() == (present ? 1 : 0) ? 1 : 0;
  }

  /** 1 if, with all guards closed, every block is there to be allocated; else 0. */
  int allBack() {
    return sound() == 1 && manager.availableBlocks() == manager.totalBlocks() ? 1 : 0;
  }
}
