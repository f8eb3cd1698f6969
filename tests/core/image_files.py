"""Image files as cameras and programs write them, and what the decoder makes of them."""

from __future__ import annotations

import hashlib
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from samdesk.core.image import (
    ImageSize,
    load_image,
    read_size,
)
from samdesk.errors import ImageError

ORIENTATION = 0x0112


def upright() -> np.ndarray:
    """A picture of 48 x 32 pixels of which no turn or mirror image looks the same."""
    rgb = np.full((32, 48, 3), 255, np.uint8)
    rgb[:16, :16] = (255, 0, 0)
    rgb[:16, 16:32] = (0, 160, 0)
    rgb[16:, :16] = (0, 0, 255)
    return rgb


def stored(orientation: int) -> np.ndarray:
    """The pixels that a file with this orientation holds, for ``upright`` to be shown."""
    rgb = upright()
    return {
        1: rgb,
        2: rgb[:, ::-1],
        3: rgb[::-1, ::-1],
        4: rgb[::-1],
        5: rgb.transpose(1, 0, 2),
        6: np.rot90(rgb, 1),
        7: rgb[::-1, ::-1].transpose(1, 0, 2),
        8: np.rot90(rgb, -1),
    }[orientation]


def save(path: Path, rgb: np.ndarray, orientation: int | None = None, **options: Any) -> Path:
    if orientation is not None:
        exif = Image.Exif()
        exif[ORIENTATION] = orientation
        options["exif"] = exif
    Image.fromarray(np.ascontiguousarray(rgb)).save(path, **options)
    return path


def png(path: Path, header: bytes, *chunks: tuple[bytes, bytes]) -> Path:
    """Write a PNG file of exactly these chunks."""
    data = b"\x89PNG\r\n\x1a\n"
    for kind, body in ((b"IHDR", header), *chunks, (b"IEND", b"")):
        data += struct.pack(">I", len(body)) + kind + body
        data += struct.pack(">I", zlib.crc32(kind + body))
    path.write_bytes(data)
    return path


def pixels(path: Path) -> np.ndarray:
    """Load an image, checking what holds of every image."""
    before = path.stat()
    data = path.read_bytes()
    image = load_image(path)
    assert image.rgb.dtype == np.uint8
    assert image.rgb.shape == (image.height, image.width, 3)
    assert image.rgb.flags.c_contiguous
    assert not image.rgb.flags.writeable
    assert image.nbytes == image.width * image.height * 3
    assert image.sha256 == hashlib.sha256(data).hexdigest()
    assert read_size(path) == ImageSize(image.width, image.height, image.orientation)
    assert path.read_bytes() == data
    assert path.stat().st_mtime_ns == before.st_mtime_ns
    return image.rgb


def grey(path: Path) -> np.ndarray:
    rgb = pixels(path)
    assert (rgb == rgb[:, :, :1]).all()
    return rgb[:, :, 0]


def failure(path: Path, **options: Any) -> ImageError:
    with pytest.raises(ImageError) as caught:
        load_image(path, **options)
    assert caught.value.title.endswith(".")
    assert caught.value.hint
    assert str(path.parent) not in caught.value.title
    return caught.value


def same_failure(path: Path, **options: Any) -> ImageError:
    """Of ``load_image`` and ``read_size``."""
    error = failure(path, **options)
    with pytest.raises(ImageError) as caught:
        read_size(path, **options)
    assert (caught.value.title, caught.value.hint) == (error.title, error.hint)
    return error


def ramp(low: float, high: float, dtype: str) -> np.ndarray:
    return np.linspace(low, high, 64 * 64).reshape(64, 64).astype(dtype)
