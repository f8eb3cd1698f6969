"""Images to measure on: the sample images at the sizes of cameras, no two alike."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from samdesk.engine.base import RGB
from samdesk.resources import resource

# Megapixels, and width and height in pixels, 4 to 3.
SIZES = {1: (1152, 864), 5: (2592, 1944), 12: (4000, 3000)}


def photo(megapixels: int) -> RGB:
    """One of the sample images, (height, width, 3)."""
    return next(_scaled(SIZES[megapixels]))


def write_photos(folder: Path, count: int, megapixels: int = 1) -> None:
    """Writes JPEG files into a new folder.

    Every one has pixels that no file had before: what an earlier run has kept of images serves
    none of them.
    """
    folder.mkdir(parents=True)
    rng = np.random.default_rng()
    samples = list(_scaled(SIZES[megapixels]))
    for number in range(count):
        pixels = samples[number % len(samples)].copy()
        pixels[:64, :64] = rng.integers(0, 256, (64, 64, 3), np.uint8)
        Image.fromarray(pixels).save(folder / f"photo{number:05}.jpg", quality=90)


def write_many(folder: Path, count: int) -> None:
    """Writes many small JPEG files, all alike, into a new folder."""
    folder.mkdir(parents=True)
    first = folder / "image00000.jpg"
    Image.fromarray(next(_scaled((320, 240)))).save(first, quality=90)
    content = first.read_bytes()
    for number in range(1, count):
        (folder / f"image{number:05}.jpg").write_bytes(content)


def _scaled(size: tuple[int, int]) -> Iterator[RGB]:
    for path in sorted(resource("samples").glob("*.jpg")):
        with Image.open(path) as image:
            yield np.asarray(image.convert("RGB").resize(size, Image.Resampling.BICUBIC))
