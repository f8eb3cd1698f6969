"""A mask: the lossless run-length encoding of its bounding box, placed in its image.

Only the bounding box is encoded, so that a small object on a 100-megapixel image costs what a
small object costs, in memory, on disk and to draw. `Mask.rle` gives COCO's encoding of the whole
image.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

Bitmap: TypeAlias = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Mask:
    """The pixels of one object. Equal masks compare equal, whatever they were made from.

    Attributes:
        width, height: the image's size in pixels.
        x, y, w, h: the tight bounding box in pixels; all 0 when the mask is empty.
        counts: COCO's compressed run lengths of the box's (h, w) bitmap; b"" when empty.
    """

    width: int
    height: int
    x: int
    y: int
    w: int
    h: int
    counts: bytes

    @classmethod
    def from_bitmap(cls, bitmap: npt.NDArray[Any]) -> Mask:
        """From a whole image's bitmap, shape (height, width), anything non-zero is inside."""
        height, width = bitmap.shape
        return cls.from_crop(bitmap, 0, 0, width, height)

    @classmethod
    def from_crop(
        cls, crop: npt.NDArray[Any], left: int, top: int, width: int, height: int
    ) -> Mask:
        """From a part of the image's bitmap whose top left pixel is (left, top).

        Pixels of the crop that lie outside the image of width x height are dropped.
        """
        inside = np.asarray(crop) != 0
        inside = inside[max(0, -top) : max(0, height - top), max(0, -left) : max(0, width - left)]
        left, top = max(0, left), max(0, top)
        rows = np.flatnonzero(inside.any(axis=1))
        if rows.size == 0:
            return cls(width, height, 0, 0, 0, 0, b"")
        inside = inside[rows[0] : rows[-1] + 1]
        columns = np.flatnonzero(inside.any(axis=0))
        inside = inside[:, columns[0] : columns[-1] + 1]
        counts: bytes = coco_mask.encode(np.asfortranarray(inside, dtype=np.uint8))["counts"]
        return cls(
            width,
            height,
            left + int(columns[0]),
            top + int(rows[0]),
            inside.shape[1],
            inside.shape[0],
            counts,
        )

    @classmethod
    def from_rle(cls, rle: dict[str, Any]) -> Mask:
        """From COCO's RLE of a whole image, compressed (str or bytes) or a list of run lengths.

        Raises:
            ValueError: the runs are damaged or do not add up to the size.
        """
        height, width = rle["size"]
        counts = rle["counts"]
        if isinstance(counts, str):
            counts = counts.encode("ascii")
        runs = run_lengths(counts) if isinstance(counts, bytes) else counts
        # pycocotools leaves pixels that no run covers as it finds them in memory.
        if sum(runs) != height * width or min(runs, default=0) < 0:
            raise ValueError("the run lengths do not add up to the size")
        if not isinstance(counts, bytes):
            encoded = coco_mask.frPyObjects(
                {"size": [height, width], "counts": runs}, height, width
            )
            counts = encoded["counts"]
        return cls.from_bitmap(coco_mask.decode({"size": [height, width], "counts": counts}))

    @property
    def is_empty(self) -> bool:
        return self.w == 0

    @cached_property
    def area(self) -> int:
        """The number of pixels inside."""
        return 0 if self.is_empty else int(coco_mask.area(self._crop_rle))

    @property
    def bbox_xywh(self) -> tuple[int, int, int, int]:
        return self.x, self.y, self.w, self.h

    def crop(self) -> Bitmap:
        """The bitmap of the bounding box, shape (h, w)."""
        if self.is_empty:
            return np.zeros((0, 0), bool)
        return np.asarray(coco_mask.decode(self._crop_rle), bool)

    def bitmap(self) -> Bitmap:
        """The bitmap of the whole image, shape (height, width)."""
        whole = np.zeros((self.height, self.width), bool)
        whole[self.y : self.y + self.h, self.x : self.x + self.w] = self.crop()
        return whole

    def rle(self) -> dict[str, Any]:
        """COCO's compressed RLE of the whole image: {"size": [height, width], "counts": str}."""
        # Run lengths go down the columns, so only the columns of the box need to be laid out.
        columns = np.zeros((self.w, self.height), np.int8)
        columns[:, self.y : self.y + self.h] = self.crop().T
        before, after = self.x * self.height, (self.width - self.x - self.w) * self.height
        edges = np.flatnonzero(np.diff(columns.ravel(), prepend=0, append=0)) + before
        runs = np.diff(edges, prepend=0, append=before + columns.size + after)
        if runs[-1] == 0:
            runs = runs[:-1]
        size = [self.height, self.width]
        encoded = coco_mask.frPyObjects({"size": size, "counts": runs.tolist()}, *size)
        return {"size": size, "counts": encoded["counts"].decode("ascii")}

    def contains(self, x: int, y: int) -> bool:
        """Whether the pixel in column x and row y is inside."""
        if not (self.x <= x < self.x + self.w and self.y <= y < self.y + self.h):
            return False
        return bool(self.crop()[y - self.y, x - self.x])

    def iou(self, other: Mask) -> float:
        """Intersection over union with a mask of the same image; 1.0 when both are empty."""
        left, top = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.w, other.x + other.w)
        bottom = min(self.y + self.h, other.y + other.h)
        common = 0
        if left < right and top < bottom:
            mine = self.crop()[top - self.y : bottom - self.y, left - self.x : right - self.x]
            theirs = other.crop()[
                top - other.y : bottom - other.y, left - other.x : right - other.x
            ]
            common = int(np.count_nonzero(mine & theirs))
        union = self.area + other.area - common
        return common / union if union else 1.0

    @property
    def _crop_rle(self) -> dict[str, Any]:
        return {"size": [self.h, self.w], "counts": self.counts}


def run_lengths(counts: bytes) -> list[int]:
    """The run lengths of COCO's compressed counts, outside first, down the columns.

    The format, from pycocotools' maskApi: groups of 5 bits as characters from "0" on, a sixth bit
    marks that more follow; two's complement; from the fourth run on, differences to the run
    before the last.

    Raises:
        ValueError: the bytes are no such counts.
    """
    runs: list[int] = []
    value = shift = 0
    for byte in counts:
        group = byte - 48
        if not 0 <= group < 64 or shift > 60:
            raise ValueError("the compressed counts hold characters that cannot be")
        value |= (group & 31) << shift
        shift += 5
        if group & 32:
            continue
        if group & 16:
            value -= 1 << shift
        runs.append(value + (runs[-2] if len(runs) > 2 else 0))
        value = shift = 0
    if shift:
        raise ValueError("the compressed counts end too early")
    return runs
