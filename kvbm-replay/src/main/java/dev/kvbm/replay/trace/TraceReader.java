package dev.kvbm.replay.trace;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Reads a trace line by line: plain or gzip (told by content, many members allowed), from a file or
 * a stream, in any of the forms of {@link TraceFormat} (told by the first record's keys unless the
 * options name one).
 *
 * <p>It holds one line at a time, whatever the size of the trace. The request that {@link #next}
 * returns is filled again by the following call.
 *
 * <p>What it insists on: whole, non-negative lengths; ids that are unsigned 64-bit integers; as
 * many ids as the prompt's length and the block size ask for (without one for a partial last block
 * is accepted too, since some recorders list full blocks only); no id twice in a request where ids
 * are chained. Blank lines, CRLF and a UTF-8 byte order mark are accepted. So are timestamps that
 * go backwards: recorders that write on completion produce them, and {@link CompactTrace} puts
 * requests in order of arrival.
 *
 * <p>Not thread-safe.
 */
public final class TraceReader implements TraceSource {
  private static final int KEPT_PROBLEMS = 5;

  private final String name;
  private final TraceOptions options;
  private final LineReader lines;
  private final JsonLine json = new JsonLine();
  private final TraceRequest request = new TraceRequest();
  private final List<String> problems = new ArrayList<>();

  private @Nullable TraceFormat format;
  private @Nullable RecordParser parser;
  private boolean opened;
  private boolean ended;
  private long requests;
  private long malformed;
  private long otherEvents;

  private TraceReader(String name, InputStream in, TraceOptions options) {
    this.name = name;
    this.options = options;
    this.lines = new LineReader(name, in);
    this.format = options.format();
    this.parser = format == null ? null : RecordParser.of(format, options);
  }

  /**
   * Opens a file. The caller closes the reader.
   *
   * @param file JSON Lines, plain or gzip
   * @param options how to read it
   * @return a reader before the first record
   * @throws TraceException if the file does not exist, is a directory, or may not be read
   */
  public static TraceReader open(Path file, TraceOptions options) {
    String name = file.toString();
    if (Files.isDirectory(file)) {
      throw new TraceException(name, 0, "expected a trace file, found a directory", null);
    }
    try {
      return new TraceReader(name, Files.newInputStream(file), options);
    } catch (NoSuchFileException missing) {
      throw new TraceException(name, 0, "expected a trace file, found nothing there", missing);
    } catch (AccessDeniedException denied) {
      throw new TraceException(name, 0, "expected a readable file, access is denied", denied);
    } catch (IOException failed) {
      throw new TraceException(name, 0, "cannot be opened: " + failed.getMessage(), failed);
    }
  }

  /**
   * {@link #open(Path, TraceOptions)} with {@link TraceOptions#defaults()}.
   *
   * @param file JSON Lines, plain or gzip
   * @return a reader before the first record; the caller closes it
   * @throws TraceException if the file does not exist, is a directory, or may not be read
   */
  public static TraceReader open(Path file) {
    return open(file, TraceOptions.defaults());
  }

  /**
   * Reads a stream, which the reader closes when it is closed.
   *
   * @param name what to call it in messages
   * @param in JSON Lines, plain or gzip
   * @param options how to read it
   * @return a reader before the first record
   */
  public static TraceReader of(String name, InputStream in, TraceOptions options) {
    return new TraceReader(name, in, options);
  }

  /**
   * Reads the process's standard input. Closing the reader closes it.
   *
   * @param options how to read it
   * @return a reader before the first record
   */
  public static TraceReader standardInput(TraceOptions options) {
    return of("<stdin>", new FileInputStream(FileDescriptor.in), options);
  }

  @Override
  public String name() {
    return name;
  }

  /**
   * {@inheritDoc}
   *
   * @throws TraceException on a malformed line unless those are skipped, on a damaged or unreadable
   *     stream, and at the end of one that held no request at all
   */
  @Override
  public @Nullable TraceRequest next() {
    try {
      return read();
    } catch (LineReader.DamagedGzip damaged) {
      if (options.skipMalformed()) {
        lines.abandon();
        count(String.valueOf(damaged.getMessage()), lines.lineNumber() + 1);
        return end();
      }
      throw new TraceException(
          name, lines.lineNumber() + 1, String.valueOf(damaged.getMessage()), damaged);
    } catch (IOException failed) {
      throw new TraceException(
          name, 0, "reading failed after line " + lines.lineNumber() + ": " + failed, failed);
    }
  }

  private @Nullable TraceRequest read() throws IOException {
    if (!opened) {
      opened = true;
      lines.open();
    }
    while (!ended && lines.advance()) {
      if (lines.blank()) {
        continue;
      }
      json.reset(lines.bytes(), lines.lineFrom(), lines.lineTo());
      request.clear().line(lines.lineNumber());
      try {
        RecordParser current = parser;
        if (current == null) {
          TraceFormat detected = RecordParser.detect(json);
          format = detected;
          current = RecordParser.of(detected, options);
          parser = current;
          json.reset(lines.bytes(), lines.lineFrom(), lines.lineTo());
        }
        if (current.parse(json, request)) {
          requests++;
          return request;
        }
        otherEvents++;
      } catch (Malformed problem) {
        if (!options.skipMalformed()) {
          throw new TraceException(name, lines.lineNumber(), problem.problem(), null);
        }
        count(problem.problem(), lines.lineNumber());
      }
    }
    return end();
  }

  private void count(String problem, long line) {
    malformed++;
    if (problems.size() < KEPT_PROBLEMS) {
      problems.add(name + ":" + line + ": " + problem);
    }
  }

  private @Nullable TraceRequest end() {
    ended = true;
    if (requests > 0) {
      return null;
    }
    if (malformed > 0) {
      throw new TraceException(
          name,
          0,
          "expected requests, found none in "
              + malformed
              + " malformed line"
              + (malformed == 1 ? "" : "s")
              + "; the first: "
              + problems.getFirst(),
          null);
    }
    if (otherEvents > 0) {
      throw new TraceException(
          name,
          0,
          "expected request_end events, found none among " + otherEvents + " other events",
          null);
    }
    throw new TraceException(
        name,
        0,
        "expected one JSON object a line, found "
            + (lines.lineNumber() == 0 ? "nothing: it is empty" : "blank lines only"),
        null);
  }

  /** {@return the form of the trace; null until it was told from the first record} */
  public @Nullable TraceFormat format() {
    return format;
  }

  /** {@return requests returned so far} */
  public long requests() {
    return requests;
  }

  /** {@return malformed lines passed over so far; a damaged end of a gzip stream counts as one} */
  public long malformed() {
    return malformed;
  }

  /** {@return the first few problems behind {@link #malformed()}, each with source and line} */
  public List<String> malformedExamples() {
    return List.copyOf(problems);
  }

  /**
   * {@return well-formed lines so far that are no requests, such as tool events of a Dynamo trace}
   */
  public long otherEvents() {
    return otherEvents;
  }

  /** {@return lines read so far} */
  public long lines() {
    return lines.lineNumber();
  }

  /** {@return bytes taken from the file or stream so far, before decompression} */
  public long bytesRead() {
    return lines.bytesRead();
  }

  /** {@return whether the source is gzip; known after the first {@link #next}} */
  public boolean gzip() {
    return lines.gzip();
  }

  /**
   * Closes the file or stream.
   *
   * @throws TraceException if that fails
   */
  @Override
  public void close() {
    try {
      lines.close();
    } catch (IOException failed) {
      throw new TraceException(name, 0, "cannot be closed: " + failed.getMessage(), failed);
    }
  }
}
