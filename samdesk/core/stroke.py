"""A stroke of a round brush, as the pixels that it covers."""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from samdesk.core.mask import Mask

LARGEST = 1999


class Stroke:
    """What a round brush has covered since it was put down.

    Each step costs what its own pixels cost, however large the image or the stroke.

    Args:
        width, height: of the image.
        size: the brush's diameter in pixels, odd, so that it has a pixel in its middle.

    Attributes:
        pixels: shape (height, width), 1 where covered.
    """

    def __init__(self, width: int, height: int, size: int) -> None:
        # Untouched pages of zeros take no memory: this is as cheap on a large image.
        self.pixels: npt.NDArray[np.uint8] = np.zeros((height, width), np.uint8)
        self._size = size
        self._last: tuple[int, int] | None = None
        self._box = (width, height, 0, 0)

    def go_to(self, x: float, y: float) -> tuple[int, int, int, int]:
        """Draws on, or puts the brush down.

        Args:
            x, y: where the brush's middle is, in pixels from the image's corner.

        Returns:
            x0, y0, x1, y1 of the pixels that may have changed; all 0 when it is off the image.
        """
        import cv2

        height, width = self.pixels.shape
        now = math.floor(x), math.floor(y)
        before, self._last = self._last or now, now
        reach = self._size // 2
        x0, y0 = (max(0, min(pair) - reach) for pair in zip(before, now, strict=True))
        x1 = min(width, max(before[0], now[0]) + reach + 1)
        y1 = min(height, max(before[1], now[1]) + reach + 1)
        if x0 >= x1 or y0 >= y1:
            return 0, 0, 0, 0
        # OpenCV draws lines of an even thickness a pixel wider.
        cv2.line(
            self.pixels[y0:y1, x0:x1],
            (before[0] - x0, before[1] - y0),
            (now[0] - x0, now[1] - y0),
            1,
            max(1, self._size - 1),
        )
        left, top, right, bottom = self._box
        self._box = (min(left, x0), min(top, y0), max(right, x1), max(bottom, y1))
        return x0, y0, x1, y1

    def mask(self) -> Mask:
        """What is covered."""
        height, width = self.pixels.shape
        x0, y0, x1, y1 = self._box
        return Mask.from_crop(self.pixels[y0:y1, x0:x1], x0, y0, width, height)


def larger(size: int) -> int:
    """The next brush, about a fifth larger."""
    return min(LARGEST, size + 2 * max(1, size // 10))


def smaller(size: int) -> int:
    """The brush before, down to a single pixel."""
    return max(1, size - 2 * max(1, size // 12))
