"""Masks made of masks: union, difference, holes filled, the connected pieces.

Union and difference work on runs, so a small change to a large mask costs little. Pixels that
touch at a corner are connected (8-connectivity); background that does so is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from pycocotools import mask as coco_mask

from samdesk.core.mask import Bitmap, Mask

SPECK = 100
"""Pixels below which an island is a speck: what segment-anything's own example of
SamAutomaticMaskGenerator gives for `min_mask_region_area`."""


def union(masks: Sequence[Mask]) -> Mask:
    """What is inside any of these masks of one image; at least one mask."""
    first = masks[0]
    filled = [mask for mask in masks if not mask.is_empty]
    if len(filled) < 2:
        return filled[0] if filled else first
    x, y = min(mask.x for mask in filled), min(mask.y for mask in filled)
    w = max(mask.x + mask.w for mask in filled) - x
    h = max(mask.y + mask.h for mask in filled) - y
    merged = coco_mask.merge([_rle_within(mask, x, y, w, h) for mask in filled])
    return Mask(first.width, first.height, x, y, w, h, merged["counts"])


def difference(mask: Mask, taken: Mask) -> Mask:
    """What is inside `mask` and not inside `taken`, a mask of the same image."""
    x, y, w, h = mask.bbox_xywh
    if mask.is_empty or taken.is_empty:
        return mask
    within = Mask.from_crop(taken.crop(), taken.x - x, taken.y - y, w, h)
    if within.is_empty:
        return mask
    runs = _runs(within)
    runs = runs[1:] if runs[0] == 0 else np.concatenate([[0], runs])
    kept = coco_mask.frPyObjects({"size": [h, w], "counts": runs.tolist()}, h, w)
    rest = coco_mask.merge([{"size": [h, w], "counts": mask.counts}, kept], intersect=True)
    if coco_mask.area(rest) and coco_mask.toBbox(rest).tolist() == [0, 0, w, h]:
        return Mask(mask.width, mask.height, x, y, w, h, rest["counts"])
    return Mask.from_crop(coco_mask.decode(rest), x, y, mask.width, mask.height)


def without_holes(mask: Mask) -> Mask:
    """The mask with everything that it encloses."""
    if mask.is_empty:
        return mask
    import cv2

    outside = np.pad(~mask.crop(), 1, constant_values=True)
    _, labels = cv2.connectedComponents(outside.view(np.uint8), connectivity=4)
    return _of_crop(mask, labels[1:-1, 1:-1] != labels[0, 0])


def components(mask: Mask) -> list[Mask]:
    """The connected pieces of a mask, the largest first; none of an empty mask."""
    if mask.is_empty:
        return []
    import cv2

    number, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.crop().view(np.uint8), connectivity=8
    )
    pieces = []
    for label in sorted(range(1, number), key=lambda one: -int(stats[one, cv2.CC_STAT_AREA])):
        x, y, w, h = stats[label, : cv2.CC_STAT_AREA].tolist()
        piece = labels[y : y + h, x : x + w] == label
        pieces.append(Mask.from_crop(piece, mask.x + x, mask.y + y, mask.width, mask.height))
    return pieces


def without_specks(mask: Mask, smallest: int = SPECK) -> Mask:
    """The mask without islands of less than `smallest` pixels; the largest one always stays."""
    if mask.is_empty:
        return mask
    import cv2

    _, labels, stats, _ = cv2.connectedComponentsWithStats(
        mask.crop().view(np.uint8), connectivity=8
    )
    areas = stats[:, cv2.CC_STAT_AREA].copy()
    areas[0] = 0
    stays = areas >= min(smallest, int(areas.max()))
    stays[0] = False
    return _of_crop(mask, stays[labels])


def _of_crop(mask: Mask, crop: Bitmap) -> Mask:
    return Mask.from_crop(crop, mask.x, mask.y, mask.width, mask.height)


def _rle_within(mask: Mask, x: int, y: int, w: int, h: int) -> dict[str, Any]:
    """COCO's RLE of the part of the image that this rectangle, which holds the mask, covers."""
    if mask.bbox_xywh == (x, y, w, h):
        return {"size": [h, w], "counts": mask.counts}
    placed = Mask(w, h, mask.x - x, mask.y - y, mask.w, mask.h, mask.counts)
    rle: dict[str, Any] = coco_mask.frPyObjects(
        {"size": [h, w], "counts": _runs(placed).tolist()}, h, w
    )
    return rle


def _runs(mask: Mask) -> npt.NDArray[np.int64]:
    """COCO's run lengths of the whole image: down the columns, outside and inside in turn."""
    # Only the columns of the box need to be laid out, with a pixel outside before and after.
    laid_out = np.zeros(mask.w * mask.height + 2, bool)
    columns = laid_out[1:-1].reshape(mask.w, mask.height)
    columns[:, mask.y : mask.y + mask.h] = mask.crop().T
    before, after = mask.x * mask.height, (mask.width - mask.x - mask.w) * mask.height
    edges = np.flatnonzero(laid_out[1:] != laid_out[:-1]) + before
    runs = np.diff(edges, prepend=0, append=before + columns.size + after)
    return runs[:-1] if runs[-1] == 0 else runs
