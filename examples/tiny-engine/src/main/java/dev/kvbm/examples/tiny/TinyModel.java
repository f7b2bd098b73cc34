package dev.kvbm.examples.tiny;

import java.util.SplittableRandom;

/**
 * A decoder-only transformer on the CPU: RMS norm, rotary positions, causal attention with several
 * heads, a two-layer perceptron. It has learned nothing, its weights come from a seed; what counts
 * is that each token depends on the keys and values of all tokens before it.
 *
 * <p>Every sum is taken in one fixed order and every function comes from {@link StrictMath}. So a
 * token has the same bits on every machine, whether it is computed in a long chunk, in a short one,
 * or alone. Immutable and thread-safe.
 */
final class TinyModel {
  static final int VOCABULARY = 256;
  static final int LAYERS = 2;

  /** Floats of a key, of a value, and of the state that goes from layer to layer. */
  static final int WIDTH = 32;

  static final int MOST_TOKENS = 512;

  private static final int HEADS = 4;
  private static final int HEAD_WIDTH = WIDTH / HEADS;
  private static final int HIDDEN = 2 * WIDTH;

  private static final class Layer {
    final float[] query;
    final float[] key;
    final float[] value;
    final float[] output;
    final float[] up;
    final float[] down;

    /** With more weight on attention than usual, so that a wrong key or value shows. */
    Layer(SplittableRandom random) {
      query = matrix(random, WIDTH, WIDTH, 1.5f);
      key = matrix(random, WIDTH, WIDTH, 1.5f);
      value = matrix(random, WIDTH, WIDTH, 1);
      output = matrix(random, WIDTH, WIDTH, 1);
      up = matrix(random, WIDTH, HIDDEN, 1);
      down = matrix(random, HIDDEN, WIDTH, 1);
    }
  }

  private final float[] embedding;
  private final Layer[] layers = new Layer[LAYERS];
  private final float[] unembedding;
  private final float[] cosines = new float[MOST_TOKENS * HEAD_WIDTH / 2];
  private final float[] sines = new float[MOST_TOKENS * HEAD_WIDTH / 2];

  TinyModel(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    embedding = matrix(random, 1, VOCABULARY * WIDTH, 1);
    for (int l = 0; l < LAYERS; l++) {
      layers[l] = new Layer(random);
    }
    unembedding = matrix(random, WIDTH, VOCABULARY, 1);
    int pairs = HEAD_WIDTH / 2;
    for (int position = 0; position < MOST_TOKENS; position++) {
      for (int i = 0; i < pairs; i++) {
        double angle = position * StrictMath.pow(10_000, -(double) i / pairs);
        cosines[position * pairs + i] = (float) StrictMath.cos(angle);
        sines[position * pairs + i] = (float) StrictMath.sin(angle);
      }
    }
  }

  /** Entries whose variance keeps sums of {@code inputs} products near {@code gain}. */
  private static float[] matrix(SplittableRandom random, int inputs, int outputs, float gain) {
    float range = gain * (float) StrictMath.sqrt(3.0 / inputs);
    float[] matrix = new float[inputs * outputs];
    for (int i = 0; i < matrix.length; i++) {
      matrix[i] = range * (2 * random.nextFloat() - 1);
    }
    return matrix;
  }

  /**
   * Computes tokens that follow each other: writes their keys and values, reads those of all tokens
   * before them. Prefill, decode and the check of guesses are this one call.
   *
   * @param tokens the tokens
   * @param position the position of the first one
   * @param pages the block of each {@code blockSize} positions, from position 0 on
   * @param wanted for how many of the tokens, counted from the last one, the logits are wanted
   * @return the logits, one row a wanted token
   */
  float[][] forward(int[] tokens, int position, int[] pages, KvMemory memory, int wanted) {
    float[][] states = new float[tokens.length][];
    for (int t = 0; t < tokens.length; t++) {
      states[t] = new float[WIDTH];
      System.arraycopy(embedding, tokens[t] * WIDTH, states[t], 0, WIDTH);
    }
    for (int l = 0; l < LAYERS; l++) {
      Layer layer = layers[l];
      float[][] queries = new float[tokens.length][];
      for (int t = 0; t < tokens.length; t++) {
        float[] normal = normalize(states[t]);
        queries[t] = rotate(multiply(normal, layer.query, WIDTH), position + t);
        float[] key = rotate(multiply(normal, layer.key, WIDTH), position + t);
        memory.write(pages, l, position + t, key, multiply(normal, layer.value, WIDTH));
      }
      for (int t = 0; t < tokens.length; t++) {
        float[] mixed = attend(queries[t], l, position + t, pages, memory);
        add(states[t], multiply(mixed, layer.output, WIDTH));
        float[] hidden = multiply(normalize(states[t]), layer.up, HIDDEN);
        for (int i = 0; i < HIDDEN; i++) {
          hidden[i] = Math.max(0, hidden[i]);
        }
        add(states[t], multiply(hidden, layer.down, WIDTH));
      }
    }
    float[][] logits = new float[wanted][];
    for (int i = 0; i < wanted; i++) {
      float[] last = states[tokens.length - wanted + i];
      logits[i] = multiply(normalize(last), unembedding, VOCABULARY);
    }
    return logits;
  }

  /** Where the block ids become bytes: reads keys and values through the page table. */
  private static float[] attend(
      float[] query, int layer, int position, int[] pages, KvMemory memory) {
    float[] slab = memory.slab();
    float[] mixed = new float[WIDTH];
    float[] weights = new float[position + 1];
    for (int from = 0; from < WIDTH; from += HEAD_WIDTH) {
      float most = Float.NEGATIVE_INFINITY;
      for (int p = 0; p <= position; p++) {
        int key = memory.keyAt(pages, layer, p) + from;
        float score = 0;
        for (int i = 0; i < HEAD_WIDTH; i++) {
          score += query[from + i] * slab[key + i];
        }
        weights[p] = score / (float) StrictMath.sqrt(HEAD_WIDTH);
        most = Math.max(most, weights[p]);
      }
      float sum = 0;
      for (int p = 0; p <= position; p++) {
        weights[p] = (float) StrictMath.exp(weights[p] - most);
        sum += weights[p];
      }
      for (int p = 0; p <= position; p++) {
        int value = memory.valueAt(pages, layer, p) + from;
        for (int i = 0; i < HEAD_WIDTH; i++) {
          mixed[from + i] += weights[p] / sum * slab[value + i];
        }
      }
    }
    return mixed;
  }

  private static float[] normalize(float[] x) {
    float squares = 0;
    for (float value : x) {
      squares += value * value;
    }
    float scale = 1 / (float) StrictMath.sqrt(squares / x.length + 1e-6f);
    float[] normal = new float[x.length];
    for (int i = 0; i < x.length; i++) {
      normal[i] = x[i] * scale;
    }
    return normal;
  }

  private static float[] multiply(float[] x, float[] matrix, int outputs) {
    float[] product = new float[outputs];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < outputs; j++) {
        product[j] += x[i] * matrix[i * outputs + j];
      }
    }
    return product;
  }

  private static void add(float[] x, float[] more) {
    for (int i = 0; i < x.length; i++) {
      x[i] += more[i];
    }
  }

  /** Rotary positions: turns pairs of each head by angles that grow with the position. */
  private float[] rotate(float[] x, int position) {
    int pairs = HEAD_WIDTH / 2;
    for (int head = 0; head < WIDTH; head += HEAD_WIDTH) {
      for (int i = 0; i < pairs; i++) {
        float cosine = cosines[position * pairs + i];
        float sine = sines[position * pairs + i];
        float a = x[head + i];
        float b = x[head + pairs + i];
        x[head + i] = a * cosine - b * sine;
        x[head + pairs + i] = a * sine + b * cosine;
      }
    }
    return x;
  }

  /**
   * The token with the largest logit, or the runner-up of the given rank. Of logits that are not
   * numbers, which are what comes of reading a block without content, token 0 is the largest.
   */
  static int choose(float[] logits, int rank) {
    boolean[] passed = new boolean[logits.length];
    int best = 0;
    for (int r = 0; r <= rank; r++) {
      best = -1;
      for (int i = 0; i < logits.length; i++) {
        if (!passed[i] && (best < 0 || logits[i] > logits[best])) {
          best = i;
        }
      }
      passed[best] = true;
    }
    return best;
  }
}
