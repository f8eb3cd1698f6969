"""The one image decoder of the program: screen, engine and export see the same pixels.

It reads every format that Pillow reads, HEIC, and what only OpenCV reads; the first frame of an
animation or multipage file is the image. EXIF orientation is applied exactly once, colour profiles
are not.

Transparent pixels are shown over white, as viewers show them, because people must label what they
see and the hidden colours are arbitrary. An image that is transparent everywhere shows its colours:
such an alpha channel was never filled in.

A damaged or truncated file is an error, never half an image.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from samdesk.core import formats, opencv, orientation
from samdesk.core.depth import to_8_bits
from samdesk.core.folder import list_images
from samdesk.core.location import location, shown_name
from samdesk.core.scale import halves, scaled
from samdesk.errors import ImageError

__all__ = [
    "DEFAULT_MAX_PIXELS",
    "RGB",
    "ImageSize",
    "LoadedImage",
    "halves",
    "list_images",
    "load_image",
    "read_size",
    "scaled",
]

RGB: TypeAlias = npt.NDArray[np.uint8]
"""Pixels of shape (height, width, 3), dtype uint8."""

DEFAULT_MAX_PIXELS = 200_000_000

_MAX_FILE_BYTES = 4 * 1024**3
_LFS_POINTER = b"version https://git-lfs.github.com/spec/"
_CONTROL_BYTES = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")
_CONVERT = "Convert it to PNG or JPEG."
_COPY_AGAIN = "Copy or download it again from its source."

# Icon containers state a size that the icon inside need not have.
_SIZED_BY_DECODING = {"ICNS", "ICO"}


@dataclass(frozen=True)
class ImageSize:
    """An image's size in pixels as shown, after the EXIF orientation.

    ``orientation`` is the EXIF value 2..8 that is applied to the stored pixels, 1 if none is.
    """

    width: int
    height: int
    orientation: int


@dataclass(frozen=True, eq=False)
class LoadedImage:
    """A decoded image.

    ``rgb`` is upright, C-contiguous and read-only; ``orientation`` is the EXIF value 2..8 that was
    applied, 1 if none was; ``sha256`` is the hexadecimal digest of the file's bytes.
    """

    rgb: RGB
    orientation: int
    sha256: str

    @property
    def width(self) -> int:
        """Width in pixels as shown."""
        return self.rgb.shape[1]

    @property
    def height(self) -> int:
        """Height in pixels as shown."""
        return self.rgb.shape[0]

    @property
    def nbytes(self) -> int:
        """Memory of the pixels in bytes."""
        return self.rgb.nbytes


def load_image(
    path: str | os.PathLike[str], *, max_pixels: int = DEFAULT_MAX_PIXELS
) -> LoadedImage:
    """Read and decode one image file; the file is read once and never written.

    Args:
        path: a file, of any name and any path length that the system can open.
        max_pixels: limit of width times height, checked before pixels are decoded.

    Raises:
        ImageError: the file cannot be read, is no image, is damaged or exceeds the limit.
    """
    with _image_errors(path):
        with _open(path) as file:
            data = file.read()
        rgb, turned = _decode(data, max_pixels)
        return LoadedImage(rgb, turned, hashlib.sha256(data).hexdigest())


def read_size(path: str | os.PathLike[str], *, max_pixels: int = DEFAULT_MAX_PIXELS) -> ImageSize:
    """Read only an image's header, for the size that ``load_image`` gives.

    Args:
        path: as for ``load_image``.
        max_pixels: as for ``load_image``.

    Raises:
        ImageError: as ``load_image``, where the header tells; damaged pixels go unnoticed.
    """
    with _image_errors(path), _open(path) as file:
        picture = _identify(file)
        if picture is None:
            return _opencv_size(file, max_pixels)
        size = _stored_size(picture)
        _check_limit(*size, max_pixels)
        if picture.format in _SIZED_BY_DECODING:
            picture.load()
            size = picture.size
        return _upright(*size, orientation.of_header(picture, file))


def _decode(data: bytes, max_pixels: int) -> tuple[RGB, int]:
    stream = io.BytesIO(data)
    picture = _identify(stream)
    if picture is None:
        return _decode_by_opencv(data, max_pixels)
    _check_limit(*_stored_size(picture), max_pixels)
    if picture.format == "TIFF":
        # Pillow turns a TIFF upright while it loads, and forgets the orientation then.
        turned = orientation.of_picture(picture)
        try:
            picture.load()
        except Image.DecompressionBombError:
            # Pillow's process-wide limit stands in the way of this one format.
            return _decode_by_opencv(data, max_pixels)
        return _rgb(picture), turned
    picture.load()
    _check_limit(*picture.size, max_pixels)
    turned = orientation.of_picture(picture)
    return _rgb(_turn(picture, turned)), turned


def _decode_by_opencv(data: bytes, max_pixels: int) -> tuple[RGB, int]:
    turned = _opencv_size(io.BytesIO(data), max_pixels).orientation
    return _rgb(_turn(Image.fromarray(opencv.decode(data)), turned)), turned


def _opencv_size(stream: IO[bytes], max_pixels: int) -> ImageSize:
    header = opencv.read_header(stream)
    if header is None:
        stream.seek(0)
        raise _Unidentified(stream.read(1024))
    width, height, turned = header
    _check_limit(width, height, max_pixels)
    return _upright(width, height, turned)


def _identify(stream: IO[bytes]) -> ImageFile.ImageFile | None:
    formats.silence_warnings()
    return formats.identify(stream)


def _turn(image: Image.Image, turned: int) -> Image.Image:
    return image if turned == 1 else image.transpose(orientation.TURN[turned])


def _upright(width: int, height: int, turned: int) -> ImageSize:
    return ImageSize(height, width, turned) if turned >= 5 else ImageSize(width, height, turned)


def _stored_size(picture: ImageFile.ImageFile) -> tuple[int, int]:
    from PIL.TiffImagePlugin import TiffImageFile

    if isinstance(picture, TiffImageFile):
        # Some Pillow versions give the upright size before loading, some the stored one.
        return picture.tag_v2[256], picture.tag_v2[257]
    return picture.size


def _rgb(image: Image.Image) -> RGB:
    if image.mode[0] in "IF":
        values = np.asarray(image)
        grey = to_8_bits(values)
        if isinstance(key := image.info.get("transparency"), int):
            grey[values == key] = 255
        image = Image.fromarray(grey)
    elif image.has_transparency_data:
        image = _over_white(image)
    # Pillow hands its pixels over as immutable bytes: contiguous and read-only.
    return np.asarray(image.convert("RGB"))


def _over_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("LA" if image.mode == "La" else "RGBA").convert("RGBA")
    alpha = rgba.getchannel("A")
    if alpha.getextrema() in ((0, 0), (255, 255)):
        return rgba
    page = Image.new("RGB", rgba.size, "white")
    page.paste(rgba, mask=alpha)
    return page


class _Unidentified(Exception):
    """No decoder knows the file, which begins with these bytes."""

    def __init__(self, head: bytes) -> None:
        super().__init__("unknown format")
        self.head = head


class _TooLarge(Exception):
    """The image exceeds the caller's limit."""


def _check_limit(width: int, height: int, max_pixels: int) -> None:
    if width < 1 or height < 1:
        raise ValueError(f"its header states {width} x {height} pixels")
    if width * height > max_pixels:
        raise _TooLarge(
            f"{width} x {height} pixels are {width * height / 1e6:,.1f} megapixels, "
            f"more than the limit of {max_pixels / 1e6:,.1f}"
        )


def _open(path: str | os.PathLike[str]) -> IO[bytes]:
    """Open a regular file; anything else, such as a pipe, could block for ever."""
    place = location(path)
    status = os.stat(place)
    if stat.S_ISDIR(status.st_mode):
        raise IsADirectoryError
    name = shown_name(path)
    if not stat.S_ISREG(status.st_mode):
        raise ImageError(f"{name} is not a regular file.", "Choose an image file.")
    if status.st_size == 0:
        raise ImageError(f"{name} is empty.", _COPY_AGAIN)
    if status.st_size > _MAX_FILE_BYTES:
        raise ImageError(f"{name} is larger than 4 GiB.", "Cut the image into smaller files.")
    # Headers are read in small pieces at distant places: a large buffer would read most of a file.
    return open(place, "rb", buffering=1024)


@contextlib.contextmanager
def _image_errors(path: str | os.PathLike[str]) -> Iterator[None]:
    """Turn everything that reading the file raises into an ``ImageError``."""
    try:
        yield
    except ImageError:
        raise
    except Exception as error:
        # Decoders raise nearly every type there is on damaged files.
        raise _explained(shown_name(path), error) from error


def _explained(name: str, error: Exception) -> ImageError:
    match error:
        case FileNotFoundError() | NotADirectoryError():
            return ImageError(f"{name} does not exist.", "Check whether it was moved or renamed.")
        case IsADirectoryError():
            return ImageError(f"{name} is a folder, not an image.", "Choose an image file.")
        case PermissionError():
            return ImageError(f"{name} may not be read.", "Change the file's permissions.")
        case OSError(errno=int(), strerror=str(reason)):
            return ImageError(f"{name} cannot be read: {reason}.", "Check the disk and the path.")
        case MemoryError():
            return ImageError(
                f"There is not enough memory to decode {name}.",
                "Close other programs, or reduce the image.",
            )
        case _TooLarge():
            return ImageError(
                f"{name} is too large: {error}.", "The limit can be raised in the settings."
            )
        case Image.DecompressionBombError():
            return ImageError(f"{name} is too large for its decoder.", "Reduce it or convert it.")
        case _Unidentified(head=head) if head.startswith(_LFS_POINTER):
            return ImageError(
                f"{name} is a Git LFS pointer, not the image itself.",
                'Run "git lfs pull" in its folder.',
            )
        case _Unidentified(head=head) if not _CONTROL_BYTES.search(head):
            return ImageError(
                f"{name} is not an image: it contains text.",
                "A failed download can leave an error page under the image's name.",
            )
        case _Unidentified():
            return ImageError(f"{name} is not an image of a known format.", _CONVERT)
    reason = " ".join(str(error).split()) or type(error).__name__
    if re.search("truncated|not enough", reason, re.IGNORECASE):
        return ImageError(f"{name} is truncated: its end is missing.", _COPY_AGAIN)
    return ImageError(f"{name} is damaged: {reason}.", _COPY_AGAIN)
