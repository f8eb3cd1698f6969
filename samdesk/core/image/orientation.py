"""Which way up an image file is to be shown."""

from __future__ import annotations

import struct
from collections.abc import Callable
from typing import IO

from PIL import Image

_TAG = 0x0112

TURN = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
"""For each EXIF orientation but 1, what turns the stored pixels upright."""


def of_picture(picture: Image.Image) -> int:
    """Return the EXIF orientation 1..8; 1 where EXIF and XMP are missing, broken or out of range.

    A PNG file may keep its EXIF behind the pixels, which are decoded for that if need be.
    """
    return _read(picture, type(picture).getexif)


def of_header(picture: Image.Image, stream: IO[bytes]) -> int:
    """Return the same as ``of_picture``, decoding pixels only where there is no other way.

    Args:
        picture: an opened image whose pixels are not decoded yet.
        stream: the file behind it; its position changes.
    """
    if picture.format == "PNG" and not _png_ends_with_metadata(stream):
        return _read(picture, Image.Image.getexif)
    return of_picture(picture)


def _read(picture: Image.Image, getexif: Callable[[Image.Image], Image.Exif]) -> int:
    try:
        value = getexif(picture).get(_TAG)
    except Exception:
        # Broken metadata can raise anything; the picture itself may well be sound.
        return 1
    return int(value) if value in TURN else 1


def _png_ends_with_metadata(stream: IO[bytes]) -> bool:
    """Say whether EXIF or XMP follows the pixels of a PNG file, reading only its chunk headers."""
    position = stream.tell()
    stream.seek(8)
    pixels_passed = found = False
    while not found and len(head := stream.read(8)) == 8:
        length, kind = struct.unpack(">I4s", head)
        keyword = stream.read(min(length, 24))
        found = pixels_passed and (
            kind == b"eXIf" or keyword.startswith((b"XML:com.adobe.xmp", b"Raw profile type exif"))
        )
        pixels_passed |= kind == b"IDAT"
        stream.seek(length - len(keyword) + 4, 1)
    stream.seek(position)
    return found
