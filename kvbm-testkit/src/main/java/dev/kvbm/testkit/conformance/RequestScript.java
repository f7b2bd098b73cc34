package dev.kvbm.testkit.conformance;

import dev.kvbm.logical.scheduling.RequestSequence;
import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.logical.scheduling.SequenceEvent;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A request of a running script, with what the reference would have counted.
 *
 * <p>The reference adds the blocks of every match to one counter (row ★21); here the counter is of
 * the last match, and the sum is kept beside it.
 *
 * @param <T> the tier marker
 */
abstract sealed class RequestScript<T> {
  final FiledKeys keys = new FiledKeys();
  int prefixMatched;

  abstract int[] pageTable();

  abstract int assignedBlocks();

  abstract void close();

  /** The numbers that every answer of a request has. */
  abstract Json summary();

  private Json summary(int... numbers) {
    List<Json> result = new ArrayList<>();
    for (int number : numbers) {
      result.add(Json.of(number));
    }
    result.add(Json.of(keys.applyTo(pageTable())));
    return Json.array(result);
  }

  int newTokens(int totalTokens, int blockSize) {
    return Math.max(0, totalTokens - prefixMatched * blockSize);
  }

  /** A plain request. */
  static final class Plain<T> extends RequestScript<T> {
    final RequestSequence<T> request;

    Plain(RequestSequence<T> request) {
      this.request = request;
    }

    @Override
    int[] pageTable() {
      return request.pageTable();
    }

    @Override
    int assignedBlocks() {
      return request.assignedBlocks();
    }

    @Override
    void close() {
      request.close();
    }

    @Override
    Json summary() {
      return super.summary(
          request.totalTokens(),
          request.generatedTokens(),
          request.completeBlocks(),
          request.assignedBlocks(),
          request.stagedBlocks(),
          request.unassignedBlocks(),
          prefixMatched,
          request.isComplete() ? 1 : 0,
          request.remainingTokens(),
          newTokens(request.totalTokens(), request.blockSize()));
    }
  }

  /** A request under the two-phase protocol. */
  static final class Scheduled<T> extends RequestScript<T> {
    final SchedulableSequence<T> request;

    /** Events since the last answer. */
    private final List<SequenceEvent> events;

    Scheduled(SchedulableSequence<T> request, List<SequenceEvent> events) {
      this.request = request;
      this.events = events;
    }

    @Override
    int[] pageTable() {
      return request.pageTable();
    }

    @Override
    int assignedBlocks() {
      return request.assignedBlocks();
    }

    @Override
    void close() {
      request.close();
    }

    @Override
    Json summary() {
      Json numbers =
          super.summary(
              request.totalTokens(),
              request.generatedTokens(),
              request.completeBlocks(),
              request.assignedBlocks(),
              request.stagedBlocks(),
              request.unassignedBlocks(),
              prefixMatched,
              request.isComplete() ? 1 : 0,
              request.remainingTokens(),
              newTokens(request.totalTokens(), request.blockSize()));
      return Json.array(
          numbers,
          SchedulingAnswers.state(request.state()),
          Json.of(request.prefillPosition()),
          Json.of(request.kvPosition()),
          Json.of(request.tailTokens()),
          takeEvents());
    }

    private Json takeEvents() {
      List<Json> taken =
          events.stream()
              .map(event -> SchedulingAnswers.event(event, prefixMatched))
              .filter(Objects::nonNull)
              .toList();
      events.clear();
      return Json.array(taken);
    }
  }
}
