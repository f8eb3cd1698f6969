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
from PIL import Image

from samdesk.coco.check import check, check_data
from samdesk.coco.rules import RULES
from tests.core.strategies import json_values

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


def as_arr_coc(data: dict[str, Any]) -> None:
    """Makes the file an ARR-COC one, as right as it was."""
    data["info"]["arr_coc"] = {
        "profile": "1.0",
        "policy": "guide",
        "hardware": {"gpus": [], "cpu": "", "cores": 2, "ram_bytes": 8_000_000_000},
        "samdesk": "1",
    }
    data["images"][0]["arr_coc"] = {"sha256": None, "status": "open", "orientation_applied": 1}
    for entry in data["annotations"]:
        entry |= {
            "predicted_iou": None,
            "stability_score": 0.9,
            "point_coords": [[3, 4]],
            "crop_box": [0, 0, 10, 8],
            "arr_coc": {
                "parent_id": None,
                "level": "whole",
                "prompts": {"points": [[3, 4, 1]], "box": None},
                "source": "interactive",
                "clicks": 1,
                "seconds": 0.5,
                "checkpoint": None,
                "checkpoint_sha256": None,
                "precision": None,
                "engine": "",
                "created_at": "2026-01-02T03:04:05Z",
            },
        }


def part_of(parent: int, image: int = 1) -> Callable[[dict[str, Any]], None]:
    def spoil(data: dict[str, Any]) -> None:
        as_arr_coc(data)
        data["images"].append({**data["images"][0], "id": 2, "file_name": "b.jpg"})
        data["annotations"][0]["image_id"] = image
        data["annotations"][1]["arr_coc"] |= {"parent_id": parent, "level": "part"}

    return spoil


def with_a_level(level: str) -> Callable[[dict[str, Any]], None]:
    def spoil(data: dict[str, Any]) -> None:
        as_arr_coc(data)
        data["annotations"][0]["arr_coc"]["level"] = level

    return spoil


def with_no_sha(data: dict[str, Any]) -> None:
    as_arr_coc(data)
    del data["images"][0]["arr_coc"]["sha256"]


def the_first_again(data: dict[str, Any]) -> None:
    data["annotations"].append({**data["annotations"][0], "id": 3})


WRONG: list[tuple[str, Callable[[dict[str, Any]], Any]]] = [
    ("sections", lambda data: data.pop("licenses")),
    ("sections", lambda data: data.update(annotations={})),
    ("sections", lambda data: data.update(info=None)),
    ("ids", lambda data: data.update(licenses=[{"id": 0}])),
    ("ids", first(id=1 << 63)),
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
    ("duplicate", the_first_again),
    ("schema", lambda data: data["info"].update(arr_coc={})),
    ("schema", with_a_level("half")),
    ("schema", with_no_sha),
    ("parent", part_of(7)),
    ("parent", part_of(2)),
    ("parent", part_of(1, image=2)),
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


def test_a_right_arr_coc_file_has_no_problems() -> None:
    data = copy.deepcopy(RIGHT)
    as_arr_coc(data)
    data["annotations"][1]["arr_coc"] |= {"parent_id": 1, "level": "part"}
    assert list(check_data(data)) == []


@pytest.mark.parametrize(("rule", "spoil"), WRONG)
def test_each_rule(tmp_path: Path, rule: str, spoil: Callable[[dict[str, Any]], Any]) -> None:
    data = copy.deepcopy(RIGHT)
    spoil(data)
    problems = list(check_data(data))
    assert {problem.rule for problem in problems} == {rule}
    assert problems[0].remedy
    path = tmp_path / "x.json"
    path.write_text(json.dumps(data), "utf-8")
    assert list(check(path)) == problems


def test_every_rule_is_tried() -> None:
    assert {rule for rule, _ in WRONG} | {"file", "image_file"} == set(RULES)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b'{"a": NaN}', b"[" * 100000])
def test_what_is_not_json_is_told(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert [problem.rule for problem in check(path)] == ["file"]


def test_a_byte_order_mark_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(RIGHT), "utf-8-sig")
    assert [problem.what for problem in check(path)] == ["begins with a byte order mark"]


def test_image_files_are_looked_for(tmp_path: Path) -> None:
    data = copy.deepcopy(RIGHT)
    data["images"] += [
        {"id": 2, "file_name": "turned.jpg", "width": 30, "height": 20},
        {"id": 3, "file_name": "right.jpg", "width": 20, "height": 30},
    ]
    exif = Image.Exif()
    exif[0x0112] = 6
    for name in ("turned.jpg", "right.jpg"):
        Image.new("RGB", (30, 20)).save(tmp_path / name, exif=exif)
    path = tmp_path / "x.json"
    path.write_text(json.dumps(data), "utf-8")
    problems = list(check(path, tmp_path))
    assert {problem.rule for problem in problems} == {"image_file"}
    assert [problem.where for problem in problems] == ["images[0]", "images[1]"]
    assert "20 x 30" in problems[1].what


def test_sections_may_come_in_any_order(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(json.dumps(dict(reversed(RIGHT.items()))), "utf-8")
    assert list(check(path)) == []


@given(
    json_values([*RIGHT["annotations"][0], *RIGHT]),
    st.sampled_from(["images", "annotations", "categories"]),
)
def test_nothing_at_all_makes_the_check_fail(value: Any, section: str) -> None:
    list(check_data(value))
    list(check_data({**RIGHT, section: [value]}))
    for key in RIGHT["annotations"][0]:
        list(check_data({**RIGHT, "annotations": [{**RIGHT["annotations"][0], key: value}]}))


def test_results_files_are_named_as_such() -> None:
    (problem,) = check_data(json.loads("[]"))
    assert "results" in problem.what
