package dev.kvbm.logical.scheduling;

/** Why a call was refused. The kinds are the reference's, unless the text says otherwise. */
public sealed interface SchedulingError {

  /** {@return one sentence with the values and what to do} */
  String message();

  /**
   * The call needs a request with nothing scheduled.
   *
   * @param state where the request is
   */
  record NotIdle(SequenceState state) implements SchedulingError {
    @Override
    public String message() {
      return "the request is not idle but " + state + "; apply or revert what is scheduled first";
    }
  }

  /**
   * The call does not fit to what is scheduled.
   *
   * @param expected the state it needs, by the reference's name
   * @param actual where the request is
   */
  record WrongState(String expected, SequenceState actual) implements SchedulingError {
    @Override
    public String message() {
      return "the call needs the state " + expected + ", the request is " + actual;
    }
  }

  /**
   * A chunk goes beyond what is to be prefilled.
   *
   * @param position where the chunk begins
   * @param tokens how many tokens it has
   * @param limit where it has to end at the latest
   */
  record PrefillOverrun(int position, int tokens, int limit) implements SchedulingError {
    @Override
    public String message() {
      return "a chunk of "
          + tokens
          + " tokens from position "
          + position
          + " goes beyond "
          + limit
          + "; schedule at most "
          + (limit - position);
    }
  }

  /** Nothing is left to be prefilled. */
  record PrefillComplete() implements SchedulingError {
    @Override
    public String message() {
      return "prefill is complete; schedule decode steps now";
    }
  }

  /**
   * The input is not prefilled yet.
   *
   * @param position how far prefill has come, in tokens
   * @param inputTokens how many tokens the input has
   */
  record PrefillNotComplete(int position, int inputTokens) implements SchedulingError {
    @Override
    public String message() {
      return position
          + " of "
          + inputTokens
          + " input tokens are prefilled; schedule prefill for the others first";
    }
  }

  /**
   * The request has all its output, or would get more than it may.
   *
   * @param generated how many tokens were generated
   * @param maxOutput how many may be
   */
  record GenerationComplete(int generated, int maxOutput) implements SchedulingError {
    @Override
    public String message() {
      return generated + " of at most " + maxOutput + " tokens are generated; close the request";
    }
  }

  /**
   * A decode step takes exactly one token whose keys and values are missing.
   *
   * @param expected 1
   * @param actual how many such tokens there are
   */
  record WrongDanglingCount(int expected, int actual) implements SchedulingError {
    @Override
    public String message() {
      return actual
          + " tokens have no keys and values yet, decode takes exactly "
          + expected
          + (actual > expected ? "; prefill the others first" : "; append a token first");
    }
  }

  /** A chunk that is not the last one cannot yield a token. */
  record TokenOnNonFinalChunk() implements SchedulingError {
    @Override
    public String message() {
      return "the chunk is not the last one of the prefill and yields no token; apply it without";
    }
  }

  /** The last chunk of the prefill yields a token. */
  record MissingTokenOnFinalChunk() implements SchedulingError {
    @Override
    public String message() {
      return "the chunk is the last one of the prefill; apply it with the token that it yields";
    }
  }

  /**
   * A speculative step cannot yield more tokens than were scheduled.
   *
   * @param accepted how many were given
   * @param scheduled how many were scheduled
   */
  record AcceptedExceedsScheduled(int accepted, int scheduled) implements SchedulingError {
    @Override
    public String message() {
      return accepted + " accepted tokens are more than the " + scheduled + " scheduled";
    }
  }

  /**
   * More tokens than the output has room for.
   *
   * @param requested how many were given
   * @param remaining how many fit
   */
  record AppendExceedsRemaining(int requested, int remaining) implements SchedulingError {
    @Override
    public String message() {
      return "cannot append " + requested + " tokens, the output has room for " + remaining;
    }
  }

  /**
   * The call is for a request without blocks. The reference panics.
   *
   * @param blocks how many it holds
   */
  record BlocksHeld(int blocks) implements SchedulingError {
    @Override
    public String message() {
      return "the request holds " + blocks + " blocks; release them first";
    }
  }
}
