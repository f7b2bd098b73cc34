package dev.kvbm.replay.workload;

import dev.kvbm.replay.trace.TraceRequest;

/** The process of a {@link ChatWorkload}. */
final class ChatSource extends GeneratedSource<ChatSource.Conversation> {
  private static final int SYSTEM_PROMPT = 2;
  private static final int USER_NOTE = 3;

  static final class Conversation extends GeneratedSource.Session {
    private final Prompt prompt;
    private final String type;
    private int turnsLeft;

    Conversation(Prompt prompt, String type, int turns) {
      this.prompt = prompt;
      this.type = type;
      this.turnsLeft = turns;
    }
  }

  private final ChatWorkload workload;
  private final Zipf systemPrompts;
  private final Zipf users;

  ChatSource(ChatWorkload workload) {
    super(
        workload,
        workload.blockSizeTokens(),
        workload.ratePerSecond(),
        workload.meanTurns() / (1 - workload.regenerateShare()));
    this.workload = workload;
    this.systemPrompts = new Zipf(workload.systemPrompts(), workload.systemPromptSkew());
    this.users = new Zipf(workload.users(), workload.userSkew());
  }

  @Override
  Conversation start() {
    ChatWorkload w = workload;
    int limit = w.maxContextTokens();
    Prompt prompt = newPrompt();
    int user = users.draw(sampler);
    if (sampler.chance(w.systemPromptShare())) {
      long system = Sampler.key(seed, SYSTEM_PROMPT, systemPrompts.draw(sampler));
      prompt.appendShared(system, new Sampler(system).tokens(w.systemPromptTokens()), limit);
      long note = Sampler.key(seed, USER_NOTE, user);
      prompt.appendShared(note, new Sampler(note).tokens(w.userNoteTokens()), limit);
    }
    boolean document = sampler.chance(w.attachmentShare());
    if (document) {
      prompt.appendUpTo(limit, sampler.tokens(w.attachmentTokens()));
    }
    prompt.appendUpTo(limit, sampler.tokens(w.promptTokens()));
    return new Conversation(prompt, document ? "file" : "text", sampler.geometric(w.meanTurns()));
  }

  @Override
  void send(Conversation conversation, double atMillis, TraceRequest into) {
    ChatWorkload w = workload;
    Prompt prompt = conversation.prompt;
    prompt.describe(into);
    int response = sampler.tokens(w.responseTokens());
    into.outputTokens(response).type(conversation.type);
    turn(conversation, into);
    double answered = atMillis + w.firstTokenMillis() + response * w.tokenMillis();
    double next = answered + 1_000 * sampler.logNormal(w.thinkSeconds());
    if (sampler.chance(w.regenerateShare())) {
      plan(conversation, next);
      return;
    }
    conversation.turnsLeft--;
    if (conversation.turnsLeft == 0) {
      return;
    }
    int message = sampler.tokens(w.promptTokens());
    if (prompt.tokens() + response + message <= w.maxContextTokens()) {
      prompt.append(response + message);
      plan(conversation, next);
    }
  }
}
