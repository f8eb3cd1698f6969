from __future__ import annotations

import numpy as np
import pytest

from samdesk.core.mask import Mask
from samdesk.core.silhouette import Silhouettes, border


def ragged(width: int = 300, height: int = 200, seed: int = 0) -> Mask:
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[:height, :width]
    inside = np.hypot((x - 160) / 1.5, y - 90) < 60 + rng.uniform(-12, 12, (height, width))
    return Mask.from_bitmap(inside)


@pytest.mark.parametrize("scale", [1.0, 1.5, 2.0, 7.3])
def test_enlarged_pixels_are_the_masks_pixels(scale: float) -> None:
    mask = ragged()
    width, height = int(300 * scale), int(200 * scale)
    shown = Silhouettes().coverage(mask, scale, 0, 0, width, height)
    columns = ((np.arange(width) + 0.5) / scale).astype(int)
    rows = ((np.arange(height) + 0.5) / scale).astype(int)
    assert (shown == 255 * mask.bitmap()[np.ix_(rows, columns)]).all()


@pytest.mark.parametrize("scale", [0.013, 0.2, 0.49, 0.5, 0.77, 1.0, 3.1])
def test_windows_fit_together(scale: float) -> None:
    mask, silhouettes = ragged(), Silhouettes()
    width, height = int(300 * scale) + 3, int(200 * scale) + 3
    whole = silhouettes.coverage(mask, scale, -1, -1, width, height)
    across, down = width // 3, height // 2
    parts = [
        [
            silhouettes.coverage(mask, scale, left - 1, top - 1, right - left, bottom - top)
            for left, right in ((0, across), (across, width))
        ]
        for top, bottom in ((0, down), (down, height))
    ]
    assert np.abs(np.block(parts).astype(int) - whole).max() <= 1


@pytest.mark.parametrize("scale", [0.9, 0.5, 0.26, 0.11])
def test_reduced_masks_cover_their_area(scale: float) -> None:
    y, x = np.mgrid[:600, :800]
    disc = Mask.from_bitmap(np.hypot(x - 401, y - 299) < 211)
    shown = Silhouettes().coverage(disc, scale, 0, 0, 800, 600)
    radius = 211 * scale
    # Cells count as inside where any of their pixels is: at most a screen pixel all around.
    assert np.pi * radius**2 * 0.98 < shown.sum() / 255 < np.pi * (radius + 1.5) ** 2
    assert shown[round(299 * scale), round(401 * scale)] == 255


@pytest.mark.parametrize("scale", [0.5, 0.1, 0.011, 0.001])
def test_a_single_pixel_still_shows(scale: float) -> None:
    bitmap = np.zeros((4000, 5000), bool)
    bitmap[3001, 2003] = True
    shown = Silhouettes().coverage(Mask.from_bitmap(bitmap), scale, 0, 0, 5001, 4001)
    rows, columns = np.nonzero(shown)
    assert shown.max() > 25
    assert abs(rows.mean() + 0.5 - 3001.5 * scale) <= 1
    assert abs(columns.mean() + 0.5 - 2003.5 * scale) <= 1


def test_masks_wider_than_opencv_takes() -> None:
    wide = Mask.from_bitmap(np.ones((3, 40_000), bool))
    shown = Silhouettes().coverage(wide, 0.9, 35_000, 0, 1200, 2)
    assert (shown[:, :995] > 200).all()
    assert not shown[:, 1002:].any()


def test_what_is_kept_stays_in_bounds() -> None:
    silhouettes = Silhouettes(capacity=100_000)
    for seed in range(12):
        silhouettes.coverage(ragged(seed=seed), 1.0, 0, 0, 300, 200)
        kept = sum(cells.nbytes for cells in silhouettes._reductions.values())
        assert kept == silhouettes._nbytes <= 100_000
    assert silhouettes._reductions


@pytest.mark.parametrize("reach", [1, 2, 4])
def test_a_border_lies_on_both_sides(reach: int) -> None:
    coverage = np.zeros((40, 40), np.uint8)
    coverage[10:30, 10:30] = 255
    line = border(coverage, reach)
    assert np.flatnonzero(line[20]).tolist() == [
        *range(10 - reach, 10 + reach),
        *range(30 - reach, 30 + reach),
    ]
