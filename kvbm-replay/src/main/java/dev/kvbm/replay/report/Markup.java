package dev.kvbm.replay.report;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Writes elements that are always closed and text that is always escaped, so that the page is also
 * well-formed XML. Names are ours and not checked. Not thread-safe.
 */
final class Markup {

  private final StringBuilder out = new StringBuilder(1 << 16);
  private final Deque<String> open = new ArrayDeque<>();

  /** Opens an element with attributes given as name, value, name, value. */
  Markup open(String element, String... attributes) {
    start(element, attributes);
    out.append('>');
    open.push(element);
    return this;
  }

  /** Closes the innermost open element, which must be this one. */
  Markup close(String element) {
    String innermost = open.isEmpty() ? "" : open.pop();
    if (!innermost.equals(element)) {
      throw new IllegalStateException("closes <" + element + "> inside <" + innermost + ">");
    }
    out.append("</").append(element).append('>');
    return this;
  }

  /** An element without content. */
  Markup empty(String element, String... attributes) {
    start(element, attributes);
    out.append("/>");
    return this;
  }

  /** An element with text only. */
  Markup text(String element, String text, String... attributes) {
    open(element, attributes);
    text(text);
    return close(element);
  }

  /** Text. */
  Markup text(String text) {
    escape(text);
    return this;
  }

  /** A line feed, to keep lines of the file short. */
  Markup line() {
    out.append('\n');
    return this;
  }

  /** Our own markup, as it is. */
  Markup raw(String markup) {
    out.append(markup);
    return this;
  }

  private void start(String element, String... attributes) {
    out.append('<').append(element);
    for (int i = 0; i < attributes.length; i += 2) {
      out.append(' ').append(attributes[i]).append("=\"");
      escape(attributes[i + 1]);
      out.append('"');
    }
  }

  /** Also replaces what XML 1.0 has no way to write: control characters and halves of pairs. */
  private void escape(String text) {
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      switch (c) {
        case '&' -> out.append("&amp;");
        case '<' -> out.append("&lt;");
        case '>' -> out.append("&gt;");
        case '"' -> out.append("&quot;");
        case '\'' -> out.append("&#39;");
        case '\t', '\n' -> out.append((char) c);
        default -> {
          boolean allowed =
              c >= 0x20 && c != 0x7F && !(c >= 0xD800 && c <= 0xDFFF) && c != 0xFFFE && c != 0xFFFF;
          out.appendCodePoint(allowed ? c : 0xFFFD);
        }
      }
    }
  }

  @Override
  public String toString() {
    return out.toString();
  }
}
