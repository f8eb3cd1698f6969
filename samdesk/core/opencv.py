"""The few image files that OpenCV reads and Pillow does not.

Radiance pictures, colour PFM, PAM, and TIFF files of unusual depths. OpenCV tells no size before it
decodes, so the headers are read here.
"""

from __future__ import annotations

import re
from typing import IO

import numpy as np
import numpy.typing as npt

from samdesk.core.depth import to_8_bits

_HEADER_BYTES = 4096
_RADIANCE = re.compile(rb"#\?(?:RADIANCE|RGBE)\n.*?\n-Y (?P<height>\d+) \+X (?P<width>\d+)\n", re.S)
_PFM = re.compile(rb"PF\s+(?P<width>\d+)\s+(?P<height>\d+)\s")
_PAM = re.compile(rb"P7\n(?=.*?\nWIDTH (?P<width>\d+))(?=.*?\nHEIGHT (?P<height>\d+))", re.S)


def read_header(stream: IO[bytes]) -> tuple[int, int, int] | None:
    """Return width and height in pixels as stored, and the EXIF orientation; None if unknown."""
    stream.seek(0)
    head = stream.read(_HEADER_BYTES)
    if head[:4] in (b"II*\0", b"MM\0*", b"II+\0", b"MM\0+"):
        return _tiff_header(stream, head)
    for pattern in (_RADIANCE, _PFM, _PAM):
        if found := pattern.match(head):
            return int(found["width"]), int(found["height"]), 1
    return None


def _tiff_header(stream: IO[bytes], head: bytes) -> tuple[int, int, int] | None:
    from PIL.TiffImagePlugin import ImageFileDirectory_v2

    directory = ImageFileDirectory_v2(head[:16] if head[2:3] == b"+" else head[:8])
    stream.seek(directory.next)
    directory.load(stream)
    width, height, orientation = (directory.get(tag, 1) for tag in (256, 257, 274))
    return width, height, orientation if orientation in range(1, 9) else 1


def decode(data: bytes) -> npt.NDArray[np.uint8]:
    """Decode pixels as stored.

    Args:
        data: the whole file.

    Returns:
        Shape (height, width, 3), RGB, scaled to 8 bits like every deep image; without alpha.

    Raises:
        ValueError: OpenCV cannot decode the file.
        cv2.error: OpenCV gave up on the file.
    """
    import cv2

    flags = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    pixels = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if pixels is None:
        raise ValueError("no decoder accepts its pixels")
    if data.startswith(b"#?"):
        # Radiance stores linear light; screens and models expect perceptual values.
        pixels = np.maximum(pixels, 0) ** np.float32(1 / 2.2)
    return to_8_bits(pixels[:, :, ::-1])
