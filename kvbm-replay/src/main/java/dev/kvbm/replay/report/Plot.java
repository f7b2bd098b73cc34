package dev.kvbm.replay.report;

import java.util.List;
import java.util.function.DoubleFunction;

/**
 * The frame of one chart: an SVG with a title and a description, grid lines, axes and their labels.
 * What it shows is drawn between {@link #open} and {@link #close()} with the same markup.
 */
final class Plot {

  final double left;
  final double right;
  final double top;
  final double bottom;
  private final Markup page;
  private final double width;
  private final double height;

  private Plot(
      Markup page,
      double width,
      double height,
      double left,
      double right,
      double top,
      double bottom) {
    this.page = page;
    this.width = width;
    this.height = height;
    this.left = left;
    this.right = width - right;
    this.top = top;
    this.bottom = height - bottom;
  }

  /** Opens a chart; margins are what the labels of the axes need. */
  static Plot open(
      Markup page,
      String title,
      String description,
      double width,
      double height,
      double leftMargin,
      double rightMargin,
      double topMargin,
      double bottomMargin) {
    Plot plot = new Plot(page, width, height, leftMargin, rightMargin, topMargin, bottomMargin);
    page.open(
            "svg",
            "xmlns",
            "http://www.w3.org/2000/svg",
            "viewBox",
            "0 0 " + Numbers.pixel(width) + " " + Numbers.pixel(height),
            "role",
            "img")
        .text("title", title)
        .text("desc", description)
        .line();
    return plot;
  }

  void close() {
    page.close("svg").line();
  }

  /** Horizontal grid lines with labels on the left and the axis's name above them. */
  void yAxis(Scale y, int mostTicks, DoubleFunction<String> label, String name) {
    for (double tick : y.ticks(mostTicks)) {
      double at = y.at(tick);
      line(tick == y.low() ? "axis" : "grid", left, at, right, at);
      text(label.apply(tick), left - 7, at + 4, "tick end");
    }
    text(name, 2, top - 13, "name");
  }

  /** Labels on the right for a second quantity. */
  void rightAxis(Scale y, int mostTicks, DoubleFunction<String> label, String name) {
    for (double tick : y.ticks(mostTicks)) {
      text(label.apply(tick), right + 7, y.at(tick) + 4, "tick");
    }
    text(name, width - 2, top - 13, "name end");
  }

  /** Labels below the chart; row 0 is right under it and has tick marks; the name goes left. */
  void xLabels(Scale x, List<Double> ticks, int row, DoubleFunction<String> label, String name) {
    double base = bottom + 18 + row * 16;
    for (double tick : ticks) {
      double at = x.at(tick);
      if (row == 0) {
        line("axis", at, bottom, at, bottom + 4);
      }
      text(label.apply(tick), at, base, "tick mid");
    }
    text(name, 2, base, "name");
  }

  /** The name of the horizontal axis, under its labels and centred. */
  void xName(String name) {
    text(name, (left + right) / 2, height - 4, "name mid");
  }

  /** Thin vertical lines. */
  void verticals(Scale x, List<Double> values, String style) {
    for (double value : values) {
      line(style, x.at(value), top, x.at(value), bottom);
    }
  }

  void line(String style, double x1, double y1, double x2, double y2) {
    page.empty("path", "class", style, "d", "M" + point(x1, y1) + "L" + point(x2, y2));
  }

  void text(String text, double x, double y, String style) {
    page.text("text", text, "class", style, "x", Numbers.pixel(x), "y", Numbers.pixel(y));
  }

  void rect(String style, double x, double y, double w, double h, String tip) {
    if (w <= 0 || h <= 0) {
      return;
    }
    String[] shape = {
      "class", style,
      "x", Numbers.pixel(x),
      "y", Numbers.pixel(y),
      "width", Numbers.pixel(w),
      "height", Numbers.pixel(h),
      "data-t", tip
    };
    page.empty("rect", tip.isEmpty() ? java.util.Arrays.copyOf(shape, 10) : shape);
  }

  void path(String style, String d) {
    page.empty("path", "class", style, "d", d);
  }

  void path(String style, String d, String tip) {
    page.empty("path", "class", style, "d", d, "data-t", tip);
  }

  /** A polyline through points; a NaN breaks it. Single points between two NaN get a short dash. */
  static String through(double[] xs, double[] ys) {
    StringBuilder d = new StringBuilder();
    boolean drawing = false;
    for (int i = 0; i < xs.length; i++) {
      if (Double.isNaN(ys[i])) {
        drawing = false;
        continue;
      }
      boolean alone = !drawing && (i + 1 == xs.length || Double.isNaN(ys[i + 1]));
      d.append(drawing ? 'L' : 'M').append(point(alone ? xs[i] - 2 : xs[i], ys[i]));
      if (alone) {
        d.append('L').append(point(xs[i] + 2, ys[i]));
      }
      drawing = true;
    }
    return d.toString();
  }

  static String point(double x, double y) {
    return Numbers.pixel(x) + " " + Numbers.pixel(y);
  }
}
