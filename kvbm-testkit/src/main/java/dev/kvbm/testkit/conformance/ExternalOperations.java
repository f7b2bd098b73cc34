package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.sequence.AssignedBlock;
import dev.kvbm.logical.sequence.AssignmentError;
import dev.kvbm.logical.sequence.AssignmentException;
import dev.kvbm.logical.sequence.BlockPair;
import dev.kvbm.logical.sequence.BlockRange;
import dev.kvbm.logical.sequence.ExternalBlockAssignments;
import dev.kvbm.tokens.LineageHashBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BiFunction;
import java.util.function.Supplier;

/** Operations on block ids that somebody else manages. */
final class ExternalOperations {

  private ExternalOperations() {}

  static void addTo(OperationTable table) {
    table.add("enew", ExternalOperations::create);
    table.add("eext", ExternalOperations::extendBlockIds);
    table.add("eexta", ExternalOperations::extendAssigned);
    table.add("estage", ExternalOperations::stage);
    table.add("ecommit", ExternalOperations::commit);
    table.add("eassign", ExternalOperations::assign);
    table.add("eclear", ExternalOperations::clear);
    table.add("etake", ExternalOperations::take);
    table.add("eget", ExternalOperations::get);
    table.add("ezip", ExternalOperations::zip);
    table.add("ezipp", ExternalOperations::zipPending);
  }

  /** Assignments of a running script. */
  static final class Script {
    final ExternalBlockAssignments blocks;

    /**
     * Blocks were refused here that the reference has taken at wrong positions (row ★18): from then
     * on the two have different content, until they are cleared.
     */
    boolean parted;

    Script(ExternalBlockAssignments blocks) {
      this.blocks = blocks;
    }
  }

  private static <T> Json create(Pool<T> pool, Arguments arguments) {
    pool.hold(
        arguments.integer(0),
        new Held.External<>(new Script(new ExternalBlockAssignments(arguments.integer(1)))));
    return Json.NULL;
  }

  private static Json perform(Pool<?> pool, Script script, Supplier<Json> operation) {
    if (script.parted) {
      pool.world.explain(CompatibilityRow.POSITIONS, /* endsScript= */ false);
      return Json.of("parted");
    }
    Json value;
    try {
      value = operation.get();
    } catch (AssignmentException e) {
      value = error(e.error());
    }
    return Json.array(value, summary(pool.world.nodes, script.blocks));
  }

  private static Json error(AssignmentError error) {
    return switch (error) {
      case AssignmentError.OrderingViolation(int known, int fresh, int knownAt, int freshAt) ->
          Json.error("OrderingViolation")
              .with("known_id", Json.of(known))
              .with("new_id", Json.of(fresh))
              .with("known_index", Json.of(knownAt))
              .with("first_new_index", Json.of(freshAt));
      case AssignmentError.PositionMismatch(int expected, int actual, int id) ->
          Json.error("PositionMismatch")
              .with("expected", Json.of(expected))
              .with("actual", Json.of(actual))
              .with("block_id", Json.of(id));
      case AssignmentError.DuplicateBlockId(int id) ->
          Json.error("DuplicateBlockId").with("block_id", Json.of(id));
      case AssignmentError.PositionsTaken(int blocks) ->
          Json.error("PositionsTaken").with("blocks", Json.of(blocks));
      case AssignmentError.SequenceHashMismatch _ -> Json.error("SequenceHashMismatch");
    };
  }

  private static Json summary(Nodes nodes, ExternalBlockAssignments blocks) {
    return Json.array(
        list(nodes, blocks.assigned()),
        list(nodes, blocks.staged()),
        Json.of(blocks.unassigned()),
        Json.of(blocks.nextPosition()),
        range(blocks.assignedPositions()),
        range(blocks.stagedPositions()),
        range(blocks.pendingPositions()));
  }

  private static Json list(Nodes nodes, List<AssignedBlock> blocks) {
    return Json.array(blocks.stream().map(block -> block(nodes, block)).toList());
  }

  private static Json block(Nodes nodes, AssignedBlock block) {
    return Json.array(Json.of(block.blockId()), nodes.reference(block.hash()));
  }

  private static Json range(BlockRange range) {
    return Json.array(Json.of(range.start()), Json.of(range.end()));
  }

  private static <T> Json extendBlockIds(Pool<T> pool, Arguments arguments) {
    Script script = pool.external(arguments.integer(0));
    return perform(
        pool,
        script,
        () -> {
          script.blocks.extendBlockIds(arguments.integers(1));
          return Json.OK;
        });
  }

  private static <T> Json extendAssigned(Pool<T> pool, Arguments arguments) {
    Script script = pool.external(arguments.integer(0));
    List<Json> pairs = arguments.elements(1);
    int[] ids = new int[pairs.size()];
    LineageHashBuffer hashes = new LineageHashBuffer(ids.length);
    for (int i = 0; i < ids.length; i++) {
      if (!(pairs.get(i) instanceof Json.Array(List<Json> pair)
          && pair.size() == 2
          && pair.getFirst() instanceof Json.Int id
          && pair.getLast() instanceof Json.Int node)) {
        throw new MalformedScriptException("a pair of block id and node is " + pairs.get(i));
      }
      ids[i] = (int) id.value();
      hashes.add(pool.world.nodes.hash((int) node.value()));
    }
    return perform(
        pool,
        script,
        () -> {
          try {
            return Json.of(script.blocks.extendAssigned(ids, hashes));
          } catch (AssignmentException e) {
            if (e.error() instanceof AssignmentError.PositionMismatch
                || e.error() instanceof AssignmentError.PositionsTaken) {
              script.parted = true;
              pool.world.explain(CompatibilityRow.POSITIONS, /* endsScript= */ false);
            }
            throw e;
          }
        });
  }

  private static <T> Json stage(Pool<T> pool, Arguments arguments) {
    Script script = pool.external(arguments.integer(0));
    return perform(
        pool,
        script,
        () -> range(script.blocks.stagePending(pool.world.nodes.hashes(arguments.integers(1)))));
  }

  private static <T> Json commit(Pool<T> pool, Arguments arguments) {
    Script script = pool.external(arguments.integer(0));
    return perform(pool, script, () -> range(script.blocks.commitStaged()));
  }

  private static <T> Json assign(Pool<T> pool, Arguments arguments) {
    Script script = pool.external(arguments.integer(0));
    return perform(
        pool,
        script,
        () -> range(script.blocks.assignPending(pool.world.nodes.hashes(arguments.integers(1)))));
  }

  private static <T> Json clear(Pool<T> pool, Arguments arguments) {
    Script script = pool.external(arguments.integer(0));
    script.parted = false;
    return perform(
        pool,
        script,
        () -> {
          script.blocks.clear();
          return Json.NULL;
        });
  }

  private static <T> Json take(Pool<T> pool, Arguments arguments) {
    Script script = pool.external(arguments.integer(0));
    return perform(pool, script, () -> list(pool.world.nodes, script.blocks.takeStaged()));
  }

  private static <T> Json get(Pool<T> pool, Arguments arguments) {
    Script script = pool.external(arguments.integer(0));
    ExternalBlockAssignments blocks = script.blocks;
    int x = arguments.integer(1);
    return perform(
        pool,
        script,
        () ->
            Json.array(
                blocks.atPosition(x).map(block -> block(pool.world.nodes, block)).orElse(Json.NULL),
                id(blocks.pendingAtPosition(x)),
                id(blocks.assigned(x)),
                id(blocks.staged(x)),
                Json.bit(blocks.contains(x))));
  }

  private static Json id(Optional<AssignedBlock> block) {
    return block.map(present -> Json.of(present.blockId())).orElse(Json.NULL);
  }

  private static Json id(OptionalInt id) {
    return id.isPresent() ? Json.of(id.getAsInt()) : Json.NULL;
  }

  private static <T> Json zip(Pool<T> pool, Arguments arguments) {
    return zip(pool, arguments, BlockPair::zipAssigned);
  }

  private static <T> Json zipPending(Pool<T> pool, Arguments arguments) {
    return zip(pool, arguments, BlockPair::zipAssignedPending);
  }

  private static <T> Json zip(
      Pool<T> pool,
      Arguments arguments,
      BiFunction<ExternalBlockAssignments, ExternalBlockAssignments, List<BlockPair>> zip) {
    Script first = pool.external(arguments.integer(0));
    Script second = pool.external(arguments.integer(1));
    if (first.parted || second.parted) {
      pool.world.explain(CompatibilityRow.POSITIONS, /* endsScript= */ false);
      return Json.of("parted");
    }
    List<Json> pairs = new ArrayList<>();
    for (BlockPair pair : zip.apply(first.blocks, second.blocks)) {
      pairs.add(
          Json.array(Json.of(pair.position()), Json.of(pair.first()), Json.of(pair.second())));
    }
    return Json.array(pairs);
  }
}
