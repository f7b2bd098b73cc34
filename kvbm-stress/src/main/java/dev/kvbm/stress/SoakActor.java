package dev.kvbm.stress;

import dev.kvbm.logical.BlockManager;
import dev.kvbm.logical.CompleteBlocks;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.Reservation;
import dev.kvbm.logical.WeakBlock;
import dev.kvbm.logical.registry.BlockRegistry;
import dev.kvbm.logical.registry.RegistrationHandle;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;
import java.util.SplittableRandom;

/** One thread of a {@link Soak}. */
final class SoakActor implements Runnable {
  private static final int MOST_HELD = 6;
  private static final int MOST_SHARED = 12;

  private final SoakPool<?> device;
  private final SoakPool<?> host;
  private final SplittableRandom random;
  private final long end;
  private final Deque<AutoCloseable> held = new ArrayDeque<>();
  long operations;

  SoakActor(SoakPool<?> device, SoakPool<?> host, long seed, long end) {
    this.device = device;
    this.host = host;
    this.random = new SplittableRandom(seed);
    this.end = end;
  }

  @Override
  public void run() {
    try {
      while ((operations & 63) != 0 || System.nanoTime() < end) {
        if (random.nextInt(3) == 0) {
          act(host);
        } else {
          act(device);
        }
        operations++;
      }
    } catch (InterruptedException e) {
      throw new AssertionError("nobody interrupts a soak", e);
    } finally {
      held.forEach(SoakPool::close);
    }
  }

  private <T> void act(SoakPool<T> pool) throws InterruptedException {
    BlockManager<T> manager = pool.manager;
    LineageHashes chain = SoakPool.chain(random.nextInt(SoakPool.CHAINS));
    LineageHashes part = chain.slice(0, 1 + random.nextInt(chain.size()));
    switch (random.nextInt(22)) {
      case 0, 1, 2, 3, 4 -> produce(pool, part);
      case 5, 6, 7, 8 -> {
        ImmutableBlocks<T> found = manager.match(part);
        pool.read(found);
        keep(pool, found);
      }
      case 9 -> {
        ImmutableBlocks<T> found = manager.scan(chain, random.nextBoolean());
        pool.read(found);
        keep(pool, found);
      }
      case 10 -> {
        ImmutableBlocks<T> found = manager.matchScattered(chain);
        pool.read(found);
        keep(pool, found);
      }
      case 11 -> shareOne(pool, part);
      case 12 -> upgrade(pool);
      case 13 -> {
        try (ImmutableBlocks<T> found = manager.match(part)) {
          found.setResetOnRelease(random.nextInt(3) == 0);
        }
      }
      case 14, 15 -> Optional.ofNullable(pool.shared.poll()).ifPresent(SoakPool::close);
      case 16 -> closeOldest();
      case 17 -> manager.reserve(1 + random.nextInt(3)).ifPresent(all -> use(pool, all, part));
      case 18 ->
          manager
              .allocate(1 + random.nextInt(3), Duration.ofNanos(random.nextInt(200_000)))
              .ifPresent(blocks -> finish(pool, blocks, chain.slice(0, blocks.size())));
      case 19 -> entries(manager.registry(), part);
      case 20 -> look(pool, part);
      default -> {
        if (random.nextInt(20) == 0) {
          manager.resetInactivePool();
        }
      }
    }
  }

  private <T> void produce(SoakPool<T> pool, LineageHashes hashes) {
    pool.manager.allocate(hashes.size()).ifPresent(blocks -> finish(pool, blocks, hashes));
  }

  /** Writes, and then registers, gives back, or takes the long way. */
  private <T> void finish(SoakPool<T> pool, MutableBlocks<T> blocks, LineageHashes hashes) {
    pool.write(blocks, hashes);
    switch (random.nextInt(7)) {
      case 0 -> blocks.close();
      case 1 -> blocks.closeTailFirst();
      case 2 -> {
        try (CompleteBlocks<T> staged = blocks.stage(hashes)) {
          if (random.nextBoolean()) {
            registered(pool, staged.register());
          }
        }
      }
      case 3 -> {
        int i = 0;
        for (MutableBlock<T> block : blocks.split()) {
          PositionalLineageHash hash = hashes.get(i++);
          ImmutableBlock<T> one = pool.manager.register(block.stage(hash, SoakPool.BLOCK_SIZE));
          pool.read(one.blockId(), hash);
          keep(pool, one);
        }
      }
      case 4 -> publishOneByOne(pool, blocks, hashes);
      default -> registered(pool, blocks.register(hashes));
    }
  }

  /** Another thread may close the group that is growing; whatever comes after is ours to close. */
  private <T> void publishOneByOne(
      SoakPool<T> pool, MutableBlocks<T> blocks, LineageHashes hashes) {
    ImmutableBlocks<T> done = pool.manager.newImmutableBlocks();
    try (blocks;
        done) {
      for (int i = 0; i < hashes.size(); i++) {
        blocks.registerFirst(hashes.slice(i, i + 1), done);
        if (i == 0 && random.nextBoolean()) {
          pool.shared.add(done);
        }
      }
    }
  }

  private <T> void registered(SoakPool<T> pool, ImmutableBlocks<T> blocks) {
    pool.read(blocks);
    keep(pool, blocks);
  }

  private <T> void use(SoakPool<T> pool, Reservation<T> reservation, LineageHashes hashes) {
    try (reservation) {
      int n = Math.min(hashes.size(), reservation.remaining());
      finish(pool, reservation.take(n), hashes.slice(0, n));
    }
  }

  private <T> void shareOne(SoakPool<T> pool, LineageHashes hashes) {
    try (ImmutableBlocks<T> found = pool.manager.match(hashes)) {
      if (found.isEmpty()) {
        return;
      }
      ImmutableBlock<T> one = found.share(random.nextInt(found.size()));
      pool.weak.set(random.nextInt(pool.weak.length()), one.downgrade());
      if (random.nextBoolean()) {
        keep(pool, one.pin());
      }
      keep(pool, one);
    }
  }

  private <T> void upgrade(SoakPool<T> pool) {
    WeakBlock<T> weak = pool.weak.get(random.nextInt(pool.weak.length()));
    if (weak != null) {
      weak.upgrade()
          .ifPresent(
              block -> {
                pool.read(block.blockId(), block.sequenceHash());
                keep(pool, block);
              });
    }
  }

  private void entries(BlockRegistry registry, LineageHashes hashes) {
    PositionalLineageHash hash = hashes.get(hashes.size() - 1);
    try (RegistrationHandle handle = registry.register(hash)) {
      handle.attach(Integer.class, 1);
      if (!registry.isRegistered(hash) || handle.multiple(Integer.class).isEmpty()) {
        throw new AssertionError("a held handle is not registered: " + hash);
      }
      registry.checkPresenceAny(hashes, device.manager.tier(), host.manager.tier());
    }
  }

  private <T> void look(SoakPool<T> pool, LineageHashes hashes) {
    BlockManager<T> manager = pool.manager;
    switch (random.nextInt(4)) {
      case 0 -> manager.previewEvictions(3);
      case 1 -> manager.slots();
      case 2 -> manager.registry().checkPresence(manager.tier(), hashes);
      default -> {
        if (!manager.invariantViolations().isEmpty()) {
          throw new AssertionError(manager.invariantViolations().toString());
        }
      }
    }
  }

  /** Holds a guard for a while, leaves it to another thread, or closes it. */
  private void keep(SoakPool<?> pool, AutoCloseable guard) {
    switch (random.nextInt(4)) {
      case 0 -> {
        held.addLast(guard);
        if (held.size() > MOST_HELD) {
          closeOldest();
        }
      }
      case 1 -> {
        pool.shared.add(guard);
        if (pool.shared.size() > MOST_SHARED) {
          Optional.ofNullable(pool.shared.poll()).ifPresent(SoakPool::close);
        }
      }
      default -> SoakPool.close(guard);
    }
  }

  private void closeOldest() {
    AutoCloseable oldest = held.pollFirst();
    if (oldest != null) {
      SoakPool.close(oldest);
    }
  }
}
