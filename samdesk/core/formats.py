"""The image formats that Pillow can identify, without its process-wide size limit."""

from __future__ import annotations

import contextlib
import functools
import re
import struct
import warnings
from collections.abc import Callable
from typing import IO

from PIL import Image, ImageFile

Opener = Callable[[IO[bytes], str | bytes], ImageFile.ImageFile]
Accept = Callable[[bytes], bool | str]

# Documents, videos, science containers and metafiles that Pillow names but decodes only with a
# foreign program (Ghostscript), only on one operating system, or not at all.
_NOT_RASTER = {"BUFR", "EPS", "GRIB", "HDF5", "IPTC", "MPEG", "PDF", "WMF"}

# Formats that Pillow lacks and OpenCV has.
_OPENCV_SUFFIXES = {".hdr", ".pam", ".pic"}

_PILLOW_MODULES = r"(PIL|pi_heif)\."
_SILENCE = ("ignore", None, Warning, re.compile(_PILLOW_MODULES), 0)


def silence_warnings() -> None:
    """Make this process ignore the warnings that Pillow's own modules raise.

    They tell a programmer about odd metadata; a person gets a picture or an ``ImageError``. One
    lasting filter, limited to those modules, is safe with threads, where entering and leaving
    ``warnings.catch_warnings`` is not.
    """
    if not warnings.filters or warnings.filters[0] != _SILENCE:
        warnings.filterwarnings("ignore", module=_PILLOW_MODULES)


@functools.cache
def _openers() -> dict[str, tuple[Opener, Accept | None]]:
    Image.init()
    with contextlib.suppress(ImportError):
        import pi_heif

        pi_heif.register_heif_opener()
    return {name: Image.OPEN[name] for name in Image.ID if name not in _NOT_RASTER}


@functools.cache
def suffixes() -> frozenset[str]:
    """Return the lower-case file suffixes, each with its dot, of images that can be read."""
    names = _openers().keys()
    registered = {suffix for suffix, name in Image.registered_extensions().items() if name in names}
    return frozenset(registered | _OPENCV_SUFFIXES)


def identify(stream: IO[bytes]) -> ImageFile.ImageFile | None:
    """Open an image's header; decode no pixels.

    ``Image.open`` would add a limit that is the same for the whole process; the caller has its own.

    Args:
        stream: the whole file, seekable; it must stay open while the image is in use.

    Returns:
        The image at its first frame, or None where no format fits.

    Raises:
        Exception: whatever a plugin raises on a damaged header.
    """
    stream.seek(0)
    prefix = stream.read(16)
    for opener, accept in _openers().values():
        if accept is not None and accept(prefix) is not True:
            continue
        stream.seek(0)
        with contextlib.suppress(SyntaxError, IndexError, TypeError, struct.error):
            return opener(stream, "")
    return None
