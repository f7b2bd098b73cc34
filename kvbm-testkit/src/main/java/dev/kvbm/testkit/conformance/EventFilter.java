package dev.kvbm.testkit.conformance;

import dev.kvbm.tokens.PositionalLineageHash;

/**
 * Which hashes the recorded registry announces, by their position.
 *
 * @param all whether all are
 * @param min otherwise powers of two from here
 * @param max to here
 */
record EventFilter(boolean all, int min, int max) {

  static EventFilter of(String text) {
    if (text.equals("all")) {
      return new EventFilter(true, 0, 0);
    }
    if (!text.matches("pow2:\\d{1,8},\\d{1,8}")) {
      throw new MalformedScriptException("unknown event policy " + text);
    }
    int comma = text.indexOf(',');
    return new EventFilter(
        false,
        Integer.parseInt(text.substring("pow2:".length(), comma)),
        Integer.parseInt(text.substring(comma + 1)));
  }

  boolean accepts(PositionalLineageHash hash) {
    int position = hash.position();
    return all || (Integer.bitCount(position) == 1 && position >= min && position <= max);
  }
}
