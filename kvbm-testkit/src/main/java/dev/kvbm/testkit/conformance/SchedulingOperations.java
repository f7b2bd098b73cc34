package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.DuplicationPolicy;
import dev.kvbm.logical.scheduling.AllocationResult;
import dev.kvbm.logical.scheduling.AllocationResult.Allocated;
import dev.kvbm.logical.scheduling.AllocationResult.AllocationFailed;
import dev.kvbm.logical.scheduling.DecodeOutcome;
import dev.kvbm.logical.scheduling.ReleaseOrder;
import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.logical.scheduling.SequenceEvent;
import dev.kvbm.tokens.TokenBlockSequence;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** Operations on requests under the two-phase protocol. */
final class SchedulingOperations {

  private SchedulingOperations() {}

  static void addTo(OperationTable table) {
    table.add("snew", SchedulingOperations::create);
    table.add("smatch", SchedulingOperations::match);
    table.add("spre", SchedulingOperations::schedulePrefill);
    table.add("sapre", SchedulingOperations::applyPrefill);
    table.add("sdec", SchedulingOperations::scheduleDecode);
    table.add("sadec", SchedulingOperations::applyDecode);
    table.add("sspec", SchedulingOperations::scheduleSpeculative);
    table.add("saspec", SchedulingOperations::applySpeculative);
    table.add("srev", SchedulingOperations::revert);
    table.add("sdropu", SchedulingOperations::dropUnassigned);
    table.add("srel", SchedulingOperations::release);
    table.add("sreacq", SchedulingOperations::reacquire);
    table.add("sapp", SchedulingOperations::append);
  }

  private static <T> Json create(Pool<T> pool, Arguments arguments) {
    TokenBlockSequence prompt = RequestOperations.prompt(pool, arguments);
    List<SequenceEvent> events = new ArrayList<>();
    SchedulableSequence<T> request;
    try {
      request =
          SchedulableSequence.builder(pool.manager)
              .prompt(prompt)
              .maxOutputTokens(arguments.integer(3))
              .publication(pool.world.publication)
              .releaseOrder(ReleaseOrder.HEAD_FIRST)
              .delegate(events::add)
              .build();
    } catch (IllegalArgumentException e) {
      return pool.refuse(arguments.integer(0), prompt, e);
    }
    RequestScript.Scheduled<T> script = new RequestScript.Scheduled<>(request, events);
    pool.hold(arguments.integer(0), new Held.Requested<>(script));
    return Json.array(Json.NULL, script.summary());
  }

  private static <T> Json match(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        TimingRows::beforeMatch,
        script -> {
          int matched = script.request.matchAndAddPrefix();
          script.prefixMatched += matched;
          return Json.of(matched);
        });
  }

  private static <T> Json schedulePrefill(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        TimingRows::beforePrefill,
        script -> allocation(script.request.schedulePrefill(arguments.integer(1))));
  }

  private static Json allocation(AllocationResult result) {
    return switch (result) {
      case Allocated _ -> Json.OK;
      case AllocationFailed(int needed) ->
          Json.error("AllocationFailed").with("needed", Json.of(needed));
    };
  }

  private static <T> Json applyPrefill(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        TimingRows::beforeApplyPrefill,
        script -> {
          if (arguments.isNull(1)) {
            script.request.applyPrefill();
          } else {
            script.request.applyPrefill(arguments.token(1));
          }
          return Json.OK;
        });
  }

  private static <T> Json scheduleDecode(Pool<T> pool, Arguments arguments) {
    return perform(
        pool, arguments, TimingRows::none, script -> allocation(script.request.scheduleDecode()));
  }

  private static <T> Json applyDecode(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        request -> TimingRows.beforeTokens(request, 1),
        script -> outcome(script.request.applyDecode(arguments.token(1))));
  }

  private static Json outcome(DecodeOutcome outcome) {
    return Json.of(
        switch (outcome) {
          case CONTINUE -> "Continue";
          case BLOCK_COMPLETED -> "BlockCompleted";
          case MAX_LENGTH -> "MaxLength";
          case BLOCK_COMPLETED_AND_MAX_LENGTH -> "BlockCompletedAndMaxLength";
        });
  }

  private static <T> Json scheduleSpeculative(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        TimingRows::none,
        script -> allocation(script.request.scheduleSpeculative(arguments.integer(1))));
  }

  private static <T> Json applySpeculative(Pool<T> pool, Arguments arguments) {
    int[] accepted = arguments.tokens(1);
    return perform(
        pool,
        arguments,
        request -> TimingRows.beforeTokens(request, accepted.length),
        script -> outcome(script.request.applySpeculative(accepted)));
  }

  private static <T> Json revert(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        TimingRows::none,
        script -> {
          int _ = script.request.revertSchedule();
          return Json.OK;
        });
  }

  private static <T> Json dropUnassigned(Pool<T> pool, Arguments arguments) {
    int most = arguments.integer(1);
    return perform(
        pool,
        arguments,
        request -> TimingRows.beforeDrop(request, most),
        script -> Json.of(script.request.dropUnassigned(most)));
  }

  private static <T> Json release(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        TimingRows::beforeRelease,
        script -> {
          script.request.release();
          return Json.OK;
        });
  }

  private static <T> Json reacquire(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        TimingRows::beforeReacquire,
        script -> {
          boolean success = script.request.reacquire().isAllocated();
          if (success) {
            script.prefixMatched = script.request.prefixMatchedBlocks();
            if (pool.manager.duplicationPolicy() == DuplicationPolicy.REJECT) {
              fileAsRecorded(pool, script);
            }
          }
          return new Json.Flag(success);
        });
  }

  /**
   * Fresh blocks were allocated and registered in one step, so the ids that they had in between,
   * under which the reference files them, are known from the recording only.
   */
  private static <T> void fileAsRecorded(Pool<T> pool, RequestScript.Scheduled<T> script) {
    int matched = script.request.prefixMatchedBlocks();
    int[] ids = script.request.pageTable();
    List<Integer> recorded = recordedPageTable(pool.world.recorded());
    script.keys.clear();
    for (int i = 0; i < script.request.assignedBlocks(); i++) {
      boolean fresh = i >= matched && i < recorded.size();
      script.keys.add(fresh ? recorded.get(i) : ids[i]);
    }
  }

  private static List<Integer> recordedPageTable(Json outcome) {
    List<Integer> table = new ArrayList<>();
    if (outcome instanceof Json.Array(List<Json> parts)
        && parts.getFirst() instanceof Json.Array(List<Json> value)
        && value.getLast() instanceof Json.Array(List<Json> summary)
        && summary.getFirst() instanceof Json.Array(List<Json> numbers)
        && numbers.getLast() instanceof Json.Array(List<Json> ids)) {
      for (Json id : ids) {
        if (id instanceof Json.Int number) {
          table.add((int) number.value());
        }
      }
    }
    return table;
  }

  private static <T> Json append(Pool<T> pool, Arguments arguments) {
    return perform(
        pool,
        arguments,
        TimingRows::none,
        script -> {
          script.request.appendTokens(arguments.tokens(1));
          return Json.OK;
        });
  }

  private static <T> Json perform(
      Pool<T> pool,
      Arguments arguments,
      TimingRows.Rule rule,
      Function<RequestScript.Scheduled<T>, Json> operation) {
    if (pool.isRefused(arguments.integer(0))) {
      return pool.answerOfRefused();
    }
    RequestScript.Scheduled<T> script = pool.scheduledRequest(arguments.integer(0));
    rule.rowFor(script.request).ifPresent(row -> pool.world.explain(row, /* endsScript= */ true));
    return RequestOperations.perform(pool, script, operation);
  }
}
