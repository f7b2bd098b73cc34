package dev.kvbm.replay.workload;

import dev.kvbm.replay.trace.TraceSource;
import java.util.List;

/**
 * A synthetic trace: parameters of a random process and a seed. Equal workloads give equal
 * requests, bit for bit, on every machine. Immutable.
 */
public sealed interface Workload permits ChatWorkload, AgentWorkload, RagWorkload {

  /** {@return the names that {@link #of} knows} */
  static List<String> profiles() {
    return List.of(ChatWorkload.PROFILE, AgentWorkload.PROFILE, RagWorkload.PROFILE);
  }

  /**
   * {@return a profile with its default parameters}
   *
   * @param profile one of {@link #profiles}
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

  /** {@return the profile's name} */
  String profile();

  /** {@return how many requests it gives} */
  int requests();

  /** {@return what all draws follow from} */
  long seed();

  /**
   * Starts the process anew.
   *
   * @return a source that gives requests in order of arrival; it holds no file, and several may be
   *     open at once
   */
  TraceSource open();

  /** {@return all parameters with their present values, in a fixed order} */
  List<WorkloadOption> options();

  /**
   * {@return a copy with one parameter changed}
   *
   * @param option the name, as {@link #options} gives it
   * @param value the new value; distributions take {@code median[:sigma[:min[:max]]]}
   * @throws IllegalArgumentException if there is no such parameter or the value is not usable
   */
  Workload with(String option, String value);
}
