from __future__ import annotations

import numpy as np
from hypothesis import given
from pycocotools import mask as coco_mask

from samdesk.core.mask import Mask
from samdesk.core.polygon import outlines, pieces, signed_area
from samdesk.core.polygon import rasterised as drawn
from tests.core.strategies import bitmaps


def rasterised(mask: Mask) -> np.ndarray:
    polygons = [loop.ravel().tolist() for loop in pieces(mask)]
    rles = coco_mask.frPyObjects(polygons, mask.height, mask.width)
    return coco_mask.decode(coco_mask.merge(rles)).astype(bool)


@given(bitmaps.filter(lambda bitmap: bitmap.any()))
def test_pycocotools_rasterises_the_pieces_to_the_same_mask(bitmap: np.ndarray) -> None:
    assert np.array_equal(rasterised(Mask.from_bitmap(bitmap)), bitmap)


@given(bitmaps)
def test_pieces_have_no_holes_and_do_not_overlap(bitmap: np.ndarray) -> None:
    areas = [signed_area(loop) for loop in pieces(Mask.from_bitmap(bitmap))]
    assert all(area > 0 for area in areas)
    assert sum(areas) == bitmap.sum()


@given(bitmaps)
def test_outlines_run_along_pixel_edges_and_enclose_the_area(bitmap: np.ndarray) -> None:
    loops = outlines(bitmap)
    assert sum(signed_area(loop) for loop in loops) == bitmap.sum()
    for loop in loops:
        steps = np.roll(loop, -1, axis=0) - loop
        assert (np.count_nonzero(steps, axis=1) == 1).all()
        assert (np.roll(steps, 1, axis=0) * steps == 0).all()


def test_pixels_that_touch_at_a_corner_are_apart() -> None:
    assert len(outlines(np.eye(3, dtype=bool))) == 3


def test_one_cut_opens_all_holes_in_its_column() -> None:
    bitmap = np.ones((9, 5), bool)
    bitmap[[1, 3, 5, 7], 2] = False
    assert len(pieces(Mask.from_bitmap(bitmap))) == 2


def test_ragged_masks_of_real_size() -> None:
    rng = np.random.default_rng(7)
    for _ in range(20):
        noise = rng.normal(size=(150, 200))
        for _ in range(4):
            noise = (noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1)) / 3
        mask = Mask.from_bitmap(noise > 0)
        assert np.array_equal(rasterised(mask), mask.bitmap())


def test_a_polygon_is_drawn_as_pycocotools_does() -> None:
    corners = [(10.0, 5.0), (60.5, 12.0), (30.0, 70.25)]
    flat = [value for corner in corners for value in corner]
    (rle,) = coco_mask.frPyObjects([flat], 80, 90)
    assert drawn([corners], 90, 80) == Mask.from_bitmap(coco_mask.decode(rle))
    assert drawn([[(3.0, 3.0)] * 3], 90, 80).is_empty
