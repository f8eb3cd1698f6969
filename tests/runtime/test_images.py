"""Decoded images are shared, and those of files that were replaced are read anew."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import PIL.Image
import pytest

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


@pytest.mark.parametrize("change", ["forgotten", "replaced"])
def test_a_read_that_was_begun_before_is_neither_shared_nor_kept(
    tmp_path: Path, change: str
) -> None:
    path = tmp_path / "a.png"
    PIL.Image.new("RGB", (8, 6), "red").save(path)
    read: list[str] = []
    is_reading, may_end = threading.Event(), threading.Event()

    def reading(key: str) -> LoadedImage:
        read.append(key)
        image = load_image(key)
        if len(read) == 1:
            is_reading.set()
            assert may_end.wait(30)
        return image

    images = Images(reading, capacity=10**7)
    found: list[LoadedImage] = []
    before = in_thread(lambda: found.append(images.get(str(path))))
    assert is_reading.wait(30)
    if change == "forgotten":
        images.forget(str(path))
    else:
        PIL.Image.new("RGB", (7, 6), "blue").save(path)
    after = in_thread(lambda: found.append(images.get(str(path))))
    after.join(10)
    shared = after.is_alive()
    may_end.set()
    before.join(30)
    after.join(30)
    assert not shared and len(read) == 2
    assert images.get(str(path)) is found[0] and len(read) == 2


def in_thread(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work)
    thread.start()
    return thread
