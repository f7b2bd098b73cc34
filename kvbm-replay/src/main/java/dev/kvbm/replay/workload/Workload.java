package dev.kvbm.replay.workload;

import dev.kvbm.replay.trace.TraceSource;
import java.util.List;

/**
 * A synthetic trace: parameters of a random process and a seed. Equal workloads give equal
 * requests, bit for bit, on every machine. Immutable.
 */
public sealed interface Workload permits ChatWorkload, AgentWorkload, RagWorkload {

  /** The names that {@link #of} knows. */
  static List<String> profiles() {
    return List.of(ChatWorkload.PROFILE, AgentWorkload.PROFILE, RagWorkload.PROFILE);
  }

  /**
   * A profile with its default parameters.
   *
   * @throws IllegalArgumentException if there is no such profile; the message lists them
   */
  static Workload of(String profile) {
    return switch (profile) {
      case ChatWorkload.PROFILE -> ChatWorkload.defaults();
      case AgentWorkload.PROFILE -> AgentWorkload.defaults();
      case RagWorkload.PROFILE -> RagWorkload.defaults();
      default ->
          throw new IllegalArgumentException(
              "workload profile \""
                  + profile
                  + "\" is not known; choose one of "
                  + String.join(", ", profiles()));
    };
  }

  /** The profile's name. */
  String profile();

  /** How many requests it gives. */
  int requests();

  /** What all draws follow from. */
  long seed();

  /**
   * Starts the process anew. The source gives requests in order of arrival; it holds no file, and
   * several may be open at once.
   */
  TraceSource open();

  /** All parameters with their present values, in a fixed order. */
  List<WorkloadOption> options();

  /**
   * A copy with one parameter changed.
   *
   * @param option the name, as {@link #options} gives it
   * @param value the new value; distributions take {@code median[:sigma[:min[:max]]]}
   * @throws IllegalArgumentException if there is no such parameter or the value is not usable
   */
  Workload with(String option, String value);
}
