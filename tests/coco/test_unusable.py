"""Imports of which nothing can be used are told, and change nothing."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from samdesk.coco.choice import Choice
from samdesk.coco.sources import open_source
from samdesk.coco.write import write
from samdesk.errors import CocoError
from tests.coco.imports import SOMEWHERE, coco, imported, on_image, picture, project_of
from tests.core.strategies import json_values


def wrong_id(data: dict[str, Any]) -> None:
    data["images"] += [5, {"file_name": "b.jpg"}, {"id": 4, "file_name": "c.jpg"}, {"id": 8}]


def wrong_categories(data: dict[str, Any]) -> None:
    data["categories"] = {"id": 3, "name": "apple"}


def wrong_names(data: dict[str, Any]) -> None:
    data["categories"] = [5, {"id": 3}, {"name": "x"}, {"id": 4, "name": ""}]


@pytest.mark.parametrize(
    ("spoil", "least"), [(wrong_id, 4), (wrong_categories, 2), (wrong_names, 5)]
)
def test_damaged_sections_are_explained(
    folder: Path, spoil: Callable[[dict[str, Any]], None], least: int
) -> None:
    data = coco(annotations=[on_image()])
    spoil(data)
    assert len(imported(folder, data).unused) >= least


def _image(kind: str) -> bytes:
    stream = io.BytesIO()
    Image.new("RGB", (4, 4)).save(stream, kind)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "x.json is empty."),
        (b" \n", "x.json is empty."),
        (_image("PNG"), "is an image, and no file of annotations."),
        (_image("JPEG"), "is an image, and no file of annotations."),
        (b"PK\x03\x04\x14\x00", "is compressed."),
        ("{}".encode("utf-16"), "is text in UTF-16."),
        (b"\xff", "is no text, and so no JSON."),
        (b"\x00\x01SQLite", "is no text, and so no JSON."),
        (b"<!DOCTYPE html><html>", "is a web page."),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<annotation/>", "is XML, not JSON."),
        (b"0 0.5 0.5 0.1 0.1\n", "is text, but not JSON."),
        (b"{", "is cut off: its end is missing, after line 1."),
        (b"[1, 2", "is cut off: its end is missing, after line 1."),
        (b'{"images": [{"id": 1', "is cut off: its end is missing, after line 1."),
        (b'{\n"images": [\n{"id": 1, "file_na', "is cut off: its end is missing, after line 3."),
        (b'{\n"images": [\n{"id": 1},,]}', "is damaged at line 3."),
        (b'{"a": NaN}', "not allowed in JSON, such as NaN."),
        (b"[" * 10_000, "."),
        (b"{}", "has neither"),
        (b"7", "has neither"),
    ],
)
def test_what_is_nothing_to_import_is_told_and_changes_nothing(
    folder: Path, tmp_path: Path, content: bytes, told: str
) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(CocoError, match=re.escape(told)) as refused:
        open_source(path, folder)
    assert refused.value.hint


def test_of_a_large_file_that_ends_too_early_the_place_is_not_looked_for(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("samdesk.coco.seeming._READ_AGAIN", 10)
    path = tmp_path / "x.json"
    path.write_bytes(b'{"images": [{"id": 1')
    with pytest.raises(CocoError, match="is damaged, or its end is missing"):
        open_source(path, folder)


def test_a_folder_without_annotations_is_told(folder: Path) -> None:
    picture(folder, "a.jpg")
    (folder / "notes.txt").write_text("nothing")
    with pytest.raises(CocoError, match="no LabelMe or YOLO"):
        open_source(folder, folder)


_KEYS = ["id", "image_id", "size", "counts", "name", "arr_coc", "parent_id"]


@given(
    json_values,
    st.sampled_from(["info", "licenses", "images", "categories", "annotations", "image", "shapes"]),
    st.sampled_from(
        ["id", "image_id", "category_id", "segmentation", "bbox", "arr_coc", "iscrowd"]
    ),
)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
def test_nothing_at_all_makes_an_import_fail(
    tmp_path_factory: pytest.TempPathFactory, value: Any, section: str, key: str
) -> None:
    folder = tmp_path_factory.mktemp("any") / "photos"
    folder.mkdir()
    for source in (
        coco(**{section: value}),
        coco(**{section: [value]}),
        coco(images=[{"id": 4, "file_name": "a.jpg", "width": 10, "height": 8, key: value}]),
        coco(categories=[{"id": 3, "name": "x", key: value}]),
        coco(annotations=[on_image(**{key: value})]),
        [on_image(**{key: value})],
        {"image": {"image_id": 1, key: value}, "annotations": [on_image(**{key: value})]},
        {"shapes": [{"label": value, "points": value}], "imagePath": value, "imageWidth": value},
    ):
        imported(folder, source)
    # What came in can be written, too.
    with project_of(folder) as project:
        for profile in ("coco", "arr-coc"):
            choice = Choice(profile)  # type: ignore[arg-type]
            write(project.snapshot(), folder, folder / "out.json", choice, circumstances=SOMEWHERE)
