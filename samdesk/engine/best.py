"""What is kept of all that an engine found in an image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from samdesk.core.grid import Grid, edges, without_duplicates, without_small_regions
from samdesk.engine.base import Found


def best_found(found: Sequence[Found], grid: Grid) -> list[Found]:
    """The masks that are no duplicates, mended as the grid says, best score first.

    As `SamAutomaticMaskGenerator` does it: duplicates go before small regions are mended, and
    again after it, when masks that needed no mending are preferred.
    """
    kept = _without_duplicates(found, [one.score for one in found])
    if grid.min_area > 0:
        masks = [without_small_regions(one.mask, grid.min_area) for one in kept]
        is_whole = [one.mask == mask for one, mask in zip(kept, masks, strict=True)]
        mended = [replace(one, mask=mask) for one, mask in zip(kept, masks, strict=True)]
        kept = _without_duplicates(mended, is_whole)
        kept.sort(key=lambda one: -one.score)
    return kept[: grid.max_per_image]


def _without_duplicates(found: Sequence[Found], scores: Sequence[float]) -> list[Found]:
    boxes = np.array([edges(one.mask) for one in found], np.float32).reshape(-1, 4)
    return [found[place] for place in without_duplicates(boxes, np.array(scores, np.float32))]
