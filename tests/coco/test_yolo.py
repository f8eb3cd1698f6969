"""YOLO's folders."""

from __future__ import annotations

from pathlib import Path

import pytest

from samdesk.coco.merge import merge
from samdesk.coco.sources import open_source
from samdesk.core.dataset import ImageRecord
from samdesk.store.project import Project
from tests.coco.imports import imported, picture, project_of


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
    assert [*map(str, found.unused)] == [
        "none.txt: no image is called like it, or several are",
        "a.txt line 3: is not the number of a class and then numbers",
    ]
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
