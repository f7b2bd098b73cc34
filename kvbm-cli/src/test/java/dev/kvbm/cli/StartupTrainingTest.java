package dev.kvbm.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StartupTrainingTest {
  @TempDir private Path folder;

  private static int run(String... commands) throws IOException {
    return StartupTraining.run(new BufferedReader(new StringReader(String.join("\n", commands))));
  }

  @Test
  void commandsRunOneAfterTheOtherUntilOneFails() throws IOException {
    Path first = folder.resolve("first.jsonl");
    Path second = folder.resolve("second.jsonl");
    assertThat(
            run(
                "trace generate chat " + first + "  --requests 5",
                "replay " + first + " --no-such-option",
                "trace generate chat " + second + " --requests 5"))
        .isEqualTo(2);
    assertThat(first).exists();
    assertThat(second).doesNotExist();
  }

  @Test
  void everyCommandThatTheLauncherTrainsOnWorks() throws IOException {
    Matcher commands =
        Pattern.compile("<<'END'\n(.*?)\nEND\n", Pattern.DOTALL)
            .matcher(Files.readString(Path.of("../kvbm")));
    assertThat(commands.find()).isTrue();
    List<String> lines =
        commands
            .group(1)
            .replace("training.", folder + "/training.")
            .replace("--requests 6000", "--requests 60")
            .lines()
            .toList();
    assertThat(lines).hasSizeGreaterThan(3);
    for (String line : lines) {
      Shell.Result result = Shell.run(line.split(" "));
      assertThat(result.status()).as("%s: %s", line, result.err()).isZero();
    }
  }
}
