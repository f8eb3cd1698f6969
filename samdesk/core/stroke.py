"""A stroke of a round brush, as the pixels that it covers."""

from __future__ import annotations

import math
import mmap

import numpy as np
import numpy.typing as npt

from samdesk.core import runs
from samdesk.core.mask import Mask, from_spans

LARGEST = 1999
_MOST_APART = 16_000  # spans of steps that have not been made one; a step takes these in
_NONE = np.zeros(0, np.int64)


class Stroke:
    """What a round brush has covered since it was put down.

    Each step costs what its own pixels cost, however large the image or the stroke, and the mask
    what its runs cost, however much of the image it spans.

    Args:
        width, height: of the image.
        size: the brush's diameter in pixels, odd, so that it has a pixel in its middle.

    Attributes:
        pixels: shape (height, width), 1 where covered.
    """

    pixels: npt.NDArray[np.uint8]

    def __init__(self, width: int, height: int, size: int) -> None:
        # Pages that the system fills with zeros when they are touched: a stroke on a large image
        # costs what it covers. What `np.zeros` gets may be memory used before, all to be cleared.
        pages = mmap.mmap(-1, max(1, width * height))
        self.pixels = np.frombuffer(pages, np.uint8, width * height).reshape(height, width)
        self._size = size
        self._last: tuple[int, int] | None = None
        self._steps: list[runs.Spans] = []  # the first may be of many steps

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
        step = np.zeros((y1 - y0, x1 - x0), np.uint8)
        # OpenCV draws lines of an even thickness a pixel wider.
        cv2.line(
            step,
            (before[0] - x0, before[1] - y0),
            (now[0] - x0, now[1] - y0),
            1,
            max(1, self._size - 1),
        )
        self.pixels[y0:y1, x0:x1] |= step
        place = (np.array([number]) for number in (y1 - y0, x0, y0, height))
        self._steps.append(runs.spans_of_bitmap(step).moved(*place))
        if sum(len(one.begin) for one in self._steps[1:]) > _MOST_APART:
            self._steps = [self._united()]
        return x0, y0, x1, y1

    def mask(self) -> Mask:
        """What is covered."""
        height, width = self.pixels.shape
        return from_spans(self._united(), [(width, height)])[0]

    def _united(self) -> runs.Spans:
        begin = np.concatenate([_NONE, *(one.begin for one in self._steps)])
        end = np.concatenate([_NONE, *(one.end for one in self._steps)])
        return runs.united(np.zeros(len(begin), np.int64), begin, end, 1)


def larger(size: int) -> int:
    """The next brush, about a fifth larger."""
    return min(LARGEST, size + 2 * max(1, size // 10))


def smaller(size: int) -> int:
    """The brush before, down to a single pixel."""
    return max(1, size - 2 * max(1, size // 12))
