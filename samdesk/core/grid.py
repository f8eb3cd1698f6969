"""A grid of points that asks for every object of an image, and what is taken of the answers.

The definitions are segment-anything's `SamAutomaticMaskGenerator`, without its crops.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from samdesk.core.mask import Bitmap, Mask

# The box IoU above which the less likely of two masks is taken for a duplicate.
DUPLICATE_IOU = 0.7


@dataclass(frozen=True)
class Grid:
    """What is asked of an image and which answers are good enough.

    Attributes:
        points_per_side: the grid is a square of this many points, whatever the image's shape.
        pred_iou: what the engine's estimate of a mask's IoU must exceed.
        stability: the least stability score.
        min_area: holes and islands of fewer pixels are filled and dropped; 0 leaves them.
        max_per_image: the most masks that are kept, the best ones; None keeps all.
    """

    points_per_side: int = 32
    pred_iou: float = 0.86
    stability: float = 0.92
    min_area: int = 0
    max_per_image: int | None = None

    def points(self, width: int, height: int) -> npt.NDArray[np.float64]:
        """(points_per_side ** 2, 2) as (x, y) in an image's pixels, row by row."""
        centres = (np.arange(self.points_per_side) + 0.5) / self.points_per_side
        x, y = np.meshgrid(centres * width, centres * height)
        return np.stack([x, y], -1).reshape(-1, 2)


def edges(mask: Mask) -> tuple[int, int, int, int]:
    """The first and last column and row of a mask: (x0, y0, x1, y1), the last ones included."""
    return mask.x, mask.y, mask.x + mask.w - 1, mask.y + mask.h - 1


def without_duplicates(
    boxes: npt.NDArray[np.float32], scores: npt.NDArray[np.float32]
) -> list[int]:
    """Non-maximum suppression, as `torchvision.ops.nms` defines it.

    Args:
        boxes: (N, 4) as (x0, y0, x1, y1); sides are differences, so a single pixel has no area.
        scores: (N,).

    Returns:
        The places of the boxes that are kept, the highest score first; of equal scores the
        earlier one.
    """
    x0, y0, x1, y1 = boxes.T
    areas = (x1 - x0) * (y1 - y0)
    waiting = np.argsort(-scores, kind="stable")
    kept = []
    while waiting.size:
        best, waiting = waiting[0], waiting[1:]
        kept.append(int(best))
        across = np.minimum(x1[best], x1[waiting]) - np.maximum(x0[best], x0[waiting])
        down = np.minimum(y1[best], y1[waiting]) - np.maximum(y0[best], y0[waiting])
        common = across.clip(0) * down.clip(0)
        union = areas[best] + areas[waiting] - common
        # Two boxes without area have no IoU; they are no duplicates, as torchvision has it.
        waiting = waiting[~(common > DUPLICATE_IOU * union)]
    return kept


def without_small_regions(mask: Mask, min_area: int) -> Mask:
    """The mask with holes filled and islands dropped that are smaller than `min_area` pixels.

    As segment-anything's `remove_small_regions`: neighbours are eight, and of a mask that has
    nothing but small islands the largest stays.
    """
    # As far around the box as a small hole could reach, so that none seems to be smaller.
    left, top = max(0, mask.x - min_area), max(0, mask.y - min_area)
    right = min(mask.width, mask.x + mask.w + min_area)
    bottom = min(mask.height, mask.y + mask.h + min_area)
    inside = np.zeros((bottom - top, right - left), bool)
    inside[mask.y - top :, mask.x - left :][: mask.h, : mask.w] = mask.crop()
    filled = inside | _small_regions(~inside, min_area)
    small = _small_regions(filled, min_area)
    if (small == filled).all():
        small = filled & ~_largest_region(filled)
    return Mask.from_crop(filled & ~small, left, top, mask.width, mask.height)


def _small_regions(inside: Bitmap, min_area: int) -> Bitmap:
    regions, areas = _regions(inside)
    is_small = areas < min_area
    is_small[0] = False  # what is not inside
    small: Bitmap = is_small[regions]
    return small


def _largest_region(inside: Bitmap) -> Bitmap:
    regions, areas = _regions(inside)
    largest: Bitmap = regions == 1 + int(np.argmax(areas[1:]))
    return largest


def _regions(inside: Bitmap) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """The number of each pixel's region, 0 outside, and the regions' areas by number."""
    # The window is to be visible before this is needed.
    import cv2

    _, regions, stats, _ = cv2.connectedComponentsWithStats(inside.astype(np.uint8), connectivity=8)
    return np.asarray(regions, np.int32), np.asarray(stats[:, cv2.CC_STAT_AREA], np.int32)
