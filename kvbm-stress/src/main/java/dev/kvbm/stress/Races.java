package dev.kvbm.stress;

import java.util.ArrayList;
import java.util.List;
import org.openjdk.jcstress.Main;

/**
 * Runs the jcstress tests of this package.
 *
 * <pre>kvbm-stress/run races [quick | full] [NAME]</pre>
 *
 * <p>{@code quick} takes one JVM a test and a fraction of a second each; {@code full}, the default,
 * takes all compilation modes of jcstress and minutes. Ends with another exit status than 0 if a
 * result is not among those that a test allows.
 */
public final class Races {

  private Races() {}

  /** Runs the tests whose names contain {@code args[1]}, or all. */
  public static void main(String[] args) throws Exception {
    String mode = args.length > 0 ? args[0] : "full";
    List<String> options = new ArrayList<>(List.of("-t", args.length > 1 ? args[1] : "R[0-9]+"));
    switch (mode) {
      case "quick" ->
          options.addAll(
              List.of(
                  "-f",
                  "1",
                  "-fsm",
                  "1",
                  "-iters",
                  "4",
                  "-time",
                  "250",
                  "-sc",
                  "false",
                  "-af",
                  "NONE",
                  "-jvmArgs",
                  "-XX:+UseCompactObjectHeaders -XX:+UseParallelGC"));
      case "full" -> options.addAll(List.of("-m", "default", "-af", "NONE"));
      default -> {
        System.err.println("usage: races [quick | full] [NAME]");
        System.exit(2);
      }
    }
    Main.main(options.toArray(String[]::new));
  }
}
