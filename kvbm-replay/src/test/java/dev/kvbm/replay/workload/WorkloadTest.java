package dev.kvbm.replay.workload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.kvbm.replay.trace.CompactTrace;
import dev.kvbm.replay.trace.MooncakeWriter;
import dev.kvbm.replay.trace.TraceOptions;
import dev.kvbm.replay.trace.TraceReader;
import dev.kvbm.replay.trace.TraceRequest;
import dev.kvbm.replay.trace.TraceSource;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkloadTest {

  static List<String> profiles() {
    return Workload.profiles();
  }

  private static byte[] written(Workload workload) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TraceSource source = workload.open();
        MooncakeWriter writer = MooncakeWriter.of(bytes, true)) {
      writer.writeAll(source);
    }
    return bytes.toByteArray();
  }

  private static CompactTrace trace(Workload workload) {
    try (TraceSource source = workload.open()) {
      return CompactTrace.of(source);
    }
  }

  /** The part of all listed blocks that were there before. */
  private static double reuse(CompactTrace trace) {
    return 1 - trace.uniqueBlocks() / (double) trace.accessCount();
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void equalParametersGiveEqualBytesAndAnotherSeedOthers(String profile) {
    Workload workload = Workload.of(profile).with("requests", "500");
    byte[] first = written(workload);
    assertThat(written(workload)).isEqualTo(first);
    assertThat(written(workload.with("seed", "2"))).isNotEqualTo(first);
  }

  /** If this fails, traces that people made and described by their seed change under them. */
  @ParameterizedTest
  @CsvSource({"chat, 540de8ca182a91b2", "agent, 061604fc6bc0b7ee", "rag, a4cb281a7cf229dc"})
  void bytesAreTheOnesThatThisProjectHasAlwaysGiven(String profile, String expected)
      throws Exception {
    byte[] bytes = written(Workload.of(profile).with("requests", "300"));
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(bytes);
    assertThat(HexFormat.of().formatHex(digest, 0, 8)).isEqualTo(expected);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void requestsAreCompleteValidAndInOrder(String profile) {
    Workload workload = Workload.of(profile).with("requests", "2000");
    long last = 0;
    int count = 0;
    Map<Long, Integer> turns = new HashMap<>();
    try (TraceSource source = workload.open()) {
      for (TraceRequest r = source.next(); r != null; r = source.next()) {
        assertThat(r.arrivalNanos()).isGreaterThanOrEqualTo(last);
        last = r.arrivalNanos();
        int blocks = (r.inputTokens() + r.blockSizeTokens() - 1) / r.blockSizeTokens();
        assertThat(r.blockCount()).isEqualTo(blocks);
        assertThat(r.inputTokens()).isPositive();
        assertThat(r.outputTokens()).isPositive();
        assertThat(r.type()).isNotNull();
        assertThat(r.chatId()).isEqualTo(count);
        int previous = r.parentChatId() < 0 ? 0 : turns.getOrDefault(r.parentChatId(), -1);
        assertThat(r.turn()).isEqualTo(previous + 1);
        turns.put(r.chatId(), r.turn());
        count++;
      }
      assertThat(source.next()).isNull();
      assertThat(source.name()).isEqualTo("built-in " + profile + " workload (seed 1)");
    }
    assertThat(count).isEqualTo(2_000);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void tracesSurviveTheFileAndHaveConsistentChains(String profile) {
    Workload workload = Workload.of(profile).with("requests", "1500");
    CompactTrace direct = trace(workload);
    CompactTrace read;
    try (TraceReader reader =
        TraceReader.of(
            "written", new ByteArrayInputStream(written(workload)), TraceOptions.defaults())) {
      read = CompactTrace.of(reader);
    }
    assertThat(direct.chainViolations()).isZero();
    assertThat(read.chainViolations()).isZero();
    assertThat(read.uniqueBlocks()).isEqualTo(direct.uniqueBlocks());
    assertThat(read.conversationCount()).isEqualTo(direct.conversationCount());
    assertThat(read.types()).isEqualTo(direct.types());
    CompactTrace.Cursor one = direct.cursor();
    CompactTrace.Cursor other = read.cursor();
    while (one.next()) {
      assertThat(other.next()).isTrue();
      assertThat(Arrays.copyOf(other.ids(), other.count()))
          .isEqualTo(Arrays.copyOf(one.ids(), one.count()));
      int i = one.request();
      assertThat(read.arrivalNanos(i)).isEqualTo(direct.arrivalNanos(i));
      assertThat(read.inputTokens(i)).isEqualTo(direct.inputTokens(i));
      assertThat(read.outputTokens(i)).isEqualTo(direct.outputTokens(i));
      assertThat(read.conversation(i)).isEqualTo(direct.conversation(i));
      assertThat(read.turn(i)).isEqualTo(direct.turn(i));
      assertThat(read.type(i)).isEqualTo(direct.type(i));
    }
    assertThat(other.next()).isFalse();
  }

  @Test
  void defaultChatRewardsEverySizeOfCacheFromAThousandToAHundredThousandBlocks() {
    CompactTrace trace = trace(ChatWorkload.defaults());
    assertThat(trace.requestCount()).isEqualTo(10_000);
    assertThat(reuse(trace)).isBetween(0.6, 0.75);
    double[] rates = new double[3];
    int[] sizes = {1_000, 10_000, 100_000};
    for (int i = 0; i < sizes.length; i++) {
      rates[i] = lruHits(trace, sizes[i]) / (double) trace.accessCount();
    }
    assertThat(rates[0]).isBetween(0.05, 0.15);
    assertThat(rates[1]).isBetween(rates[0] + 0.1, 0.4);
    assertThat(rates[2]).isBetween(rates[1] + 0.2, reuse(trace));
  }

  private static long lruHits(CompactTrace trace, int capacity) {
    Map<Integer, Boolean> cache = new LinkedHashMap<>(16, 0.75f, true);
    long hits = 0;
    CompactTrace.Cursor cursor = trace.cursor();
    while (cursor.next()) {
      int hit = 0;
      while (hit < cursor.count() && cache.containsKey(cursor.ids()[hit])) {
        hit++;
      }
      hits += hit;
      for (int i = Math.min(capacity, cursor.count()) - 1; i >= 0; i--) {
        cache.put(cursor.ids()[i], true);
      }
      var oldest = cache.entrySet().iterator();
      while (cache.size() > capacity) {
        oldest.next();
        oldest.remove();
      }
    }
    return hits;
  }

  @Test
  void conversationsGrowOutOfTheirPreviousPrompt() {
    CompactTrace trace =
        trace(ChatWorkload.defaults().withRequests(2_000).with("regenerate-share", "0"));
    Map<Integer, int[]> previous = new HashMap<>();
    int followed = 0;
    CompactTrace.Cursor cursor = trace.cursor();
    while (cursor.next()) {
      int full = trace.fullBlockCount(cursor.request());
      int[] blocks = Arrays.copyOf(cursor.ids(), full);
      int[] before = previous.put(cursor.conversation(), blocks);
      if (before != null) {
        followed++;
        assertThat(full).isGreaterThanOrEqualTo(before.length);
        assertThat(Arrays.copyOf(blocks, before.length)).isEqualTo(before);
      }
    }
    assertThat(followed).isGreaterThan(500);
  }

  @Test
  void answerThatIsAskedForAgainHasTheSamePrompt() {
    CompactTrace trace =
        trace(
            ChatWorkload.defaults()
                .withRequests(1_000)
                .with("regenerate-share", "0.9")
                .with("mean-turns", "1"));
    Map<Integer, int[]> prompts = new HashMap<>();
    int again = 0;
    CompactTrace.Cursor cursor = trace.cursor();
    while (cursor.next()) {
      int[] blocks = Arrays.copyOf(cursor.ids(), cursor.count());
      int[] before = prompts.putIfAbsent(cursor.conversation(), blocks);
      if (before != null) {
        again++;
        assertThat(blocks).isEqualTo(before);
      }
    }
    assertThat(again).isGreaterThan(300);
  }

  @Test
  void conversationsOfOneApplicationShareItsSystemPrompt() {
    ChatWorkload one =
        ChatWorkload.defaults()
            .withRequests(200)
            .with("system-prompts", "1")
            .with("system-prompt-share", "1")
            .with("system-prompt-tokens", "800:0")
            .with("mean-turns", "1");
    CompactTrace trace = trace(one);
    CompactTrace.Cursor cursor = trace.cursor();
    Set<List<Integer>> openings = new HashSet<>();
    while (cursor.next()) {
      openings.add(Arrays.stream(cursor.ids(), 0, 800 / 16).boxed().collect(Collectors.toList()));
    }
    assertThat(openings).hasSize(1);
  }

  @Test
  void chatStaysBelowItsLongestContext() {
    CompactTrace trace =
        trace(
            ChatWorkload.defaults()
                .withRequests(3_000)
                .with("max-context-tokens", "700")
                .with("mean-turns", "30"));
    for (int i = 0; i < trace.requestCount(); i++) {
      assertThat(trace.inputTokens(i)).isBetween(1, 700);
    }
  }

  @Test
  void rateOfRequestsIsTheOneAskedFor() {
    for (String profile : Workload.profiles()) {
      // Short pauses and sessions: the start, when sessions only begin, hardly counts.
      Workload workload = Workload.of(profile).with("requests", "6000");
      workload = workload.with("rate-per-second", "1").with("think-seconds", "2:0.5:0:60");
      double rate = 6_000 / (trace(workload).spanNanos() / 1e9);
      assertThat(rate).as(profile).isBetween(0.85, 1.15);
    }
  }

  @Test
  void agentsFanOutAndWaitForTheirSubAgents() {
    AgentWorkload workload =
        AgentWorkload.defaults().with("requests", "3000").with("fan-out-share", "0.3");
    long agents = 0;
    long subAgents = 0;
    Map<String, Long> lastSeen = new HashMap<>();
    try (TraceSource source = workload.open()) {
      for (TraceRequest r = source.next(); r != null; r = source.next()) {
        String session = r.session();
        assertThat(session).isNotNull();
        if ("subagent".equals(r.type())) {
          subAgents++;
          String parent = r.parentSession();
          assertThat(parent).isNotNull();
          assertThat(session).startsWith(parent + ".");
          assertThat(lastSeen).containsKey(parent);
        } else {
          agents++;
          assertThat(r.parentSession()).isNull();
        }
        lastSeen.put(session, r.arrivalNanos());
      }
    }
    assertThat(agents).isGreaterThan(500);
    assertThat(subAgents).isGreaterThan(500);
  }

  @ParameterizedTest
  @ValueSource(strings = {"0", "1"})
  void subAgentsStartFromTheirParentsPromptOnlyWhenTheyAreForked(String forkShare) {
    AgentWorkload workload =
        AgentWorkload.defaults()
            .with("requests", "2000")
            .with("fan-out-share", "0.5")
            .with("max-context-tokens", "1000000")
            .with("fork-share", forkShare);
    Map<String, long[]> prompts = new HashMap<>();
    int started = 0;
    try (TraceSource source = workload.open()) {
      for (TraceRequest r = source.next(); r != null; r = source.next()) {
        String parent = r.parentSession();
        if (parent != null && r.turn() == 1) {
          long[] inherited = prompts.getOrDefault(parent, new long[0]);
          long[] own = Arrays.copyOf(r.blockIds(), r.blockCount());
          int common = Arrays.mismatch(inherited, own);
          assertThat(common).isEqualTo(forkShare.equals("1") ? inherited.length : 0);
          started++;
        }
        prompts.put(r.session(), Arrays.copyOf(r.blockIds(), r.fullBlockCount()));
      }
    }
    assertThat(started).isGreaterThan(100);
  }

  @Test
  void ragPromptsAreCutAtTheirLongestContext() {
    CompactTrace trace =
        trace(
            RagWorkload.defaults()
                .with("requests", "500")
                .with("mean-turns", "20")
                .with("max-context-tokens", "3000"));
    int most = 0;
    for (int i = 0; i < trace.requestCount(); i++) {
      most = Math.max(most, trace.inputTokens(i));
    }
    assertThat(most).isEqualTo(3_000);
  }

  @Test
  void longAgentPromptsAreCompacted() {
    CompactTrace trace =
        trace(
            AgentWorkload.defaults()
                .with("requests", "3000")
                .with("max-context-tokens", "30000")
                .with("instruction-tokens", "4000:0"));
    int largest = 0;
    int shrunk = 0;
    Map<Integer, Integer> previous = new HashMap<>();
    for (int i = 0; i < trace.requestCount(); i++) {
      int tokens = trace.inputTokens(i);
      largest = Math.max(largest, tokens);
      Integer before = previous.put(trace.conversation(i), tokens);
      shrunk += before != null && before > tokens ? 1 : 0;
    }
    assertThat(largest).isLessThanOrEqualTo(30_000);
    assertThat(shrunk).isGreaterThan(10);
  }

  @Test
  void orderAndPlaceOfChunksDecideHowMuchOfThemIsShared() {
    RagWorkload base =
        RagWorkload.defaults()
            .with("requests", "3000")
            .with("chunks", "50")
            .with("fresh-question-share", "1")
            .with("mean-turns", "1");
    double ranked = reuse(trace(base));
    double canonical = reuse(trace(base.with("chunk-order", "canonical")));
    double popularFirst = reuse(trace(base.with("chunk-order", "popular-first")));
    double questionFirst = reuse(trace(base.with("question-first", "true")));
    assertThat(questionFirst).isLessThan(ranked - 0.1);
    assertThat(canonical).isGreaterThan(ranked + 0.05);
    assertThat(popularFirst).isGreaterThan(canonical + 0.05);
  }

  @Test
  void wellKnownQuestionsMakeTheSamePrompt() {
    RagWorkload one =
        RagWorkload.defaults()
            .with("requests", "100")
            .with("questions", "1")
            .with("fresh-question-share", "0")
            .with("system-prompts", "1")
            .with("mean-turns", "1");
    CompactTrace trace = trace(one);
    assertThat(trace.uniqueBlocks()).isEqualTo(trace.blockCount(0));
  }

  @Test
  void everyChunkCanBeRetrievedAtOnce() {
    RagWorkload all =
        RagWorkload.defaults()
            .with("requests", "10")
            .with("chunks", "30")
            .with("chunks-per-request", "30")
            .with("chunk-skew", "6");
    assertThat(trace(all).requestCount()).isEqualTo(10);
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void optionsListEveryParameterAndCanBeGivenBack(String profile) {
    Workload workload = Workload.of(profile);
    Workload same = workload;
    for (WorkloadOption option : workload.options()) {
      assertThat(option.name()).matches("[a-z]+(-[a-z]+)*");
      assertThat(option.meaning()).isNotBlank();
      same = same.with(option.name(), option.value());
    }
    assertThat(same).isEqualTo(workload);
    assertThat(workload.options().stream().map(WorkloadOption::name))
        .contains("seed", "requests", "rate-per-second", "block-size-tokens");
  }

  @ParameterizedTest
  @MethodSource("profiles")
  void documentationListsEveryOptionWithItsDefault(String profile) throws IOException {
    Path checkout = Path.of("").toAbsolutePath();
    while (!Files.exists(checkout.resolve("docs").resolve("workloads.md"))) {
      checkout = Objects.requireNonNull(checkout.getParent(), "no docs/workloads.md above");
    }
    String page = Files.readString(checkout.resolve("docs").resolve("workloads.md"));
    String section = page.substring(page.indexOf("\n## " + profile + "\n") + 1);
    section = section.substring(0, section.indexOf("\n## "));
    for (WorkloadOption option : Workload.of(profile).options()) {
      assertThat(section)
          .contains(
              "| `" + option.name() + "` | " + option.value() + " | " + option.meaning() + " |");
    }
  }

  @Test
  void changedParametersAreTheOnesThatWereMeant() {
    ChatWorkload chat =
        ChatWorkload.defaults()
            .withSeed(9)
            .with("requests", "1_000")
            .with("prompt-tokens", "70:0.5");
    assertThat(chat.seed()).isEqualTo(9);
    assertThat(chat.requests()).isEqualTo(1_000);
    assertThat(chat.promptTokens()).isEqualTo(new LogNormal(70, 0.5, 1, 4_000));
    RagWorkload rag = RagWorkload.defaults().with("chunk-order", "Popular-First");
    assertThat(rag.chunkOrder()).isEqualTo(RagWorkload.ChunkOrder.POPULAR_FIRST);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "chat|requests|0|requests is 0; choose 1 to 1000000000",
        "chat|requests|many|requests is \"many\"; write a whole number, for example 10000",
        "chat|rate-per-second|NaN|rate-per-second is NaN",
        "chat|rate-per-second|x|rate-per-second is \"x\"; write a number, for example 12",
        "chat|mean-turns|0.5|mean-turns is 0.5; choose 1 to 10000",
        "chat|system-prompt-share|1.5|system-prompt-share is 1.5; choose 0 to 1",
        "chat|block-size-tokens|0|block-size-tokens is 0; choose 1 to 1048576",
        "chat|prompt-tokens|a:b|prompt-tokens: \"a:b\" is no distribution; write median",
        "chat|prompt-tokens|5:1:10|0 <= min <= median <= max",
        "chat|prompt-tokens|5:9|sigma from 0 to 5",
        "chat|prompt-tokens|1:2:3:4:5|is no distribution",
        "chat|prompt-tokens|5:1:1:1e9|prompt-tokens-max is 1000000000; choose 0 to 1000000",
        "chat|turns|3|the chat workload has no option \"turns\"; it has seed, requests,",
        "agent|follow-up-share|1|follow-up-share is 1; choose 0 to 0.99",
        "agent|max-fan-out|0|max-fan-out is 0; choose 1 to 1000",
        "rag|chunk-order|random|\"random\"; choose one of ranked, canonical, popular-first",
        "rag|question-first|yes|question-first is \"yes\"; choose one of true, false",
        "rag|chunks-per-request|0|chunks-per-request is 0; choose 1 to 1000",
        "rag|chunks|3|chunks-per-request is 5; choose 1 to 3",
      })
  void unusableParametersAreRefusedByName(
      String profile, String option, String value, String expected) {
    Workload workload = Workload.of(profile);
    assertThatThrownBy(() -> workload.with(option, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(expected);
  }

  @Test
  void unknownProfileIsRefused() {
    assertThatThrownBy(() -> Workload.of("batch"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("\"batch\"")
        .hasMessageContaining("chat, agent, rag");
  }
}
