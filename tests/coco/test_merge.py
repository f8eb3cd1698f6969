"""Importing: what comes in, with which ids, and what is explained."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from samdesk.coco.choice import Choice
from samdesk.core.dataset import Annotation, Change, ImageRecord, inverse
from samdesk.store.project import Project
from tests.coco.imports import (
    SQUARE,
    coco,
    exported,
    imported,
    labelme,
    on_image,
    opened,
    project_of,
)
from tests.store.records import annotation, category, disc, image


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


def annotation_on(project: Project, of: ImageRecord, radius: int) -> Annotation:
    kinds = project.categories()
    return annotation(project, of, kinds[0] if kinds else category(project), disc(radius=radius))


@pytest.mark.parametrize("bbox", [[-1, 2, 30, 20], [-0.0, 1, 5, 5]])
def test_a_box_at_the_edge_comes_in_once(folder: Path, bbox: list[float]) -> None:
    box = on_image(segmentation=[], bbox=bbox)
    assert imported(folder, coco(annotations=[box])).boxes == 1
    assert imported(folder, coco(annotations=[box])).changes == []


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
