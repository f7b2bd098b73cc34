package dev.kvbm.testkit.conformance;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The families of recorded scripts. */
public enum ScriptKind {
  /** All lifecycle operations on pools of 4 to 64 blocks. */
  CORE("core"),
  /** The same on 256 blocks. */
  MEDIUM("medium"),
  /** Two managers that share a registry. */
  TIERS("tiers"),
  /** Blocks of one token and longer chains. */
  DEEP("deep"),
  /** Mostly lineage eviction: releases out of order, ghosts, single evictions. */
  LIN("lin"),
  /** Identities around the positions where the layout of a lineage hash changes. */
  RAW("raw"),
  /** Identities whose lineage keys collide. */
  COLLIDE("collide"),
  /** The frequency sketch alone. */
  LFU("lfu"),
  /** Validation of a manager's options. */
  BUILDER("builder"),
  /** Request sequences and schedulable sequences. */
  SEQ("seq"),
  /** The same, with calls that make the reference panic. */
  SEQPANIC("seqpanic"),
  /** Block assignments. */
  ASG("asg");

  private final String label;

  ScriptKind(String label) {
    this.label = label;
  }

  /** {@return the name used in scripts} */
  public String label() {
    return label;
  }

  /**
   * Finds a kind by its label.
   *
   * @param label the name used in scripts
   * @return the kind; empty if there is none
   */
  public static Optional<ScriptKind> of(String label) {
    return Arrays.stream(values()).filter(kind -> kind.label.equals(label)).findFirst();
  }

  /** {@return the labels of all kinds, in order} */
  public static List<String> labels() {
    return Arrays.stream(values()).map(ScriptKind::label).toList();
  }
}
