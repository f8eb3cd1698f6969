"""Results and categories are matched by the ids that their file has for them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from samdesk.coco.choice import Choice
from samdesk.store.project import Project
from tests.coco.imports import coco, exported, imported, opened, project_of
from tests.store.records import category


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
