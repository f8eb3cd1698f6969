"""What a row says, for figures that are known."""

from __future__ import annotations

import pytest

from samdesk.bench.table import Row, Spread, Target, Verdict, lines, percentile, shown

FASTER = Target(2.5, 4.0, of_factor=True)
AT_MOST = Target(0.2, 0.1)


def test_a_spread_is_median_least_and_most() -> None:
    assert Spread.of([3.0, 1.0, 2.0]) == Spread(2.0, 1.0, 3.0, 3)


@pytest.mark.parametrize(("share", "expected"), [(0.95, 95), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_percentiles_are_values_that_occurred(share: float, expected: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], share) == expected
    assert percentile([7.0], share) == 7.0


@pytest.mark.parametrize(
    ("target", "value", "verdict"),
    [
        (FASTER, 4.0, Verdict.AIM),
        (FASTER, 2.5, Verdict.HOLDS),
        (FASTER, 2.49, Verdict.SHORT),
        (AT_MOST, 0.1, Verdict.AIM),
        (AT_MOST, 0.2, Verdict.HOLDS),
        (AT_MOST, 0.21, Verdict.SHORT),
        (Target(0.2), 0.01, Verdict.HOLDS),
    ],
)
def test_verdicts(target: Target, value: float, verdict: Verdict) -> None:
    assert target.verdict(value) is verdict


def test_factors_count_what_is_better_for_times_and_rates() -> None:
    ours, reference = Spread.of([2.0]), Spread.of([6.0])
    assert Row("", "", "s", ours, reference).factor == 3.0
    assert Row("", "", "/s", reference, ours).factor == 3.0
    assert Row("", "", "s", ours).factor is None


def test_a_row_is_judged_by_its_factor_its_value_or_its_median() -> None:
    ours, reference = Spread.of([0.15, 0.16, 0.9]), Spread.of([0.5])
    assert Row("", "", "s", ours, reference, target=FASTER).verdict is Verdict.HOLDS
    assert Row("", "", "s", ours, target=AT_MOST).verdict is Verdict.HOLDS
    assert Row("", "", "s", ours, value=0.9, target=AT_MOST).verdict is Verdict.SHORT
    assert Row("", "", "s", ours).verdict is Verdict.NONE


def test_what_was_not_measured_never_holds() -> None:
    assert Row("", "", target=AT_MOST, missing="no Qt").verdict is Verdict.NOT_MEASURED
    assert Row("", "", target=FASTER).verdict is Verdict.NOT_MEASURED
    assert Row("", "", missing="no Qt").verdict is Verdict.NOT_MEASURED
    alone = Row("", "", "s", Spread.of([1.0]), target=FASTER)
    assert alone.verdict is Verdict.NOT_MEASURED


def test_the_table_says_how_and_whether_it_holds() -> None:
    told = list(
        lines(
            [
                Row("click", "one point", "s", Spread.of([0.02]), Spread.of([0.1]), target=FASTER),
                Row("start", "a new process", target=Target(5.0, 3.0), missing="no Qt"),
                Row("memory", "peak", "bytes", Spread.of([1e9, 2e9]), target=Target(1.6e9)),
            ]
        )
    )
    assert told[1].split("  ")[0] == "click"
    for part in ("20 ms", "100 ms", "5.00", ">= 2.5 (aim 4)", "holds, aim reached"):
        assert part in told[1]
    assert told[2].strip() == "one point"
    assert "<= 5 s (aim 3 s)" in told[3] and told[3].endswith("not measured: no Qt")
    assert "1.50 GB (1.00 GB to 2.00 GB)" in told[5] and told[5].endswith("  holds")


@pytest.mark.parametrize(
    ("value", "unit", "expected"),
    [
        (0.0134, "s", "13.4 ms"),
        (1.456, "s", "1.46 s"),
        (1.6e9, "bytes", "1.60 GB"),
        (218e9, "FLOP/s", "218 GFLOP/s"),
        (0.447, "share", "44.7 %"),
        (330.4, "/s", "330 /s"),
        (1.1e-2, "", "0.011"),
    ],
)
def test_units(value: float, unit: str, expected: str) -> None:
    assert shown(value, unit) == expected


def test_json_has_what_follows_from_the_figures() -> None:
    row = Row("click", "", "s", Spread.of([0.1]), Spread.of([0.3]), target=FASTER).as_json()
    assert row["verdict"] == "holds"
    assert row["factor"] == pytest.approx(3.0)
    assert row["ours"] == {"median": 0.1, "low": 0.1, "high": 0.1, "count": 1}
