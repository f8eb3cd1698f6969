"""YOLO's folders."""

from __future__ import annotations

from pathlib import Path

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
