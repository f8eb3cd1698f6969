"""Polygons that are masks: outlines along the edges of pixels, and COCO's hole-free pieces.

Vertices are corners of pixels, so pixel (x, y) is the square from (x, y) to (x + 1, y + 1).
pycocotools rasterises such polygons back to the very same pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from samdesk.core.mask import Bitmap, Mask

Loop: TypeAlias = npt.NDArray[np.int64]
Corners: TypeAlias = npt.NDArray[np.float64]


def outlines(bitmap: Bitmap, left: int = 0, top: int = 0) -> list[Loop]:
    """The closed boundary loops of a bitmap.

    Args:
        bitmap: shape (h, w).
        left, top: where the bitmap's first pixel lies in the image.

    Returns:
        One (N, 2) array of (x, y) corners per loop, the closing corner not repeated. Pixels that
        touch only at a corner are apart (4-connectivity). Outer boundaries have a positive
        `signed_area`, boundaries of holes a negative one.
    """
    return _traced(bitmap, left, top)[0]


def _traced(bitmap: Bitmap, left: int, top: int) -> tuple[list[Loop], bool]:
    """The loops, and whether some are holes' or lie within holes."""
    import cv2

    if bitmap.size == 0:
        return [], False
    # In twice the size every pixel has a corner of its own beside each corner of the grid, and
    # half of a contour's coordinates is that corner. What is traced is the outside, of which
    # OpenCV follows diagonals: so inside pixels that touch at a corner are apart.
    h, w = bitmap.shape
    outside = np.ones((2 * h + 2, 2 * w + 2), np.uint8)
    # A number of 16 bits with two equal bytes is a pixel and its copy beside it.
    wide = (np.logical_not(bitmap, order="C") * np.uint16(0x0101)).view(np.uint8)
    outside[1:-1:2, 1:-1] = wide
    outside[2:-1:2, 1:-1] = wide
    found, hierarchy = cv2.findContours(outside, cv2.RETR_TREE, cv2.CHAIN_APPROX_SIMPLE)
    # The first is the frame around the image.
    contours = found[:0:-1]
    if not contours:
        return [], False
    corners = np.concatenate(contours).reshape(-1, 2).astype(np.int32) >> 1
    ends = np.cumsum([len(contour) for contour in contours])
    # Turns to the right have two points there. Both coordinates compare as one number.
    key = corners.view(np.int64).ravel()
    former = np.roll(key, 1)
    former[np.append(0, ends[:-1])] = key[ends - 1]
    is_new = key != former
    cuts = np.append(0, np.cumsum(is_new)[ends - 1]).tolist()
    kept = corners[is_new] + np.array([left, top], np.int64)
    loops = [kept[begin:end] for begin, end in pairwise(cuts)]
    return loops, bool((hierarchy[0, 1:, 3] > 0).any())


def signed_area(loop: Loop) -> float:
    """Area inside a loop in pixels; positive for outer boundaries, negative for holes."""
    x, y = loop[:, 0], loop[:, 1]
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def pieces(mask: Mask) -> list[Loop]:
    """Polygons without holes whose union is exactly the mask, for COCO's polygon format.

    COCO's polygons cannot hold holes, so a region with holes is cut along columns of pixels, by
    as few cuts as open every hole.
    """
    return _pieces(mask.crop(), mask.x, mask.y)


def _pieces(bitmap: Bitmap, left: int, top: int) -> list[Loop]:
    loops, is_nested = _traced(bitmap, left, top)
    if not is_nested:
        return loops
    import cv2

    holes = [loop for loop in loops if signed_area(loop) < 0]
    _, labels, stats, _ = cv2.connectedComponentsWithStats(bitmap.astype(np.uint8), connectivity=4)
    holed: dict[int, list[tuple[int, int]]] = {}
    for hole in holes:
        place = int(hole[:, 0].argmin())
        first, last = int(hole[place, 0]) - left, int(hole[:, 0].max()) - left
        # Left of a hole's leftmost edge lies a pixel of the region that encloses it.
        row = int(hole[hole[:, 0] == hole[place, 0], 1].min()) - top
        holed.setdefault(int(labels[row, first - 1]), []).append((first, last))

    solid = bitmap & ~np.isin(labels, list(holed))
    result = outlines(solid, left, top)
    for label, spans in sorted(holed.items()):
        x, y, w, h = stats[label, :4].tolist()
        region = labels[y : y + h, x : x + w] == label
        # The fewest columns that stab every hole: always cut at the earliest last column.
        cuts: list[int] = []
        for first, last in sorted(spans, key=lambda span: span[1]):
            if not cuts or cuts[-1] < first - x:
                cuts.append(last - x - 1)
        for begin, end in zip([0, *cuts], [*cuts, w], strict=True):
            result += _pieces(region[:, begin:end], left + x + begin, top + y)
    return result


def simplified(mask: Mask, loops: list[Loop], tolerance: float) -> tuple[list[Loop], Mask]:
    """Polygons with fewer corners, and the mask that they draw.

    By Douglas and Peucker's algorithm. A piece that would vanish keeps all its corners.

    Args:
        loops: the mask's pieces.
        tolerance: how far a polygon may stray, in pixels.
    """
    import cv2

    fewer = []
    for loop in loops:
        corners = cv2.approxPolyDP(loop.astype(np.int32)[:, None], tolerance, True)[:, 0]
        fewer.append(corners.astype(np.int64) if len(corners) > 2 else loop)
    drawn = rasterised(fewer, mask.width, mask.height)
    return (loops, mask) if drawn.is_empty else (fewer, drawn)


def rasterised(loops: Sequence[npt.ArrayLike], width: int, height: int) -> Mask:
    """The mask that COCO's readers draw for polygons.

    Args:
        loops: the corners of each polygon, (N, 2) or flat as x, y, x, y, ...; at least 3.
    """
    counts = counts_of_polygons(loops, width, height)
    return Mask.from_rle({"size": [height, width], "counts": counts})


def counts_of_polygons(loops: Sequence[npt.ArrayLike], width: int, height: int) -> bytes:
    """The compressed counts of the mask that pycocotools draws for polygons."""
    polygons = [np.ravel(np.asarray(loop, np.float64)) for loop in loops]
    drawn = coco_mask.frPyObjects(polygons, height, width)
    counts: bytes = (coco_mask.merge(drawn) if len(drawn) > 1 else drawn[0])["counts"]
    return counts
