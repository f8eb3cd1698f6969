"""Polygons that are masks: outlines along the edges of pixels, and COCO's hole-free pieces.

Vertices are corners of pixels, so pixel (x, y) is the square from (x, y) to (x + 1, y + 1).
pycocotools rasterises such polygons back to the very same pixels.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from samdesk.core.mask import Bitmap, Mask

Loop: TypeAlias = npt.NDArray[np.int64]


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
    h, w = bitmap.shape
    padded = np.zeros((h + 2, w + 2), bool)
    padded[1:-1, 1:-1] = bitmap
    # The four pixels around each lattice vertex, shape (h + 1, w + 1).
    nw, ne, sw, se = padded[:-1, :-1], padded[:-1, 1:], padded[1:, :-1], padded[1:, 1:]
    # A pixel that differs from both its neighbours around a vertex has a corner of the boundary
    # there; so has a lone background pixel. Where two inside pixels meet diagonally each keeps a
    # corner of its own, which is what keeps them apart.
    alone = [nw & ~ne & ~sw, ne & ~nw & ~se, sw & ~nw & ~se, se & ~ne & ~sw]
    notch = [~nw & ne & sw & se, ~ne & nw & sw & se, ~sw & nw & ne & se, ~se & nw & ne & sw]
    corners = [np.argwhere(one | other) for one, other in zip(alone, notch, strict=True)]
    vertices = np.concatenate(corners)
    if len(vertices) == 0:
        return []
    kinds = np.repeat(np.arange(4), [len(found) for found in corners])
    rows, columns = vertices[:, 0], vertices[:, 1]
    goes_right, goes_down = kinds % 2, kinds // 2
    # Along a row of vertices the boundary's horizontal edges begin and end at corners in turn.
    beside = _partners(np.lexsort((goes_right, columns, rows)))
    above = _partners(np.lexsort((goes_down, rows, columns)))

    corner_xy = np.stack([columns + left, rows + top], axis=1).astype(np.int64)
    # Starting along the top edge of an inside pixel keeps the inside on the right hand.
    seen = np.zeros(len(vertices), bool)
    next_by_row, next_by_column = beside.tolist(), above.tolist()
    inside_below = padded[rows + 1, np.where(goes_right == 1, columns + 1, columns)].tolist()
    loops = []
    for start in range(len(vertices)):
        if seen[start]:
            continue
        members: list[int] = []
        corner = start
        while not seen[corner]:
            other = next_by_row[corner]
            seen[corner] = seen[other] = True
            members += (corner, other)
            corner = next_by_column[other]
        # The first edge runs to the right along an inside pixel's top exactly when both agree.
        if bool(goes_right[start]) != inside_below[start]:
            members.reverse()
        loops.append(corner_xy[members])
    return loops


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


def rasterised(loops: Sequence[npt.ArrayLike], width: int, height: int) -> Mask:
    """The mask that COCO's readers draw for polygons.

    Args:
        loops: one (N, 2) of (x, y) corners per polygon, N at least three, on the image.
        width, height: of the image.
    """
    from pycocotools import mask as coco_mask

    corners = [np.asarray(loop, np.float64) for loop in loops]
    left, top = np.floor(np.min([loop.min(axis=0) for loop in corners], axis=0)).astype(int)
    right, bottom = np.ceil(np.max([loop.max(axis=0) for loop in corners], axis=0)).astype(int)
    size = max(1, int(bottom - top)), max(1, int(right - left))
    flat = [(loop - (left, top)).ravel().tolist() for loop in corners]
    drawn = coco_mask.decode(coco_mask.merge(coco_mask.frPyObjects(flat, *size)))
    return Mask.from_crop(drawn, int(left), int(top), width, height)


def _pieces(bitmap: Bitmap, left: int, top: int) -> list[Loop]:
    loops = outlines(bitmap, left, top)
    holes = [loop for loop in loops if signed_area(loop) < 0]
    if not holes:
        return loops
    import cv2

    _, labels = cv2.connectedComponents(bitmap.astype(np.uint8), connectivity=4)
    holed: dict[int, list[tuple[int, int]]] = {}
    for hole in holes:
        leftmost = hole[:, 0] == hole[:, 0].min()
        first, last = int(hole[:, 0].min()) - left, int(hole[:, 0].max()) - left
        # Left of a hole's leftmost edge lies a pixel of the region that encloses it.
        row = int(hole[leftmost, 1].min()) - top
        holed.setdefault(int(labels[row, first - 1]), []).append((first, last))

    solid = bitmap & ~np.isin(labels, list(holed))
    result = outlines(solid, left, top)
    for label, spans in sorted(holed.items()):
        region = labels == label
        # The fewest columns that stab every hole: always cut at the earliest last column.
        cuts: list[int] = []
        for first, last in sorted(spans, key=lambda span: span[1]):
            if not cuts or cuts[-1] < first:
                cuts.append(last - 1)
        for begin, end in zip([0, *cuts], [*cuts, bitmap.shape[1]], strict=True):
            result += _pieces(region[:, begin:end], left + begin, top)
    return result


def _partners(order: npt.NDArray[np.intp]) -> npt.NDArray[np.intp]:
    """Pairs the first with the second in this order, the third with the fourth, and so on."""
    partner = np.empty_like(order)
    partner[order[0::2]] = order[1::2]
    partner[order[1::2]] = order[0::2]
    return partner
