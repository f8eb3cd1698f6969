"""LabelMe's files and folders."""

from __future__ import annotations

import base64
import io
import json
import tracemalloc
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from samdesk.coco.document import no_progress
from samdesk.coco.merge import merge
from samdesk.coco.sources import open_source
from samdesk.coco.sources.labelme import LabelMe
from samdesk.coco.sources.labelme import _read as labelme_read
from samdesk.store.project import Project
from tests.coco.imports import imported, labelme, picture, project_of


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
    assert "broken.json: cannot be read as JSON" in map(str, found.unused)
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
    content["shapes"] += [{"label": "pear", "points": [[1, 2], [6, 9]], "shape_type": "rectangle"}]
    (folder / "a.json").write_text(json.dumps(content), "utf-8")
    found = imported(folder, folder / "a.json")
    (once,) = found.unused
    assert reason in str(once)
    assert (found.categories, found.changes) == (0, [])


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
