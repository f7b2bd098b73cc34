package dev.kvbm.replay.workload;

import dev.kvbm.replay.trace.TraceRequest;
import org.jspecify.annotations.Nullable;

/** The process of an {@link AgentWorkload}. */
final class AgentSource extends GeneratedSource<AgentSource.Agent> {
  private static final int INSTRUCTIONS = 2;
  private static final int PROJECT = 3;
  private static final int SUB_AGENT_INSTRUCTIONS = 4;

  static final class Agent extends GeneratedSource.Session {
    private final @Nullable Agent parent;
    private final long kind;
    private final long project;
    private final String session;
    private Prompt prompt;
    private int stepsLeft;
    private int children;
    private int childrenAtWork;
    private double resumeMillis;

    Agent(
        @Nullable Agent parent, long kind, long project, String session, Prompt prompt, int steps) {
      this.parent = parent;
      this.kind = kind;
      this.project = project;
      this.session = session;
      this.prompt = prompt;
      this.stepsLeft = steps;
    }
  }

  private final AgentWorkload workload;
  private final Zipf kinds;
  private final Zipf projects;
  private long sessions;

  AgentSource(AgentWorkload workload) {
    super(
        workload, workload.blockSizeTokens(), workload.ratePerSecond(), requestsASession(workload));
    this.workload = workload;
    this.kinds = new Zipf(workload.agentKinds(), workload.agentKindSkew());
    this.projects = new Zipf(workload.projects(), workload.projectSkew());
  }

  /** Tasks a session, times steps a task, times the step and what its fan-out adds. */
  private static double requestsASession(AgentWorkload w) {
    double children = w.fanOutShare() * (w.maxFanOut() + 1) / 2;
    return w.meanSteps() / (1 - w.followUpShare()) * (1 + children * w.meanSubAgentSteps());
  }

  @Override
  Agent start() {
    AgentWorkload w = workload;
    long kind = kinds.draw(sampler);
    long project = projects.draw(sampler);
    Prompt prompt = opening(INSTRUCTIONS, kind, project);
    prompt.appendUpTo(w.maxContextTokens(), sampler.tokens(w.taskTokens()));
    String session = "agent-" + sessions++;
    return new Agent(null, kind, project, session, prompt, sampler.geometric(w.meanSteps()));
  }

  /** The part of a prompt that agents of a kind, and then those of a project, have in common. */
  private Prompt opening(int who, long kind, long project) {
    AgentWorkload w = workload;
    int limit = w.maxContextTokens();
    long instructions = Sampler.key(seed, who, kind);
    long notes = Sampler.key(seed, PROJECT, project);
    return newPrompt()
        .appendShared(instructions, new Sampler(instructions).tokens(w.instructionTokens()), limit)
        .appendShared(notes, new Sampler(notes).tokens(w.projectTokens()), limit);
  }

  @Override
  void send(Agent agent, double atMillis, TraceRequest into) {
    AgentWorkload w = workload;
    compact(agent);
    agent.prompt.describe(into);
    int said = sampler.tokens(w.stepTokens());
    into.outputTokens(said).type(agent.parent == null ? "agent" : "subagent");
    into.session(agent.session, agent.parent == null ? null : agent.parent.session);
    turn(agent, into);
    double done = atMillis + w.firstTokenMillis() + said * w.tokenMillis();
    agent.prompt.append(said);
    agent.stepsLeft--;
    if (agent.stepsLeft <= 0) {
      finish(agent, done);
    } else if (agent.parent == null && sampler.chance(w.fanOutShare())) {
      fanOut(agent, done);
    } else {
      agent.prompt.append(sampler.tokens(w.toolResultTokens()));
      plan(agent, done + 1_000 * sampler.logNormal(w.toolSeconds()));
    }
  }

  private void compact(Agent agent) {
    AgentWorkload w = workload;
    if (agent.prompt.tokens() > w.maxContextTokens()) {
      int who = agent.parent == null ? INSTRUCTIONS : SUB_AGENT_INSTRUCTIONS;
      agent.prompt = opening(who, agent.kind, agent.project);
      agent.prompt.appendUpTo(w.maxContextTokens(), sampler.tokens(w.summaryTokens()));
    }
  }

  private void finish(Agent agent, double done) {
    AgentWorkload w = workload;
    Agent parent = agent.parent;
    if (parent == null) {
      if (sampler.chance(w.followUpShare())) {
        agent.prompt.append(sampler.tokens(w.taskTokens()));
        agent.stepsLeft = sampler.geometric(w.meanSteps());
        plan(agent, done + 1_000 * sampler.logNormal(w.thinkSeconds()));
      }
      return;
    }
    parent.prompt.append(sampler.tokens(w.subAgentResultTokens()));
    parent.resumeMillis = Math.max(parent.resumeMillis, done);
    parent.childrenAtWork--;
    if (parent.childrenAtWork == 0) {
      plan(parent, parent.resumeMillis);
    }
  }

  private void fanOut(Agent agent, double done) {
    AgentWorkload w = workload;
    int count = sampler.oneTo(w.maxFanOut());
    boolean fork = sampler.chance(w.forkShare());
    agent.childrenAtWork = count;
    agent.resumeMillis = done;
    for (int i = 0; i < count; i++) {
      Prompt prompt =
          fork ? agent.prompt.copy() : opening(SUB_AGENT_INSTRUCTIONS, agent.kind, agent.project);
      prompt.append(sampler.tokens(w.taskTokens()));
      String session = agent.session + "." + agent.children++;
      int steps = sampler.geometric(w.meanSubAgentSteps());
      plan(new Agent(agent, agent.kind, agent.project, session, prompt, steps), done);
    }
  }
}
