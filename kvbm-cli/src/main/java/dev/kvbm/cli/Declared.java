package dev.kvbm.cli;

import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.ISetter;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Declares the options of a command in code. Annotations say it in fewer words, but to read them
 * takes reflection and classes made on the spot, and that a quarter of a short replay.
 *
 * <p>Before the arguments are read, every option is set to its initial value: null, false, or true
 * for a flag that can be negated.
 */
final class Declared {
  private final CommandSpec spec;

  /** Declares options of this command, --help and --version first. */
  Declared(CommandSpec spec) {
    this.spec = spec;
    spec.addOption(
        OptionSpec.builder("-h", "--help")
            .usageHelp(true)
            .description("Show this help message and exit.")
            .build());
    spec.addOption(
        OptionSpec.builder("-V", "--version")
            .versionHelp(true)
            .description("Print version information and exit.")
            .build());
  }

  /** An option with a value; {@code label} stands for it in the usage. */
  <T> void value(
      String name, String label, Class<T> type, Consumer<@Nullable T> field, String description) {
    spec.addOption(
        OptionSpec.builder(name)
            .paramLabel(label)
            .type(type)
            .setter(new Field<@Nullable T>(field))
            .description(description)
            .build());
  }

  /** An option without a value, by one or more names. */
  void flag(Consumer<Boolean> field, String description, String... names) {
    spec.addOption(flag(field, description, OptionSpec.builder(names)).initialValue(false).build());
  }

  /** An option without a value that is on unless its negation is given. */
  void flagUnlessNegated(Consumer<Boolean> field, String description, String name) {
    spec.addOption(
        flag(field, description, OptionSpec.builder(name))
            .negatable(true)
            .initialValue(true)
            .defaultValue("true")
            .fallbackValue("true")
            .build());
  }

  private static OptionSpec.Builder flag(
      Consumer<Boolean> field, String description, OptionSpec.Builder option) {
    return option.type(boolean.class).setter(new Field<>(field)).description(description);
  }

  /** A field as picocli sets it. */
  private record Field<V extends @Nullable Object>(Consumer<V> field) implements ISetter {
    // picocli converts to the declared type before it sets.
    @Override
    @SuppressWarnings("unchecked")
    public <T> T set(T value) {
      field.accept((V) value);
      return value;
    }
  }
}
