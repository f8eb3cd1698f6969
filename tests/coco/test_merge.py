"""Importing: what comes in, what is explained, and that a round trip changes nothing."""

from __future__ import annotations

import base64
import io
import json
import re
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from samdesk.coco.arr_coc import Circumstances
from samdesk.coco.check import check
from samdesk.coco.choice import Choice, Profile, Segmentation
from samdesk.coco.document import no_progress
from samdesk.coco.image_files import ImageFiles
from samdesk.coco.merge import Import, merge
from samdesk.coco.sources import open_source
from samdesk.coco.sources.labelme import LabelMe
from samdesk.coco.sources.labelme import _read as labelme_read
from samdesk.coco.write import write
from samdesk.core.dataset import Annotation, Change, ImageRecord, inverse
from samdesk.core.mask import Mask
from samdesk.errors import CocoError
from samdesk.store.project import Project
from tests.core.strategies import bitmaps
from tests.store.records import annotation, category, disc, image

SOMEWHERE = Circumstances("guide", {"gpus": [], "cpu": "x", "cores": 2, "ram_bytes": 1})
SQUARE = [2, 3, 6, 3, 6, 5, 2, 5]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "photos"
    folder.mkdir()
    return folder


def coco(**sections: Any) -> dict[str, Any]:
    return {
        "info": {},
        "licenses": [],
        "images": [{"id": 4, "file_name": "a.jpg", "width": 10, "height": 8}],
        "categories": [{"id": 3, "name": "apple"}],
        "annotations": [],
        **sections,
    }


def on_image(**values: Any) -> dict[str, Any]:
    return {"id": 9, "image_id": 4, "category_id": 3, "segmentation": [SQUARE], **values}


def imported(folder: Path, source: Any, *, database: Path | None = None, **options: Any) -> Import:
    """Imports a file, or values as a file, into a folder's project."""
    if not isinstance(source, Path):
        path = folder.parent / "source.json"
        path.write_text(json.dumps(source), "utf-8")
        source = path
    before = source.read_bytes() if source.is_file() else b""
    with Project.open(folder, data=folder, database=database) as project:
        found = merge(
            open_source(source, folder), project.snapshot(), folder, project.last_id, **options
        )
        project.apply(found.changes)
    assert not source.is_file() or source.read_bytes() == before
    return found


def project_of(folder: Path) -> Project:
    return Project.open(folder, data=folder, read_only=True)


def exported(folder: Path, target: Path, choice: Choice) -> Any:
    """Writes a project; gives its content without dates."""
    with project_of(folder) as project:
        write(project.snapshot(), folder, target, choice, circumstances=SOMEWHERE)
    assert list(check(target)) == []
    text = target.read_text("utf-8")
    date = json.loads(text)["info"]["date_created"]
    return text.replace(date, "")


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


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        ({"image_id": 5}, "there is no image 5"),
        ({"image_id": None}, "states no image"),
        ({"image_id": [1]}, "states no image"),
        ({"category_id": 1}, "there is no category 1"),
        ({"segmentation": [[1, 2, 3, 4]]}, "at least 3 points"),
        ({"segmentation": [[*SQUARE, 1]]}, "at least 3 points"),
        ({"segmentation": [["a"] * 6]}, "not a list of numbers"),
        ({"segmentation": [[1e6 * x for x in SQUARE]]}, "reaches outside"),
        ({"segmentation": {"size": [10, 8], "counts": [0, 3, 77]}}, "RLE has size"),
        ({"segmentation": {"size": [8, 10], "counts": [0, 3]}}, "RLE is damaged"),
        ({"segmentation": {"size": [8, 10], "counts": "0100"}}, "RLE is damaged"),
        ({"segmentation": {"size": [8, 10], "counts": "ü"}}, "RLE is damaged"),
        ({"segmentation": {"size": [8, 10]}}, "RLE has no counts"),
        ({"segmentation": {"size": [8, 10], "counts": [80]}}, "no pixels"),
        ({"segmentation": "x"}, "neither polygons nor RLE"),
        ({"segmentation": None}, "neither a segmentation nor a box"),
        ({"segmentation": [], "bbox": [1, 2, 0, 4]}, "neither a segmentation nor a box"),
        ({"segmentation": [], "bbox": [50, 2, 5, 4]}, "outside the image"),
    ],
)
def test_what_cannot_be_used_is_listed_and_the_rest_comes_in(
    folder: Path, entry: dict[str, Any], reason: str
) -> None:
    good = on_image(id=12)
    found = imported(folder, coco(annotations=[on_image(**entry), good]))
    (unused,) = found.unused
    assert unused.where == "annotation 9"
    assert reason in unused.reason
    with project_of(folder) as project:
        assert [one.id for one in project.annotations()] == [12]


@pytest.mark.parametrize(
    "segmentation",
    [
        [SQUARE],
        SQUARE,
        [[2, 3, 4, 3, 4, 5, 2, 5], [4.0, 3.0, 6.0, 3.0, 6.0, 5.0, 4.0, 5.0]],
        {"size": [8, 10], "counts": [19, 2, 6, 2, 6, 2, 6, 2, 35]},
        {"size": [8, 10], "counts": "c02600000m0"},
    ],
)
def test_all_forms_of_masks(folder: Path, segmentation: Any) -> None:
    imported(folder, coco(annotations=[on_image(segmentation=segmentation)]))
    with project_of(folder) as project:
        (one,) = project.annotations()
    assert one.mask.bbox_xywh == (2, 3, 4, 2)
    assert one.mask.area == 8
    assert one.provenance.source == "imported"


def test_a_polygon_that_cannot_be_drawn_is_told_and_the_others_of_its_object_come_in(
    folder: Path,
) -> None:
    found = imported(folder, coco(annotations=[on_image(segmentation=[SQUARE, [1, 2]])]))
    assert (found.annotations, len(found.unused)) == (1, 1)


def test_boxes_without_masks_wait_to_be_segmented(folder: Path) -> None:
    boxes = [
        on_image(id=5, segmentation=[], bbox=[1.5, 2, 3, 20], score=0.25),
        {"id": 6, "image_id": 4, "category_id": 3, "bbox": [0, 0, 2, 2]},
    ]
    found = imported(folder, coco(annotations=boxes))
    assert (found.boxes, found.annotations, found.unused) == (2, 0, [])
    with project_of(folder) as project:
        first, second = project.boxes()
        assert project.last_id(Annotation) == 6
    assert first.box.xyxy == (1.5, 2, 4.5, 8)
    assert json.loads(first.extras) == {"score": 0.25}
    assert second.id == 6
    with Project.open(folder, data=folder) as project:
        # One of them is segmented, under its id.
        one = replace(
            annotation_of(project), id=5, image_id=first.image_id, category_id=first.category_id
        )
        made = replace(one.provenance, prompt=replace(one.provenance.prompt, box=first.box))
        project.apply([Change(first, None), Change(None, replace(one, provenance=made))])
    assert imported(folder, coco(annotations=boxes)).changes == []


@pytest.mark.parametrize("bbox", [[-1, 2, 30, 20], [-0.0, 1, 5, 5]])
def test_a_box_at_the_edge_comes_in_once(folder: Path, bbox: list[float]) -> None:
    box = on_image(segmentation=[], bbox=bbox)
    assert imported(folder, coco(annotations=[box])).boxes == 1
    assert imported(folder, coco(annotations=[box])).changes == []


def annotation_of(project: Project) -> Annotation:
    picture = project.images()[0]
    mask = disc(width=10, height=8, x=4, y=4, radius=2)
    return annotation(project, picture, project.categories()[0], mask)


def test_ids_are_kept_where_they_are_free(folder: Path) -> None:
    source = coco(
        images=[
            {"id": 0, "file_name": "z.jpg", "width": 10, "height": 8},
            {"id": 1, "file_name": "a.jpg", "width": 10, "height": 8},
            {"id": "x", "file_name": "b.jpg", "width": 10, "height": 8},
            {"id": 1 << 40, "file_name": "c.jpg", "width": 10, "height": 8},
        ],
        categories=[{"id": 0, "name": "zero"}, {"id": 90, "name": "ninety"}],
        annotations=[
            {"id": 0, "image_id": 0, "category_id": 0, "segmentation": [SQUARE]},
            {"id": 1, "image_id": "x", "category_id": 90, "segmentation": [SQUARE]},
            {"id": 1, "image_id": 1 << 40, "category_id": 0, "segmentation": [SQUARE]},
            {"image_id": 1, "category_id": 90, "segmentation": [SQUARE]},
        ],
    )
    assert imported(folder, source).unused == []
    with project_of(folder) as project:
        images = {record.path: record.id for record in project.images()}
        categories = {one.name: one.id for one in project.categories()}
        stored = [(one.id, one.image_id, one.category_id) for one in project.annotations()]
    assert (images["a.jpg"], images["c.jpg"]) == (1, 1 << 40)
    assert min(images.values()) == 1
    assert len(set(images.values())) == 4
    assert categories == {"zero": 91, "ninety": 90}
    assert sorted(stored) == [
        (1, images["b.jpg"], 90),
        (2, images["z.jpg"], 91),
        (3, images["c.jpg"], 91),
        (4, images["a.jpg"], 90),
    ]
    assert imported(folder, source).changes == []


def test_ids_that_were_given_once_are_not_given_again(folder: Path) -> None:
    with Project.open(folder, data=folder) as project:
        first = annotation(project, image(project, "b.jpg"), category(project))
        project.apply([Change(first, None)])
    imported(
        folder, coco(annotations=[on_image(id=1), on_image(id=2, segmentation=[SQUARE[::-1]])])
    )
    with project_of(folder) as project:
        assert [one.id for one in project.annotations()] == [2, 3]
        assert {one.name: one.id for one in project.categories()} == {"apple": 1}


def test_an_import_can_be_undone(folder: Path) -> None:
    with Project.open(folder, data=folder) as project:
        annotation(project, image(project, "b.jpg"), category(project))
        before = project.snapshot(), list(project.annotations())
    boxed = on_image(id=20, segmentation=[], bbox=[1, 1, 2, 2])
    source = coco(info={"url": "x"}, annotations=[on_image(), boxed])
    changes = imported(folder, source).changes
    with Project.open(folder, data=folder) as project:
        project.apply(inverse(changes))
        after = project.snapshot(), list(project.annotations())
    assert after[1] == before[1]
    for name in ("images", "categories", "boxes", "info"):
        assert getattr(after[0], name) == getattr(before[0], name)


def picture(folder: Path, path: str, size: tuple[int, int] = (10, 8), orientation: int = 1) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size).save(folder / path, exif=exif)


@pytest.mark.parametrize(
    ("present", "stated", "expected"),
    [
        (["1.jpg", "11.jpg"], "1.jpg", "1.jpg"),
        (["11.jpg"], "1.jpg", "1.jpg"),
        (["sub/1.jpg"], "1.jpg", "sub/1.jpg"),
        (["1.jpg"], "photos/1.jpg", "1.jpg"),
        (["sub/1.jpg"], "photos/sub/1.jpg", "sub/1.jpg"),
        (["1.jpg"], "../photos/1.jpg", "1.jpg"),
        (["1.jpg"], "C:\\photos\\1.jpg", "1.jpg"),
        (["1.jpg"], "/photos/1.jpg", "1.jpg"),
        (["1.jpg"], "data/JPEGImages/1.jpg", "data/JPEGImages/1.jpg"),
        (["1.jpg"], "C:\\data\\1.jpg", None),
        (["1.jpg"], "/data/1.jpg", None),
        (["1.jpg"], "7:1.jpg", None),
        (["sub/photos/1.jpg", "1.jpg"], "photos/1.jpg", None),
        (["a\u0308.jpg"], "\u00e4.jpg", "a\u0308.jpg"),
        (["\u00e4.jpg", "a\u0308.jpg"], "a\u0308.jpg", "a\u0308.jpg"),
        (["sub/1.jpg"], "sub\\1.jpg", "sub/1.jpg"),
        (["sub/1.jpg"], "./sub/1.jpg", "sub/1.jpg"),
        (["val/1.jpg"], "train/1.jpg", "train/1.jpg"),
        (["a/1.jpg", "b/1.jpg"], "1.jpg", None),
        ([], "/data/1.jpg", None),
        ([], "../1.jpg", None),
    ],
)
def test_images_are_found_by_whole_names(
    folder: Path, present: list[str], stated: str, expected: str | None
) -> None:
    for path in present:
        picture(folder, path)
    images = [{"id": 4, "file_name": stated, "width": 10, "height": 8}]
    found = imported(folder, coco(images=images, annotations=[on_image()]))
    with project_of(folder) as project:
        assert [record.path for record in project.images()] == ([expected] if expected else [])
    if expected is None:
        assert [unused.where for unused in found.unused] == ["images[0]", "annotation 9"]
    assert found.missing == ([expected] if expected and expected not in present else [])


def test_an_image_named_exactly_is_not_given_to_another(folder: Path) -> None:
    picture(folder, "1.jpg")
    images = [
        {"id": 4, "file_name": "other/1.jpg", "width": 10, "height": 8},
        {"id": 5, "file_name": "1.jpg", "width": 10, "height": 8},
    ]
    imported(folder, coco(images=images))
    with project_of(folder) as project:
        assert {one.path: one.id for one in project.images()} == {"other/1.jpg": 4, "1.jpg": 5}


@pytest.mark.parametrize(
    ("present", "names", "expected"),
    [
        (["1.jpg"], ["photos/1.jpg", "other/1.jpg"], {"1.jpg": 1, "other/1.jpg": 2}),
        (["1.jpg"], ["train/1.jpg"], {"train/1.jpg": 1}),
        (["a/b/1.jpg"], ["1.jpg", "b/1.jpg"], {}),
        (["a/b/1.jpg"], ["b/1.jpg", "./b/1.jpg"], {"a/b/1.jpg": 1}),
    ],
)
def test_two_names_are_never_one_image(
    folder: Path, present: list[str], names: list[str], expected: dict[str, int]
) -> None:
    for path in present:
        picture(folder, path)
    images = [
        {"id": number, "file_name": name, "width": 10, "height": 8}
        for number, name in enumerate(names, start=1)
    ]
    marks = [on_image(id=one["id"], image_id=one["id"]) for one in images]
    imported(folder, coco(images=images, annotations=marks))
    with project_of(folder) as project:
        assert {one.path: one.id for one in project.images()} == expected


def test_names_of_another_case_are_the_same_file_to_windows(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    picture(folder, "Sub/A.jpg")
    for ignores_case, found in ((False, "sub/a.jpg"), (True, "Sub/A.jpg")):
        monkeypatch.setattr("samdesk.coco.image_files._IGNORES_CASE", ignores_case)
        assert ImageFiles(folder, []).match(["sub/a.jpg"]) == {"sub/a.jpg": found}


def test_images_of_one_name_in_many_folders_are_found_without_searching(folder: Path) -> None:
    class Counting(str):
        compared = 0

        def __eq__(self, other: object) -> bool:
            Counting.compared += 1
            return str.__eq__(self, other)

        __hash__ = str.__hash__

    known = [f"{number}/0001.jpg" for number in range(500)]
    names = [Counting(f"photos/{path}") for path in known]
    assert list(ImageFiles(folder, known).match(names).values()) == known
    assert Counting.compared < 20 * len(known)


def test_masks_of_another_size_are_refused_and_the_reason_is_told(folder: Path) -> None:
    picture(folder, "a.jpg", (10, 8), orientation=6)
    found = imported(folder, coco(annotations=[on_image()]))
    assert "EXIF" in found.unused[0].reason
    assert found.annotations == 0


def test_missing_images_can_be_left_out(folder: Path) -> None:
    found = imported(folder, coco(annotations=[on_image()]), with_missing=False)
    assert (found.images, found.annotations) == (0, 0)
    assert len(found.unused) == 2


def test_results_are_for_the_images_of_the_project(folder: Path) -> None:
    imported(folder, coco())
    results = [
        {"image_id": 4, "category_id": 3, "segmentation": [SQUARE], "score": 0.75},
        {"image_id": 5, "category_id": 3, "segmentation": [SQUARE], "score": 0.75},
    ]
    found = imported(folder, results)
    assert (found.kind, found.annotations) == ("COCO results", 1)
    assert [str(one) for one in found.unused] == ["[1]: this project has no image 5"]
    with project_of(folder) as project:
        (one,) = project.annotations()
    assert json.loads(one.extras) == {"score": 0.75}


def opened(folder: Path, *paths: str) -> None:
    """Opens a folder, so that its images have ids by their order."""
    for path in paths:
        picture(folder, path)
    with Project.open(folder, data=folder) as project:
        project.add_images(list(paths))


def numbered(**ids: int) -> list[dict[str, Any]]:
    return [
        {"id": identity, "file_name": f"{name}.jpg", "width": 10, "height": 8}
        for name, identity in ids.items()
    ]


def result(image: Any, category: Any) -> dict[str, Any]:
    return {"image_id": image, "category_id": category, "bbox": [1, 1, 5, 5], "score": 0.9}


def boxes_on(folder: Path) -> list[tuple[str, str]]:
    with project_of(folder) as project:
        paths = {one.id: one.path for one in project.images()}
        names = {one.id: one.name for one in project.categories()}
        return [(paths[one.image_id], names[one.category_id]) for one in project.boxes()]


CARS = [{"id": 7, "name": "car"}, {"id": 3, "name": "bus"}]


def test_results_of_a_file_that_got_other_ids_are_not_put_on_other_images(folder: Path) -> None:
    opened(folder, "a.jpg", "b.jpg", "c.jpg")
    source = coco(images=numbered(a=3, b=1, c=2), categories=CARS)
    found = imported(folder, source)
    assert (found.renumbered, found.unused) == (3, [])
    assert imported(folder, source).changes == []
    # 3 is c.jpg here and was a.jpg there, and nobody can tell which is meant.
    found = imported(folder, [result(3, 7), result(1, 3)])
    assert (found.boxes, len(found.unused)) == (0, 2)
    assert "id 3 may be meant as in this project" in found.unused[0].reason


def test_results_are_matched_by_the_ids_of_the_file_that_they_are_for(folder: Path) -> None:
    opened(folder, "a.jpg", "b.jpg", "c.jpg")
    imported(folder, coco(images=numbered(a=30, b=2, c=1), categories=CARS))
    found = imported(folder, [result(30, 7), result(1, 3)])
    assert (found.boxes, found.unused) == (2, [])
    assert boxes_on(folder) == [("a.jpg", "car"), ("c.jpg", "bus")]
    # What only this project can have exported has its ids.
    found = imported(folder, [result(2, 7), result("x", 7)])
    assert (boxes_on(folder)[2:], len(found.unused)) == ([("b.jpg", "car")], 1)


def test_results_by_ids_that_two_files_gave_to_different_images_are_refused(folder: Path) -> None:
    opened(folder, "a.jpg", "b.jpg")
    imported(folder, coco(images=numbered(a=30), categories=CARS))
    imported(folder, coco(images=numbered(b=30), categories=CARS))
    found = imported(folder, [result(30, 7)])
    assert (found.boxes, len(found.unused)) == (0, 1)


def test_categories_that_got_other_ids_are_not_taken_for_others(folder: Path) -> None:
    with Project.open(folder, data=folder) as project:
        for name in ("bus", "tram"):
            category(project, name)
    imported(folder, coco(categories=[{"id": 1, "name": "tram"}, {"id": 2, "name": "bus"}]))
    found = imported(folder, [result(4, 1)])
    assert (found.boxes, len(found.unused)) == (0, 1)


def test_the_ids_of_sources_are_in_the_profile_and_not_in_plain_coco(
    folder: Path, tmp_path: Path
) -> None:
    opened(folder, "a.jpg", "b.jpg")
    imported(folder, coco(images=numbered(a=30, b=2), categories=CARS))
    for profile, stated in (("coco", [None, None]), ("arr-coc", [[30], [2]])):
        exported(folder, tmp_path / "out.json", Choice(profile))  # type: ignore[arg-type]
        images = json.loads((tmp_path / "out.json").read_bytes())["images"]
        assert [one.get("arr_coc", {}).get("source_ids") for one in images] == stated


def test_what_a_file_says_of_a_category_that_is_here_is_kept(folder: Path) -> None:
    with Project.open(folder, data=folder) as project:
        category(project, "person")
    said = {"supercategory": "being", "keypoints": ["nose"], "skeleton": []}
    person = {"id": 1, "name": "person", **said}
    assert imported(folder, coco(categories=[person])).unused == []
    other = {**person, "keypoints": ["ear"], "note": "x"}
    (unused,) = imported(folder, coco(categories=[other])).unused
    assert str(unused) == ("categories[0]: the keypoints of person is another one here, and stays")
    with project_of(folder) as project:
        (kind,) = project.categories()
    assert json.loads(kind.extras) == {**said, "note": "x"}


def test_a_section_that_is_too_large_to_be_kept_is_told(folder: Path) -> None:
    source = coco(tracks=[{"id": number} for number in range(10_001)])
    (unused,) = imported(folder, source).unused
    assert str(unused) == "tracks: has 10,001 entries, which are too many to be kept"


def test_an_annotation_that_was_corrected_here_comes_in_beside_it_and_is_told(
    folder: Path,
) -> None:
    source = coco(annotations=[on_image()])
    assert imported(folder, source).changed == 0
    with Project.open(folder, data=folder) as project:
        (one,) = project.annotations()
        smaller = disc(width=10, height=8, x=4, y=4, radius=2)
        project.apply([Change(one, replace(one, mask=smaller))])
    found = imported(folder, source)
    assert (found.annotations, found.changed) == (1, 1)
    found = imported(folder, source)
    assert (found.annotations, found.changed, found.known) == (0, 0, 1)


def test_what_is_in_another_category_here_stays_and_is_told(folder: Path) -> None:
    boxed = on_image(id=10, segmentation=[], bbox=[1, 1, 5, 5])
    source = coco(annotations=[on_image(), boxed])
    imported(folder, source)
    with Project.open(folder, data=folder) as project:
        (kind,) = project.categories()
        project.apply([Change(kind, replace(kind, name="pear"))])
    found = imported(folder, source)
    assert (found.annotations, found.boxes, found.known, found.recategorised) == (0, 0, 2, 2)
    with project_of(folder) as project:
        assert [one.category_id for one in project.annotations()] == [kind.id]


def test_ids_that_only_tell_things_apart_are_not_kept(folder: Path) -> None:
    opened(folder, "b.png", "a.png")
    labelme(folder / "a.json", "a.png")
    assert imported(folder, folder).renumbered == 0
    with project_of(folder) as project:
        assert [one.extras for one in (*project.images(), *project.categories())] == [""] * 3


def test_sa_1b_files_have_one_image_and_no_categories(folder: Path, tmp_path: Path) -> None:
    source = {
        "image": {"image_id": 223, "width": 10, "height": 8, "file_name": "sa_223.jpg"},
        "annotations": [
            {
                "id": 5,
                "segmentation": {"size": [8, 10], "counts": "c02600000m0"},
                "bbox": [2, 3, 4, 2],
                "area": 8,
                "predicted_iou": 0.9,
                "stability_score": 0.95,
                "crop_box": [0, 0, 10, 8],
                "point_coords": [[4, 4]],
            }
        ],
    }
    assert imported(folder, source).unused == []
    with project_of(folder) as project:
        (one,) = project.annotations()
        assert [(record.id, record.path) for record in project.images()] == [(223, "sa_223.jpg")]
        assert [kind.name for kind in project.categories()] == ["object"]
    assert one.provenance.predicted_iou == 0.9
    assert one.provenance.prompt.points[0].x == 4
    for profile in ("coco", "arr-coc"):
        exported(folder, tmp_path / "out.json", Choice(profile))
        (entry,) = json.loads((tmp_path / "out.json").read_bytes())["annotations"]
        for key in ("predicted_iou", "stability_score", "crop_box", "point_coords"):
            assert entry[key] == source["annotations"][0][key]
    assert imported(folder, source).changes == []


@pytest.mark.parametrize("parents", [(2, 1), (1, 1), (3, None), ("x", None), (None, 7)])
def test_hierarchies_that_cannot_be_are_told(
    folder: Path, tmp_path: Path, parents: tuple[Any, Any]
) -> None:
    with Project.open(folder, data=folder) as project:
        whole = annotation_on(project, image(project), 1)
        project.apply([Change(whole, replace(whole, parent_id=None))])
        annotation_on(project, project.images()[0], 2)
    exported(folder, tmp_path / "out.json", Choice("arr-coc"))
    data = json.loads((tmp_path / "out.json").read_bytes())
    for entry, parent in zip(data["annotations"], parents, strict=True):
        entry["arr_coc"]["parent_id"] = parent
    other = tmp_path / "other"
    other.mkdir()
    found = imported(other, data)
    assert found.annotations == 2
    assert found.unused or parents[0] == "x"
    exported(other, tmp_path / "again.json", Choice("arr-coc"))


@pytest.mark.parametrize("key", ["clicks", "seconds"])
def test_numbers_that_no_database_holds_are_left(folder: Path, tmp_path: Path, key: str) -> None:
    with Project.open(folder, data=folder) as project:
        annotation_on(project, image(project), 1)
    exported(folder, tmp_path / "out.json", Choice("arr-coc"))
    data = json.loads((tmp_path / "out.json").read_bytes())
    data["annotations"][0]["arr_coc"][key] = 10**20
    data["annotations"][0]["predicted_iou"] = 10**400
    other = tmp_path / "other"
    other.mkdir()
    assert imported(other, data).annotations == 1
    exported(other, tmp_path / "again.json", Choice("arr-coc"))


def annotation_on(project: Project, of: ImageRecord, radius: int) -> Annotation:
    kinds = project.categories()
    return annotation(project, of, kinds[0] if kinds else category(project), disc(radius=radius))


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


def labelme_mask(size: tuple[int, int]) -> dict[str, Any]:
    png = io.BytesIO()
    Image.new("1", size, 1).save(png, "PNG")
    text = base64.b64encode(png.getvalue()).decode()
    return {"label": "blob", "points": [[0, 0], [1, 1]], "shape_type": "mask", "mask": text}


def test_labelme_folders(folder: Path, tmp_path: Path) -> None:
    picture(folder, "sub/a.png", (40, 30))
    square = [[10, 10], [20, 10], [20, 20], [10, 20]]
    shapes = [
        {"label": "apple", "points": square, "shape_type": "polygon", "group_id": None},
        {"label": "pear", "points": square, "shape_type": "polygon", "group_id": 1},
        {"label": "pear", "points": [[0, 0], [5, 0], [5, 5], [0, 5]], "group_id": 1},
        {"label": "apple", "points": [[1, 2], [6, 9]], "shape_type": "rectangle"},
        {"label": "disc", "points": [[20, 15], [20, 20]], "shape_type": "circle"},
        {**labelme_mask((5, 4)), "points": [[3, 4], [7, 7]]},
        {"label": "apple", "points": [[1, 2]], "shape_type": "point"},
        {"label": "apple", "points": "x", "shape_type": "polygon"},
        7,
    ]
    content = {"shapes": shapes, "imagePath": "a.png", "imageWidth": 40, "imageHeight": 30}
    (folder / "sub" / "a.json").write_text(json.dumps(content), "utf-8")
    (folder / "sub" / "broken.json").write_text("{", "utf-8")
    found = imported(folder, folder)
    assert (found.kind, found.annotations, found.boxes) == ("LabelMe", 4, 1)
    assert len(found.unused) == 4
    with project_of(folder) as project:
        names = {one.id: one.name for one in project.categories()}
        masks = {names[one.category_id]: one.mask for one in project.annotations()}
    assert masks["apple"].bbox_xywh == (10, 10, 10, 10)
    assert masks["pear"].bbox_xywh == (0, 0, 20, 20)
    assert masks["blob"].bbox_xywh == (3, 4, 5, 4)
    assert masks["disc"].area == pytest.approx(np.pi * 25, rel=0.1)
    assert imported(folder, folder).changes == []


def test_labelme_masks_of_one_group_are_one_object(folder: Path) -> None:
    picture(folder, "a.png", (40, 30))
    parts = [
        {**labelme_mask((5, 4)), "points": [[3, 4], [7, 7]], "group_id": 1},
        {**labelme_mask((9, 9)), "points": [[35, 25], [39, 29]], "group_id": 1},
        {**labelme_mask((9, 9)), "mask": "AAAA", "group_id": 1},
    ]
    content = {"shapes": parts, "imagePath": "a.png", "imageWidth": 40, "imageHeight": 30}
    (folder / "a.json").write_text(json.dumps(content), "utf-8")
    assert imported(folder, folder / "a.json").unused == []
    with project_of(folder) as project:
        (one,) = project.annotations()
    assert (one.mask.area, one.mask.bbox_xywh) == (5 * 4 + 5 * 5, (3, 4, 37, 26))


@pytest.mark.parametrize(
    ("size", "points"), [((1 << 70, 30), [[3, 4], [7, 7]]), ((40, 30), [[1e300, 4], [1e300, 7]])]
)
def test_a_labelme_mask_that_lies_nowhere_is_told(
    folder: Path, size: tuple[int, int], points: list[list[float]]
) -> None:
    content = {"imagePath": "a.png", "imageWidth": size[0], "imageHeight": size[1]}
    content["shapes"] = [{**labelme_mask((5, 4)), "points": points}]
    (folder / "a.json").write_text(json.dumps(content), "utf-8")
    found = imported(folder, folder / "a.json")
    assert (found.annotations, bool(found.unused)) == (0, True)


@pytest.mark.parametrize(
    ("size", "is_there", "reason"),
    [
        ((-5, 30), True, "a.png has 40 x 30 pixels, stated are -5 x 30"),
        ((40, -1), True, "a.png has 40 x 30 pixels, stated are 40 x -1"),
        ((10**9, 10**9), True, "a.png has 40 x 30 pixels, stated are 1000000000 x 1000000000"),
        ((-5, -5), False, "a.png is not in the folder, and its size is not stated"),
        ((10**9, 10**9), False, "more than masks can have"),
    ],
)
def test_a_size_of_labelme_that_cannot_be_is_told(
    folder: Path, size: tuple[int, int], is_there: bool, reason: str
) -> None:
    if is_there:
        picture(folder, "a.png", (40, 30))
    content = {"imagePath": "a.png", "imageWidth": size[0], "imageHeight": size[1]}
    content["shapes"] = [labelme_mask((5, 4))]
    (folder / "a.json").write_text(json.dumps(content), "utf-8")
    first, second = imported(folder, folder / "a.json").unused
    assert reason in str(first)
    assert "its image, a.json, cannot be used" in str(second)


def test_a_folder_of_labelme_is_not_held_in_memory(folder: Path) -> None:
    nbytes = 500_000
    for number in range(20):
        content = {"shapes": [], "imagePath": "a.png", "imageData": "A" * nbytes}
        (folder / f"{number}.json").write_text(json.dumps(content), "utf-8")
    tracemalloc.start()
    found = LabelMe.in_folder(folder, folder, no_progress)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert found is not None and found.count == 20
    assert peak < 6 * nbytes


def labelme(path: Path, stated: str, label: str = "x") -> None:
    shape = {"label": label, "points": [[1, 1], [9, 1], [9, 7]], "shape_type": "polygon"}
    content = {"imagePath": stated, "imageWidth": 10, "imageHeight": 8, "shapes": [shape]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), "utf-8")


@pytest.mark.parametrize("source", ["cam2/a.json", "cam2", "."])
@pytest.mark.parametrize("stated", ["a.png", "../cam2/a.png"])
def test_labelme_names_images_from_where_its_file_is(
    folder: Path, source: str, stated: str
) -> None:
    for path in ("a.png", "cam1/a.png", "cam2/a.png"):
        picture(folder, path)
    labelme(folder / "cam2/a.json", stated)
    found = imported(folder, folder / source)
    assert (found.annotations, found.unused) == (1, [])
    with project_of(folder) as project:
        assert [one.path for one in project.images()] == ["cam2/a.png"]


@pytest.mark.parametrize(
    ("beside", "stated", "expected"),
    [
        ("json/a.json", "../photos/a.png", "a.png"),
        ("json/a.json", "../cam2/a.png", None),
        ("photos2/a.json", "../photos/a.png", "a.png"),
    ],
)
def test_labelme_beside_the_folder(
    folder: Path, beside: str, stated: str, expected: str | None
) -> None:
    picture(folder, "a.png")
    labelme(folder.parent / beside, stated)
    imported(folder, folder.parent / beside)
    with project_of(folder) as project:
        assert [one.path for one in project.images()] == ([expected] if expected else [])


def test_a_folder_of_labelme_is_read_twice_and_can_be_stopped_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(5):
        labelme(folder / f"{number}.json", f"{number}.png")
    reads: list[Path] = []

    def counting(path: Path) -> dict[str, Any]:
        reads.append(path)
        return labelme_read(path)

    monkeypatch.setattr("samdesk.coco.sources.labelme._read", counting)
    asked: list[int] = []

    def keep_going(_what: str, _done: int, _total: int) -> None:
        asked.append(len(reads))

    source = open_source(folder, folder, keep_going)
    assert asked == [0, 1, 2, 3, 4]
    with Project.open(folder, data=folder) as project:
        assert merge(source, project.snapshot(), folder, project.last_id).annotations == 5
    assert len(reads) == 10


def test_halves_of_characters_in_labelme_come_in_as_question_marks(folder: Path) -> None:
    labelme(folder / "a.json", "a.png", "x\ud83d")
    assert imported(folder, folder / "a.json").annotations == 1
    with project_of(folder) as project:
        assert [one.name for one in project.categories()] == ["x?"]


def test_yolo_folders(folder: Path, tmp_path: Path) -> None:
    root = tmp_path / "yolo"
    for path in ("train/a.jpg", "val/a.jpg", "val/b.jpg"):
        picture(folder, path, (40, 30))
    (root / "labels" / "train").mkdir(parents=True)
    (root / "labels" / "val").mkdir()
    (root / "data.yaml").write_text("names: [apple, pear]\n", "utf-8")
    (root / "labels" / "train" / "a.txt").write_text("1 0.25 0.5 0.5 0.5 0.5 1 0.25 1\n")
    (root / "labels" / "val" / "a.txt").write_text("0 0.5 0.5 0.5 0.5\n\n2 0.1 0.1 x 0.5 0.5 0.5\n")
    (root / "labels" / "val" / "none.txt").write_text("0 0 0 1 0 1 1\n")
    found = imported(folder, root)
    assert (found.kind, found.annotations, found.boxes) == ("YOLO", 1, 1)
    assert len(found.unused) == 3
    with project_of(folder) as project:
        (one,) = project.annotations()
        (box,) = project.boxes()
        names = {kind.id: kind.name for kind in project.categories()}
        paths = {record.id: record.path for record in project.images()}
    assert (names[one.category_id], paths[one.image_id]) == ("pear", "train/a.jpg")
    assert one.mask.bbox_xywh == (10, 15, 10, 15)
    assert (names[box.category_id], paths[box.image_id]) == ("apple", "val/a.jpg")
    assert box.box.xyxy == (10, 7.5, 30, 22.5)


@pytest.mark.parametrize(
    ("opened", "label", "expected"),
    [
        (".", "train/1.txt", []),
        (".", "val/1.txt", ["images/val/1.jpg"]),
        ("images/val", "val/1.txt", ["1.jpg"]),
        ("images/val", "train/1.txt", []),
    ],
)
@pytest.mark.parametrize("named", ["", "labels", "labels/{part}"])
def test_labels_of_train_are_not_put_on_val(
    folder: Path, opened: str, label: str, expected: list[str], named: str
) -> None:
    picture(folder, "images/val/1.jpg")
    path = folder / "labels" / label
    path.parent.mkdir(parents=True)
    path.write_text("0 0.5 0.5 0.5 0.5\n")
    place = folder / opened
    source = folder / named.format(part=path.parent.name)
    with Project.open(place, data=place) as project:
        found = merge(open_source(source, place), project.snapshot(), place, project.last_id)
    paths = [one.record.path for one in found.changes if isinstance(one.record, ImageRecord)]
    assert (paths, found.boxes) == (expected, len(expected))


def test_a_folder_without_annotations_is_told(folder: Path) -> None:
    picture(folder, "a.jpg")
    (folder / "notes.txt").write_text("nothing")
    with pytest.raises(CocoError, match="no LabelMe or YOLO"):
        open_source(folder, folder)


json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["id", "image_id", "size", "counts", "name", "arr_coc", "parent_id"]),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)


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
