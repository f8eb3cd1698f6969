"""Imports into a project, as tests make them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from PIL import Image

from samdesk.coco.arr_coc import Circumstances
from samdesk.coco.check import check
from samdesk.coco.choice import Choice
from samdesk.coco.merge import Import, merge
from samdesk.coco.sources import open_source
from samdesk.coco.write import write
from samdesk.store.project import Project

SOMEWHERE = Circumstances("guide", {"gpus": [], "cpu": "x", "cores": 2, "ram_bytes": 1})
SQUARE = [2, 3, 6, 3, 6, 5, 2, 5]


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


def picture(folder: Path, path: str, size: tuple[int, int] = (10, 8), orientation: int = 1) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    (folder / path).parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", size).save(folder / path, exif=exif)


def opened(folder: Path, *paths: str) -> None:
    """Opens a folder, so that its images have ids by their order."""
    for path in paths:
        picture(folder, path)
    with Project.open(folder, data=folder) as project:
        project.add_images(list(paths))


def labelme(path: Path, stated: str, label: str = "x") -> None:
    shape = {"label": label, "points": [[1, 1], [9, 1], [9, 7]], "shape_type": "polygon"}
    content = {"imagePath": stated, "imageWidth": 10, "imageHeight": 8, "shapes": [shape]}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(content), "utf-8")
