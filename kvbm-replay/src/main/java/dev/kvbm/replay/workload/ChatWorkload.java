package dev.kvbm.replay.workload;

import dev.kvbm.replay.trace.TraceSource;
import java.util.List;

/**
 * People talking to chat applications: conversations that grow turn by turn behind shared system
 * prompts. The model and its formulas are in {@code docs/workloads.md}.
 *
 * @param seed what all draws follow from
 * @param requests how many requests to give
 * @param ratePerSecond requests a second in the long run; conversations start as a Poisson process
 * @param blockSizeTokens tokens a block
 * @param systemPrompts how many applications there are, each with a system prompt
 * @param systemPromptSkew Zipf exponent of their popularity
 * @param systemPromptShare part of the conversations that have a system prompt
 * @param systemPromptTokens lengths of system prompts
 * @param users how many users there are
 * @param userSkew Zipf exponent of their activity
 * @param userNoteTokens lengths of what an application tells the model about a user, right after
 *     the system prompt
 * @param meanTurns turns of a conversation, geometric
 * @param thinkSeconds pauses between an answer and the next message
 * @param promptTokens lengths of messages
 * @param attachmentShare part of the conversations that open with a document
 * @param attachmentTokens lengths of those documents
 * @param responseTokens lengths of answers
 * @param regenerateShare part of the answers that are asked for again with the same prompt
 * @param firstTokenMillis time to the first token of an answer
 * @param tokenMillis time for each further token
 * @param maxContextTokens a conversation ends before its prompt grows beyond this
 */
public record ChatWorkload(
    @Means("what all draws follow from") long seed,
    @Means("requests to give") int requests,
    @Means("requests a second in the long run") double ratePerSecond,
    @Means("tokens a block") int blockSizeTokens,
    @Means("applications, each with a system prompt") int systemPrompts,
    @Means("Zipf exponent of their popularity") double systemPromptSkew,
    @Means("part of the conversations with a system prompt") double systemPromptShare,
    @Means("lengths of system prompts") LogNormal systemPromptTokens,
    @Means("users") int users,
    @Means("Zipf exponent of their activity") double userSkew,
    @Means("lengths of notes about the user after the system prompt") LogNormal userNoteTokens,
    @Means("mean turns of a conversation, geometric") double meanTurns,
    @Means("pauses between an answer and the next message") LogNormal thinkSeconds,
    @Means("lengths of messages") LogNormal promptTokens,
    @Means("part of the conversations that open with a document") double attachmentShare,
    @Means("lengths of those documents") LogNormal attachmentTokens,
    @Means("lengths of answers") LogNormal responseTokens,
    @Means("part of the answers asked for again with the same prompt") double regenerateShare,
    @Means("milliseconds to the first token of an answer") double firstTokenMillis,
    @Means("milliseconds for each further token") double tokenMillis,
    @Means("a conversation ends before its prompt exceeds this") int maxContextTokens)
    implements Workload {

  static final String PROFILE = "chat";

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException naming the first that is out of its range
   */
  public ChatWorkload {
    Parameters.range("requests", requests, 1, 1_000_000_000);
    Parameters.range("ratePerSecond", ratePerSecond, 0.001, 1_000_000);
    Parameters.range("blockSizeTokens", blockSizeTokens, 1, 1 << 20);
    Parameters.range("systemPrompts", systemPrompts, 1, 1_000_000);
    Parameters.range("systemPromptSkew", systemPromptSkew, 0, 10);
    Parameters.share("systemPromptShare", systemPromptShare);
    Parameters.lengths("systemPromptTokens", systemPromptTokens);
    Parameters.range("users", users, 1, 10_000_000);
    Parameters.range("userSkew", userSkew, 0, 10);
    Parameters.lengths("userNoteTokens", userNoteTokens);
    Parameters.range("meanTurns", meanTurns, 1, 10_000);
    Parameters.lengths("promptTokens", promptTokens);
    Parameters.share("attachmentShare", attachmentShare);
    Parameters.lengths("attachmentTokens", attachmentTokens);
    Parameters.lengths("responseTokens", responseTokens);
    Parameters.range("regenerateShare", regenerateShare, 0, 0.9);
    Parameters.range("firstTokenMillis", firstTokenMillis, 0, 1_000_000);
    Parameters.range("tokenMillis", tokenMillis, 0, 100_000);
    Parameters.range("maxContextTokens", maxContextTokens, 1, 100_000_000);
  }

  /**
   * {@return ten thousand requests in blocks of 16 tokens, about a quarter of an hour of a busy
   * service}
   */
  public static ChatWorkload defaults() {
    return new ChatWorkload(
        /* seed= */ 1,
        /* requests= */ 10_000,
        /* ratePerSecond= */ 12,
        /* blockSizeTokens= */ 16,
        /* systemPrompts= */ 40,
        /* systemPromptSkew= */ 1,
        /* systemPromptShare= */ 0.9,
        /* systemPromptTokens= */ new LogNormal(400, 0.8, 32, 8_000),
        /* users= */ 2_000,
        /* userSkew= */ 0.7,
        /* userNoteTokens= */ new LogNormal(90, 0.6, 0, 1_000),
        /* meanTurns= */ 2.5,
        /* thinkSeconds= */ new LogNormal(40, 1.2, 1, 3_600),
        /* promptTokens= */ new LogNormal(45, 1.2, 1, 4_000),
        /* attachmentShare= */ 0.15,
        /* attachmentTokens= */ new LogNormal(3_000, 0.9, 100, 24_000),
        /* responseTokens= */ new LogNormal(220, 0.8, 1, 4_000),
        /* regenerateShare= */ 0.03,
        /* firstTokenMillis= */ 300,
        /* tokenMillis= */ 20,
        /* maxContextTokens= */ 32_768);
  }

  /**
   * {@return a copy with another seed}
   *
   * @param value the seed
   */
  public ChatWorkload withSeed(long value) {
    return with("seed", Long.toString(value));
  }

  /**
   * {@return a copy with another number of requests}
   *
   * @param value how many requests
   * @throws IllegalArgumentException if it is out of range
   */
  public ChatWorkload withRequests(int value) {
    return with("requests", Integer.toString(value));
  }

  @Override
  public String profile() {
    return PROFILE;
  }

  @Override
  public TraceSource open() {
    return new ChatSource(this);
  }

  @Override
  public List<WorkloadOption> options() {
    return Parameters.list(this);
  }

  @Override
  public ChatWorkload with(String option, String value) {
    return Parameters.with(this, PROFILE, option, value);
  }
}
