package dev.kvbm.bench.compare;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/**
 * Where figures come from.
 *
 * @param processor its model
 * @param cores how many of it
 * @param system the operating system
 * @param hugePages the system's setting for transparent huge pages
 * @param java the JVM
 * @param loadBefore load average of the last minute when the run began
 */
record Machine(
    String processor, int cores, String system, String hugePages, String java, double loadBefore) {

  static Machine here() {
    return new Machine(
        processorModel(),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.name") + " " + System.getProperty("os.version"),
        hugePagesSetting(),
        System.getProperty("java.vm.name") + " " + System.getProperty("java.vm.version"),
        load());
  }

  /** Load average of the last minute; negative if the system does not tell. */
  static double load() {
    return ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
  }

  private static String processorModel() {
    for (String line : read(Path.of("/proc/cpuinfo")).lines().toList()) {
      if (line.startsWith("model name")) {
        return line.substring(line.indexOf(':') + 1).strip();
      }
    }
    return System.getProperty("os.arch");
  }

  private static String hugePagesSetting() {
    String text = read(Path.of("/sys/kernel/mm/transparent_hugepage/enabled"));
    int from = text.indexOf('[');
    int to = text.indexOf(']');
    return from < 0 || to < from ? "unknown" : text.substring(from + 1, to);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return "";
    }
  }

  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%s, %d cores, %s, huge pages %s, %s, load %.1f",
        processor,
        cores,
        system,
        hugePages,
        java,
        loadBefore);
  }
}
