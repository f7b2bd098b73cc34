package dev.kvbm.bench.cases;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** All cases by name. */
public final class Catalogue {
  private Catalogue() {}

  /**
   * The timed cases that the original crate is timed on, too. The list is read by both programs.
   */
  public static List<String> shared() {
    return lines("cases.txt");
  }

  /** The memory cases; shared likewise. */
  public static List<String> memory() {
    return lines("memory-cases.txt");
  }

  /** Timed cases on a pool of 16 million blocks, for which the original has no room. */
  public static List<String> large() {
    return List.of(
        "build/lru/pool=16M/lfu=0",
        "build/lineage_tick/pool=16M/lfu=0",
        "churn/lru/pool=16M/lfu=0/drop=fwd/n=32",
        "churn/lineage_tick/pool=16M/lfu=0/drop=fwd/n=32",
        "match_inactive_random/lru/pool=16M/lfu=0/n=32",
        "match_inactive_random/lineage_tick/pool=16M/lfu=0/n=32");
  }

  /**
   * Another form of the same work to be reported beside a case: single guards instead of a group,
   * an object a block, or the tracker that counts like the original.
   *
   * @return its name; empty if there is only one form
   */
  public static String otherForm(String name) {
    return switch (CaseName.parse(name).family()) {
      case "match_active",
          "match_inactive",
          "match_inactive_random",
          "bulk_drop",
          "alloc_drop",
          "churn",
          "churn_single",
          "register_batch",
          "register_single",
          "scan_active",
          "scan_inactive",
          "scattered_active",
          "mt_match_active",
          "mt_match_inactive" ->
          name + "/single";
      case "tinylfu_touch", "tinylfu_count" -> name + "/exact";
      case "hash_sequence" -> name + "/objects";
      default -> "";
    };
  }

  /** Whether the case is made by {@link #threads} and not by {@link #create}. */
  public static boolean isThreaded(String name) {
    return name.startsWith("mt_");
  }

  /** Whether each operation takes so long that it is timed by itself. */
  public static boolean isSlow(String name) {
    return name.startsWith("build/");
  }

  /**
   * Sets a case up.
   *
   * @throws IllegalArgumentException if there is no such case
   */
  public static BenchCase create(String text) {
    CaseName name = CaseName.parse(text);
    return switch (name.family()) {
      case "match_active" -> LookupCases.match(name, /* held= */ true);
      case "match_inactive" -> LookupCases.match(name, /* held= */ false);
      case "match_inactive_random" -> LookupCases.matchRandom(name);
      case "match_miss" -> new LookupCases.Miss(name);
      case "scan_active" -> LookupCases.scan(name, /* held= */ true);
      case "scan_inactive" -> LookupCases.scan(name, /* held= */ false);
      case "scattered_active" -> LookupCases.scattered(name);
      case "presence_present" -> new LookupCases.Presence(name, /* present= */ true);
      case "presence_absent" -> new LookupCases.Presence(name, /* present= */ false);
      case "bulk_drop" -> TurnoverCases.bulkDrop(name);
      case "alloc_drop" -> TurnoverCases.allocDrop(name);
      case "churn" -> TurnoverCases.churn(name);
      case "churn_single" -> TurnoverCases.churnOneByOne(name);
      case "churn_hashgen" -> new TurnoverCases.ChurnHashes(name);
      case "register_batch" -> TurnoverCases.register(name);
      case "register_single" -> TurnoverCases.registerOneByOne(name);
      case "tinylfu_touch" -> TrackerCases.touch(name);
      case "tinylfu_count" -> TrackerCases.count(name);
      case "hash_sequence" -> HashCases.sequence(name);
      case "hash_only" -> new HashCases.HashesOnly(name);
      case "decode_step" -> new DecodeCase(name);
      case "build" -> new TurnoverCases.Build(name);
      default -> throw new IllegalArgumentException("there is no case " + text);
    };
  }

  /**
   * Sets a case with threads up.
   *
   * @throws IllegalArgumentException if there is no such case
   */
  public static SharedPool threads(String text) {
    CaseName name = CaseName.parse(text);
    return switch (name.family()) {
      case "mt_match_active" -> new SharedPool(name, /* held= */ true);
      case "mt_match_inactive" -> new SharedPool(name, /* held= */ false);
      default -> throw new IllegalArgumentException("there is no case " + text + " with threads");
    };
  }

  private static List<String> lines(String resource) {
    try (InputStream in = Catalogue.class.getResourceAsStream("/dev/kvbm/bench/" + resource)) {
      if (in == null) {
        throw new IllegalStateException(resource + " is missing from the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
