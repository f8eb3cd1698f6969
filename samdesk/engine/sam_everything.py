"""Every object of an image by SAM: the masks that `SamAutomaticMaskGenerator` finds.

The same grid, thresholds and suppression of duplicates (Kirillov et al., 2023, appendix B),
without crops. Prompts are decoded in batches, and only what the engine thinks good is upsampled.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from samdesk.core.grid import Grid, edges, without_duplicates, without_small_regions
from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import CancelToken, Found, Progress
from samdesk.engine.sam import PADDING, POSITIVE, Floats, Geometry, Runtime


def everything(
    runtime: Runtime,
    features: Any,
    geometry: Geometry,
    grid: Grid,
    token: CancelToken,
    progress: Progress,
) -> list[Found]:
    """See `Segmenter.everything`.

    Args:
        features: of the runtime's `encode`.
        geometry: of the encoded image.
    """
    found: list[Found] = []
    points = grid.points(geometry.width, geometry.height)
    for start in range(0, len(points), runtime.batch):
        token.check()
        progress(start / len(points))
        batch = points[start : start + runtime.batch]
        logits, scores = runtime.decode(features, *_prompts(batch, geometry), None)
        for index, candidate in np.argwhere(scores > grid.pred_iou):
            mask, stability = geometry.stable_mask(logits[index, candidate], grid.stability)
            if mask is not None and not mask.is_empty:
                prompt = Prompt((Point(*batch[index].tolist()),))
                found.append(Found(prompt, mask, float(scores[index, candidate]), stability))
    found = _kept(found, np.array([one.score for one in found], np.float32))
    if grid.min_area > 0:
        found = _without_small_regions(found, grid.min_area)
    found.sort(key=lambda one: -one.score)
    progress(1.0)
    return found[: grid.max_per_image]


def _prompts(points: Any, geometry: Geometry) -> tuple[Floats, Floats]:
    """Points (B, 2) in the image's pixels as prompts of one point each, and their labels."""
    scale = (geometry.scaled_width / geometry.width, geometry.scaled_height / geometry.height)
    coords = np.zeros((len(points), 2, 2), np.float32)
    coords[:, 0] = points * scale
    labels = np.tile(np.array([POSITIVE, PADDING], np.float32), (len(points), 1))
    return coords, labels


def _kept(found: list[Found], scores: Floats) -> list[Found]:
    boxes = np.array([edges(one.mask) for one in found], np.float32).reshape(-1, 4)
    return [found[place] for place in without_duplicates(boxes, scores)]


def _without_small_regions(found: list[Found], min_area: int) -> list[Found]:
    """As `postprocess_small_regions`: masks that needed no mending are preferred."""
    masks = [without_small_regions(one.mask, min_area) for one in found]
    mended = [replace(one, mask=mask) for one, mask in zip(found, masks, strict=True)]
    is_whole = [one.mask == mask for one, mask in zip(found, masks, strict=True)]
    return _kept(mended, np.array(is_whole, np.float32))
