package dev.kvbm.logical.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import java.lang.reflect.RecordComponent;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PoolMetricTest {
  private static final List<String> REFERENCE_COUNTERS =
      List.of(
          "kvbm_allocations_total",
          "kvbm_allocations_from_reset_total",
          "kvbm_evictions_total",
          "kvbm_registrations_total",
          "kvbm_duplicate_blocks_total",
          "kvbm_registration_dedup_total",
          "kvbm_stagings_total",
          "kvbm_match_hashes_requested_total",
          "kvbm_match_blocks_returned_total",
          "kvbm_scan_hashes_requested_total",
          "kvbm_scan_blocks_returned_total",
          "kvbm_eager_primary_to_inactive_total",
          "kvbm_allocate_atomic_rollback_total",
          "kvbm_release_primary_noop_total",
          "kvbm_release_duplicate_noop_total");
  private static final List<String> REFERENCE_GAUGES =
      List.of(
          "kvbm_inflight_mutable",
          "kvbm_inflight_immutable",
          "kvbm_reset_pool_size",
          "kvbm_inactive_pool_size");

  @Test
  void the19SeriesOfTheReferenceComeFirstInItsOrderWithItsNamesAndKinds() {
    List<PoolMetric> reference =
        Stream.of(PoolMetric.values()).filter(PoolMetric::isReference).toList();

    assertThat(reference).hasSize(19).isEqualTo(List.of(PoolMetric.values()).subList(0, 19));
    assertThat(reference.subList(0, 15))
        .allMatch(metric -> metric.kind() == PoolMetric.Kind.COUNTER)
        .extracting(PoolMetric::prometheusName)
        .isEqualTo(REFERENCE_COUNTERS);
    assertThat(reference.subList(15, 19))
        .allMatch(metric -> metric.kind() == PoolMetric.Kind.GAUGE)
        .extracting(PoolMetric::prometheusName)
        .isEqualTo(REFERENCE_GAUGES);
  }

  @Test
  void theAdditionsAreTwoGaugesAndACounter() {
    assertThat(Stream.of(PoolMetric.values()).filter(metric -> !metric.isReference()))
        .extracting(PoolMetric::prometheusName, PoolMetric::kind)
        .containsExactly(
            tuple("kvbm_distinct_active", PoolMetric.Kind.GAUGE),
            tuple("kvbm_staged", PoolMetric.Kind.GAUGE),
            tuple("kvbm_lock_contentions_total", PoolMetric.Kind.COUNTER));
  }

  @Test
  void everyComponentOfASnapshotIsExportedOnceUnderItsOwnName() {
    PoolMetric[] all = PoolMetric.values();
    Map<PoolMetric, Long> values = new EnumMap<>(PoolMetric.class);
    for (int i = 0; i < all.length; i++) {
      values.put(all[i], 1000L + i);
    }

    MetricsSnapshot snapshot = FakePool.snapshot(values);

    assertThat(all)
        .allSatisfy(metric -> assertThat(metric.value(snapshot)).isEqualTo(values.get(metric)));
    assertThat(Stream.of(MetricsSnapshot.class.getRecordComponents()).map(RecordComponent::getName))
        .containsExactlyElementsOf(Stream.of(all).map(PoolMetricTest::camelCase).toList());
  }

  @Test
  void onlyCountersEndInTotalAndEverySeriesHasOneLineOfHelp() {
    assertThat(PoolMetric.values())
        .allSatisfy(
            metric -> {
              assertThat(metric.prometheusName().endsWith("_total"))
                  .isEqualTo(metric.kind() == PoolMetric.Kind.COUNTER);
              assertThat(metric.help()).isNotBlank().doesNotContain("\n");
            });
    assertThat(Stream.of(PoolMetric.values()).map(PoolMetric::help)).doesNotHaveDuplicates();
  }

  private static String camelCase(PoolMetric metric) {
    StringBuilder name = new StringBuilder();
    for (String word : metric.name().toLowerCase(Locale.ROOT).split("_", -1)) {
      name.append(
          name.isEmpty() ? word : Character.toUpperCase(word.charAt(0)) + word.substring(1));
    }
    return name.toString();
  }
}
