package dev.kvbm.replay.workload;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Lists and changes the components of a workload record by name, and checks their ranges. */
final class Parameters {
  private Parameters() {}

  static List<WorkloadOption> list(Record workload) {
    List<WorkloadOption> options = new ArrayList<>();
    for (RecordComponent component : workload.getClass().getRecordComponents()) {
      options.add(
          new WorkloadOption(
              optionName(component.getName()),
              text(value(component, workload)),
              component.getAnnotation(Means.class).value()));
    }
    return options;
  }

  /** A copy of the record with one component parsed from text. */
  static <R extends Record> R with(R workload, String profile, String option, String text) {
    RecordComponent[] components = workload.getClass().getRecordComponents();
    Class<?>[] types = new Class<?>[components.length];
    Object[] values = new Object[components.length];
    boolean found = false;
    for (int i = 0; i < components.length; i++) {
      types[i] = components[i].getType();
      values[i] = value(components[i], workload);
      if (optionName(components[i].getName()).equals(option)) {
        found = true;
        values[i] = parse(option, types[i], values[i], text.strip());
      }
    }
    if (!found) {
      StringBuilder names = new StringBuilder();
      for (RecordComponent component : components) {
        names.append(names.isEmpty() ? "" : ", ").append(optionName(component.getName()));
      }
      throw new IllegalArgumentException(
          "the " + profile + " workload has no option \"" + option + "\"; it has " + names);
    }
    try {
      @SuppressWarnings("unchecked")
      Class<R> type = (Class<R>) workload.getClass();
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (InvocationTargetException refused) {
      if (refused.getCause() instanceof IllegalArgumentException reason) {
        throw reason;
      }
      throw new IllegalStateException(refused);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static Object parse(String option, Class<?> type, Object present, String text) {
    try {
      if (type == int.class) {
        return Integer.parseInt(text.replace("_", ""));
      }
      if (type == long.class) {
        return Long.parseLong(text.replace("_", ""));
      }
      if (type == double.class) {
        return Double.parseDouble(text.replace("_", ""));
      }
    } catch (NumberFormatException notANumber) {
      throw new IllegalArgumentException(
          option
              + " is \""
              + text
              + "\"; write a "
              + (type == double.class ? "number" : "whole number")
              + ", for example "
              + text(present),
          notANumber);
    }
    if (type == boolean.class && (text.equals("true") || text.equals("false"))) {
      return Boolean.valueOf(text);
    }
    if (present instanceof LogNormal distribution) {
      try {
        return distribution.with(text);
      } catch (IllegalArgumentException unusable) {
        throw new IllegalArgumentException(option + ": " + unusable.getMessage(), unusable);
      }
    }
    StringBuilder choices = new StringBuilder();
    if (type.isEnum()) {
      for (Object constant : type.getEnumConstants()) {
        if (text(constant).equals(text.toLowerCase(Locale.ROOT))) {
          return constant;
        }
        choices.append(choices.isEmpty() ? "" : ", ").append(text(constant));
      }
    }
    throw new IllegalArgumentException(
        option
            + " is \""
            + text
            + "\"; choose one of "
            + (choices.isEmpty() ? "true, false" : choices));
  }

  private static Object value(RecordComponent component, Record record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String text(Object value) {
    if (value instanceof Double number) {
      return LogNormal.text(number);
    }
    if (value instanceof Enum<?> constant) {
      return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
    return String.valueOf(value);
  }

  /** {@code ratePerSecond} becomes {@code rate-per-second}. */
  static String optionName(String component) {
    StringBuilder name = new StringBuilder();
    for (int i = 0; i < component.length(); i++) {
      char c = component.charAt(i);
      if (Character.isUpperCase(c)) {
        name.append('-');
      }
      name.append(Character.toLowerCase(c));
    }
    return name.toString();
  }

  static void range(String component, double value, double min, double max) {
    if (!(value >= min && value <= max)) {
      throw new IllegalArgumentException(
          optionName(component)
              + " is "
              + LogNormal.text(value)
              + "; choose "
              + LogNormal.text(min)
              + " to "
              + LogNormal.text(max));
    }
  }

  static void share(String component, double value) {
    range(component, value, 0, 1);
  }

  /** Lengths of single texts: at most a million tokens, so that sums fit. */
  static void lengths(String component, LogNormal value) {
    range(component + "Max", value.max(), 0, 1_000_000);
  }
}
