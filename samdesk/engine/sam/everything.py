"""Every object of an image by SAM: the masks that `SamAutomaticMaskGenerator` finds.

The same grid, thresholds and suppression of duplicates (Kirillov et al., 2023, appendix B),
without crops. Prompts are decoded in batches, and only what the engine thinks good is upsampled.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from samdesk.core.grid import Grid
from samdesk.core.prompt import Point, Prompt
from samdesk.engine.base import CancelToken, Found, Progress
from samdesk.engine.best import best_found
from samdesk.engine.sam.segmenter import PADDING, POSITIVE, Floats, Geometry, Runtime


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
    progress(1.0)
    return best_found(found, grid)


def _prompts(points: Any, geometry: Geometry) -> tuple[Floats, Floats]:
    """Points (B, 2) in the image's pixels as prompts of one point each, and their labels."""
    scale = (geometry.scaled_width / geometry.width, geometry.scaled_height / geometry.height)
    coords = np.zeros((len(points), 2, 2), np.float32)
    coords[:, 0] = points * scale
    labels = np.tile(np.array([POSITIVE, PADDING], np.float32), (len(points), 1))
    return coords, labels
