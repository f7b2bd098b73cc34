package dev.kvbm.replay.workload;

/**
 * A parameter of a workload, for command lines and reports.
 *
 * @param name lower case with hyphens, as {@link Workload#with} takes it
 * @param value the present value, in the form in which it is given
 * @param meaning one line for people
 */
public record WorkloadOption(String name, String value, String meaning) {}
