package dev.kvbm.testkit.conformance;

/**
 * Which part of the API carries out an operation that can be expressed in several ways. The answers
 * are the same in both forms.
 */
public enum GuardForm {
  /** Guards of single blocks, each closed by itself. */
  SINGLE,
  /** Groups where an operation concerns several blocks, refilled instead of made anew. */
  GROUPS
}
