package dev.kvbm.replay.workload;

import dev.kvbm.replay.trace.TraceSource;
import java.util.List;

/**
 * Questions answered from a corpus: each prompt carries chunks of popular and unpopular documents.
 * How much of it is shared depends on where the chunks stand and in which order. The model and its
 * formulas are in {@code docs/workloads.md}.
 *
 * @param seed what all draws follow from
 * @param requests how many requests to give
 * @param ratePerSecond requests a second in the long run; sessions start as a Poisson process
 * @param blockSizeTokens tokens a block
 * @param systemPrompts how many applications there are, each with a system prompt
 * @param systemPromptSkew Zipf exponent of their popularity
 * @param systemPromptTokens lengths of system prompts
 * @param chunks how many chunks the corpus has
 * @param chunkSkew Zipf exponent of their popularity
 * @param chunkTokens lengths of chunks
 * @param chunksPerRequest how many different chunks a question retrieves
 * @param chunkOrder in which order they stand in the prompt
 * @param questionFirst whether the question stands before the chunks
 * @param questions how many well-known questions there are; each always retrieves the same chunks
 * @param questionSkew Zipf exponent of their popularity
 * @param freshQuestionShare part of the questions that nobody asked before
 * @param questionTokens lengths of questions
 * @param responseTokens lengths of answers
 * @param meanTurns questions of a session, geometric; each brings its own chunks
 * @param thinkSeconds pauses between an answer and the next question
 * @param maxContextTokens a prompt is cut here, and its session ends
 * @param firstTokenMillis time to the first token of an answer
 * @param tokenMillis time for each further token
 */
public record RagWorkload(
    @Means("what all draws follow from") long seed,
    @Means("requests to give") int requests,
    @Means("requests a second in the long run") double ratePerSecond,
    @Means("tokens a block") int blockSizeTokens,
    @Means("applications, each with a system prompt") int systemPrompts,
    @Means("Zipf exponent of their popularity") double systemPromptSkew,
    @Means("lengths of system prompts") LogNormal systemPromptTokens,
    @Means("chunks in the corpus") int chunks,
    @Means("Zipf exponent of their popularity") double chunkSkew,
    @Means("lengths of chunks") LogNormal chunkTokens,
    @Means("different chunks a question retrieves") int chunksPerRequest,
    @Means("order of the chunks in the prompt: ranked, canonical, popular-first")
        ChunkOrder chunkOrder,
    @Means("whether the question stands before the chunks") boolean questionFirst,
    @Means("well-known questions, which always retrieve the same chunks") int questions,
    @Means("Zipf exponent of their popularity") double questionSkew,
    @Means("part of the questions that nobody asked before") double freshQuestionShare,
    @Means("lengths of questions") LogNormal questionTokens,
    @Means("lengths of answers") LogNormal responseTokens,
    @Means("mean questions of a session, geometric") double meanTurns,
    @Means("pauses between an answer and the next question") LogNormal thinkSeconds,
    @Means("a prompt is cut here, and its session ends") int maxContextTokens,
    @Means("milliseconds to the first token of an answer") double firstTokenMillis,
    @Means("milliseconds for each further token") double tokenMillis)
    implements Workload {

  static final String PROFILE = "rag";

  /** In which order retrieved chunks stand in a prompt. */
  public enum ChunkOrder {
    /** As ranked by the retrieval: another order for every question. */
    RANKED,
    /** In a fixed order of the whole corpus, so that equal sets make equal prompts. */
    CANONICAL,
    /** The most popular first, so that prompts share as long a prefix as they can. */
    POPULAR_FIRST
  }

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException naming the first that is out of its range
   */
  public RagWorkload {
    Parameters.range("requests", requests, 1, 1_000_000_000);
    Parameters.range("ratePerSecond", ratePerSecond, 0.001, 1_000_000);
    Parameters.range("blockSizeTokens", blockSizeTokens, 1, 1 << 20);
    Parameters.range("systemPrompts", systemPrompts, 1, 1_000_000);
    Parameters.range("systemPromptSkew", systemPromptSkew, 0, 10);
    Parameters.lengths("systemPromptTokens", systemPromptTokens);
    Parameters.range("chunks", chunks, 1, 10_000_000);
    Parameters.range("chunkSkew", chunkSkew, 0, 10);
    Parameters.lengths("chunkTokens", chunkTokens);
    Parameters.range("chunksPerRequest", chunksPerRequest, 1, Math.min(chunks, 1_000));
    Parameters.range("questions", questions, 1, 10_000_000);
    Parameters.range("questionSkew", questionSkew, 0, 10);
    Parameters.share("freshQuestionShare", freshQuestionShare);
    Parameters.lengths("questionTokens", questionTokens);
    Parameters.lengths("responseTokens", responseTokens);
    Parameters.range("meanTurns", meanTurns, 1, 1_000);
    Parameters.range("maxContextTokens", maxContextTokens, 1, 100_000_000);
    Parameters.range("firstTokenMillis", firstTokenMillis, 0, 1_000_000);
    Parameters.range("tokenMillis", tokenMillis, 0, 100_000);
  }

  /** {@return ten thousand requests with five chunks each, in blocks of 16 tokens} */
  public static RagWorkload defaults() {
    return new RagWorkload(
        /* seed= */ 1,
        /* requests= */ 10_000,
        /* ratePerSecond= */ 10,
        /* blockSizeTokens= */ 16,
        /* systemPrompts= */ 4,
        /* systemPromptSkew= */ 0.8,
        /* systemPromptTokens= */ new LogNormal(400, 0.5, 32, 4_000),
        /* chunks= */ 20_000,
        /* chunkSkew= */ 0.9,
        /* chunkTokens= */ new LogNormal(256, 0.3, 32, 1_024),
        /* chunksPerRequest= */ 5,
        /* chunkOrder= */ ChunkOrder.RANKED,
        /* questionFirst= */ false,
        /* questions= */ 4_000,
        /* questionSkew= */ 0.8,
        /* freshQuestionShare= */ 0.6,
        /* questionTokens= */ new LogNormal(25, 0.7, 3, 400),
        /* responseTokens= */ new LogNormal(180, 0.7, 1, 2_000),
        /* meanTurns= */ 1.4,
        /* thinkSeconds= */ new LogNormal(20, 1.0, 1, 3_600),
        /* maxContextTokens= */ 32_768,
        /* firstTokenMillis= */ 300,
        /* tokenMillis= */ 20);
  }

  @Override
  public String profile() {
    return PROFILE;
  }

  @Override
  public TraceSource open() {
    return new RagSource(this);
  }

  @Override
  public List<WorkloadOption> options() {
    return Parameters.list(this);
  }

  @Override
  public RagWorkload with(String option, String value) {
    return Parameters.with(this, PROFILE, option, value);
  }
}
