"""Paths of any length and any letters."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from samdesk.core.image import (
    list_images,
    load_image,
)
from samdesk.core.image.location import location, shown_name
from tests.core.image_files import pixels, same_failure, save, upright


@pytest.mark.parametrize(
    "name",
    ["Überblick 図 🖼.png", "two\nlines.png", " space .png", "a'b\"c.png", "x" * 240 + ".png"],
)
def test_names(tmp_path: Path, name: str) -> None:
    if os.name == "nt":
        name = name.replace("\n", " ").replace('"', "'")
    assert (pixels(save(tmp_path / name, upright())) == upright()).all()


def test_long_path(tmp_path: Path) -> None:
    folder = location(tmp_path)
    for _ in range(8):
        folder = os.path.join(folder, "d" * 120)
        os.mkdir(folder)
    path = Path(folder) / "x.png"
    assert len(str(path)) > 900
    save(path, upright())
    assert load_image(path).width == 48
    assert [os.path.basename(found) for found in list_images(tmp_path)] == ["x.png"]


def test_path_longer_than_the_system_allows(tmp_path: Path) -> None:
    assert "cannot be read" in same_failure(tmp_path / ("x" * 400 + ".png")).title


def test_relative_path_and_str(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    save(tmp_path / "x.png", upright())
    monkeypatch.chdir(tmp_path)
    assert load_image("x.png").width == 48


def test_windows_paths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("samdesk.core.image.location.os.path.abspath", lambda path: path)
    monkeypatch.setattr("samdesk.core.image.location.os.name", "nt")
    assert location("C:\\a\\x.png") == "\\\\?\\C:\\a\\x.png"
    assert location("\\\\server\\share\\x.png") == "\\\\?\\UNC\\server\\share\\x.png"
    assert location("\\\\?\\C:\\x.png") == "\\\\?\\C:\\x.png"


def test_shown_name_is_one_printable_line() -> None:
    assert shown_name("/a/two\nlines\udcff.png") == "two\ufffdlines\ufffd.png"
    assert shown_name("/a/b/") == "b"
