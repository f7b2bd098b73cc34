package dev.kvbm.replay.workload;

import dev.kvbm.replay.trace.TraceSource;
import java.util.List;

/**
 * Agents that work in loops: a model call, a tool, the tool's result appended, the next call. Long
 * instructions are shared by all agents of a kind, project notes by all of a project; sub-agents
 * share a prefix with each other or with the agent that started them. The model and its formulas
 * are in {@code docs/workloads.md}.
 *
 * @param seed what all draws follow from
 * @param requests how many requests to give
 * @param ratePerSecond requests a second in the long run; sessions start as a Poisson process
 * @param blockSizeTokens tokens a block
 * @param agentKinds how many kinds of agents there are, each with instructions and tools
 * @param agentKindSkew Zipf exponent of their popularity
 * @param instructionTokens lengths of instructions and tool descriptions
 * @param projects how many projects the agents work on
 * @param projectSkew Zipf exponent of their activity
 * @param projectTokens lengths of the notes about a project, right after the instructions
 * @param taskTokens lengths of the tasks that people give
 * @param meanSteps model calls for a task, geometric
 * @param stepTokens lengths of what the model says in a step
 * @param toolResultTokens lengths of tool results
 * @param toolSeconds times that tools take
 * @param followUpShare part of the finished tasks after which the same person gives another
 * @param thinkSeconds pauses before that
 * @param fanOutShare part of the steps that start sub-agents instead of a tool
 * @param maxFanOut most sub-agents started at once; their number is uniform from 1
 * @param forkShare part of the fan-outs whose sub-agents get the whole prompt so far as their
 *     prefix
 * @param meanSubAgentSteps model calls of a sub-agent, geometric
 * @param subAgentResultTokens lengths of what sub-agents report
 * @param maxContextTokens a prompt that grows beyond this is compacted
 * @param summaryTokens lengths of the summaries that replace a compacted conversation
 * @param firstTokenMillis time to the first token of an answer
 * @param tokenMillis time for each further token
 */
public record AgentWorkload(
    @Means("what all draws follow from") long seed,
    @Means("requests to give") int requests,
    @Means("requests a second in the long run") double ratePerSecond,
    @Means("tokens a block") int blockSizeTokens,
    @Means("kinds of agents, each with instructions and tools") int agentKinds,
    @Means("Zipf exponent of their popularity") double agentKindSkew,
    @Means("lengths of instructions and tool descriptions") LogNormal instructionTokens,
    @Means("projects the agents work on") int projects,
    @Means("Zipf exponent of their activity") double projectSkew,
    @Means("lengths of notes about a project after the instructions") LogNormal projectTokens,
    @Means("lengths of tasks") LogNormal taskTokens,
    @Means("mean model calls for a task, geometric") double meanSteps,
    @Means("lengths of what the model says in a step") LogNormal stepTokens,
    @Means("lengths of tool results") LogNormal toolResultTokens,
    @Means("times that tools take") LogNormal toolSeconds,
    @Means("part of the tasks followed by another in the same session") double followUpShare,
    @Means("pauses before that") LogNormal thinkSeconds,
    @Means("part of the steps that start sub-agents") double fanOutShare,
    @Means("most sub-agents started at once") int maxFanOut,
    @Means("part of the fan-outs that pass on the whole prompt") double forkShare,
    @Means("mean model calls of a sub-agent, geometric") double meanSubAgentSteps,
    @Means("lengths of what sub-agents report") LogNormal subAgentResultTokens,
    @Means("a prompt beyond this is compacted") int maxContextTokens,
    @Means("lengths of the summaries after a compaction") LogNormal summaryTokens,
    @Means("milliseconds to the first token of an answer") double firstTokenMillis,
    @Means("milliseconds for each further token") double tokenMillis)
    implements Workload {

  static final String PROFILE = "agent";

  /**
   * Checks the parameters.
   *
   * @throws IllegalArgumentException naming the first that is out of its range
   */
  public AgentWorkload {
    Parameters.range("requests", requests, 1, 1_000_000_000);
    Parameters.range("ratePerSecond", ratePerSecond, 0.001, 1_000_000);
    Parameters.range("blockSizeTokens", blockSizeTokens, 1, 1 << 20);
    Parameters.range("agentKinds", agentKinds, 1, 1_000_000);
    Parameters.range("agentKindSkew", agentKindSkew, 0, 10);
    Parameters.lengths("instructionTokens", instructionTokens);
    Parameters.range("projects", projects, 1, 10_000_000);
    Parameters.range("projectSkew", projectSkew, 0, 10);
    Parameters.lengths("projectTokens", projectTokens);
    Parameters.lengths("taskTokens", taskTokens);
    Parameters.range("meanSteps", meanSteps, 1, 100_000);
    Parameters.lengths("stepTokens", stepTokens);
    Parameters.lengths("toolResultTokens", toolResultTokens);
    Parameters.range("followUpShare", followUpShare, 0, 0.99);
    Parameters.range("fanOutShare", fanOutShare, 0, 0.9);
    Parameters.range("maxFanOut", maxFanOut, 1, 1_000);
    Parameters.share("forkShare", forkShare);
    Parameters.range("meanSubAgentSteps", meanSubAgentSteps, 1, 100_000);
    Parameters.lengths("subAgentResultTokens", subAgentResultTokens);
    Parameters.range("maxContextTokens", maxContextTokens, 1, 100_000_000);
    Parameters.lengths("summaryTokens", summaryTokens);
    Parameters.range("firstTokenMillis", firstTokenMillis, 0, 1_000_000);
    Parameters.range("tokenMillis", tokenMillis, 0, 100_000);
  }

  /**
   * {@return four thousand requests with prompts of tens of thousands of tokens, in blocks of 64}
   */
  public static AgentWorkload defaults() {
    return new AgentWorkload(
        /* seed= */ 1,
        /* requests= */ 4_000,
        /* ratePerSecond= */ 4,
        /* blockSizeTokens= */ 64,
        /* agentKinds= */ 6,
        /* agentKindSkew= */ 1,
        /* instructionTokens= */ new LogNormal(9_000, 0.4, 500, 40_000),
        /* projects= */ 150,
        /* projectSkew= */ 0.8,
        /* projectTokens= */ new LogNormal(1_500, 0.8, 0, 20_000),
        /* taskTokens= */ new LogNormal(150, 1.0, 5, 8_000),
        /* meanSteps= */ 8.8,
        /* stepTokens= */ new LogNormal(250, 1.1, 5, 8_000),
        /* toolResultTokens= */ new LogNormal(450, 1.5, 5, 24_000),
        /* toolSeconds= */ new LogNormal(0.6, 1.8, 0.01, 600),
        /* followUpShare= */ 0.75,
        /* thinkSeconds= */ new LogNormal(60, 1.3, 2, 7_200),
        /* fanOutShare= */ 0.03,
        /* maxFanOut= */ 4,
        /* forkShare= */ 0.3,
        /* meanSubAgentSteps= */ 6,
        /* subAgentResultTokens= */ new LogNormal(700, 0.7, 20, 6_000),
        /* maxContextTokens= */ 131_072,
        /* summaryTokens= */ new LogNormal(2_500, 0.5, 200, 10_000),
        /* firstTokenMillis= */ 400,
        /* tokenMillis= */ 15);
  }

  @Override
  public String profile() {
    return PROFILE;
  }

  @Override
  public TraceSource open() {
    return new AgentSource(this);
  }

  @Override
  public List<WorkloadOption> options() {
    return Parameters.list(this);
  }

  @Override
  public AgentWorkload with(String option, String value) {
    return Parameters.with(this, PROFILE, option, value);
  }
}
