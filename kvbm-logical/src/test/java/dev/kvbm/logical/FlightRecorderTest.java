package dev.kvbm.logical;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.kvbm.logical.tier.G2;
import dev.kvbm.tokens.LineageHashes;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** The events of JDK Flight Recorder. */
class FlightRecorderTest {
  @RegisterExtension final Pools pools = new Pools();
  @TempDir Path folder;

  private List<RecordedEvent> record(BlockManager<?> manager, Runnable work) throws IOException {
    Path file = folder.resolve("events.jfr");
    try (Recording recording = new Recording()) {
      recording.start();
      work.run();
      recording.stop();
      recording.dump(file);
    }
    return RecordingFile.readAllEvents(file).stream()
        .filter(event -> event.getEventType().getName().startsWith("dev.kvbm."))
        .filter(event -> event.getLong("manager") == manager.id().value())
        .toList();
  }

  @Test
  void everyEventNamesItsManager() throws IOException {
    BlockManager<G2> manager =
        pools.build(Pools.builder(G2.TIER, 4, Pools.countingRegistry()).name("host-1"));

    List<RecordedEvent> events =
        record(
            manager,
            () -> {
              Pools.cache(manager, Hashes.chain(0, 3));
              Pools.cache(manager, Hashes.chain(100, 2));
              manager.match(Hashes.chain(100, 2)).close();
            });

    assertThat(events)
        .extracting(
            event -> event.getEventType().getName(),
            event -> event.getString("name"),
            event -> event.getString("tier"))
        .containsExactly(
            tuple("dev.kvbm.Allocation", "host-1", "G2"),
            tuple("dev.kvbm.Registration", "host-1", "G2"),
            tuple("dev.kvbm.Allocation", "host-1", "G2"),
            tuple("dev.kvbm.Eviction", "host-1", "G2"),
            tuple("dev.kvbm.Registration", "host-1", "G2"),
            tuple("dev.kvbm.Match", "host-1", "G2"));
    assertThat(events.get(3).getInt("blocks")).isEqualTo(1);
    assertThat(events.get(3).getString("policy")).isEqualTo("lru");
  }

  @Test
  void lookupsAreToldApart() throws IOException {
    BlockManager<?> manager = pools.of(8);
    Pools.cache(manager, Hashes.chain(0, 3));
    LineageHashes fourOfThree = Hashes.chain(0, 4);

    List<RecordedEvent> events =
        record(
            manager,
            () -> {
              manager.match(fourOfThree).close();
              manager.matchScattered(fourOfThree.from(2)).close();
              manager.scan(fourOfThree.slice(0, 2), false).close();
              manager.match(Hashes.prompt(0, 13)).close();
            });

    assertThat(events)
        .extracting(
            event -> event.getString("lookup"),
            event -> event.getInt("requested"),
            event -> event.getInt("hits"))
        .containsExactly(
            tuple("prefix", 4, 3),
            tuple("scattered", 2, 1),
            tuple("scan", 2, 2),
            tuple("prefix", 3, 3));
  }
}
