"""The images of a folder, listed in natural order."""

from __future__ import annotations

import contextlib
import errno
import os
import random
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samdesk.core.image import (
    list_images,
)
from samdesk.core.image.folder import _in_natural_order
from samdesk.errors import ImageError


def test_list_images(tmp_path: Path) -> None:
    names = ["img10.png", "img2.PNG", "Img1.jpg", "b/x.tif", "b/c/é.webp", "a b/1.HEIC", "z.hdr"]
    others = [
        "notes.txt",
        ".hidden.png",
        "._x.jpg",
        ".samdesk/x.png",
        "a.svg",
        "a.pdf",
        "png",
        "a.eps",
    ]
    for name in [*names, *others]:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.touch()
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "broken.png").symlink_to("nowhere")
    assert list_images(tmp_path) == [
        "a b/1.HEIC",
        "b/c/é.webp",
        "b/x.tif",
        "Img1.jpg",
        "img2.PNG",
        "img10.png",
        "z.hdr",
    ]


@given(st.lists(st.text("aB1209._ é-/", min_size=1, max_size=9), max_size=30))
def test_natural_order(paths: list[str]) -> None:
    def natural(path: str) -> tuple[list[list[str | int]], str]:
        # Splitting at digits puts text at even and numbers at odd places, so like meets like.
        parts = (re.split(r"([0-9]+)", part.casefold()) for part in path.split("/"))
        return [[int(s) if i % 2 else s for i, s in enumerate(part)] for part in parts], path

    assert _in_natural_order(paths) == sorted(paths, key=natural)


def test_long_lists_are_in_natural_order_too() -> None:
    names = [f"frame {number}.jpg" for number in range(12_345)]
    shuffled = names.copy()
    random.Random(0).shuffle(shuffled)
    assert _in_natural_order(shuffled) == names


def test_list_images_leaves_out_what_cannot_be_looked_at(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a.png", "b.png"):
        (tmp_path / name).touch()

    class Gone:
        """An entry whose file goes while the folder is read, where the listing tells no kinds."""

        name, path = "gone.png", str(tmp_path / "gone.png")

        def is_dir(self) -> bool:
            raise FileNotFoundError

    scandir = os.scandir

    def listing(path: str) -> Any:
        with scandir(path) as scan:
            return contextlib.nullcontext([*scan, Gone()])

    monkeypatch.setattr("samdesk.core.image.folder.os.scandir", listing)
    assert list_images(tmp_path) == ["a.png", "b.png"]


def test_list_images_follows_links_but_no_loops(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    (root / "real").mkdir(parents=True)
    elsewhere.mkdir()
    (root / "real" / "1.png").touch()
    (elsewhere / "2.png").touch()
    (root / "again").symlink_to(root / "real", target_is_directory=True)
    (root / "linked").symlink_to(elsewhere, target_is_directory=True)
    (root / "real" / "loop").symlink_to(root, target_is_directory=True)
    (elsewhere / "up").symlink_to(tmp_path, target_is_directory=True)
    (root / "self").symlink_to("self")
    assert list_images(root) == ["linked/2.png", "real/1.png"]


def test_list_images_skips_folders_it_may_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "closed").mkdir()
    (tmp_path / "closed" / "x.png").touch()
    (tmp_path / "y.png").touch()
    scandir = os.scandir

    def refuse(path: str) -> Any:
        if path.endswith("closed"):
            raise PermissionError(errno.EACCES, "Permission denied")
        return scandir(path)

    monkeypatch.setattr("samdesk.core.image.folder.os.scandir", refuse)
    assert list_images(tmp_path) == ["y.png"]
    with pytest.raises(ImageError, match="closed cannot be read: Permission denied"):
        list_images(tmp_path / "closed")


def test_list_images_of_no_folder(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="The folder gone cannot be read"):
        list_images(tmp_path / "gone")
