"""Decoded images are shared, and those of files that were replaced are read anew."""

from __future__ import annotations

from pathlib import Path

import PIL.Image

from samdesk.core.image import LoadedImage, load_image
from samdesk.runtime.images import Images


def test_a_file_is_read_once_and_again_when_another_took_its_place(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    read: list[str] = []

    def reading(key: str) -> LoadedImage:
        read.append(key)
        return load_image(key)

    images = Images(reading, capacity=10**7)
    PIL.Image.new("RGB", (8, 6), "red").save(path)
    first = images.get(str(path))
    assert images.get(str(path)) is first and len(read) == 1
    PIL.Image.new("RGB", (7, 6), "blue").save(path)
    second = images.get(str(path))
    assert (second.width, len(read)) == (7, 2)
    images.forget(str(path))
    images.get(str(path))
    assert len(read) == 3
