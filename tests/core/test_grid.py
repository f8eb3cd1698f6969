"""Grids, duplicates and small regions against segment-anything and torchvision."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from segment_anything.utils.amg import build_point_grid, remove_small_regions
from torchvision.ops import nms

from samdesk.core.grid import DUPLICATE_IOU, Grid, without_duplicates, without_small_regions
from samdesk.core.mask import Mask


@pytest.mark.parametrize("size", [(640, 480), (33, 1000)])
def test_points_are_segment_anythings(size: tuple[int, int]) -> None:
    expected = build_point_grid(7) * np.array(size)
    np.testing.assert_allclose(Grid(points_per_side=7).points(*size), expected)


def test_duplicates_are_torchvisions() -> None:
    rng = np.random.default_rng(3)
    corners = rng.integers(0, 40, (300, 2))
    boxes = np.concatenate([corners, corners + rng.integers(0, 30, (300, 2))], 1).astype(np.float32)
    # Many equal scores, and boxes without area.
    scores = rng.integers(0, 20, 300).astype(np.float32) / 20
    expected = nms(torch.as_tensor(boxes), torch.as_tensor(scores), DUPLICATE_IOU).tolist()
    found = without_duplicates(boxes, scores)
    assert found == expected
    assert 50 < len(found) < 300
    assert without_duplicates(boxes[:0], scores[:0]) == []


@pytest.mark.parametrize("seed", range(12))
@pytest.mark.parametrize("min_area", [1, 5, 40, 4000])
def test_small_regions_are_segment_anythings(seed: int, min_area: int) -> None:
    rng = np.random.default_rng(seed)
    coarse = rng.random((7, 9)) < (0.25, 0.5, 0.75)[seed % 3]
    bitmap = np.kron(coarse, np.ones((9, 7))) != 0
    bitmap ^= rng.random(bitmap.shape) < 0.04
    # Not always at the image's edges.
    whole = np.zeros((90, 80), bool)
    top, left = rng.integers(0, 20), rng.integers(0, 10)
    whole[top : top + bitmap.shape[0], left : left + bitmap.shape[1]] = bitmap
    expected, _ = remove_small_regions(whole, min_area, "holes")
    expected, _ = remove_small_regions(expected, min_area, "islands")
    found = without_small_regions(Mask.from_bitmap(whole), min_area)
    np.testing.assert_array_equal(found.bitmap(), expected)
