package dev.kvbm.bench.cases;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A case name taken apart, for example {@code churn/lru/pool=4k/lfu=1/drop=fwd/n=32/single}.
 *
 * @param text the whole name
 * @param family what is done
 * @param backend the eviction backend as the original calls it; empty if the case has none
 * @param options sizes and switches
 * @param form another way to do the same work; empty for the one that a careful user would choose
 */
record CaseName(
    String text, String family, String backend, Map<String, String> options, String form) {

  static CaseName parse(String text) {
    String[] parts = text.split("/", -1);
    String backend = "";
    String form = "";
    Map<String, String> options = new LinkedHashMap<>();
    for (int i = 1; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      if (equals > 0) {
        options.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
      } else if (i == 1) {
        backend = parts[i];
      } else if (i == parts.length - 1) {
        form = parts[i];
      } else {
        throw new IllegalArgumentException(text + ": " + parts[i] + " is not an option");
      }
    }
    return new CaseName(text, parts[0], backend, Map.copyOf(options), form);
  }

  String option(String key) {
    String value = options.get(key);
    if (value == null) {
      throw new IllegalArgumentException(text + ": the option " + key + "= is missing");
    }
    return value;
  }

  /** The value of a number option; {@code 4k}, {@code 1M} and {@code 2^21} are understood. */
  int number(String key) {
    String value = option(key);
    try {
      if (value.startsWith("2^")) {
        return 1 << Integer.parseInt(value.substring(2));
      }
      int last = value.length() - 1;
      return switch (value.charAt(last)) {
        case 'k' -> Integer.parseInt(value.substring(0, last)) << 10;
        case 'M' -> Integer.parseInt(value.substring(0, last)) << 20;
        default -> Integer.parseInt(value);
      };
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(text + ": " + key + "=" + value + " is not a number", e);
    }
  }

  boolean flag(String key) {
    return number(key) != 0;
  }

  boolean isForm(String name) {
    return form.equals(name);
  }
}
