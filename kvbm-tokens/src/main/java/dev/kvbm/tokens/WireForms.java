package dev.kvbm.tokens;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * JSON and MessagePack forms of this package's values, as the reference exchanges them.
 *
 * <ul>
 *   <li>A 128-bit hash is its 16 bytes, most significant first: an array of 16 numbers in JSON, a
 *       {@code bin} of 16 bytes in MessagePack. A reader also takes an array of 16 in MessagePack
 *       and, as the reference does, a string of exactly 16 UTF-8 bytes in JSON. The bits are not
 *       checked.
 *   <li>{@link TokenBlockMmInfo} and {@link UniversalBlock} are objects in JSON, and arrays or, in
 *       the named form, maps in MessagePack. Readers take both.
 *   <li>{@link UniqueBlock} is an object of one field in either. A UUID is text in JSON and a
 *       {@code bin} of 16 bytes in MessagePack.
 *   <li>64-bit numbers are unsigned, of the smallest width in MessagePack. In JSON they exceed what
 *       a double can hold.
 * </ul>
 *
 * <p>Readers take one value and nothing after it. They refuse other input with an {@link
 * IllegalArgumentException} whose message begins as the reference's does.
 *
 * <p>Meant for single values: a codec for streams of events belongs to its transport. Thread-safe.
 */
public final class WireForms {
  private static final String MM_HASH = "mm_hash";
  private static final String OFFSET = "offset";
  private static final String LENGTH = "length";
  private static final String BLOCK_HASH = "block_hash";
  private static final String PLH = "plh";
  private static final String PARTIAL_BLOCK = "PartialBlock";
  private static final String FULL_BLOCK = "FullBlock";

  private WireForms() {}

  // ---------------------------------------------------------------------------------------- JSON

  /**
   * Writes a lineage hash as JSON.
   *
   * @param hash the value, of any mode
   * @return an array of 16 numbers
   */
  public static String toJson(PositionalLineageHash hash) {
    return jsonBytes(hash.toBytes());
  }

  /**
   * Writes a sequence hash as JSON.
   *
   * @param hash the value
   * @return an array of 16 numbers
   */
  public static String toJson(PositionalSequenceHash hash) {
    return jsonBytes(hash.toBytes());
  }

  /**
   * Writes a multimodal run as JSON.
   *
   * @param run the value
   * @return an object of three numbers
   */
  public static String toJson(TokenBlockMmInfo run) {
    return "{\"mm_hash\":"
        + Long.toUnsignedString(run.mmHash())
        + ",\"offset\":"
        + Long.toUnsignedString(run.offset())
        + ",\"length\":"
        + Long.toUnsignedString(run.length())
        + "}";
  }

  /**
   * Writes a block as JSON.
   *
   * @param block the value
   * @return an object of a number and an array of 16 numbers
   */
  public static String toJson(UniversalBlock block) {
    return "{\"block_hash\":"
        + Long.toUnsignedString(block.blockHash())
        + ",\"plh\":"
        + toJson(block.lineageHash())
        + "}";
  }

  /**
   * Writes a block as JSON.
   *
   * @param block the value
   * @return an object of one field
   */
  public static String toJson(UniqueBlock block) {
    return switch (block) {
      case UniqueBlock.PartialBlock(UUID id) -> "{\"PartialBlock\":\"" + id + "\"}";
      case UniqueBlock.FullBlock(long hash) ->
          "{\"FullBlock\":" + Long.toUnsignedString(hash) + "}";
    };
  }

  private static String jsonBytes(byte[] bytes) {
    StringBuilder out = new StringBuilder(64).append('[');
    for (int i = 0; i < bytes.length; i++) {
      out.append(i == 0 ? "" : ",").append(bytes[i] & 0xff);
    }
    return out.append(']').toString();
  }

  /**
   * Reads a lineage hash from JSON.
   *
   * @param json the text
   * @return the value
   * @throws IllegalArgumentException if the text is something else
   */
  public static PositionalLineageHash lineageHashFromJson(String json) {
    JsonReader in = new JsonReader(json);
    byte[] bytes = in.hashBytes();
    in.end();
    return PositionalLineageHash.fromBytes(bytes);
  }

  /**
   * Reads a sequence hash from JSON.
   *
   * @param json the text
   * @return the value
   * @throws IllegalArgumentException if the text is something else
   */
  public static PositionalSequenceHash sequenceHashFromJson(String json) {
    JsonReader in = new JsonReader(json);
    byte[] bytes = in.hashBytes();
    in.end();
    return PositionalSequenceHash.fromBytes(bytes);
  }

  /**
   * Reads a multimodal run from JSON. The fields may come in any order.
   *
   * @param json the text
   * @return the value, not validated
   * @throws IllegalArgumentException if the text is something else
   */
  public static TokenBlockMmInfo mmInfoFromJson(String json) {
    JsonReader in = new JsonReader(json);
    long[] numbers = new long[3];
    in.object(new String[] {MM_HASH, OFFSET, LENGTH}, field -> numbers[field] = in.unsigned("u64"));
    in.end();
    return new TokenBlockMmInfo(numbers[0], numbers[1], numbers[2]);
  }

  /**
   * Reads a block from JSON. The fields may come in any order.
   *
   * @param json the text
   * @return the value
   * @throws IllegalArgumentException if the text is something else
   */
  public static UniversalBlock universalBlockFromJson(String json) {
    JsonReader in = new JsonReader(json);
    long[] blockHash = new long[1];
    byte[] lineageHash = new byte[PositionalLineageHash.BYTES];
    in.object(
        new String[] {BLOCK_HASH, PLH},
        field -> {
          if (field == 0) {
            blockHash[0] = in.unsigned("u64");
          } else {
            System.arraycopy(in.hashBytes(), 0, lineageHash, 0, lineageHash.length);
          }
        });
    in.end();
    return new UniversalBlock(blockHash[0], PositionalLineageHash.fromBytes(lineageHash));
  }

  /**
   * Reads a block from JSON.
   *
   * @param json the text
   * @return the value
   * @throws IllegalArgumentException if the text is something else
   */
  public static UniqueBlock uniqueBlockFromJson(String json) {
    JsonReader in = new JsonReader(json);
    in.expect('{');
    String variant = in.string();
    in.expect(':');
    UniqueBlock block =
        switch (variant) {
          case PARTIAL_BLOCK -> new UniqueBlock.PartialBlock(uuid(in.string()));
          case FULL_BLOCK -> new UniqueBlock.FullBlock(in.unsigned("u64"));
          default -> throw unknownVariant(variant);
        };
    in.expect('}');
    in.end();
    return block;
  }

  private static UUID uuid(String text) {
    UUID id = text.length() == 36 ? UUID.fromString(text) : new UUID(0, 0);
    if (!id.toString().equalsIgnoreCase(text)) {
      throw new IllegalArgumentException("UUID parsing failed: \"" + text + "\"");
    }
    return id;
  }

  private static IllegalArgumentException unknownVariant(String variant) {
    return new IllegalArgumentException(
        "unknown variant `" + variant + "`, expected `PartialBlock` or `FullBlock`");
  }

  // --------------------------------------------------------------------------------- MessagePack

  /**
   * Writes a lineage hash as MessagePack.
   *
   * @param hash the value, of any mode
   * @return a {@code bin} of 16 bytes: 18 bytes in all
   */
  public static byte[] toMessagePack(PositionalLineageHash hash) {
    return packed(out -> packBytes(out, hash.toBytes()));
  }

  /**
   * Writes a sequence hash as MessagePack.
   *
   * @param hash the value
   * @return a {@code bin} of 16 bytes: 18 bytes in all
   */
  public static byte[] toMessagePack(PositionalSequenceHash hash) {
    return packed(out -> packBytes(out, hash.toBytes()));
  }

  /**
   * Writes a multimodal run as MessagePack.
   *
   * @param run the value
   * @return an array of three numbers
   */
  public static byte[] toMessagePack(TokenBlockMmInfo run) {
    return packed(
        out -> {
          out.write(0x93);
          packUnsigned(out, run.mmHash());
          packUnsigned(out, run.offset());
          packUnsigned(out, run.length());
        });
  }

  /**
   * Writes a multimodal run as MessagePack with field names.
   *
   * @param run the value
   * @return a map of three numbers
   */
  public static byte[] toNamedMessagePack(TokenBlockMmInfo run) {
    return packed(
        out -> {
          out.write(0x83);
          packString(out, MM_HASH);
          packUnsigned(out, run.mmHash());
          packString(out, OFFSET);
          packUnsigned(out, run.offset());
          packString(out, LENGTH);
          packUnsigned(out, run.length());
        });
  }

  /**
   * Writes a block as MessagePack.
   *
   * @param block the value
   * @return an array of a number and a {@code bin}
   */
  public static byte[] toMessagePack(UniversalBlock block) {
    return packed(
        out -> {
          out.write(0x92);
          packUnsigned(out, block.blockHash());
          packBytes(out, block.lineageHash().toBytes());
        });
  }

  /**
   * Writes a block as MessagePack with field names.
   *
   * @param block the value
   * @return a map of a number and a {@code bin}
   */
  public static byte[] toNamedMessagePack(UniversalBlock block) {
    return packed(
        out -> {
          out.write(0x82);
          packString(out, BLOCK_HASH);
          packUnsigned(out, block.blockHash());
          packString(out, PLH);
          packBytes(out, block.lineageHash().toBytes());
        });
  }

  /**
   * Writes a block as MessagePack.
   *
   * @param block the value
   * @return a map of one field
   */
  public static byte[] toMessagePack(UniqueBlock block) {
    return packed(
        out -> {
          out.write(0x81);
          switch (block) {
            case UniqueBlock.PartialBlock(UUID id) -> {
              packString(out, PARTIAL_BLOCK);
              packBytes(
                  out, Halves.toBytes(id.getMostSignificantBits(), id.getLeastSignificantBits()));
            }
            case UniqueBlock.FullBlock(long hash) -> {
              packString(out, FULL_BLOCK);
              packUnsigned(out, hash);
            }
          }
        });
  }

  private interface Packer {
    void write(ByteArrayOutputStream out);
  }

  private static byte[] packed(Packer packer) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(64);
    packer.write(out);
    return out.toByteArray();
  }

  private static void packBytes(ByteArrayOutputStream out, byte[] bytes) {
    out.write(0xc4);
    out.write(bytes.length);
    out.writeBytes(bytes);
  }

  private static void packString(ByteArrayOutputStream out, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write(0xa0 | bytes.length);
    out.writeBytes(bytes);
  }

  private static void packUnsigned(ByteArrayOutputStream out, long value) {
    int log2Bytes;
    if (value >>> 7 == 0) {
      out.write((int) value);
      return;
    }
    if (value >>> 8 == 0) {
      log2Bytes = 0;
    } else if (value >>> 16 == 0) {
      log2Bytes = 1;
    } else {
      log2Bytes = value >>> 32 == 0 ? 2 : 3;
    }
    out.write(0xcc + log2Bytes);
    for (int shift = 8 * (1 << log2Bytes) - 8; shift >= 0; shift -= 8) {
      out.write((int) (value >>> shift));
    }
  }

  /**
   * Reads a lineage hash from MessagePack.
   *
   * @param bytes the encoded value
   * @return the value
   * @throws IllegalArgumentException if the bytes are something else
   */
  public static PositionalLineageHash lineageHashFromMessagePack(byte[] bytes) {
    MessagePackReader in = new MessagePackReader(bytes);
    byte[] hash = in.hashBytes();
    in.end();
    return PositionalLineageHash.fromBytes(hash);
  }

  /**
   * Reads a sequence hash from MessagePack.
   *
   * @param bytes the encoded value
   * @return the value
   * @throws IllegalArgumentException if the bytes are something else
   */
  public static PositionalSequenceHash sequenceHashFromMessagePack(byte[] bytes) {
    MessagePackReader in = new MessagePackReader(bytes);
    byte[] hash = in.hashBytes();
    in.end();
    return PositionalSequenceHash.fromBytes(hash);
  }

  /**
   * Reads a multimodal run from MessagePack, with or without field names.
   *
   * @param bytes the encoded value
   * @return the value, not validated
   * @throws IllegalArgumentException if the bytes are something else
   */
  public static TokenBlockMmInfo mmInfoFromMessagePack(byte[] bytes) {
    MessagePackReader in = new MessagePackReader(bytes);
    long[] numbers = new long[3];
    in.struct(new String[] {MM_HASH, OFFSET, LENGTH}, field -> numbers[field] = in.unsigned());
    in.end();
    return new TokenBlockMmInfo(numbers[0], numbers[1], numbers[2]);
  }

  /**
   * Reads a block from MessagePack, with or without field names.
   *
   * @param bytes the encoded value
   * @return the value
   * @throws IllegalArgumentException if the bytes are something else
   */
  public static UniversalBlock universalBlockFromMessagePack(byte[] bytes) {
    MessagePackReader in = new MessagePackReader(bytes);
    long[] blockHash = new long[1];
    byte[] lineageHash = new byte[PositionalLineageHash.BYTES];
    in.struct(
        new String[] {BLOCK_HASH, PLH},
        field -> {
          if (field == 0) {
            blockHash[0] = in.unsigned();
          } else {
            System.arraycopy(in.hashBytes(), 0, lineageHash, 0, lineageHash.length);
          }
        });
    in.end();
    return new UniversalBlock(blockHash[0], PositionalLineageHash.fromBytes(lineageHash));
  }

  /**
   * Reads a block from MessagePack.
   *
   * @param bytes the encoded value
   * @return the value
   * @throws IllegalArgumentException if the bytes are something else
   */
  public static UniqueBlock uniqueBlockFromMessagePack(byte[] bytes) {
    MessagePackReader in = new MessagePackReader(bytes);
    in.mapOfOne();
    String variant = in.string();
    UniqueBlock block;
    switch (variant) {
      case PARTIAL_BLOCK -> {
        byte[] id = in.hashBytes();
        block = new UniqueBlock.PartialBlock(new UUID(Halves.longAt(id, 0), Halves.longAt(id, 8)));
      }
      case FULL_BLOCK -> block = new UniqueBlock.FullBlock(in.unsigned());
      default -> throw unknownVariant(variant);
    }
    in.end();
    return block;
  }

  /** What a struct's field is read with; the index counts in the declared order. */
  interface FieldReader {
    void read(int field);
  }

  /** Checks that a struct's fields each come once, and finds one by its name. */
  static final class Fields {
    private final String[] names;
    private int seen;

    Fields(String[] names) {
      this.names = names;
    }

    /** Index of a field, which must not have come before. */
    int take(String name) {
      for (int i = 0; i < names.length; i++) {
        if (names[i].equals(name)) {
          if ((seen & (1 << i)) != 0) {
            throw new IllegalArgumentException("duplicate field `" + name + "`");
          }
          seen |= 1 << i;
          return i;
        }
      }
      throw new IllegalArgumentException(
          "unknown field `" + name + "`, expected one of " + String.join(", ", names));
    }

    void checkComplete() {
      for (int i = 0; i < names.length; i++) {
        if ((seen & (1 << i)) == 0) {
          throw new IllegalArgumentException("missing field `" + names[i] + "`");
        }
      }
    }
  }
}
