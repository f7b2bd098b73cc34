package dev.kvbm.bench.compare;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/** Picks cases by parts of their names; all of them if there are no patterns. */
final class CasePatterns implements Predicate<String> {
  private final List<Pattern> patterns = new ArrayList<>();

  /**
   * @param patterns parts of names, {@code *} for anything
   */
  CasePatterns(List<String> patterns) {
    for (String pattern : patterns) {
      this.patterns.add(Pattern.compile("\\Q" + pattern.replace("*", "\\E.*\\Q") + "\\E"));
    }
  }

  @Override
  public boolean test(String name) {
    return patterns.isEmpty() || patterns.stream().anyMatch(p -> p.matcher(name).find());
  }
}
