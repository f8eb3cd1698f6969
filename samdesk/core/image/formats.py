"""The image formats that Pillow can identify, without its process-wide size limit."""

from __future__ import annotations

import contextlib
import functools
import re
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


class Unidentified(Exception):
    """No format fits a file; the cause, if any, is why the format it resembles does not.

    ``head`` holds the file's first bytes.
    """

    def __init__(self, head: bytes) -> None:
        super().__init__("unknown format")
        self.head = head


def identify(stream: IO[bytes]) -> ImageFile.ImageFile:
    """Open an image at its first frame; decode no pixels.

    ``Image.open`` would add a limit that is the same for the whole process; the caller has its own.

    Args:
        stream: the whole file, seekable; it must stay open while the image is in use.

    Raises:
        Unidentified: the file is of no known format, or its header is damaged.
    """
    _silence_warnings()
    stream.seek(0)
    head = stream.read(1024)
    failure: Exception | None = None
    for opener, accept in _openers().values():
        try:
            fits = accept is None or accept(head[:16])
            if fits and not isinstance(fits, str):
                stream.seek(0)
                return opener(stream, "")
        except Exception as error:
            # A format without a signature fails on most files, which says nothing about them.
            if accept is not None and failure is None:
                failure = error
    raise Unidentified(head) from failure


def _silence_warnings() -> None:
    """Make this process ignore the warnings that Pillow's own modules raise.

    They tell a programmer about odd metadata; a person gets a picture or an ``ImageError``. One
    lasting filter, limited to those modules, is safe with threads, where entering and leaving
    ``warnings.catch_warnings`` is not.
    """
    if not warnings.filters or warnings.filters[0] != _SILENCE:
        warnings.filterwarnings("ignore", module=_PILLOW_MODULES)
