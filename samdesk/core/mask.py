"""A mask: the lossless run-length encoding of its bounding box, placed in its image.

Only the bounding box is encoded, so that a small object on a 100-megapixel image costs what a
small object costs, in memory, on disk and to draw. `Mask.rle` gives COCO's encoding of the whole
image.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from samdesk.core import runs

Bitmap: TypeAlias = npt.NDArray[np.bool_]

# Pixels. Small masks are read fastest by pycocotools; but while it reads pixels no other
# thread can run, and of large ones that is as long as a frame of the window.
_LARGE = 1 << 16


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
        crop = np.asarray(crop)
        crop = crop[max(0, -top) : max(0, height - top), max(0, -left) : max(0, width - left)]
        left, top = max(0, left), max(0, top)
        inside = crop if crop.dtype == np.bool_ else crop != 0
        rows = np.flatnonzero(inside.any(axis=1))
        if rows.size == 0:
            return cls(width, height, 0, 0, 0, 0, b"")
        inside = inside[rows[0] : rows[-1] + 1]
        columns = np.flatnonzero(inside.any(axis=0))
        inside = inside[:, columns[0] : columns[-1] + 1]
        counts: bytes = coco_mask.encode(np.asfortranarray(inside).view(np.uint8))["counts"]
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
        pixels = np.array([height * width])
        if isinstance(counts, (str, bytes)):
            text = counts.encode("ascii") if isinstance(counts, str) else counts
            spans, damaged = runs.decoded([text], pixels)
            is_damaged = bool(damaged[0])
        else:
            is_damaged = sum(counts) != height * width or min(counts, default=0) < 0
            spans = runs.spans_of_runs([] if is_damaged else counts)
        if is_damaged:
            raise ValueError("the run lengths do not add up to the size")
        (mask,) = from_spans(spans, [(width, height)])
        return mask

    @property
    def is_empty(self) -> bool:
        """Whether no pixel is inside."""
        return self.w == 0

    @cached_property
    def area(self) -> int:
        """The number of pixels inside."""
        return 0 if self.is_empty else int(coco_mask.area(self._crop_rle))

    @property
    def bbox_xywh(self) -> tuple[int, int, int, int]:
        """COCO's `bbox`: x, y, width and height in pixels; all 0 of an empty mask."""
        return self.x, self.y, self.w, self.h

    def crop(self) -> Bitmap:
        """The bitmap of the bounding box, shape (h, w)."""
        if self.is_empty:
            return np.zeros((0, 0), bool)
        if self.w * self.h > _LARGE:
            spans, _ = runs.decoded([self.counts], np.array([self.w * self.h]))
            return runs.bitmap_of(spans, self.w, self.h)
        return np.asarray(coco_mask.decode(self._crop_rle), bool)

    def bitmap(self) -> Bitmap:
        """The bitmap of the whole image, shape (height, width)."""
        whole = np.zeros((self.height, self.width), bool)
        whole[self.y : self.y + self.h, self.x : self.x + self.w] = self.crop()
        return whole

    def rle(self) -> dict[str, Any]:
        """COCO's compressed RLE of the whole image: {"size": [height, width], "counts": str}."""
        return rles([self])[0]

    def contains(self, x: int, y: int) -> bool:
        """Whether the pixel in column x and row y is inside."""
        if not (self.x <= x < self.x + self.w and self.y <= y < self.y + self.h):
            return False
        return bool(self.crop()[y - self.y, x - self.x])

    def iou(self, other: Mask) -> float:
        """Intersection over union with a mask of the same image; 1.0 when both are empty."""
        common = self.common(other)
        union = self.area + other.area - common
        return common / union if union else 1.0

    def common(self, other: Mask) -> int:
        """The number of pixels inside both masks of the same image."""
        left, top = max(self.x, other.x), max(self.y, other.y)
        right = min(self.x + self.w, other.x + other.w)
        bottom = min(self.y + self.h, other.y + other.h)
        if left >= right or top >= bottom:
            return 0
        mine = self.crop()[top - self.y : bottom - self.y, left - self.x : right - self.x]
        theirs = other.crop()[top - other.y : bottom - other.y, left - other.x : right - other.x]
        return int(np.count_nonzero(mine & theirs))

    @property
    def _crop_rle(self) -> dict[str, Any]:
        return {"size": [self.h, self.w], "counts": self.counts}


def rles(masks: Sequence[Mask]) -> list[dict[str, Any]]:
    """`Mask.rle` of each mask; much faster together than one by one."""
    return rles_of(spans_of(masks), [(mask.width, mask.height) for mask in masks])


def rles_of(spans: runs.Spans, sizes: Sequence[tuple[int, int]]) -> list[dict[str, Any]]:
    """`Mask.rle` of masks by their spans, as `spans_of` gives them.

    Args:
        sizes: width and height of each mask's image.
    """
    width, height = np.array(sizes, np.int64).reshape(-1, 2).T
    counts = runs.encoded(spans, height * width)
    return [
        {"size": [height, width], "counts": text.decode("ascii")}
        for (width, height), text in zip(sizes, counts, strict=True)
    ]


def spans_of(masks: Sequence[Mask]) -> runs.Spans:
    """The spans of masks down the columns of their whole images."""
    frames = np.array([(m.x, m.y, m.h, m.w, m.height) for m in masks], np.int64)
    x, y, h, w, height = frames.reshape(-1, 5).T
    spans, _ = runs.decoded([mask.counts for mask in masks], h * w)
    return spans.moved(h, x, y, height)


def from_spans(spans: runs.Spans, sizes: Sequence[tuple[int, int]]) -> list[Mask]:
    """Masks from spans down the columns of whole images.

    Args:
        sizes: width and height of each mask's image.
    """
    height = np.array(sizes, np.int64).reshape(-1, 2)[:, 1]
    boxes = spans.bounds(height)
    x, y, w, h = boxes.T
    counts = runs.encoded(spans.moved(height, -x, -y, h), w * h)
    return [
        Mask(*size, box[0], box[1], box[2], box[3], text if box[2] else b"")
        for size, box, text in zip(sizes, boxes.tolist(), counts, strict=True)
    ]
