package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.Bound;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One look a policy, the same in every chart of a report: a colour class and a marker. Colours are
 * those of M. Okabe and K. Ito, "Color Universal Design", 2008, without the yellow that white paper
 * swallows; markers and dashes tell series apart without any colour.
 */
final class Palette {

  private static final int COLOURS = 7;
  private static final List<String> PREFERRED =
      List.of("lru", "lineage", "fifo", "multi_lru", "lineage_fifo", "lru_rf", "fifo_rf");

  private final Map<String, Integer> places = new LinkedHashMap<>();

  Palette(ReplayReport report) {
    places.put("lru", 0);
    for (String name : PREFERRED) {
      if (report.runs().stream().anyMatch(run -> run.policy().equals(name))) {
        places.putIfAbsent(name, places.size());
      }
    }
    for (ReplayRun run : report.runs()) {
      if (!run.isBound()) {
        places.putIfAbsent(run.policy(), places.size());
      }
    }
  }

  /** CSS class of a policy or bound. */
  String colour(String policy) {
    for (Bound bound : Bound.values()) {
      if (bound.label().equals(policy)) {
        return policy;
      }
    }
    return "s" + places.getOrDefault(policy, 0) % COLOURS;
  }

  /** The policy's marker around a point, as the path of an SVG. */
  String marker(String policy, double x, double y, double size) {
    return switch (places.getOrDefault(policy, 0) % 6) {
      case 0 -> circle(x, y, size);
      case 1 ->
          polygon(x - size, y - size, x + size, y - size, x + size, y + size, x - size, y + size);
      case 2 -> polygon(x, y - 1.3 * size, x + 1.25 * size, y + size, x - 1.25 * size, y + size);
      case 3 -> polygon(x, y - 1.4 * size, x + 1.4 * size, y, x, y + 1.4 * size, x - 1.4 * size, y);
      case 4 -> polygon(x, y + 1.3 * size, x + 1.25 * size, y - size, x - 1.25 * size, y - size);
      default ->
          polygon(
              x - 0.5 * size,
              y - 1.2 * size,
              x + 0.5 * size,
              y - 1.2 * size,
              x + 1.2 * size,
              y,
              x + 0.5 * size,
              y + 1.2 * size,
              x - 0.5 * size,
              y + 1.2 * size,
              x - 1.2 * size,
              y);
    };
  }

  private static String circle(double x, double y, double size) {
    double radius = Math.round(size * 11) / 10.0;
    String arc = "a" + Numbers.pixel(radius) + " " + Numbers.pixel(radius) + " 0 1 0 ";
    String across = Numbers.pixel(2 * radius);
    return "M" + Plot.point(x - radius, y) + arc + across + " 0" + arc + "-" + across + " 0z";
  }

  private static String polygon(double... corners) {
    StringBuilder path = new StringBuilder();
    for (int i = 0; i < corners.length; i += 2) {
      path.append(i == 0 ? 'M' : 'L')
          .append(Numbers.pixel(corners[i]))
          .append(' ')
          .append(Numbers.pixel(corners[i + 1]));
    }
    return path.append('z').toString();
  }
}
