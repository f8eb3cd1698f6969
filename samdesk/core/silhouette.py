"""Masks as they look at a zoom: how much of each screen pixel they cover, and where they end."""

from __future__ import annotations

import math
from collections import OrderedDict
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from samdesk.core.mask import Mask

Coverage: TypeAlias = npt.NDArray[np.uint8]
"""Shares of screen pixels, shape (height, width): 0 is outside, 255 is inside."""


class Silhouettes:
    """Draws masks at any zoom, and keeps their reductions for the next time.

    Args:
        capacity: bound for the reductions, in bytes.
    """

    def __init__(self, capacity: int = 128_000_000) -> None:
        self._capacity = capacity
        self._nbytes = 0
        self._reductions: OrderedDict[tuple[Mask, int], Coverage] = OrderedDict()

    def coverage(
        self, mask: Mask, scale: float, left: int, top: int, width: int, height: int
    ) -> Coverage:
        """The part of a scaled mask that a window shows.

        From 100 % on, pixels are squares with edges on whole screen pixels. Below, edges are
        smooth, and what is smaller than a screen pixel still shows.

        Args:
            mask: not empty.
            scale: screen pixels per image pixel.
            left, top, width, height: the window, in screen pixels from the image's corner.

        Returns:
            Shape (height, width).
        """
        if scale >= 1:
            cells = self._reduced(mask, 0)
            columns = _cells(left, width, scale) - mask.x
            rows = _cells(top, height, scale) - mask.y
            is_column, is_row = (columns >= 0) & (columns < mask.w), (rows >= 0) & (rows < mask.h)
            seen = np.zeros((height, width), np.uint8)
            seen[np.ix_(is_row, is_column)] = cells[np.ix_(rows[is_row], columns[is_column])]
            return seen
        import cv2

        level = math.floor(-math.log2(scale))
        cells = self._reduced(mask, level)
        # Two samples each way per screen pixel lie at most one cell apart, so none is missed.
        step = 1 / (2 * scale * (1 << level))
        first_x = (2 * left + 0.5) * step - (mask.x >> level) - 0.5
        first_y = (2 * top + 0.5) * step - (mask.y >> level) - 0.5
        # OpenCV takes no more than 32,767 cells each way.
        skip_x, skip_y = max(0, math.floor(first_x)), max(0, math.floor(first_y))
        near = cells[
            skip_y : max(0, math.ceil(first_y + 2 * height * step) + 2),
            skip_x : max(0, math.ceil(first_x + 2 * width * step) + 2),
        ]
        if near.size == 0:
            return np.zeros((height, width), np.uint8)
        samples = cv2.warpAffine(
            near,
            np.array([[step, 0, first_x - skip_x], [0, step, first_y - skip_y]]),
            (2 * width, 2 * height),
            flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        )
        return np.asarray(cv2.resize(samples, (width, height), interpolation=cv2.INTER_AREA))

    def _reduced(self, mask: Mask, level: int) -> Coverage:
        """The mask with one cell for 2**level pixels each way, inside where any of them is."""
        key = (mask, level)
        cells: Coverage
        known = self._reductions.get(key)
        if known is not None:
            self._reductions.move_to_end(key)
            return known
        cells = np.ascontiguousarray(mask.crop()).view(np.uint8) * np.uint8(255)
        x, y = mask.x, mask.y
        for _ in range(level):
            # Cells lie on one grid for the whole image, so that neighbouring masks fit together.
            cells = np.pad(
                cells, ((y & 1, (y + cells.shape[0]) & 1), (x & 1, (x + cells.shape[1]) & 1))
            )
            cells = np.maximum(cells[::2], cells[1::2])
            cells = np.maximum(cells[:, ::2], cells[:, 1::2])
            x, y = x >> 1, y >> 1
        self._reductions[key] = cells
        self._nbytes += cells.nbytes
        while self._nbytes > self._capacity and len(self._reductions) > 1:
            self._nbytes -= self._reductions.popitem(last=False)[1].nbytes
        return cells


def border(coverage: Coverage, reach: int) -> Coverage:
    """A line along the border, `reach` screen pixels to either side of it.

    Args:
        coverage: shape (height, width); nothing is known beyond its edges, so the line is right
            from `reach` pixels within them.
    """
    import cv2

    return np.asarray(cv2.morphologyEx(coverage, cv2.MORPH_GRADIENT, _disc(reach)))


@cache
def _disc(radius: int) -> Coverage:
    y, x = np.ogrid[-radius : radius + 1, -radius : radius + 1]
    return (np.hypot(x, y) < radius + 0.5).astype(np.uint8)


def _cells(first: int, number: int, scale: float) -> npt.NDArray[np.int64]:
    """The image pixels in which the middles of successive screen pixels lie."""
    middles = (np.arange(first, first + number) + 0.5) / scale
    return np.asarray(np.floor(middles), np.int64)
