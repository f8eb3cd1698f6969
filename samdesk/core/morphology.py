"""Masks made of masks: union, difference, holes filled, the connected pieces.

Union and difference work on runs, so a small change to a large mask costs little. Pixels that
touch at a corner are connected (8-connectivity); background that does so is not.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from pycocotools import mask as coco_mask

from samdesk.core import runs
from samdesk.core.mask import Bitmap, Mask, from_spans

SPECK = 100
"""Pixels below which an island is a speck: what segment-anything's own example of
SamAutomaticMaskGenerator gives for `min_mask_region_area`."""


def union(masks: Sequence[Mask]) -> Mask:
    """What is inside any of these masks of one image; at least one mask."""
    first = masks[0]
    filled = [mask for mask in masks if not mask.is_empty]
    if len(filled) < 2:
        return filled[0] if filled else first
    x, y, w, h = _box_around(filled)
    merged = coco_mask.merge([_rle_within(mask, x, y, w, h) for mask in filled])
    return Mask(first.width, first.height, x, y, w, h, merged["counts"])


def difference(mask: Mask, taken: Mask) -> Mask:
    """What is inside `mask` and not inside `taken`, a mask of the same image."""
    if mask.is_empty or taken.is_empty:
        return mask
    x, y, w, h = _box_around([mask, taken])
    rle, kept = _rle_within(mask, x, y, w, h), _rle_within(taken, x, y, w, h, is_inverted=True)
    rest = coco_mask.merge([rle, kept], intersect=True)
    box = coco_mask.toBbox(rest).astype(int).tolist()
    if box == [0, 0, w, h]:
        return Mask(mask.width, mask.height, x, y, w, h, rest["counts"])
    spans, _ = runs.decoded([rest["counts"]], np.array([w * h]))
    (within,) = from_spans(spans, [(w, h)])
    left, top = (x + within.x, y + within.y) if box[2] else (0, 0)
    return Mask(mask.width, mask.height, left, top, within.w, within.h, within.counts)


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


def _box_around(masks: Sequence[Mask]) -> tuple[int, int, int, int]:
    """x, y, w, h of all these masks, none of them empty."""
    x, y = min(mask.x for mask in masks), min(mask.y for mask in masks)
    right, bottom = max(mask.x + mask.w for mask in masks), max(mask.y + mask.h for mask in masks)
    return x, y, right - x, bottom - y


def _rle_within(
    mask: Mask, x: int, y: int, w: int, h: int, *, is_inverted: bool = False
) -> dict[str, Any]:
    """COCO's RLE of the part of the image that this rectangle, which holds the mask, covers."""
    if mask.bbox_xywh == (x, y, w, h) and not is_inverted:
        return {"size": [h, w], "counts": mask.counts}
    spans, _ = runs.decoded([mask.counts], np.array([mask.w * mask.h]))
    place = (np.array([number]) for number in (mask.h, mask.x - x, mask.y - y, h))
    spans = spans.moved(*place)
    if is_inverted:
        spans = spans.inverted(w * h)
    return {"size": [h, w], "counts": runs.encoded(spans, np.array([w * h]))[0]}
