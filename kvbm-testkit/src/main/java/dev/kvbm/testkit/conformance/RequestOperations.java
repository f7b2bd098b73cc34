package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.scheduling.ReleaseOrder;
import dev.kvbm.logical.scheduling.RequestSequence;
import dev.kvbm.logical.scheduling.SchedulingException;
import dev.kvbm.logical.sequence.BlockSequence;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Operations on plain requests.
 *
 * <p>The reference publishes every complete block, so the runner says that all tokens are computed;
 * it matches a prompt to its end, so the runner asks for that.
 */
final class RequestOperations {

  private RequestOperations() {}

  static void addTo(OperationTable table) {
    table.add("qnew", RequestOperations::create);
    table.add("qmatch", RequestOperations::match);
    table.add("qalloc", RequestOperations::allocate);
    table.add("qstage", RequestOperations::stage);
    table.add("qreg", RequestOperations::register);
    table.add("qcar", RequestOperations::completeAndRegister);
    table.add("qappend", RequestOperations::append);
    table.add("qrel", RequestOperations::release);
    table.add("qreacq", RequestOperations::reacquire);
    table.add("qdropx", RequestOperations::dropExcess);
  }

  /** The tokens of a request: those of a node and its ancestors, then others. */
  static TokenBlockSequence prompt(Pool<?> pool, Arguments arguments) {
    int[] path = pool.world.nodes.path(arguments.integer(1));
    int[] tail = arguments.tokens(2);
    int[] tokens = Arrays.copyOf(path, path.length + tail.length);
    System.arraycopy(tail, 0, tokens, path.length, tail.length);
    return TokenBlockSequence.of(tokens, arguments.integer(4));
  }

  private static <T> Json create(Pool<T> pool, Arguments arguments) {
    TokenBlockSequence prompt = prompt(pool, arguments);
    RequestSequence<T> request;
    try {
      request =
          RequestSequence.builder(pool.manager)
              .prompt(prompt)
              .maxOutputTokens(arguments.integer(3))
              .releaseOrder(ReleaseOrder.HEAD_FIRST)
              .build();
    } catch (IllegalArgumentException e) {
      return pool.refuse(arguments.integer(0), prompt, e);
    }
    RequestScript.Plain<T> script = new RequestScript.Plain<>(request);
    pool.hold(arguments.integer(0), new Held.Requested<>(script));
    return Json.array(Json.NULL, script.summary());
  }

  private static <T> Json match(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        script -> {
          int matched = script.request.matchAndAddPrefix(script.request.totalTokens());
          script.prefixMatched += matched;
          return Json.of(matched);
        });
  }

  private static <T> Json allocate(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        script -> new Json.Flag(script.request.allocateBlocks(arguments.integer(1))));
  }

  private static <T> Json stage(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        script -> {
          int _ = script.request.stagePending(script.request.totalTokens());
          return Json.NULL;
        });
  }

  private static <T> Json register(Pool<T> pool, Arguments arguments) {
    return perform(pool, arguments, script -> Json.of(script.request.registerStaged()));
  }

  private static <T> Json completeAndRegister(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        script -> {
          int _ = script.request.completeAndRegisterPending(script.request.totalTokens());
          return Json.NULL;
        });
  }

  private static <T> Json append(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        script -> {
          int completed = script.request.appendToken(arguments.token(1));
          return completed == BlockSequence.NO_BLOCK ? Json.NULL : Json.of(completed);
        });
  }

  private static <T> Json release(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        script -> {
          script.request.release();
          return Json.NULL;
        });
  }

  /** In steps, because the reference publishes fresh blocks at once and takes none for the tail. */
  private static <T> Json reacquire(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        script -> {
          RequestSequence<T> request = script.request;
          int matched = request.matchAndAddPrefix(request.totalTokens());
          if (!request.allocateBlocks(request.completeBlocks() - matched)) {
            request.release();
            return new Json.Flag(false);
          }
          script.keys.follow(request.pageTable(), matched, request.pageTable());
          int[] candidates = request.pageTable();
          int _ = request.completeAndRegisterPending(request.totalTokens());
          script.keys.follow(candidates, request.assignedBlocks(), request.pageTable());
          script.prefixMatched = matched;
          return new Json.Flag(true);
        });
  }

  private static <T> Json dropExcess(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        script -> Json.of(script.request.dropExcessUnassigned(arguments.integer(1))));
  }

  private static <T> Json perform(
      Pool<T> pool, Arguments arguments, Function<RequestScript.Plain<T>, Json> operation) {
    return pool.isRefused(arguments.integer(0))
        ? pool.answerOfRefused()
        : perform(pool, pool.plainRequest(arguments.integer(0)), operation);
  }

  /** The answer of an operation on a request: its value or error, and the numbers after it. */
  static <T, S extends RequestScript<T>> Json perform(
      Pool<T> pool, S script, Function<S, Json> operation) {
    int[] before = script.pageTable();
    Json value;
    try {
      value = operation.apply(script);
    } catch (SchedulingException e) {
      value = SchedulingAnswers.error(e.error());
    }
    int[] after = script.pageTable();
    if (script.keys.containsAny(after, Math.max(before.length, script.assignedBlocks()))) {
      // The reference takes a fresh block for one that it holds, and gives all of them back.
      pool.world.explain(CompatibilityRow.FILED_ID, /* endsScript= */ true);
    }
    script.keys.follow(before, script.assignedBlocks(), after);
    return Json.array(value, script.summary());
  }
}
