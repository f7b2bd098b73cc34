package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.BlockSizeMismatchException;
import dev.kvbm.logical.CompleteBlock;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.LifecyclePin;
import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.WeakBlock;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenBlock;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Operations on blocks: from allocation to release. */
final class BlockOperations {

  private BlockOperations() {}

  static void addTo(OperationTable table) {
    table.add("alloc", BlockOperations::allocate);
    table.add("alloce", BlockOperations::allocateWithEvictions);
    table.add("stage", BlockOperations::stage);
    table.add("complete", BlockOperations::complete);
    table.add("completex", BlockOperations::completeStandAlone);
    table.add("reset", BlockOperations::reset);
    table.add("reg", BlockOperations::register);
    table.add("regs", BlockOperations::registerAll);
    table.add("drop", BlockOperations::drop);
    table.add("clone", BlockOperations::share);
    table.add("match", BlockOperations::match);
    table.add("scat", BlockOperations::matchScattered);
    table.add("scan", BlockOperations::scan);
    table.add("down", BlockOperations::downgrade);
    table.add("wclone", BlockOperations::shareWeak);
    table.add("up", BlockOperations::upgrade);
    table.add("evr", BlockOperations::setResetOnRelease);
    table.add("pin", BlockOperations::pin);
    table.add("pclone", BlockOperations::sharePin);
    table.add("puse", BlockOperations::useCountOfPin);
    table.add("iuse", BlockOperations::useCount);
  }

  private static <T> Json allocate(Pool<T> pool, Arguments arguments) {
    Pool.Allocated<T> allocated = pool.allocate(arguments.integer(1));
    return allocated == null ? Json.NULL : holdAll(pool, arguments.integer(0), allocated.blocks());
  }

  private static <T> Json allocateWithEvictions(Pool<T> pool, Arguments arguments) {
    Pool.Allocated<T> allocated = pool.allocate(arguments.integer(1));
    return allocated == null
        ? Json.NULL
        : Json.array(
            holdAll(pool, arguments.integer(0), allocated.blocks()),
            references(pool.world.nodes, allocated.evicted()));
  }

  private static <T> Json holdAll(Pool<T> pool, int base, List<MutableBlock<T>> blocks) {
    List<Json> ids = new ArrayList<>(blocks.size());
    for (MutableBlock<T> block : blocks) {
      pool.hold(base + ids.size(), block);
      ids.add(Json.of(block.blockId()));
    }
    return Json.array(ids);
  }

  private static Json references(Nodes nodes, LineageHashes hashes) {
    List<Json> result = new ArrayList<>(hashes.size());
    for (int i = 0; i < hashes.size(); i++) {
      result.add(nodes.reference(hashes.get(i)));
    }
    return Json.array(result);
  }

  private static <T> Json stage(Pool<T> pool, Arguments arguments) {
    PositionalLineageHash hash = pool.world.nodes.hash(arguments.integer(2));
    int tokens = arguments.integer(3);
    try {
      CompleteBlock<T> staged = pool.mutable(arguments.integer(1)).stage(hash, tokens);
      return Json.of(holdStaged(pool, arguments, staged));
    } catch (BlockSizeMismatchException e) {
      return blockSizeMismatch(e);
    }
  }

  private static <T> Json complete(Pool<T> pool, Arguments arguments) {
    TokenBlock block = pool.world.nodes.block(arguments.integer(2));
    try {
      CompleteBlock<T> staged = pool.mutable(arguments.integer(1)).complete(block);
      return Json.of(holdStaged(pool, arguments, staged));
    } catch (BlockSizeMismatchException e) {
      return blockSizeMismatch(e);
    }
  }

  private static <T> Json completeStandAlone(Pool<T> pool, Arguments arguments) {
    int[] tokens = arguments.tokens(2);
    TokenBlock block = TokenBlockSequence.of(tokens, tokens.length).block(0);
    try {
      CompleteBlock<T> staged = pool.mutable(arguments.integer(1)).complete(block);
      return Json.array(
          Json.of(holdStaged(pool, arguments, staged)),
          pool.world.nodes.reference(staged.sequenceHash()));
    } catch (BlockSizeMismatchException e) {
      return blockSizeMismatch(e);
    }
  }

  private static <T> int holdStaged(Pool<T> pool, Arguments arguments, CompleteBlock<T> staged) {
    pool.consumed(arguments.integer(1));
    pool.hold(arguments.integer(0), staged);
    return staged.blockId();
  }

  private static Json blockSizeMismatch(BlockSizeMismatchException e) {
    return Json.error("BlockSizeMismatch")
        .with("expected", Json.of(e.expectedTokens()))
        .with("actual", Json.of(e.actualTokens()));
  }

  private static <T> Json reset(Pool<T> pool, Arguments arguments) {
    MutableBlock<T> block = pool.staged(arguments.integer(1)).reset();
    pool.consumed(arguments.integer(1));
    pool.hold(arguments.integer(0), block);
    return Json.of(block.blockId());
  }

  private static <T> Json register(Pool<T> pool, Arguments arguments) {
    ImmutableBlock<T> block = pool.register(pool.staged(arguments.integer(1)));
    pool.consumed(arguments.integer(1));
    pool.hold(arguments.integer(0), block);
    return Json.of(block.blockId());
  }

  private static <T> Json registerAll(Pool<T> pool, Arguments arguments) {
    int[] handles = arguments.integers(1);
    List<CompleteBlock<T>> staged = new ArrayList<>(handles.length);
    for (int handle : handles) {
      staged.add(pool.staged(handle));
    }
    List<ImmutableBlock<T>> registered = pool.register(staged);
    for (int handle : handles) {
      pool.consumed(handle);
    }
    return holdPresent(pool, arguments.integer(0), registered);
  }

  private static <T> Json drop(Pool<T> pool, Arguments arguments) {
    pool.drop(arguments.integers(0));
    return Json.NULL;
  }

  private static <T> Json share(Pool<T> pool, Arguments arguments) {
    ImmutableBlock<T> block = pool.immutable(arguments.integer(1)).share();
    pool.hold(arguments.integer(0), block);
    return Json.of(block.blockId());
  }

  private static <T> Json match(Pool<T> pool, Arguments arguments) {
    LineageHashes hashes = pool.world.nodes.hashes(arguments.integers(1));
    return holdPresent(pool, arguments.integer(0), pool.match(hashes));
  }

  private static <T> Json matchScattered(Pool<T> pool, Arguments arguments) {
    LineageHashes hashes = pool.world.nodes.hashes(arguments.integers(1));
    return holdPresent(pool, arguments.integer(0), pool.matchScattered(hashes));
  }

  /** Keeps block k as handle base + k; the answer has its id, or null where there is none. */
  private static <T> Json holdPresent(
      Pool<T> pool, int base, List<? extends @Nullable ImmutableBlock<T>> blocks) {
    List<Json> ids = new ArrayList<>(blocks.size());
    for (ImmutableBlock<T> block : blocks) {
      if (block != null) {
        pool.hold(base + ids.size(), block);
      }
      ids.add(block == null ? Json.NULL : Json.of(block.blockId()));
    }
    return Json.array(ids);
  }

  private static <T> Json scan(Pool<T> pool, Arguments arguments) {
    LineageHashes hashes = pool.world.nodes.hashes(arguments.integers(1));
    int base = arguments.integer(0);
    List<@Nullable ImmutableBlock<T>> found = pool.scan(hashes, arguments.flag(2));
    List<Json> hits = new ArrayList<>();
    for (int k = 0; k < found.size(); k++) {
      ImmutableBlock<T> block = found.get(k);
      if (block != null) {
        pool.hold(base + k, block);
        hits.add(Json.array(Json.of(k), Json.of(block.blockId())));
      }
    }
    return Json.array(hits);
  }

  private static <T> Json downgrade(Pool<T> pool, Arguments arguments) {
    ImmutableBlock<T> block = pool.immutable(arguments.integer(1));
    pool.hold(arguments.integer(0), block.downgrade(), block.registrationHandle());
    return Json.NULL;
  }

  private static <T> Json shareWeak(Pool<T> pool, Arguments arguments) {
    Held.Weak<T> weak = pool.weak(arguments.integer(1));
    WeakBlock<T> block = weak.block();
    pool.hold(arguments.integer(0), block, weak.registration().share());
    return Json.NULL;
  }

  private static <T> Json upgrade(Pool<T> pool, Arguments arguments) {
    Optional<ImmutableBlock<T>> block = pool.weak(arguments.integer(1)).block().upgrade();
    if (block.isEmpty()) {
      return Json.NULL;
    }
    pool.hold(arguments.integer(0), block.get());
    return Json.of(block.get().blockId());
  }

  private static <T> Json setResetOnRelease(Pool<T> pool, Arguments arguments) {
    pool.immutable(arguments.integer(0)).setResetOnRelease(arguments.flag(1));
    return Json.NULL;
  }

  private static <T> Json pin(Pool<T> pool, Arguments arguments) {
    return holdPin(pool, arguments, pool.immutable(arguments.integer(1)).pin());
  }

  private static <T> Json sharePin(Pool<T> pool, Arguments arguments) {
    return holdPin(pool, arguments, pool.pin(arguments.integer(1)).share());
  }

  private static <T> Json holdPin(Pool<T> pool, Arguments arguments, LifecyclePin pin) {
    pool.hold(arguments.integer(0), pin);
    return Json.array(Json.of(pin.blockId()), Json.of(pin.useCount()));
  }

  private static <T> Json useCountOfPin(Pool<T> pool, Arguments arguments) {
    return Json.of(pool.pin(arguments.integer(0)).useCount());
  }

  private static <T> Json useCount(Pool<T> pool, Arguments arguments) {
    return Json.of(pool.immutable(arguments.integer(0)).useCount());
  }
}
