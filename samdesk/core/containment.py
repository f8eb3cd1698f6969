"""Wholes and parts among the masks of one image."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from pycocotools import mask as coco_mask

from samdesk.core.mask import Mask

# Masks of a whole and its part seldom share every pixel of their outline.
_INSIDE = 0.9


def wholes(masks: Sequence[Mask]) -> list[int | None]:
    """For each mask the place of the smallest larger one that holds 90 % of its pixels.

    Of two masks with the same number of pixels neither is part of the other.
    """
    if not masks:
        return []
    rles = [mask.rle() for mask in masks]
    areas = np.array([mask.area for mask in masks])
    # For a crowd pycocotools divides by the first mask's own area instead of the union.
    shares = np.asarray(coco_mask.iou(rles, rles, [1] * len(rles)))
    holds = (shares >= _INSIDE) & (areas[None, :] > areas[:, None])
    found: list[int | None] = []
    for row in holds:
        around = np.flatnonzero(row)
        found.append(int(around[np.argmin(areas[around])]) if around.size else None)
    return found
