package dev.kvbm.replay.report;

import dev.kvbm.replay.analysis.SharedPrefixes;
import java.util.List;

/** The prefixes that requests have in common. */
final class PrefixFigures {

  private final Panel panel;
  private final Markup page;
  private final TraceReport.Findings findings;

  PrefixFigures(Panel panel, TraceView view) {
    this.panel = panel;
    page = panel.page;
    findings = view.findings;
  }

  void prefixes() {
    SharedPrefixes prefixes = findings.analysis().prefixes();
    if (prefixes.count() == 0) {
      return;
    }
    page.open("div", "class", "pair").line();
    panel.figure("half", "Prefixes that most requests share");
    page.text(
        "p",
        Numbers.count(prefixes.count())
            + " distinct prefixes occur in at least two requests. One that goes on to another of"
            + " much the same requests is listed once. Requests and blocks are numbered from 0.");
    page.close("figcaption");
    prefixTable(prefixes.byRequests(), true);
    page.close("figure").line();
    panel.figure("half", "Prefixes that save most tokens");
    page.text(
        "p",
        "What the part of a prefix that it does not share with a shorter one can save; all of them"
            + " together save "
            + Numbers.compact(prefixes.savedTokens())
            + " tokens.");
    page.close("figcaption");
    prefixTable(prefixes.byTokens(), false);
    page.close("figure").line();
    page.close("div").line();
  }

  private void prefixTable(List<SharedPrefixes.Prefix> prefixes, boolean byRequests) {
    long most = 1;
    for (SharedPrefixes.Prefix prefix : prefixes) {
      most = Math.max(most, byRequests ? prefix.requests() : prefix.savedTokens());
    }
    page.open("div", "class", "scroll").open("table", "class", "bars");
    page.open("thead").open("tr").text("th", "Ends with block").text("th", "Length");
    page.text("th", byRequests ? "Saved" : "Requests");
    page.text("th", byRequests ? "Requests" : "Saved tokens", "style", "text-align:left");
    page.close("tr").close("thead").open("tbody").line();
    for (SharedPrefixes.Prefix prefix : prefixes) {
      page.open("tr");
      page.open("td")
          .text(Numbers.count(prefix.lastBlock()))
          .text("small", "first in request " + Numbers.count(prefix.firstRequest()))
          .close("td");
      page.open("td")
          .text(Numbers.compact(prefix.tokens()) + " tok")
          .text(
              "small",
              Numbers.count(prefix.blocks()) + (prefix.blocks() == 1 ? " block" : " blocks"))
          .close("td");
      page.text(
          "td",
          byRequests
              ? Numbers.compact(prefix.savedTokens()) + " tok"
              : Numbers.count(prefix.requests()));
      long value = byRequests ? prefix.requests() : prefix.savedTokens();
      page.open("td").open("div", "class", "meter");
      page.open("i", "style", "width:" + Numbers.pixel(Math.max(0.8, 62.0 * value / most)) + "%")
          .close("i");
      page.text(
              "span",
              byRequests ? Numbers.count(prefix.requests()) : Numbers.compact(prefix.savedTokens()))
          .close("div")
          .close("td");
      page.close("tr").line();
    }
    page.close("tbody").close("table").close("div");
  }
}
