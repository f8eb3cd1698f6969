"""From a soft mask at working resolution to the image's pixels.

The guided filter (He, Sun and Tang, "Guided Image Filtering", 2013) makes the soft mask a locally
linear function of the image's light, so that its edge follows the image's; since that function
is smooth, it can be found at working resolution and applied to the image's own pixels ("Fast
Guided Filter", 2015).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samdesk.core.mask import Bitmap, Mask
from samdesk.core.prompt import Box, Point
from samdesk.engine.base import RGB
from samdesk.engine.builtin.graph import Floats
from samdesk.engine.builtin.window import Picture, Window, resampled

_RADIUS = 4
_EPSILON = 1e-3
# Masks with more pixels than this are drawn smaller and enlarged, so that they cost no more.
_MOST_PIXELS = 2_000_000
# Parts and enclosed gaps smaller than this share of the mask are taken for noise and glare.
_SPECK, _GAP = 0.05, 0.04


@dataclass(frozen=True, eq=False)
class Guided:
    """A soft mask as slope x light + offset, at a window's working resolution.

    Attributes:
        slope, offset: (rows, columns) float32; light is from 0 to 1.
    """

    slope: Floats
    offset: Floats

    @classmethod
    def of(cls, rgb: RGB, soft: Floats) -> Guided:
        """The filter's coefficients for working pixels (rows, columns, 3) and a soft mask."""
        light = _light(rgb)
        mean_light, mean_soft = _mean(light), _mean(soft)
        variance = _mean(light * light) - mean_light**2
        covariance = _mean(light * soft) - mean_light * mean_soft
        slope = covariance / (variance + _EPSILON)
        return cls(_mean(slope), _mean(mean_soft - slope * mean_light))

    def at(self, rgb: RGB) -> Floats:
        """The soft mask of the working pixels themselves, (rows, columns) float32, 0 to 1."""
        return np.asarray(np.clip(self.slope * _light(rgb) + self.offset, 0, 1), np.float32)


def cleaned(
    soft: Floats, positive: list[tuple[int, int]], negative: list[tuple[int, int]]
) -> Floats:
    """Drops parts without a positive click (without clicks: specks), closes small holes.

    Args:
        soft: (rows, columns), 0 to 1.
        positive, negative: (row, column) of the clicks.
    """
    import cv2

    inside = soft > 0.5
    if not inside.any():
        return soft
    soft = soft.copy()
    _, parts, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=4)
    areas = stats[:, cv2.CC_STAT_AREA]
    kept = {int(parts[place]) for place in positive} - {0}
    if not kept:
        kept = set(np.flatnonzero(areas[1:] > _SPECK * areas[1:].sum()) + 1)
    inside = np.isin(parts, list(kept))
    soft[(parts > 0) & ~inside] = 0.0
    _, gaps, stats, _ = cv2.connectedComponentsWithStats((~inside).astype(np.uint8), connectivity=4)
    rows, columns = soft.shape
    left, top = stats[:, cv2.CC_STAT_LEFT], stats[:, cv2.CC_STAT_TOP]
    right, bottom = left + stats[:, cv2.CC_STAT_WIDTH], top + stats[:, cv2.CC_STAT_HEIGHT]
    enclosed = (left > 0) & (top > 0) & (right < columns) & (bottom < rows)
    small = stats[:, cv2.CC_STAT_AREA] < _GAP * np.count_nonzero(inside)
    closed = set(np.flatnonzero(enclosed & small)) - {0}
    closed -= {int(gaps[place]) for place in negative}
    soft[np.isin(gaps, list(closed))] = 1.0
    return soft


def render(
    picture: Picture,
    window: Window,
    guided: Guided,
    soft: Floats,
    clicks: tuple[Point, ...],
    box: Box | None,
) -> Mask:
    """The mask in the image's pixels.

    Args:
        guided: of the window's working pixels.
        soft: (rows, columns), what the filtered mask is, for the part of it worth drawing.
        clicks: a positive one's pixel is inside, a negative one's outside.
        box: what lies outside of it is cut off.
    """
    part = _reached(window, soft)
    if part is None:
        bitmap, left, top = np.zeros((1, 1), bool), 0, 0
    else:
        left, top, right, bottom = part
        bitmap = _drawn(picture, window, guided, part, clicks)
        if box is not None:
            rows, columns = np.arange(top, bottom)[:, None], np.arange(left, right)
            bitmap &= (rows >= np.floor(box.y0)) & (rows < np.ceil(box.y1))
            bitmap &= (columns >= np.floor(box.x0)) & (columns < np.ceil(box.x1))
    bitmap, left, top = _with_clicks(bitmap, left, top, clicks, 2 / window.scale, picture)
    return Mask.from_crop(bitmap, left, top, picture.width, picture.height)


def _drawn(
    picture: Picture,
    window: Window,
    guided: Guided,
    part: tuple[int, int, int, int],
    clicks: tuple[Point, ...],
) -> Bitmap:
    """The filtered mask within `part`: left, top, right, bottom in the image's pixels."""
    import cv2

    left, top, right, bottom = part
    width, height = right - left, bottom - top
    smaller = min(1.0, (_MOST_PIXELS / (width * height)) ** 0.5)
    rows, columns = max(1, round(height * smaller)), max(1, round(width * smaller))
    raster = Window(left, top, right, bottom, rows, columns)
    soft = resampled(guided.slope, window, raster, 0.0)
    soft *= _light(picture.pixels(raster))
    soft += resampled(guided.offset, window, raster, 0.0)
    held = [click for click in clicks if raster.holds(click)]
    positive = [raster.row_column(click) for click in held if click.positive]
    negative = [raster.row_column(click) for click in held if not click.positive]
    bitmap = cleaned((soft > 0.5).astype(np.float32), positive, negative) > 0.5
    if smaller == 1:
        return np.asarray(bitmap, bool)
    grey = bitmap.astype(np.uint8) * np.uint8(255)
    return np.asarray(cv2.resize(grey, (width, height), interpolation=cv2.INTER_LINEAR)) > 127


def _light(rgb: RGB) -> Floats:
    import cv2

    grey = cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY)
    return np.asarray(grey * np.float32(1 / 255), np.float32)


def _mean(values: Floats) -> Floats:
    import cv2

    side = 2 * _RADIUS + 1
    return np.asarray(cv2.blur(values, (side, side), borderType=cv2.BORDER_REFLECT), np.float32)


def _reached(window: Window, soft: Floats) -> tuple[int, int, int, int] | None:
    """Left, top, right, bottom in the image's pixels of what may be inside; None for nothing."""
    near = soft > 0.2
    rows, columns = np.flatnonzero(near.any(axis=1)), np.flatnonzero(near.any(axis=0))
    if len(rows) == 0:
        return None
    width, height = window.size
    return (
        window.x0 + int((columns[0] - 2) * width / window.columns) if columns[0] > 2 else window.x0,
        window.y0 + int((rows[0] - 2) * height / window.rows) if rows[0] > 2 else window.y0,
        min(window.x1, window.x0 + int(np.ceil((columns[-1] + 3) * width / window.columns))),
        min(window.y1, window.y0 + int(np.ceil((rows[-1] + 3) * height / window.rows))),
    )


def _with_clicks(
    bitmap: Bitmap,
    left: int,
    top: int,
    clicks: tuple[Point, ...],
    radius: float,
    picture: Picture,
) -> tuple[Bitmap, int, int]:
    """Makes every click's pixel what the click says, with a small disc where it was not."""
    wrong = []
    height, width = bitmap.shape
    for click in clicks:
        x = min(max(round(click.x), 0), picture.width - 1) - left
        y = min(max(round(click.y), 0), picture.height - 1) - top
        inside = 0 <= x < width and 0 <= y < height and bool(bitmap[y, x])
        if inside != click.positive:
            wrong.append((click, x, y))
    if not wrong:
        return bitmap, left, top
    grow = int(np.ceil(radius)) + 1
    x_low = min([0, *(x - grow for click, x, _ in wrong if click.positive)])
    y_low = min([0, *(y - grow for click, _, y in wrong if click.positive)])
    x_high = max([width, *(x + grow + 1 for click, x, _ in wrong if click.positive)])
    y_high = max([height, *(y + grow + 1 for click, _, y in wrong if click.positive)])
    bitmap = np.pad(bitmap, ((-y_low, y_high - height), (-x_low, x_high - width)))
    rows, columns = np.indices((2 * grow + 1, 2 * grow + 1)) - grow
    for click, x, y in wrong:
        opposite = [
            np.hypot(other.x - click.x, other.y - click.y)
            for other in clicks
            if other.positive != click.positive
        ]
        reach = min([radius, *(away / 2 for away in opposite)])
        disc = rows**2 + columns**2 <= reach**2
        r, c = np.nonzero(disc)
        r, c = r + y - y_low - grow, c + x - x_low - grow
        valid = (r >= 0) & (c >= 0) & (r < bitmap.shape[0]) & (c < bitmap.shape[1])
        bitmap[r[valid], c[valid]] = click.positive
    return bitmap, left + x_low, top + y_low
