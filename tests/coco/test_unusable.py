"""Imports of which nothing can be used are told, and change nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samdesk.coco.sources import open_source
from samdesk.coco.write import write
from samdesk.errors import CocoError
from tests.coco.imports import coco, imported, on_image, picture, project_of
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


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[1, 2", b"\xff", b'{"a": NaN}', b"{}", b"7", b'{"images": [{"id": 1']
)
def test_what_is_nothing_to_import_is_told_and_changes_nothing(
    folder: Path, tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    with pytest.raises(CocoError, match=r"is not JSON|has neither"):
        open_source(path, folder)


def test_a_folder_without_annotations_is_told(folder: Path) -> None:
    picture(folder, "a.jpg")
    (folder / "notes.txt").write_text("nothing")
    with pytest.raises(CocoError, match="no LabelMe or YOLO"):
        open_source(folder, folder)


_KEYS = ["id", "image_id", "size", "counts", "name", "arr_coc", "parent_id"]


@given(
    json_values(_KEYS, finite=True),
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
        write(project.snapshot(), folder, folder / "out.json")
