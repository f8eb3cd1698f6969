"""What was exported and is imported again comes out the same."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samdesk.coco.choice import Choice, Profile, Segmentation
from samdesk.coco.write import write
from samdesk.core.dataset import Annotation, Change, ImageRecord
from samdesk.core.mask import Mask
from samdesk.store.project import Project
from tests.coco.imports import SOMEWHERE, coco, exported, imported, on_image, project_of
from tests.core.strategies import bitmaps
from tests.store.records import annotation, category


@pytest.mark.parametrize("profile", ["coco", "arr-coc"])
@pytest.mark.parametrize("form", ["rle", "polygon"])
@given(st.lists(bitmaps.filter(lambda bitmap: bitmap.any()), min_size=1, max_size=3), st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=12)
def test_a_round_trip_through_an_empty_project_gives_the_same_bytes(
    tmp_path_factory: pytest.TempPathFactory,
    profile: Profile,
    form: Segmentation,
    masks: list[np.ndarray],
    data: st.DataObject,
) -> None:
    folder = tmp_path_factory.mktemp("one")
    with Project.open(folder, data=folder) as project:
        kind = category(project, "Äpfel 🍎")
        category(project, "nothing yet")
        for number, bitmap in enumerate(masks):
            height, width = bitmap.shape
            orientation = data.draw(st.integers(1, 8))
            picture = ImageRecord(
                project.next_id(ImageRecord),
                f"unter ordner/bild {number} ü.jpg",
                width,
                height,
                orientation,
                "ab" * 32,
                data.draw(st.sampled_from(["open", "done", "skipped"])),
            )
            project.apply([Change(None, picture)])
            project.next_id(Annotation)
            whole = annotation(project, picture, kind, Mask.from_bitmap(bitmap))
            part = replace(whole, id=project.next_id(Annotation), parent_id=whole.id)
            subpart = replace(part, id=project.next_id(Annotation), parent_id=part.id)
            project.apply([Change(None, part), Change(None, subpart)])
        assert project.last_id(ImageRecord) == len(masks)
    choice = Choice(profile, form)
    first = exported_with_duplicates(folder, folder / "first.json", choice)
    other = tmp_path_factory.mktemp("other")
    found = imported(other, folder / "first.json")
    assert (found.annotations, found.unused) == (3 * len(masks), [])
    assert exported_with_duplicates(other, other / "second.json", choice) == first
    again = imported(other, folder / "first.json")
    assert again.changes == []
    assert again.known == 3 * len(masks)


def exported_with_duplicates(folder: Path, target: Path, choice: Choice) -> Any:
    with project_of(folder) as project:
        written = write(project.snapshot(), folder, target, choice, circumstances=SOMEWHERE)
    assert {problem.rule for problem in written.advice} == {"duplicate"}
    text = target.read_text("utf-8")
    return text.replace(json.loads(text)["info"]["date_created"], "")


def test_unknown_keys_come_back(folder: Path, tmp_path: Path) -> None:
    source = coco(
        info={
            "description": "Äpfel",
            "url": "http://a",
            "year": 1999,
            "n": 12345678901234567890123,
        },
        licenses=[{"id": 0, "name": "CC"}, {"id": 7, "name": "PD"}],
        images=[
            {
                "id": 4,
                "file_name": "a.jpg",
                "width": 10,
                "height": 8,
                "license": 0,
                "flickr_url": "x",
            }
        ],
        categories=[{"id": 3, "name": "apple", "supercategory": "fruit", "keypoints": ["stem"]}],
        annotations=[on_image(score=0.5, attributes={"ripe": True}, iscrowd=1)],
        type="instances",
    )
    assert imported(folder, source).unused == []
    exported(folder, tmp_path / "out.json", Choice())
    data = json.loads((tmp_path / "out.json").read_bytes())
    assert data["info"]["description"] == "Äpfel"
    assert data["info"]["n"] == 12345678901234567890123
    assert data["info"]["year"] != 1999
    assert data["type"] == "instances"
    # An id of 0 breaks readers; what refers to it follows.
    assert data["licenses"] == [{"id": 7, "name": "PD"}, {"id": 8, "name": "CC"}]
    assert data["images"][0]["license"] == 8
    assert data["images"][0]["flickr_url"] == "x"
    assert data["categories"][0]["supercategory"] == "fruit"
    assert data["categories"][0]["keypoints"] == ["stem"]
    (one,) = data["annotations"]
    assert (one["id"], one["iscrowd"], one["score"]) == (9, 1, 0.5)
    assert one["attributes"] == {"ripe": True}
    assert imported(folder, source).changes == []


def test_two_files_keep_what_each_said(folder: Path) -> None:
    first = coco(info={"url": "x", "a": 1}, licenses=[{"id": 1, "name": "A"}])
    second = coco(info={"b": 2, "url": "y"}, licenses=[{"id": 1, "name": "B"}])
    imported(folder, first)
    imported(folder, second)
    for source in (first, second):
        assert imported(folder, source).changes == []
    with project_of(folder) as project:
        info = project.snapshot().info
    assert json.loads(info.info) == {"url": "x", "a": 1, "b": 2}
    assert json.loads(info.licenses) == [{"id": 1, "name": "A"}, {"id": 2, "name": "B"}]
