package dev.kvbm.replay.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What figures are made of besides drawings: headings, legends and tables. */
final class Panel {

  /** Width of a drawing that has the page's width. */
  static final double WIDE = 1072;

  /** Width of a drawing beside another one. */
  static final double HALF = 518;

  final Markup page;
  final Palette palette;

  Panel(Markup page, Palette palette) {
    this.page = page;
    this.palette = palette;
  }

  void figure(String style, String heading) {
    page.open("figure", "class", style).open("figcaption").text("h3", heading);
  }

  void details(String summary) {
    page.open("details").text("summary", summary).open("div", "class", "scroll");
  }

  void table(String... heads) {
    page.open("table").open("thead").open("tr");
    for (String head : heads) {
      page.text("th", head);
    }
    page.close("tr").close("thead").open("tbody").line();
  }

  void row(String... cells) {
    page.open("tr");
    for (String cell : cells) {
      page.text("td", cell);
    }
    page.close("tr").line();
  }

  void endTable() {
    page.close("tbody").close("table");
  }

  /** A line, with the marker of a policy if it has one. */
  void key(String label, String style, @Nullable String marker) {
    page.open("li").open("svg", "viewBox", "0 0 30 14", "aria-hidden", "true");
    if (marker == null) {
      page.empty("path", "class", style, "d", "M1 7L29 7");
    } else {
      if (!marker.equals("lru")) {
        page.empty("path", "class", style.replace("mark", "join"), "d", "M1 7L29 7");
      }
      page.empty("path", "class", style, "d", palette.marker(marker, 15, 7, 3.6));
    }
    page.close("svg").text(label).close("li");
  }

  void swatch(String label, String style) {
    page.open("li")
        .open("svg", "viewBox", "0 0 30 14", "aria-hidden", "true")
        .empty("rect", "class", style, "x", "8", "y", "1", "width", "14", "height", "12", "rx", "2")
        .close("svg")
        .text(label)
        .close("li");
  }

  void legend(List<ReplayRun> lines) {
    page.open("ul", "class", "legend");
    for (ReplayRun run : lines) {
      key(run.policy(), "thin " + palette.colour(run.policy()), null);
    }
    page.close("ul");
  }

  static String percentTick(double value, Scale scale) {
    double percent = value * 100;
    boolean whole = scale.high() >= 0.05;
    return whole && Math.abs(percent - Math.rint(percent)) < 1e-6
        ? Math.round(percent) + "%"
        : Numbers.percent(value);
  }
}
