"""Polygons that are masks: outlines along the edges of pixels, and COCO's hole-free pieces.

Vertices are corners of pixels, so pixel (x, y) is the square from (x, y) to (x + 1, y + 1).
pycocotools rasterises such polygons back to the very same pixels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from samdesk.core.mask import Mask
from samdesk.core.runs import Integers, Spans, counted, decoded, united

_LOOKED_AT = 1_000_000  # pixels of a mask whose outline is looked for

Loop: TypeAlias = npt.NDArray[np.int64]
"""Corners of a closed polygon, (n, 2) as x and y in pixels from the image's corner."""
Corners: TypeAlias = npt.NDArray[np.float64]


@dataclass(frozen=True)
class _Columns:
    """Pixels of several shapes: rows top to bottom (excluded) of columns.

    All arrays are of shape (n,), sorted by owner, then column, then top; of one owner's column
    they never touch.
    """

    owner: Integers
    column: Integers
    top: Integers
    bottom: Integers

    def of(self, chosen: Integers, owner: Integers) -> _Columns:
        """Some of them, which may belong to others then."""
        order = chosen[np.lexsort((self.top[chosen], self.column[chosen], owner))]
        ranked = np.sort(owner)
        return _Columns(ranked, self.column[order], self.top[order], self.bottom[order])


@dataclass(frozen=True)
class _Traced:
    """The closed boundaries of shapes, sorted by owner, then by their leftmost, topmost corner.

    Pixels that touch only at a corner are apart (4-connectivity).

    Attributes:
        owner: of each loop, shape (loops,).
        corners: of all loops in turn, (n, 2), as x and y.
        ends: where each loop's corners end, shape (loops,).
        areas: inside each loop in pixels; negative for holes, which run the other way round.
        above: which loop runs above each of the rows of pixels that were given.
    """

    owner: Integers
    corners: Integers
    ends: Integers
    areas: Integers
    above: Integers

    def loops(self) -> list[Loop]:
        """The corners of each loop, in their order."""
        cuts = [0, *self.ends.tolist()]
        return [self.corners[begin:end] for begin, end in pairwise(cuts)]


def pieces(masks: Sequence[Mask]) -> list[list[Loop]]:
    """Polygons without holes whose union is exactly the mask, for COCO's polygon format.

    COCO's polygons cannot hold holes, so a region with holes is cut along columns of pixels, by
    as few cuts as open every hole. Many masks cost much less together than one by one.

    Returns:
        For each mask its polygons, each of shape (N, 2): x and y of the corners of pixels, such
        that `signed_area` is positive and the closing corner is not repeated.
    """
    result: list[list[Loop]] = [[] for _ in masks]
    columns = _columns(masks)
    if not len(columns.owner):
        return result
    traced = _traced(columns)
    is_whole, regions, cut = _without_holes(columns, traced)
    for owner, loop, keep in zip(
        traced.owner.tolist(), traced.loops(), is_whole.tolist(), strict=True
    ):
        if keep:
            result[owner].append(loop)
    if len(regions):
        opened = _traced(cut)
        for owner, loop in zip(regions[opened.owner].tolist(), opened.loops(), strict=True):
            result[owner].append(loop)
    return result


def signed_area(loop: Loop) -> float:
    """Area inside a loop in pixels; positive for outer boundaries, negative for holes.

    By the shoelace formula.
    """
    x, y = loop[:, 0], loop[:, 1]
    return 0.5 * float(np.dot(x, np.roll(y, -1)) - np.dot(y, np.roll(x, -1)))


def _columns(masks: Sequence[Mask]) -> _Columns:
    frames = np.array([mask.bbox_xywh for mask in masks], np.int64)
    x, y, w, h = frames.reshape(-1, 4).T
    spans, _ = decoded([mask.counts for mask in masks], h * w)
    # In a higher frame no pixels of two columns touch.
    heights = y + h + 1
    spans = spans.moved(h, x, y, heights)
    column, top = np.divmod(spans.begin, heights[spans.owner])
    return _Columns(spans.owner, column, top, top + spans.end - spans.begin)


def _traced(shapes: _Columns) -> _Traced:
    """Follows the edges of pixels around all shapes at once."""
    # The shapes side by side in one frame, counted down its columns, an empty column between two.
    last = np.flatnonzero(np.diff(shapes.owner, append=-1))
    first = np.append(0, last[:-1] + 1)
    widths = shapes.column[last] - shapes.column[first] + 2
    shift = np.cumsum(widths) - widths - shapes.column[first]
    number = np.repeat(np.arange(len(first)), last - first + 1)
    height = int(shapes.bottom.max()) + 1
    base = (shapes.column + shift[number]) * height
    # The upper (even) and lower (odd) edges of rows of pixels in a column, ascending.
    unit = np.stack([base + shapes.top, base + shapes.bottom], axis=1).ravel()
    # A unit edge that goes on in the next column is no end, and what it goes on to no start.
    onward = np.searchsorted(unit, unit + height)
    onward[onward == len(unit)] = 0
    goes_on = (unit[onward] == unit + height) & ((onward ^ np.arange(len(unit))) & 1 == 0)
    is_start = np.ones(len(unit), bool)
    is_start[onward[goes_on]] = False
    # Along a row edges do not overlap, so that the n-th start belongs to the n-th end.
    x, y = np.divmod(unit, height)
    along = np.argsort(y * (int(x[-1]) + 1) + x)
    starts, ends = along[is_start[along]], along[~goes_on[along]]
    by_start = np.argsort(starts)
    starts, ends = starts[by_start], ends[by_start]
    is_lower = starts & 1
    corners = np.append(unit[starts], unit[ends] + height)
    # Down a column corners are joined two by two. Where two pixels touch at a corner, the corner
    # of what lies above comes first.
    down = np.argsort(2 * corners + 1 - np.append(is_lower, is_lower))
    partner = np.empty(len(corners), np.int64)
    partner[down[0::2]], partner[down[1::2]] = down[1::2], down[0::2]
    # Upper edges are followed to the right, lower ones to the left.
    edges = np.arange(len(starts))
    heads = np.where(is_lower, edges, edges + len(edges))
    tails = np.where(is_lower, edges + len(edges), edges)
    order, cuts = _followed((partner[heads] % len(edges)).tolist())

    begins = np.array(cuts[:-1])
    lengths = np.diff(cuts)
    loop = np.empty(len(edges), np.int64)
    loop[order] = np.repeat(np.arange(len(begins)), lengths)
    owner = number[starts[order[begins]] >> 1]
    places = corners[np.stack([tails[order], heads[order]], axis=1).ravel()]
    x_of, y_of = np.divmod(places, height)
    x_of -= np.repeat(shift[owner], 2 * lengths)
    areas = np.add.reduceat((x_of[0::2] - x_of[1::2]) * y_of[0::2], begins)
    edge = np.empty(len(unit), np.int64)
    edge[along] = by_start.argsort()[np.cumsum(is_start[along]) - 1]
    return _Traced(
        shapes.owner[first[owner]],
        np.stack([x_of, y_of], axis=1),
        2 * np.array(cuts[1:]),
        areas,
        loop[edge[0::2]],
    )


def _followed(onward: list[int]) -> tuple[Integers, list[int]]:
    """The cycles of a permutation in turn, each from its least member, and their bounds."""
    order: list[int] = []
    cuts = [0]
    is_new = bytearray(b"\1") * len(onward)
    first = 0
    while (first := is_new.find(1, first)) >= 0:
        at = first
        while is_new[at]:
            is_new[at] = 0
            order.append(at)
            at = onward[at]
        cuts.append(len(order))
    return np.array(order), cuts


def _without_holes(
    columns: _Columns, traced: _Traced
) -> tuple[npt.NDArray[np.bool_], Integers, _Columns]:
    """Cuts regions that have holes.

    Returns:
        Which loops are polygons as they are; of each strip that was cut, which mask it belongs
        to; and the pixels of these strips.
    """
    holes = np.flatnonzero(traced.areas < 0)
    is_whole = np.ones(len(traced.areas), bool)
    if not len(holes):
        return is_whole, holes, columns
    begins = np.append(0, traced.ends[:-1])
    first, last = (
        outermost.reduceat(traced.corners[:, 0], begins)[holes]
        for outermost in (np.minimum, np.maximum)
    )
    # Left of a hole's leftmost, topmost corner lies a pixel of the region that encloses it.
    row = traced.corners[begins[holes], 1]
    height, width = int(columns.bottom.max()) + 1, int(columns.column.max()) + 1
    places = (columns.owner * width + columns.column) * height + columns.top
    left = (traced.owner[holes] * width + first - 1) * height + row
    beside = traced.above[np.searchsorted(places, left, "right") - 1].tolist()
    region = list(range(len(traced.areas)))
    for hole, other in zip(holes.tolist(), beside, strict=True):
        region[hole] = region[other]

    spans: dict[int, list[tuple[int, int]]] = {}
    for hole, begin, end in zip(holes.tolist(), first.tolist(), last.tolist(), strict=True):
        spans.setdefault(region[hole], []).append((end, begin))
    region_of = np.array(region)[traced.above]
    chosen, strips = [], []
    owners: list[int] = []
    for number, of_region in sorted(spans.items()):
        # The fewest columns that stab every hole: always cut at the earliest last column.
        cuts: list[int] = []
        for end, begin in sorted(of_region):
            if not cuts or cuts[-1] < begin:
                cuts.append(end - 1)
        inside = np.flatnonzero(region_of == number)
        chosen.append(inside)
        strips.append(len(owners) + np.searchsorted(cuts, columns.column[inside], "right"))
        owners += [int(traced.owner[number])] * (len(cuts) + 1)
    is_whole[holes] = False
    is_whole[list(spans)] = False
    cut = columns.of(np.concatenate(chosen), np.concatenate(strips))
    return is_whole, np.array(owners), cut


def simplified(mask: Mask, loops: list[Loop], tolerance: float) -> tuple[list[Loop], Mask]:
    """Polygons with fewer corners, and the mask that they draw.

    By Douglas and Peucker's algorithm. A piece that would vanish keeps all its corners.

    Args:
        loops: the mask's pieces.
        tolerance: how far a polygon may stray, in pixels.

    Returns:
        The polygons and their mask; those given where nothing would be left.
    """
    import cv2

    fewer = []
    for loop in loops:
        corners = cv2.approxPolyDP(loop.astype(np.int32)[:, None], tolerance, True)[:, 0]
        fewer.append(corners.astype(np.int64) if len(corners) > 2 else loop)
    drawn = rasterised(fewer, mask.width, mask.height)
    return (loops, mask) if drawn.is_empty else (fewer, drawn)


def outline(mask: Mask, most: int = 200, least_iou: float = 0.95) -> Loop | None:
    """A polygon of few corners that draws nearly a mask; None where none does.

    It follows the longest boundary within 1.5 pixels, so that the steps along a slope are one edge;
    where that is too coarse within half a pixel, and where those are too many corners within 8
    (Douglas and Peucker). Masks of millions of pixels are seen coarsely.

    Args:
        most: how many corners there may be.
        least_iou: of what it draws with the mask, which holes and further pieces lower.

    Returns:
        Corners of pixels, (N, 2), as x and y.
    """
    import cv2

    if mask.is_empty:
        return None
    step = math.ceil(math.sqrt(mask.w * mask.h / _LOOKED_AT))
    crop = mask.crop().astype(np.uint8)
    if step > 1:
        size = (math.ceil(mask.w / step), math.ceil(mask.h / step))
        crop = (cv2.resize(crop * 255, size, interpolation=cv2.INTER_AREA) > 127).astype(np.uint8)
    # OpenCV follows the middles of pixels; of pixels made of four, these are their corners.
    fine = crop.repeat(2, axis=0).repeat(2, axis=1)
    found, _ = cv2.findContours(fine, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_SIMPLE)
    if not found:
        return None
    longest = (max(found, key=cv2.contourArea) + 1) // 2
    for tolerance in (1.5, 0.75, 0.4, 2.5, 4.0, 8.0):
        corners = cv2.approxPolyDP(longest, tolerance, True)[:, 0]
        if 3 <= len(corners) <= most:
            placed: Loop = corners.astype(np.int64) * step + np.array([mask.x, mask.y], np.int64)
            placed = np.minimum(placed, np.array([mask.width, mask.height], np.int64))
            drawn = rasterised([placed], mask.width, mask.height)
            if drawn.iou(mask) >= least_iou:
                return placed
    return None


def rasterised(loops: Sequence[npt.ArrayLike], width: int, height: int) -> Mask:
    """The mask that COCO's readers draw for polygons.

    Args:
        loops: the corners of each polygon, (N, 2) or flat as x, y, x, y, ...; at least 3.
    """
    counts = counts_of_polygons(loops, width, height)
    return Mask.from_rle({"size": [height, width], "counts": counts})


def counts_of_polygons(loops: Sequence[npt.ArrayLike], width: int, height: int) -> bytes:
    """The compressed counts of the mask that pycocotools draws for polygons.

    Args:
        loops: at least one, each (n, 2) or (2n,) as x and y in pixels from the image's corner.
        width, height: of the image in pixels.
    """
    polygons = [np.ravel(np.asarray(loop, np.float64)) for loop in loops]
    drawn = coco_mask.frPyObjects(polygons, height, width)
    counts: bytes = (coco_mask.merge(drawn) if len(drawn) > 1 else drawn[0])["counts"]
    return counts


def follow_edges(corners: Integers, ends: Integers, sizes: Integers) -> npt.NDArray[np.bool_]:
    """Which polygons lie in their image and run along the edges of pixels only.

    Args:
        corners: of all polygons in turn, (n, 2), as x and y.
        ends: where each polygon's corners end; none may be empty.
        sizes: width and height of each polygon's image, (polygons, 2).
    """
    begins = np.append(0, ends[:-1])[: len(ends)]
    onward = _following(begins, ends)
    limits = np.repeat(sizes, ends - begins, axis=0)
    fits = ((corners == corners[onward]).any(axis=1)) & ((corners >= 0) & (corners <= limits)).all(
        axis=1
    )
    return np.logical_and.reduceat(fits, begins) if len(ends) else fits


def spans_of_outlines(
    corners: Integers, ends: Integers, owner: Integers, heights: Integers
) -> Spans:
    """The pixels of polygons that `follow_edges`, the very ones that pycocotools draws.

    Args:
        corners, ends: as there.
        owner: which mask each polygon is of, ascending.
        heights: of each mask's image.
    """
    begins = np.append(0, ends[:-1])[: len(ends)]
    (x, y), next_x = corners.T, corners[_following(begins, ends), 0]
    polygon = np.repeat(np.arange(len(ends)), ends - begins)
    level = np.flatnonzero(x != next_x)
    columns = np.abs(next_x - x)[level]
    edge = np.repeat(level, columns)
    height = heights[owner]
    column = np.minimum(x, next_x)[edge] + counted(columns)
    # A frame of its own for each polygon, one after the other; there every second edge ends.
    frame = (int(corners[:, 0].max(initial=0)) + 1) * int(heights.max(initial=0)) + 1
    place = polygon[edge] * frame + column * height[polygon[edge]] + y[edge]
    place.sort()
    polygon, place = place[0::2] // frame, place.reshape(-1, 2) % frame
    return united(owner[polygon], place[:, 0], place[:, 1], len(heights))


def _following(begins: Integers, ends: Integers) -> Integers:
    onward = np.arange(1, int(ends[-1]) + 1 if len(ends) else 1)
    onward[ends - 1] = begins
    return onward
