package dev.kvbm.bench.cases;

import dev.kvbm.logical.PoolExhausted;
import dev.kvbm.logical.scheduling.SchedulableSequence;
import dev.kvbm.logical.tier.G1;
import org.jspecify.annotations.Nullable;

/** Token after token of one request; another request for each run. */
final class DecodeCase extends PoolCase {
  private static final int STEPS = 20_000;

  private final SplitMix random = new SplitMix(42);
  private final int prompt;
  private @Nullable SchedulableSequence<G1> request;

  DecodeCase(CaseName name) {
    super(Pools.create(name.backend(), name.number("pool"), name.number("bs"), /* lfu= */ true));
    prompt = name.number("prompt");
    atRest();
  }

  @Override
  public boolean isPrepared() {
    return true;
  }

  @Override
  public void prepare() {
    SchedulableSequence<G1> fresh =
        SchedulableSequence.builder(manager)
            .tokens(Chains.randomTokens(random, prompt))
            .maxOutputTokens(STEPS + 2)
            .build();
    if (!fresh.schedulePrefill(prompt).isAllocated()) {
      throw new PoolExhausted();
    }
    fresh.applyPrefill(0);
    request = fresh;
  }

  @Override
  public long run() {
    SchedulableSequence<G1> request = held();
    for (int token = 0; token < STEPS; token++) {
      if (!request.scheduleDecode().isAllocated()) {
        throw new PoolExhausted();
      }
      request.applyDecode(token);
    }
    return request.totalTokens();
  }

  @Override
  public void tidy() {
    held().close();
    request = null;
  }

  @Override
  public int operations() {
    return STEPS;
  }

  @Override
  public long expected() {
    return prompt + 1L + STEPS;
  }

  private SchedulableSequence<G1> held() {
    if (request == null) {
      throw new IllegalStateException("no request is prepared");
    }
    return request;
  }
}
