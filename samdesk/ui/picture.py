"""A decoded image made ready for the screen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PySide6.QtGui import QImage, QPainter

from samdesk.core.image import LoadedImage, halves

# Qt draws pixels of 32 bits several times faster than the decoder's 24 bits. A copy of the largest
# images would cost more memory than that is worth.
_MOST_PIXELS_COPIED = 36_000_000
_PIXELS_AT_ONCE = 500_000


@dataclass(frozen=True, eq=False)
class Picture:
    """An image and what is drawn of it.

    Attributes:
        levels: the image, and its reductions to 1/2, 1/4, ... for drawing it small and fast.
    """

    image: LoadedImage
    levels: tuple[QImage, ...]

    @classmethod
    def of(cls, image: LoadedImage) -> Picture:
        """Takes a while: belongs outside the GUI thread."""
        is_copied = image.width * image.height <= _MOST_PIXELS_COPIED
        whole = _copied(image.rgb) if is_copied else _wrapped(image.rgb)
        return cls(image, (whole, *map(_copied, halves(image.rgb))))


def _wrapped(rgb: npt.NDArray[np.uint8]) -> QImage:
    """The pixels themselves, which must outlive the image."""
    height, width = rgb.shape[:2]
    return QImage(rgb.data, width, height, 3 * width, QImage.Format.Format_RGB888)


def _copied(rgb: npt.NDArray[np.uint8]) -> QImage:
    height, width = rgb.shape[:2]
    copy = QImage(width, height, QImage.Format.Format_RGB32)
    painter = QPainter(copy)
    # Other threads stand still while Qt converts, so it does a little at a time.
    rows = max(1, _PIXELS_AT_ONCE // width)
    for top in range(0, height, rows):
        painter.drawImage(0, top, _wrapped(rgb[top : top + rows]))
    painter.end()
    return copy
