package dev.kvbm.testkit.conformance;

import dev.kvbm.tokens.LineageHashBuffer;
import dev.kvbm.tokens.LineageHashes;
import dev.kvbm.tokens.PositionalLineageHash;
import dev.kvbm.tokens.TokenBlock;
import dev.kvbm.tokens.TokenBlockSequence;
import dev.kvbm.tokens.TokenHashing;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The identities that the operations of a script talk about, by index. */
final class Nodes {

  private final int blockSize;
  private final long saltHash;
  private final List<Node> nodes = new ArrayList<>();
  private final Map<PositionalLineageHash, Integer> indexOf = new HashMap<>();
  private final Map<Integer, TokenBlock> blocks = new HashMap<>();

  Nodes(List<Json> definitions, int blockSize, long saltHash) {
    this.blockSize = blockSize;
    this.saltHash = saltHash;
    for (Json definition : definitions) {
      if (!(definition instanceof Json.Array array)) {
        throw malformed("is not an array");
      }
      Node node = define(array.values());
      indexOf.putIfAbsent(node.hash, nodes.size());
      nodes.add(node);
    }
  }

  private Node define(List<Json> parts) {
    if (parts.size() == 5
        && parts.get(0).equals(Json.of("raw"))
        && parts.get(3) instanceof Json.Int position) {
      return raw(hashOrZero(parts.get(1)), hashOrZero(parts.get(2)), position.value());
    }
    if (parts.size() == 2
        && parts.get(0) instanceof Json.Int parent
        && parts.get(1) instanceof Json.Array tokens) {
      return block(parent.value(), Arguments.tokens(tokens.values()));
    }
    throw malformed("is neither [parent, tokens] nor [\"raw\", current, parent, position, node]");
  }

  private Node raw(long current, long parent, long position) {
    if (position < 0 || position > PositionalLineageHash.MAX_POSITION) {
      throw malformed("has position " + position);
    }
    return new Node(null, null, PositionalLineageHash.of(current, parent, position));
  }

  private Node block(long parentIndex, int[] tokens) {
    if (tokens.length != blockSize) {
      throw malformed("has " + tokens.length + " tokens, not " + blockSize);
    }
    if (parentIndex < -1 || parentIndex >= nodes.size()) {
      throw malformed("names the parent " + parentIndex + ", which is not before it");
    }
    long blockHash = TokenHashing.blockHash(tokens, saltHash);
    if (parentIndex == -1) {
      return new Node(null, tokens, PositionalLineageHash.root(blockHash));
    }
    Node parent = nodes.get((int) parentIndex);
    return new Node(parent, tokens, parent.hash.extend(blockHash));
  }

  private static long hashOrZero(Json digits) {
    return digits instanceof Json.Text text ? ScriptConfig.hash(text.value()) : 0;
  }

  private MalformedScriptException malformed(String what) {
    return new MalformedScriptException("node " + nodes.size() + " " + what);
  }

  int size() {
    return nodes.size();
  }

  PositionalLineageHash hash(int node) {
    return node(node).hash;
  }

  LineageHashes hashes(int[] indices) {
    LineageHashBuffer hashes = new LineageHashBuffer(indices.length);
    for (int node : indices) {
      hashes.add(hash(node));
    }
    return hashes;
  }

  /** The token block of a node, cut from all tokens from the root to it. */
  TokenBlock block(int index) {
    TokenBlock known = blocks.get(index);
    if (known != null) {
      return known;
    }
    int[] path = path(index);
    int depth = path.length / blockSize;
    TokenBlock block = TokenBlockSequence.of(path, blockSize, saltHash).block(depth - 1);
    blocks.put(index, block);
    return block;
  }

  /** All tokens from the root to a node; none for the node -1. */
  int[] path(int index) {
    if (index == -1) {
      return new int[0];
    }
    Node node = node(index);
    int depth = 0;
    for (Node n = node; n != null; n = n.parent) {
      depth++;
    }
    int[] path = new int[depth * blockSize];
    int end = path.length;
    for (Node n = node; n != null; n = n.parent) {
      if (n.tokens == null) {
        throw new MalformedScriptException("node " + index + " is raw and has no token block");
      }
      end -= blockSize;
      System.arraycopy(n.tokens, 0, path, end, blockSize);
    }
    return path;
  }

  private Node node(int index) {
    if (index < 0 || index >= nodes.size()) {
      throw new MalformedScriptException(
          "there is no node " + index + "; the script has " + nodes.size());
    }
    return nodes.get(index);
  }

  /** How scripts write an identity: the lowest node that has it, or its 32 hex digits. */
  Json reference(PositionalLineageHash hash) {
    Integer index = indexOf.get(hash);
    return index == null ? Json.of(hash.toHex()) : Json.of(index);
  }

  /** One node; a raw one has no tokens, a root has no parent. */
  private static final class Node {
    private final @Nullable Node parent;
    private final int @Nullable [] tokens;
    private final PositionalLineageHash hash;

    Node(@Nullable Node parent, int @Nullable [] tokens, PositionalLineageHash hash) {
      this.parent = parent;
      this.tokens = tokens;
      this.hash = hash;
    }
  }
}
