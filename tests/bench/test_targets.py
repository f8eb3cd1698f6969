"""The table of a run whose figures are known."""

from __future__ import annotations

import json
from typing import Any

import pytest

from samdesk.bench.table import Row, Verdict
from samdesk.bench.targets import rows

SLOWER = {"ours": [1.0, 1.1, 0.9], "reference": [7.0, 7.1, 6.9]}


def parts(
    kind: str = "vit_b", precision: str = "float32", device: str = "cpu", **others: Any
) -> dict[str, Any]:
    """Everything measured once, seven times faster than the reference."""
    by_size = {"1": SLOWER, "12": SLOWER}
    measured = {
        "side_by_side": {
            "machine": {"has_bfloat16": precision == "bfloat16"},
            "device": device,
            "engine": {"checkpoint": kind, "precision": precision},
            "encode": by_size,
            "first": by_size,
            "further": by_size,
            "agreement": {
                "embedding_error": 1e-6,
                "score_difference": 0.0,
                "mask_iou": 1.0,
                "box_share": 0.5,
            },
            "matrix_flops": [2e12, 1e12, 4e12],
            "in_a_row": {"ours": [], "reference": []} if device == "cpu" else SLOWER,
        },
        "reference": {"peak_bytes": 3.7e9, "peak_gpu_bytes": 6e9, "seconds": 20.0},
        "start": [
            {"peak_bytes": 9e9, "peak_gpu_bytes": 2e9, "seconds": 30.0},
            {"peak_bytes": 1.5e9, "peak_gpu_bytes": 2e9, "seconds": 4.0},
        ],
        "busy": {
            "idle": {"p99": 0.001, "longest": 0.002, "ticks": 1000},
            "encoding": {"p99": 0.012, "longest": 0.070, "ticks": 9000},
            "clicks": [0.1] * 19 + [0.3],
            "stops": [0.01, 0.02, 0.5],
        },
        "folder": {"first": 0.5, "again": 0.4, "stalls": {"longest": 0.05}},
        "coco": {"rle": [500.0], "polygon": [400.0], "check": [900.0], "import": [300.0]},
    }
    return {**measured, **others}


def by_name(table: list[Row]) -> dict[str, Row]:
    return {row.name: row for row in table}


def test_the_targets_of_an_exact_run() -> None:
    table = by_name(rows(parts(), {}))
    verdicts = {name: row.verdict for name, row in table.items() if row.target is not None}
    assert verdicts == {
        "encode, vit_b, exact precision": Verdict.AIM,
        "encode, vit_b, automatic precision": Verdict.NOT_MEASURED,
        "encode, vit_h, automatic precision": Verdict.NOT_MEASURED,
        "further click, 1 MP": Verdict.AIM,
        "further click, 12 MP": Verdict.HOLDS,
        "whole process, peak of main memory": Verdict.HOLDS,
        "start of the program to the first mask": Verdict.HOLDS,
        "stop of an encode for a more urgent image": Verdict.AIM,
        "click to mask while encoding, 95th percentile": Verdict.AIM,
        "stall of the event loop, 99th percentile": Verdict.HOLDS,
        "stall of the event loop, longest": Verdict.SHORT,
    }
    assert "no bf16" in table["encode, vit_b, automatic precision"].missing
    assert "vit_h" in table["encode, vit_h, automatic precision"].missing


def test_the_share_of_the_machine_counts_two_operations_per_mac() -> None:
    share = by_name(rows(parts(), {}))["share of it that the encoder reaches"].ours
    assert share is not None
    assert share.high == pytest.approx(2 * 0.486e12 / 1.1 / 1e12)
    assert share.low == pytest.approx(2 * 0.486e12 / 0.9 / 4e12)


@pytest.mark.parametrize(
    ("kind", "precision", "asked", "judged"),
    [
        ("vit_b", "bfloat16", "auto", "encode, vit_b, automatic precision"),
        ("vit_b", "float32", "exact", "encode, vit_b, exact precision"),
        ("vit_h", "bfloat16", "auto", "encode, vit_h, automatic precision"),
    ],
)
def test_only_what_was_run_is_judged(kind: str, precision: str, asked: str, judged: str) -> None:
    table = by_name(rows(parts(kind, precision), {}, asked))
    for name in table:
        if name.endswith("precision"):
            is_measured = table[name].verdict is not Verdict.NOT_MEASURED
            assert is_measured == (name == judged)
            assert is_measured or table[name].missing


def test_the_first_start_and_what_its_conversion_took_are_apart() -> None:
    table = by_name(rows(parts(), {}))
    memory, start = (
        table["whole process, peak of main memory"].ours,
        table["start of the program to the first mask"].ours,
    )
    assert memory is not None and memory.high == 1.5e9
    assert start is not None and start.high == 4.0
    first = table["the very first start"].ours
    assert first is not None and first.median == 30.0


def test_targets_for_cpus_are_not_put_to_gpus() -> None:
    table = by_name(rows(parts(device="cuda:0", precision="float16"), {}))
    assert not any(name.endswith("precision") for name in table)
    assert table["further click, 1 MP"].target is None
    assert table["start of the program to the first mask"].target is None
    assert table["whole process, peak of main memory"].target is None
    assert table["whole process, peak of GPU memory"].factor == pytest.approx(3.0)
    in_a_row = table["encode in a row"]
    assert in_a_row.factor == pytest.approx(7.0)


def test_what_failed_is_in_the_table_with_its_reason() -> None:
    names = ("reference", "start", "busy", "folder", "coco")
    failed = dict.fromkeys(names, "PySide6 is missing.")
    table = by_name(rows(parts(**dict.fromkeys(names)), failed))
    for name in (
        "start of the program to the first mask",
        "whole process, peak of main memory",
        "click to mask while encoding, 95th percentile",
        "stall of the event loop, longest",
        "opening a large folder",
        "export, rle",
    ):
        assert table[name].verdict is Verdict.NOT_MEASURED
        assert table[name].missing == "PySide6 is missing."


def test_no_click_came_in_time_when_images_are_encoded_too_fast() -> None:
    idle = {"idle": None, "encoding": None, "clicks": [], "stops": []}
    table = by_name(rows(parts(busy=idle), {}))
    for name in (
        "stop of an encode for a more urgent image",
        "click to mask while encoding, 95th percentile",
        "stall of the event loop, longest",
    ):
        assert table[name].verdict is Verdict.NOT_MEASURED
        assert "too fast" in table[name].missing


def test_rows_are_json() -> None:
    assert json.loads(json.dumps([row.as_json() for row in rows(parts(), {})]))
