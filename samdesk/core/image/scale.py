"""Smaller copies of images, for thumbnails and for a fast display of large images."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PIL import Image

_STRIP = 256  # rows


def scaled(rgb: npt.NDArray[np.uint8], longest: int) -> npt.NDArray[np.uint8]:
    """Reduce an image by averaging areas; never enlarge it.

    Args:
        rgb: shape (height, width, 3).
        longest: the longer side of the result in pixels, at least 1.

    Returns:
        An image of the same proportions, each side at least 1; ``rgb`` itself where it fits.
    """
    height, width = rgb.shape[:2]
    factor = longest / max(height, width)
    if factor >= 1:
        return rgb
    size = max(1, round(width * factor)), max(1, round(height * factor))
    return np.asarray(Image.fromarray(rgb).resize(size, Image.Resampling.BOX))


def halves(rgb: npt.NDArray[np.uint8], until: int = 512) -> tuple[npt.NDArray[np.uint8], ...]:
    """Return the image at 1/2, 1/4, ... of its size, each level averaged from the one before.

    A pixel of level k (from 0) covers exactly 2**(k+1) pixels of the image each way; at an odd
    edge it averages the part that is there, so sizes are rounded up.

    Args:
        rgb: shape (height, width, 3).
        until: the last level is the first whose longer side is at most this many pixels.

    Returns:
        The levels, largest first; none where the image is that small itself.
    """
    levels = []
    level = rgb
    while max(level.shape[:2]) > max(1, until):
        # In strips of even height, so that no copy of a large image is made.
        strips = [
            np.asarray(Image.fromarray(level[top : top + _STRIP]).reduce(2))
            for top in range(0, len(level), _STRIP)
        ]
        level = np.concatenate(strips)
        levels.append(level)
    return tuple(levels)
