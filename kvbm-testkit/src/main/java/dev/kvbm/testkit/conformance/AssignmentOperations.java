package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.BlockSizeMismatchException;
import dev.kvbm.logical.CompleteBlock;
import dev.kvbm.logical.ImmutableBlock;
import dev.kvbm.logical.ImmutableBlocks;
import dev.kvbm.logical.MutableBlock;
import dev.kvbm.logical.MutableBlocks;
import dev.kvbm.logical.sequence.AssignmentError;
import dev.kvbm.logical.sequence.AssignmentException;
import dev.kvbm.logical.sequence.LogicalBlockAssignments;
import dev.kvbm.tokens.TokenBlock;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/** Operations on the blocks that a request holds. */
final class AssignmentOperations {

  private AssignmentOperations() {}

  static void addTo(OperationTable table) {
    table.add("lnew", AssignmentOperations::create);
    table.add("lext", AssignmentOperations::extendBlocks);
    table.add("lexta", AssignmentOperations::extendAssigned);
    table.add("lstage", AssignmentOperations::stage);
    table.add("lstagex", AssignmentOperations::stageOtherSize);
    table.add("lreg", AssignmentOperations::register);
    table.add("lpop", AssignmentOperations::popLast);
    table.add("lclear", AssignmentOperations::clear);
    table.add("ltake", AssignmentOperations::take);
  }

  /**
   * Assignments of a running script, with the ids that the reference would file them under.
   *
   * @param <T> the tier marker
   */
  record Script<T>(LogicalBlockAssignments<T> blocks, FiledKeys keys) {

    Json summary(Nodes nodes) {
      List<Json> assigned = new ArrayList<>();
      for (int i = 0; i < blocks.assignedCount(); i++) {
        assigned.add(
            Json.array(
                Json.of(keys.get(i)),
                Json.of(blocks.assignedId(i)),
                nodes.reference(blocks.assignedHash(i))));
      }
      List<Json> staged = new ArrayList<>();
      for (int i = 0; i < blocks.stagedCount(); i++) {
        staged.add(Json.array(Json.of(blocks.stagedId(i)), nodes.reference(blocks.stagedHash(i))));
      }
      int[] all = keys.applyTo(blocks.blockIds());
      int[] unassigned =
          Arrays.copyOfRange(all, blocks.assignedCount() + blocks.stagedCount(), all.length);
      return Json.array(
          Json.array(assigned), Json.array(staged), Json.of(unassigned), Json.of(all));
    }

    /** Whether the reference holds a block under that id, in any phase. */
    boolean isFiled(int id) {
      int assigned = blocks.assignedCount();
      int[] all = keys.applyTo(blocks.blockIds());
      return keys.contains(id)
          || Arrays.stream(all, assigned, all.length).anyMatch(other -> other == id);
    }
  }

  private static <T> Json create(Pool<T> pool, Arguments arguments) {
    pool.hold(
        arguments.integer(0),
        new Held.Assigned<>(
            new Script<>(LogicalBlockAssignments.of(pool.manager), new FiledKeys())));
    return Json.NULL;
  }

  private static <T> Json perform(Pool<T> pool, Script<T> script, Supplier<Json> operation) {
    int[] before = script.blocks.blockIds();
    Json value;
    try {
      value = operation.get();
    } catch (AssignmentException e) {
      value = error(e.error());
    }
    script.keys.follow(before, script.blocks.assignedCount(), script.blocks.blockIds());
    return Json.array(value, script.summary(pool.world.nodes));
  }

  private static Json error(AssignmentError error) {
    return error instanceof AssignmentError.DuplicateBlockId(int id)
        ? Json.error("DuplicateAssignedBlockId").with("block_id", Json.of(id))
        : Json.error(error.getClass().getSimpleName());
  }

  private static <T> Json extendBlocks(Pool<T> pool, Arguments arguments) {
    Script<T> script = pool.assignments(arguments.integer(0));
    int[] handles = arguments.integers(1);
    List<MutableBlock<T>> guards = new ArrayList<>();
    for (int handle : handles) {
      guards.add(pool.mutable(handle));
    }
    return perform(
        pool,
        script,
        () -> {
          if (guards.isEmpty()) {
            return Json.of(0);
          }
          if (guards.stream().anyMatch(guard -> script.isFiled(guard.blockId()))) {
            pool.world.explain(CompatibilityRow.FILED_ID, /* endsScript= */ true);
          }
          int taken = script.blocks.extendBlocks(MutableBlocks.of(guards));
          pool.consumed(handles);
          return Json.of(taken);
        });
  }

  private static <T> Json extendAssigned(Pool<T> pool, Arguments arguments) {
    Script<T> script = pool.assignments(arguments.integer(0));
    int[] handles = arguments.integers(1);
    List<ImmutableBlock<T>> guards = new ArrayList<>();
    for (int handle : handles) {
      guards.add(pool.immutable(handle));
    }
    return perform(
        pool,
        script,
        () -> {
          if (guards.isEmpty()) {
            return Json.of(0);
          }
          if (guards.stream()
              .anyMatch(
                  guard ->
                      script.isFiled(guard.blockId()) != script.blocks.contains(guard.blockId()))) {
            pool.world.explain(CompatibilityRow.FILED_ID, /* endsScript= */ true);
          }
          ImmutableBlocks<T> group = ImmutableBlocks.of(guards);
          try {
            int[] ids = group.ids();
            int taken = script.blocks.extendAssigned(group);
            pool.consumed(handles);
            for (int id : ids) {
              script.keys.add(id);
            }
            return Json.of(taken);
          } catch (AssignmentException e) {
            pool.replaceImmutables(handles, group.split());
            throw e;
          }
        });
  }

  private static <T> Json stage(Pool<T> pool, Arguments arguments) {
    List<TokenBlock> blocks = new ArrayList<>();
    for (int node : arguments.integers(1)) {
      blocks.add(pool.world.nodes.block(node));
    }
    return stage(pool, pool.assignments(arguments.integer(0)), blocks);
  }

  private static <T> Json stageOtherSize(Pool<T> pool, Arguments arguments) {
    TokenBlockSequence tokens = TokenBlockSequence.of(arguments.tokens(1), arguments.integer(2));
    return stage(pool, pool.assignments(arguments.integer(0)), tokens.blocks());
  }

  private static <T> Json stage(Pool<T> pool, Script<T> script, List<TokenBlock> blocks) {
    return perform(
        pool,
        script,
        () -> {
          try {
            return Json.of(script.blocks.stage(blocks));
          } catch (BlockSizeMismatchException e) {
            dropFirstUnassigned(script.blocks);
            return Json.error("BlockSizeMismatch")
                .with("expected", Json.of(e.expectedTokens()))
                .with("actual", Json.of(e.actualTokens()))
                .with("block_id", Json.of(e.blockId()));
          }
        });
  }

  /** As the reference does with the block that it could not stage. */
  private static <T> void dropFirstUnassigned(LogicalBlockAssignments<T> blocks) {
    MutableBlocks<T> unassigned = blocks.takeUnassigned();
    unassigned.takeFirst(1).close();
    int _ = blocks.extendBlocks(unassigned);
  }

  private static <T> Json register(Pool<T> pool, Arguments arguments) {
    Script<T> script = pool.assignments(arguments.integer(0));
    return perform(pool, script, () -> Json.of(script.blocks.register()));
  }

  private static <T> Json popLast(Pool<T> pool, Arguments arguments) {
    Script<T> script = pool.assignments(arguments.integer(0));
    return perform(
        pool,
        script,
        () -> {
          Optional<MutableBlock<T>> last = script.blocks.popLastUnassigned();
          if (last.isEmpty()) {
            return Json.NULL;
          }
          pool.hold(arguments.integer(1), last.get());
          return Json.of(last.get().blockId());
        });
  }

  private static <T> Json clear(Pool<T> pool, Arguments arguments) {
    Script<T> script = pool.assignments(arguments.integer(0));
    return perform(
        pool,
        script,
        () -> {
          script.blocks.clear();
          return Json.NULL;
        });
  }

  private static <T> Json take(Pool<T> pool, Arguments arguments) {
    Script<T> script = pool.assignments(arguments.integer(0));
    int base = arguments.integer(2);
    return perform(
        pool,
        script,
        () ->
            switch (arguments.text(1)) {
              case "A" -> {
                List<Json> keys = new ArrayList<>();
                for (ImmutableBlock<T> block : script.blocks.takeAssigned().split()) {
                  pool.hold(base + keys.size(), block);
                  keys.add(Json.of(script.keys.get(keys.size())));
                }
                yield Json.array(keys);
              }
              case "S" -> {
                List<Json> keys = new ArrayList<>();
                for (CompleteBlock<T> block : script.blocks.takeStaged().split()) {
                  pool.hold(base + keys.size(), block);
                  keys.add(Json.of(block.blockId()));
                }
                yield Json.array(keys);
              }
              case "U" -> {
                List<Json> keys = new ArrayList<>();
                for (MutableBlock<T> block : script.blocks.takeUnassigned().split()) {
                  pool.hold(base + keys.size(), block);
                  keys.add(Json.of(block.blockId()));
                }
                yield Json.array(keys);
              }
              default ->
                  throw new MalformedScriptException(
                      "\"" + arguments.text(1) + "\" is not a phase; phases are A, S, U");
            });
  }
}
