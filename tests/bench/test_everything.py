"""The comparison with SamAutomaticMaskGenerator, on a tiny SAM."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np
from segment_anything import SamAutomaticMaskGenerator

from samdesk.bench.everything import _rows, compare
from samdesk.bench.table import lines
from samdesk.core.grid import Grid
from tests.automatic_child import SlowSegmenter
from tests.engine.tiny_sam import trained_tiny_sam
from tests.scenes import shapes


def test_both_find_the_same() -> None:
    grid = Grid(5, pred_iou=0.3, stability=0.5)
    generator = SamAutomaticMaskGenerator(
        trained_tiny_sam(), points_per_side=5, pred_iou_thresh=0.3, stability_score_thresh=0.5
    )
    image, _ = shapes(np.random.default_rng(5), 300, 200)
    figures = compare(SlowSegmenter(), generator, image, grid, rounds=2)
    assert len(figures.seconds.ours) == len(figures.seconds.reference) == 2
    assert figures.ours == figures.reference == figures.alike > 1
    header, *rest = lines([*_rows(asdict(figures))], "SamAutomaticMaskGenerator")
    assert "SamAutomaticMaskGenerator" in header
    assert len(rest) == 8
