package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.scheduling.SchedulingError;
import dev.kvbm.logical.scheduling.SequenceEvent;
import dev.kvbm.logical.scheduling.SequenceState;
import org.jspecify.annotations.Nullable;

/** How scripts write states, errors and events of requests. */
final class SchedulingAnswers {

  private SchedulingAnswers() {}

  static Json state(SequenceState state) {
    return switch (state) {
      case SequenceState.Idle() -> Json.array(Json.of("Idle"));
      case SequenceState.PrefillScheduled(int tokens, int blocks) ->
          list("PrefillScheduled", tokens, blocks);
      case SequenceState.DecodeScheduled(int blocks) -> list("DecodeScheduled", blocks);
      case SequenceState.SpeculativeScheduled(int tokens, int blocks) ->
          list("SpeculativeScheduled", tokens, blocks);
      case SequenceState.Closed() -> Json.array(Json.of("Closed"));
    };
  }

  static Json.Members error(SchedulingError error) {
    return switch (error) {
      case SchedulingError.NotIdle(SequenceState state) ->
          Json.error("NotIdle").with("state", state(state));
      case SchedulingError.WrongState(String expected, SequenceState actual) ->
          Json.error("WrongState")
              .with("expected", Json.of(expected))
              .with("actual", state(actual));
      case SchedulingError.PrefillOverrun(int position, int tokens, int limit) ->
          Json.error("PrefillOverrun")
              .with("position", Json.of(position))
              .with("num_tokens", Json.of(tokens))
              .with("num_input_tokens", Json.of(limit));
      case SchedulingError.PrefillComplete() -> Json.error("PrefillComplete");
      case SchedulingError.PrefillNotComplete(int position, int inputTokens) ->
          Json.error("PrefillNotComplete")
              .with("position", Json.of(position))
              .with("num_input_tokens", Json.of(inputTokens));
      case SchedulingError.GenerationComplete(int generated, int maxOutput) ->
          Json.error("GenerationComplete")
              .with("generated", Json.of(generated))
              .with("max_output", Json.of(maxOutput));
      case SchedulingError.WrongDanglingCount(int expected, int actual) ->
          Json.error("WrongDanglingCount")
              .with("expected", Json.of(expected))
              .with("actual", Json.of(actual));
      case SchedulingError.TokenOnNonFinalChunk() -> Json.error("TokenOnNonFinalChunk");
      case SchedulingError.MissingTokenOnFinalChunk() -> Json.error("MissingTokenOnFinalChunk");
      case SchedulingError.AcceptedExceedsScheduled(int accepted, int scheduled) ->
          Json.error("AcceptedExceedsScheduled")
              .with("accepted", Json.of(accepted))
              .with("scheduled", Json.of(scheduled));
      case SchedulingError.AppendExceedsRemaining(int requested, int remaining) ->
          Json.error("AppendExceedsRemaining")
              .with("requested", Json.of(requested))
              .with("remaining", Json.of(remaining));
      case SchedulingError.BlocksHeld(int blocks) ->
          Json.error("BlocksHeld").with("blocks", Json.of(blocks));
    };
  }

  /**
   * An event; null if the reference has none of that kind.
   *
   * @param prefixMatched what the reference reports when blocks were not reacquired (row ★20)
   */
  static @Nullable Json event(SequenceEvent event, int prefixMatched) {
    return switch (event) {
      case SequenceEvent.Created(int input, int maxOutput, int blockSize) ->
          list("Created", input, maxOutput, blockSize);
      case SequenceEvent.PrefixMatched(int blocks) -> list("PrefixMatched", blocks);
      case SequenceEvent.PrefillScheduled(int tokens, int blocks) ->
          list("PrefillScheduled", tokens, blocks);
      case SequenceEvent.PrefillApplied(int tokens, int registered, boolean emitted) ->
          Json.array(
              Json.of("PrefillApplied"),
              Json.of(tokens),
              Json.of(registered),
              new Json.Flag(emitted));
      case SequenceEvent.DecodeScheduled(int blocks) -> list("DecodeScheduled", blocks);
      case SequenceEvent.DecodeApplied(int token, boolean completed) ->
          Json.array(
              Json.of("DecodeApplied"),
              Json.of(Integer.toUnsignedLong(token)),
              new Json.Flag(completed));
      case SequenceEvent.SpeculativeScheduled(int tokens, int blocks) ->
          list("SpeculativeScheduled", tokens, blocks);
      case SequenceEvent.SpeculativeApplied(int accepted, int scheduled, int released) ->
          list("SpeculativeApplied", accepted, scheduled, released);
      case SequenceEvent.ScheduleReverted(int released) -> list("ScheduleReverted", released);
      case SequenceEvent.UnassignedDropped(int blocks) -> list("UnassignedDropped", blocks);
      case SequenceEvent.Released() -> Json.array(Json.of("Released"));
      case SequenceEvent.Reacquired(int matched, boolean success) ->
          Json.array(
              Json.of("Reacquired"),
              Json.of(success ? matched : prefixMatched),
              new Json.Flag(success));
      case SequenceEvent.PrefixExtended _,
          SequenceEvent.Forked _,
          SequenceEvent.Truncated _,
          SequenceEvent.Closed _ ->
          null;
    };
  }

  private static Json list(String name, int... values) {
    Json[] elements = new Json[values.length + 1];
    elements[0] = Json.of(name);
    for (int i = 0; i < values.length; i++) {
      elements[i + 1] = Json.of(values[i]);
    }
    return Json.array(elements);
  }
}
