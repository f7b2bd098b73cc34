package dev.kvbm.replay.engine;

import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.logical.tier.G1;
import dev.kvbm.tokens.TokenBlockSequence;

/**
 * One request from its first admission, or the first attempt at it, to its end.
 *
 * <p>Of a token that neither needs a block nor completes one, the manager sees nothing. Such tokens
 * are counted here and appended together, before the request is asked for its next block, preempted
 * or finished: hundreds of requests would not fit the processor's cache, their counts do.
 */
final class EngineRequest {
  final int index;
  final SchedulableSequence<G1> sequence;
  private final TokenSource tokens;
  private final int blockShift;

  /** The names of the blocks that it generates, see {@link TokenSource#continuation}. */
  private final int[] continuation;

  /** Its tokens, which go back to the source when it is finished. */
  private final TokenBlockSequence storage;

  final int inputTokens;
  final int outputTokens;

  /** When it arrived. */
  final long arrivalNanos;

  /** Whether it has run before, so that a match counts as one after preemption. */
  boolean admitted;

  /** From its arrival to its first admission. */
  long queueingNanos;

  /** From its arrival to its first token. */
  long firstTokenNanos;

  /** How often it was preempted. */
  int preemptions;

  /** When its latest token was there; negative before the first. */
  long lastTokenNanos = -1;

  /** What the current step computes of it: tokens of prefill, 1 to decode, or 0. */
  int scheduledTokens;

  /** Whether the current step is one of prefill. */
  boolean prefilling;

  /** Whether the current step yields a token, or would if there were any to generate. */
  boolean yields;

  /** Whether everything but its latest token is computed, so that its next step is decode. */
  boolean decoding;

  /** Tokens that are known, those to be appended included. */
  int knownTokens;

  /** Known tokens that are not appended yet. */
  private int pendingTokens;

  /** Whether the scheduled step of decode is scheduled in the sequence as well. */
  private boolean toldManager;

  /** Blocks that it holds while it runs. */
  private int heldBlocks;

  EngineRequest(
      int index,
      SchedulableSequence<G1> sequence,
      TokenBlockSequence storage,
      int[] continuation,
      TokenSource tokens,
      long arrivalNanos) {
    this.index = index;
    this.sequence = sequence;
    this.storage = storage;
    this.continuation = continuation;
    this.tokens = tokens;
    this.arrivalNanos = arrivalNanos;
    inputTokens = sequence.inputTokens();
    outputTokens = sequence.maxOutputTokens();
    knownTokens = inputTokens;
    blockShift = Integer.numberOfTrailingZeros(sequence.blockSize());
  }

  /** Whether all its output is there. */
  boolean isComplete() {
    return knownTokens - inputTokens == outputTokens;
  }

  /** Steps of decode from the next on that concern no block and do not finish it. */
  int quietSteps() {
    return Math.min(
        (heldBlocks << blockShift) - knownTokens, inputTokens + outputTokens - knownTokens - 1);
  }

  /** Whether the next step of decode takes a block; it may complete one as well then. */
  private boolean needsBlock() {
    return knownTokens >> blockShift >= heldBlocks;
  }

  /** Schedules a chunk of prefill; returns whether the pool had the blocks. */
  boolean schedulePrefill(int chunk) {
    if (!sequence.schedulePrefill(chunk).isAllocated()) {
      return false;
    }
    heldBlocks = sequence.heldBlocks();
    prefilling = true;
    scheduledTokens = chunk;
    return true;
  }

  /** Schedules a step of decode; returns whether the pool had the block, if one is needed. */
  boolean scheduleDecode() {
    toldManager = needsBlock();
    if (toldManager) {
      catchUp();
      if (!sequence.scheduleDecode().isAllocated()) {
        return false;
      }
      heldBlocks = sequence.heldBlocks();
    }
    prefilling = false;
    scheduledTokens = 1;
    return true;
  }

  /** Whether the scheduled work takes or completes a block. */
  boolean touchesPool() {
    return prefilling || toldManager;
  }

  /** The scheduled work is done: blocks are registered, the next token is known. */
  void compute() {
    if (!prefilling) {
      if (toldManager) {
        sequence.applyDecode(nextToken());
      } else {
        pendingTokens++;
      }
      knownTokens++;
      yields = true;
    } else if (sequence.yieldsToken()) {
      sequence.applyPrefill(nextToken());
      knownTokens++;
      yields = true;
      decoding = true;
    } else {
      sequence.applyPrefill();
      yields = sequence.tailTokens() == 0; // nothing is to be generated
      decoding = sequence.isPrefillComplete();
    }
  }

  /** {@code steps} of decode are done that were {@linkplain #quietSteps quiet}. */
  void decodeQuietly(int steps, long nowNanos) {
    pendingTokens += steps;
    knownTokens += steps;
    lastTokenNanos = nowNanos;
  }

  private int nextToken() {
    return outputToken(knownTokens);
  }

  private int outputToken(int at) {
    return tokens.output(index, at - inputTokens, at, continuation);
  }

  /** Appends the tokens that are known. Takes and completes no block. */
  private void catchUp() {
    if (pendingTokens > 0) {
      int[] next = new int[pendingTokens];
      for (int i = 0; i < next.length; i++) {
        next[i] = outputToken(knownTokens - next.length + i);
      }
      pendingTokens = 0;
      sequence.scheduleSpeculative(next.length);
      sequence.applySpeculative(next);
    }
  }

  /** Gives up all blocks; what was computed may be found again. */
  void preempt() {
    catchUp();
    sequence.release();
    heldBlocks = 0;
    decoding = false;
    preemptions++;
  }

  /** Its end: gives up all blocks. Its tokens are there, its last one is not computed. */
  void close() {
    catchUp();
    sequence.close();
    tokens.giveBack(index, storage, inputTokens + outputTokens);
  }
}
