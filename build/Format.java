import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;

/**
 * Runs google-java-format over the sources of all modules, from the root of the checkout.
 *
 * <p>{@code --dry-run} writes the names of files that are not formatted to {@code
 * target/format/unformatted.txt}; {@code --replace} formats them. Only files that changed since the
 * last run without a finding are looked at. Maven starts this with the formatter's jar on the class
 * path and reads the list, because a failing process would bury the names under a stack trace.
 */
final class Format {

  private static final Path WORK = Path.of("target", "format");
  private static final Path STAMP = WORK.resolve("checked");
  private static final Path FINDINGS = WORK.resolve("unformatted.txt");

  private Format() {}

  private static long millis(Path file) throws IOException {
    return Files.exists(file) ? Files.getLastModifiedTime(file).toMillis() : 0;
  }

  public static void main(String[] args) throws IOException {
    long since = millis(STAMP);
    if (millis(Path.of("pom.xml")) >= since) {
      since = 0; // perhaps another formatter
    }
    long checkFrom = since;
    long now = System.currentTimeMillis();
    List<String> command = new ArrayList<>(List.of(args));
    int options = command.size();
    Files.walkFileTree(
        Path.of(""),
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path dir, BasicFileAttributes attributes) {
            String name = dir.getFileName().toString();
            boolean skipped = name.equals("target") || (name.startsWith(".") && !name.equals("."));
            return skipped ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().endsWith(".java")
                && attributes.lastModifiedTime().toMillis() >= checkFrom) {
              command.add(file.toString());
            }
            return FileVisitResult.CONTINUE;
          }
        });

    StringWriter out = new StringWriter();
    if (command.size() > options) {
      ToolProvider formatter = ToolProvider.findFirst("google-java-format").orElseThrow();
      StringWriter err = new StringWriter();
      int status =
          formatter.run(
              new PrintWriter(out, true),
              new PrintWriter(err, true),
              command.toArray(String[]::new));
      if (status != 0) {
        out.write(err.toString());
      }
    }
    String findings = out.toString().strip();
    Files.writeString(FINDINGS, findings);
    if (findings.isEmpty()) {
      Files.writeString(STAMP, "");
      Files.setLastModifiedTime(STAMP, FileTime.fromMillis(now));
    } else {
      Files.deleteIfExists(STAMP);
    }
  }
}
