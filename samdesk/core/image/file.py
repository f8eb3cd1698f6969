"""Opening an image file, and saying why one cannot be read."""

from __future__ import annotations

import codecs
import contextlib
import os
import re
import stat
from collections.abc import Iterator
from typing import IO

from PIL.Image import DecompressionBombError

from samdesk.core.image.formats import Unidentified
from samdesk.core.image.location import location, shown_name
from samdesk.errors import ImageError
from samdesk.reason import reason_of
from samdesk.text import Text

_MAX_FILE_BYTES = 4 * 1024**3
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_CONTROLS = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_COPY_AGAIN = Text("Copy or download it again from its source.")

# What decoders say about files, for people who do not know decoders.
_PLAIN_WORDS = {
    "not identified|unpack|out of range": Text("its header is damaged"),
    "decoder error|decoder object|broken data stream|no decoder": Text(
        "its pixels are damaged or stored in an unknown way"
    ),
}


class TooLarge(Exception):
    """The image has more pixels than the caller allows."""


def check_limit(width: int, height: int, max_pixels: int) -> None:
    """Raise ``TooLarge`` for more than ``max_pixels`` pixels, ``ValueError`` for none."""
    if width < 1 or height < 1:
        raise ValueError(f"its header states {width} x {height} pixels")
    if width * height > max_pixels:
        raise TooLarge(
            Text(
                "{width} x {height} pixels are {megapixels:,.1f} megapixels, more than the "
                "limit of {limit:,.1f}",
                width=width,
                height=height,
                megapixels=width * height / 1e6,
                limit=max_pixels / 1e6,
            )
        )


@contextlib.contextmanager
def open_image_file(path: str | os.PathLike[str]) -> Iterator[IO[bytes]]:
    """Open a file for reading; whatever its user raises in the block becomes an ``ImageError``."""
    with explained(path), _open(path) as file:
        yield file


@contextlib.contextmanager
def explained(path: str | os.PathLike[str]) -> Iterator[None]:
    """Whatever is raised in the block becomes an ``ImageError`` about the file of this name."""
    try:
        yield
    except ImageError:
        raise
    except Exception as error:
        # Decoders raise nearly every type there is on damaged files.
        raise _explained(shown_name(path), error) from error


def _open(path: str | os.PathLike[str]) -> IO[bytes]:
    place, name = location(path), shown_name(path)
    status = os.stat(place)
    if stat.S_ISDIR(status.st_mode):
        raise ImageError(
            Text("{name} is a folder, not an image.", name=name), "Choose an image file."
        )
    if not stat.S_ISREG(status.st_mode):
        # Opening a pipe would wait for its writer, and a device may never end.
        raise ImageError(Text("{name} is not a regular file.", name=name), "Choose an image file.")
    if status.st_size == 0:
        raise empty(path)
    if status.st_size > _MAX_FILE_BYTES:
        raise ImageError(
            Text("{name} is larger than 4 GiB.", name=name), "Cut the image into smaller files."
        )
    # Headers are read in small pieces at distant places: a large buffer would read most of a file.
    return open(place, "rb", buffering=1024)


def empty(path: str | os.PathLike[str]) -> ImageError:
    """The error about a file without any bytes."""
    return ImageError(Text("{name} is empty.", name=shown_name(path)), _COPY_AGAIN)


def is_text(head: bytes) -> bool:
    """Whether a file that begins so is text in UTF-8."""
    with contextlib.suppress(UnicodeDecodeError):
        # An incremental decoder forgives a character that is cut off at the end.
        text = codecs.getincrementaldecoder("utf-8")().decode(head)
        return _CONTROLS.search(text) is None
    return False


def _explained(name: str, error: BaseException) -> ImageError:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return ImageError(
                Text("{name} does not exist.", name=name), "Check whether it was moved or renamed."
            )
        case PermissionError():
            return ImageError(
                Text("{name} may not be read.", name=name), "Change the file's permissions."
            )
        case OSError(errno=int(), strerror=str()):
            return ImageError(
                Text("{name} cannot be read: {reason}.", name=name, reason=reason_of(error)),
                "Check the disk and the path.",
            )
        case MemoryError():
            return ImageError(
                Text("There is not enough memory to decode {name}.", name=name),
                "Close other programs, or reduce the image.",
            )
        case TooLarge():
            return ImageError(
                Text("{name} is too large: {reason}.", name=name, reason=error.args[0]),
                "The limit can be raised in the settings.",
            )
        case DecompressionBombError():
            return ImageError(
                Text("{name} is too large for its decoder.", name=name), "Reduce or convert it."
            )
        case Unidentified(head=head) if head.startswith(_LFS_POINTER):
            return ImageError(
                Text("{name} is a Git LFS pointer, not the image itself.", name=name),
                'Run "git lfs pull" in its folder.',
            )
        case Unidentified(head=head) if is_text(head):
            return ImageError(
                Text("{name} is not an image: it contains text.", name=name),
                "A failed download can leave an error page under the image's name.",
            )
        case Unidentified(__cause__=BaseException() as cause):
            return _explained(name, cause)
        case Unidentified():
            return ImageError(
                Text("{name} is not an image of a known format.", name=name),
                "Convert it to PNG or JPEG.",
            )
    reason = " ".join(str(error).split()).rstrip(".") or type(error).__name__
    for pattern, words in _PLAIN_WORDS.items():
        if re.search(pattern, reason):
            reason = words
    if re.search("truncated|not enough|unexpected end|end of file", reason, re.IGNORECASE):
        return ImageError(Text("{name} is truncated: its end is missing.", name=name), _COPY_AGAIN)
    return ImageError(
        Text("{name} cannot be decoded: {reason}.", name=name, reason=reason),
        "It may be damaged: copy it again from its source, or convert it to PNG or JPEG.",
    )
