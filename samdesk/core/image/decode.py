"""The one image decoder of the program: screen, engine and export see the same pixels.

It reads every format that Pillow reads, HEIC, and what only OpenCV reads; the first frame of an
animation or multipage file is the image. EXIF orientation is applied exactly once, colour profiles
are not.

Transparent pixels are shown over white, as viewers show them, because people must label what they
see and the hidden colours are arbitrary. An image that is transparent everywhere shows its colours:
such an alpha channel was never filled in.

Deep images are brought to 8 bits by ``samdesk.core.image.depth``. A damaged or truncated file is an
error, never half an image.
"""

from __future__ import annotations

import hashlib
import io
import os
from dataclasses import dataclass
from typing import IO, TypeAlias

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFile

from samdesk.core.image import formats, opencv, orientation
from samdesk.core.image.depth import to_8_bits
from samdesk.core.image.file import check_limit, empty, explained, open_image_file
from samdesk.core.image.pages import page_count
from samdesk.core.image.scale import scaled

RGB: TypeAlias = npt.NDArray[np.uint8]
"""Pixels of shape (height, width, 3), dtype uint8."""

DEFAULT_MAX_PIXELS = 200_000_000

_PIXELS_AT_ONCE = 2_000_000

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
    applied, 1 if none was; ``sha256`` is the hexadecimal digest of the file's bytes;
    ``pages`` is how many pages the file has, of which this is the first.
    """

    rgb: RGB
    orientation: int
    sha256: str
    pages: int = 1

    @property
    def width(self) -> int:
        """Width in pixels as shown."""
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        """Height in pixels as shown."""
        return int(self.rgb.shape[0])

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
    with open_image_file(path) as file:
        return _loaded(file.read(), max_pixels)


def load_content(path: str, content: bytes, *, max_pixels: int = DEFAULT_MAX_PIXELS) -> LoadedImage:
    """Decode an image file that was read already, as ``load_image`` does.

    Args:
        path: only to name the file in errors.

    Raises:
        ImageError: as ``load_image``.
    """
    with explained(path):
        if not content:
            raise empty(path)
        return _loaded(content, max_pixels)


def load_thumbnail(
    path: str | os.PathLike[str], longest: int, *, max_pixels: int = DEFAULT_MAX_PIXELS
) -> RGB:
    """Read an image reduced to a longer side of at most ``longest`` pixels, upright, contiguous.

    Where the format allows it (JPEG), the file is decoded small, which is many times faster: the
    colours are those of the image, the pixels only nearly.

    Args:
        path: as for ``load_image``.
        max_pixels: as for ``load_image``.

    Returns:
        (height, width, 3) uint8, sRGB.

    Raises:
        ImageError: as ``load_image``; damage that the small size does not show goes unnoticed.
    """
    with open_image_file(path) as file:
        rgb, _ = _decode(file.read(), max_pixels, longest)
        return np.ascontiguousarray(scaled(rgb, longest))


def read_size(path: str | os.PathLike[str], *, max_pixels: int = DEFAULT_MAX_PIXELS) -> ImageSize:
    """Read only an image's header, for the size that ``load_image`` gives.

    Args:
        path: as for ``load_image``.
        max_pixels: as for ``load_image``.

    Raises:
        ImageError: as ``load_image``, where the header tells; damaged pixels go unnoticed.
    """
    with open_image_file(path) as file:
        try:
            picture = formats.identify(file)
        except formats.Unidentified as failure:
            return _opencv_size(file, max_pixels, failure)
        size = _stored_size(picture)
        check_limit(*size, max_pixels)
        if picture.format in _SIZED_BY_DECODING:
            picture.load()
            size = picture.size
        return _upright(*size, orientation.of_header(picture, file))


def _loaded(data: bytes, max_pixels: int) -> LoadedImage:
    rgb, turned = _decode(data, max_pixels)
    return LoadedImage(rgb, turned, hashlib.sha256(data).hexdigest(), page_count(data))


def _decode(data: bytes, max_pixels: int, longest: int | None = None) -> tuple[RGB, int]:
    """Return the upright pixels and the orientation that was applied.

    With ``longest``, the result may be smaller, but not than this many pixels each way.
    """
    stream = io.BytesIO(data)
    try:
        picture = formats.identify(stream)
        check_limit(*_stored_size(picture), max_pixels)
        # Pillow turns a TIFF upright while it loads, and forgets the orientation then.
        turned = orientation.of_picture(picture) if picture.format == "TIFF" else 1
        if longest is not None:
            picture.draft(None, (longest, longest))
        picture.load()
    except (formats.Unidentified, Image.DecompressionBombError) as failure:
        # Besides files it cannot read, Pillow refuses TIFF files above its process-wide limit.
        turned = _opencv_size(stream, max_pixels, failure).orientation
        return opencv.decode(data), turned
    check_limit(*picture.size, max_pixels)
    if picture.format == "TIFF":
        return _rgb(picture), turned
    turned = orientation.of_picture(picture)
    if turned == 1:
        return _rgb(picture), turned
    return _rgb(picture.transpose(orientation.TURN[turned])), turned


def _opencv_size(stream: IO[bytes], max_pixels: int, failure: Exception) -> ImageSize:
    """Return the size of a file that is left to OpenCV, or raise why Pillow failed."""
    header = opencv.read_header(stream)
    if header is None:
        raise failure
    width, height, turned = header
    check_limit(width, height, max_pixels)
    return _upright(width, height, turned)


def _stored_size(picture: ImageFile.ImageFile) -> tuple[int, int]:
    from PIL.TiffImagePlugin import TiffImageFile

    if isinstance(picture, TiffImageFile):
        # Some Pillow versions give the upright size before loading, some the stored one.
        return picture.tag_v2[256], picture.tag_v2[257]
    return picture.size


def _upright(width: int, height: int, turned: int) -> ImageSize:
    return ImageSize(height, width, turned) if turned >= 5 else ImageSize(width, height, turned)


def _rgb(image: Image.Image) -> RGB:
    if image.mode[0] in "IF":
        values = np.asarray(image)
        grey = to_8_bits(values)
        if isinstance(key := image.info.get("transparency"), int):
            grey[values == key] = 255
        image = Image.fromarray(grey)
    elif image.has_transparency_data:
        image = _over_white(image)
    return _pixels(image if image.mode == "RGB" else image.convert("RGB"))


def _pixels(image: Image.Image) -> RGB:
    """Return an RGB image's pixels as an array that is nobody else's and read-only."""
    rgb = np.empty((image.height, image.width, 3), np.uint8)
    # Pillow holds pieces and their sum while it hands an image over: for a part at a time, that is
    # little.
    rows = max(1, _PIXELS_AT_ONCE // image.width)
    for top in range(0, image.height, rows):
        end = min(image.height, top + rows)
        rgb[top:end] = np.asarray(image.crop((0, top, image.width, end)))
    rgb.flags.writeable = False
    return rgb


def _over_white(image: Image.Image) -> Image.Image:
    rgba = image.convert("LA" if image.mode == "La" else "RGBA").convert("RGBA")
    alpha = rgba.getchannel("A")
    if alpha.getextrema() in ((0, 0), (255, 255)):
        return rgba
    page = Image.new("RGB", rgba.size, "white")
    page.paste(rgba, mask=alpha)
    return page
