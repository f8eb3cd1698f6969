"""Parts of the image, and the resolution at which they are worked on."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from samdesk.core.prompt import Box, Point
from samdesk.engine.base import RGB

# A prompt costs what this many pixels a side cost, whatever the photograph's size.
WORKING_SIDE = 320
# Enlarging small objects a little gives the superpixels edges to find; more adds nothing.
_MOST_ENLARGED = 2.0


@dataclass(frozen=True)
class Window:
    """A rectangle of the image in whole pixels, x0 <= x < x1, y0 <= y < y1, and its raster.

    Attributes:
        rows, columns: the shape of the arrays that are worked on.
    """

    x0: int
    y0: int
    x1: int
    y1: int
    rows: int
    columns: int

    @classmethod
    def around(cls, box: Box, width: int, height: int) -> Window:
        """The pixels of an image of width x height that the box touches; at least one."""
        inside = box.clipped(width, height)
        x0 = min(int(inside.x0), width - 1)
        y0 = min(int(inside.y0), height - 1)
        x1 = min(width, max(x0 + 1, math.ceil(inside.x1)))
        y1 = min(height, max(y0 + 1, math.ceil(inside.y1)))
        scale = min(_MOST_ENLARGED, WORKING_SIDE / max(x1 - x0, y1 - y0))
        return cls(
            x0,
            y0,
            x1,
            y1,
            max(1, round((y1 - y0) * scale)),
            max(1, round((x1 - x0) * scale)),
        )

    @property
    def shape(self) -> tuple[int, int]:
        return self.rows, self.columns

    @property
    def scale(self) -> float:
        """Working pixels per pixel of the image, along the longer side."""
        return max(self.columns / (self.x1 - self.x0), self.rows / (self.y1 - self.y0))

    @property
    def size(self) -> tuple[int, int]:
        """Width and height in pixels of the image."""
        return self.x1 - self.x0, self.y1 - self.y0

    def row_column(self, point: Point) -> tuple[int, int]:
        """The working pixel that holds a point of the image; the nearest one for points outside."""
        row = math.floor((point.y + 0.5 - self.y0) * self.rows / (self.y1 - self.y0))
        column = math.floor((point.x + 0.5 - self.x0) * self.columns / (self.x1 - self.x0))
        return min(max(row, 0), self.rows - 1), min(max(column, 0), self.columns - 1)

    def holds(self, point: Point) -> bool:
        """Whether the point's pixel lies in the window."""
        return self.x0 <= round(point.x) < self.x1 and self.y0 <= round(point.y) < self.y1

    def bounds(self, inside: npt.NDArray[np.bool_]) -> Box | None:
        """The box, in the image's pixels, of what is inside of (rows, columns); None if nothing."""
        rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
        if len(rows) == 0:
            return None
        across, down = self.size[0] / self.columns, self.size[1] / self.rows
        return Box(
            self.x0 + float(columns[0]) * across,
            self.y0 + float(rows[0]) * down,
            self.x0 + float(columns[-1] + 1) * across,
            self.y0 + float(rows[-1] + 1) * down,
        )

    def working_box(self, box: Box) -> tuple[float, float, float, float]:
        """A box of the image as top, left, bottom, right in working pixels, not rounded."""
        down = self.rows / (self.y1 - self.y0)
        across = self.columns / (self.x1 - self.x0)
        return (
            (box.y0 - self.y0) * down,
            (box.x0 - self.x0) * across,
            (box.y1 - self.y0) * down,
            (box.x1 - self.x0) * across,
        )


@dataclass(frozen=True, eq=False)
class Picture:
    """The image and a smaller copy, so that large windows need not touch every pixel.

    Attributes:
        rgb: (height, width, 3) uint8, the image itself.
        reduced: the same image at `REDUCED_SIDE` or less; `rgb` itself when that is small.
    """

    rgb: RGB
    reduced: RGB

    # Fine enough for every window that is wider than a quarter of the image.
    REDUCED_SIDE = 4 * WORKING_SIDE

    @classmethod
    def of(cls, rgb: RGB) -> Picture:
        import cv2

        height, width = rgb.shape[:2]
        scale = cls.REDUCED_SIDE / max(height, width)
        if scale >= 1:
            return cls(rgb, rgb)
        size = (max(1, round(width * scale)), max(1, round(height * scale)))
        reduced = cv2.resize(rgb, size, interpolation=cv2.INTER_AREA)
        return cls(rgb, np.asarray(reduced, np.uint8))

    @property
    def nbytes(self) -> int:
        return self.rgb.nbytes + (self.reduced.nbytes if self.reduced is not self.rgb else 0)

    @property
    def width(self) -> int:
        return int(self.rgb.shape[1])

    @property
    def height(self) -> int:
        return int(self.rgb.shape[0])

    def pixels(self, window: Window) -> RGB:
        """The window's pixels at its working resolution, (rows, columns, 3) uint8."""
        import cv2

        across = self.reduced.shape[1] / self.width
        down = self.reduced.shape[0] / self.height
        if window.scale <= max(across, down):
            box = (window.x0 * across, window.y0 * down, window.x1 * across, window.y1 * down)
            # Pillow's boxes, unlike OpenCV's slices, may end within pixels.
            resized = Image.fromarray(self.reduced).resize(
                (window.columns, window.rows), Image.Resampling.BILINEAR, box, reducing_gap=3.0
            )
            return np.asarray(resized)
        part = self.rgb[window.y0 : window.y1, window.x0 : window.x1]
        if part.shape[:2] == window.shape:
            return np.ascontiguousarray(part)
        how = cv2.INTER_AREA if window.scale < 1 else cv2.INTER_LINEAR
        return np.asarray(cv2.resize(part, (window.columns, window.rows), interpolation=how))


def resampled(
    soft: npt.NDArray[np.float32], old: Window, new: Window, outside: float
) -> npt.NDArray[np.float32]:
    """A soft map of one window at another one's raster.

    Args:
        soft: shape `old.shape`.
        outside: the value where the old window does not reach.

    Returns:
        Shape `new.shape`, float32, bilinear between pixel centres.
    """
    import cv2

    # Working pixel centres of the new window, in working pixels of the old one.
    step_x = (new.x1 - new.x0) / new.columns * old.columns / (old.x1 - old.x0)
    step_y = (new.y1 - new.y0) / new.rows * old.rows / (old.y1 - old.y0)
    first_x = (new.x0 - old.x0) * old.columns / (old.x1 - old.x0) + step_x / 2 - 0.5
    first_y = (new.y0 - old.y0) * old.rows / (old.y1 - old.y0) + step_y / 2 - 0.5
    matrix = np.array([[step_x, 0, first_x], [0, step_y, first_y]])
    # Where the old window ends at the image's edge its last pixels count as far as they reach.
    padded = cv2.copyMakeBorder(soft, 1, 1, 1, 1, cv2.BORDER_REPLICATE)
    matrix[:, 2] += 1
    warped = cv2.warpAffine(
        padded,
        matrix,
        (new.columns, new.rows),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=outside,
    )
    return np.asarray(warped, np.float32)
