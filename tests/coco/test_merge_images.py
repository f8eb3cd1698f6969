"""Which image of the project an imported one is."""

from __future__ import annotations

from pathlib import Path

import pytest

from samdesk.coco.image_files import ImageFiles
from tests.coco.imports import coco, imported, on_image, picture, project_of


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


def test_masks_of_another_size_are_refused_and_the_reason_is_told(folder: Path) -> None:
    picture(folder, "a.jpg", (10, 8), orientation=6)
    found = imported(folder, coco(annotations=[on_image()]))
    assert "EXIF" in found.unused[0].reason
    assert found.annotations == 0


def test_missing_images_can_be_left_out(folder: Path) -> None:
    found = imported(folder, coco(annotations=[on_image()]), with_missing=False)
    assert (found.images, found.annotations) == (0, 0)
    assert len(found.unused) == 2


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
