"""Each rule, by a right file with one thing wrong in it."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samdesk.coco.check import RULES, check, check_data

SQUARE = [2, 3, 6, 3, 6, 5, 2, 5]
RIGHT: dict[str, Any] = {
    "info": {},
    "licenses": [],
    "images": [{"id": 1, "file_name": "a/b.jpg", "width": 10, "height": 8}],
    "categories": [{"id": 1, "name": "apple"}],
    "annotations": [
        {
            "id": 1,
            "image_id": 1,
            "category_id": 1,
            "segmentation": [SQUARE],
            "bbox": [2, 3, 4, 2],
            "area": 8,
            "iscrowd": 0,
        },
        {
            "id": 2,
            "image_id": 1,
            "category_id": 1,
            "segmentation": {"size": [8, 10], "counts": [0, 3, 77]},
            "bbox": [0, 0, 1, 3],
            "area": 3,
            "iscrowd": 1,
        },
    ],
}


def image(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["images"][0].update(values)


def first(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["annotations"][0].update(values)


def second(**values: Any) -> Callable[[dict[str, Any]], None]:
    return lambda data: data["annotations"][1].update(values)


def another_image(data: dict[str, Any]) -> None:
    data["images"].append({**data["images"][0], "id": 2})


def another_category(data: dict[str, Any]) -> None:
    data["categories"].append({"id": 2, "name": "apple"})


WRONG: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("sections", lambda data: data.pop("licenses")),
    ("sections", lambda data: data.update(annotations={})),
    ("ids", first(id=0)),
    ("ids", first(id=2)),
    ("ids", first(id="1")),
    ("ids", first(id=True)),
    ("references", first(image_id=3)),
    ("references", first(category_id=None)),
    ("file_name", image(file_name="a\\b.jpg")),
    ("file_name", image(file_name="/a/b.jpg")),
    ("file_name", image(file_name="C:/b.jpg")),
    ("file_name", another_image),
    ("size", image(width=10.5)),
    ("size", image(height=0)),
    ("size", image(width=1 << 20, height=1 << 20)),
    ("name", another_category),
    ("segmentation", first(segmentation=None)),
    ("segmentation", first(segmentation=[])),
    ("segmentation", first(segmentation=[[1, 2, 3, 4]])),
    ("segmentation", first(segmentation=[[*SQUARE, 7]])),
    ("segmentation", first(segmentation=[[*SQUARE, 5, 1e9]])),
    ("segmentation", first(segmentation=[[*SQUARE, "5", 5]])),
    ("segmentation", second(segmentation={"size": [10, 8], "counts": [0, 3, 77]})),
    ("segmentation", second(segmentation={"size": [8, 10], "counts": [0, 3, 7]})),
    ("segmentation", second(segmentation={"size": [8, 10], "counts": "0100"})),
    ("segmentation", second(segmentation={"size": [8, 10]})),
    ("empty", second(segmentation={"size": [8, 10], "counts": [80]})),
    ("bbox", first(bbox=[2, 3, 5, 2])),
    ("bbox", second(bbox=[0, 0, 1, 4])),
    ("bbox", first(bbox=None)),
    ("area", first(area=9)),
    ("area", first(area="8")),
    ("iscrowd", first(iscrowd=False)),
    ("iscrowd", first(iscrowd=2)),
]


def test_a_right_file_has_no_problems() -> None:
    assert list(check_data(RIGHT)) == []


@pytest.mark.parametrize(("rule", "spoil"), WRONG)
def test_each_rule(rule: str, spoil: Callable[[dict[str, Any]], Any]) -> None:
    data = copy.deepcopy(RIGHT)
    spoil(data)
    problems = list(check_data(data))
    assert {problem.rule for problem in problems} == {rule}
    assert problems[0].remedy


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _ in WRONG} | {"file"} == set(RULES)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 100000])
def test_what_is_not_json_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert [problem.rule for problem in check(path)] == ["file"]


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from([*RIGHT["annotations"][0], *RIGHT]), inner, max_size=5)
    ),
    max_leaves=12,
)


@given(json_values, st.sampled_from(["images", "annotations", "categories"]))
def test_nothing_at_all_makes_the_check_fail(value: Any, section: str) -> None:
    list(check_data(value))
    list(check_data({**RIGHT, section: [value]}))
    for key in RIGHT["annotations"][0]:
        list(check_data({**RIGHT, "annotations": [{**RIGHT["annotations"][0], key: value}]}))


def test_results_files_are_named_as_such() -> None:
    (problem,) = check_data(json.loads("[]"))
    assert "results" in problem.what
