"""The few image files that OpenCV reads and Pillow does not.

Radiance pictures, colour PFM, PAM, and TIFF files of unusual depths. OpenCV tells no size before it
decodes, so the headers are read here.
"""

from __future__ import annotations

import re
from typing import IO

import numpy as np
import numpy.typing as npt

from samdesk.core.image.depth import to_8_bits
from samdesk.core.image.orientation import TURN

_HEADER_BYTES = 4096
_RADIANCE = re.compile(rb"#\?(?:RADIANCE|RGBE)\n.*?\n-Y (?P<height>\d+) \+X (?P<width>\d+)\n", re.S)
_PFM = re.compile(rb"PF\s+(?P<width>\d+)\s+(?P<height>\d+)\s")
_PAM = re.compile(rb"P7(?=.*?\nWIDTH (?P<width>\d+))(?=.*?\nHEIGHT (?P<height>\d+))", re.S)


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
    if directory.get(284) == 2 and directory.get(277, 1) > 1:
        # Of colours in separate planes OpenCV fills one and leaves the others to chance.
        return None
    width, height, orientation = (directory.get(tag) for tag in (256, 257, 274))
    if not isinstance(width, int) or not isinstance(height, int):
        return None
    return width, height, orientation if orientation in TURN else 1


def decode(data: bytes) -> npt.NDArray[np.uint8]:
    """Decode a file whose header ``read_header`` knows, upright.

    Args:
        data: the whole file.

    Returns:
        Shape (height, width, 3), RGB, C-contiguous and read-only, deep images scaled to 8 bits;
        alpha is dropped.

    Raises:
        ValueError: OpenCV cannot decode the file.
        cv2.error: OpenCV gave up on the file.
    """
    import cv2

    # OpenCV turns a TIFF upright whatever the flags; the other formats have no orientation.
    flags = cv2.IMREAD_ANYDEPTH | cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
    bgr = cv2.imdecode(np.frombuffer(data, np.uint8), flags)
    if bgr is None:
        raise ValueError("no decoder accepts its pixels")
    if data.startswith(b"#?"):
        # Radiance stores linear light; screens and models expect perceptual values.
        bgr = np.maximum(bgr, 0) ** np.float32(1 / 2.2)
    rgb = np.ascontiguousarray(to_8_bits(bgr)[:, :, ::-1])
    rgb.setflags(write=False)
    return rgb
