from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pycocotools import mask as coco_mask

from samdesk.core.mask import Mask
from samdesk.core.polygon import (
    counts_of_polygons,
    follow_edges,
    outline,
    pieces,
    signed_area,
    spans_of_outlines,
)
from samdesk.core.polygon import (
    rasterised as drawn,
)
from samdesk.core.runs import encoded
from tests.core.strategies import bitmaps


def rasterised(mask: Mask) -> np.ndarray:
    polygons = [loop.ravel().tolist() for loop in pieces([mask])[0]]
    rles = coco_mask.frPyObjects(polygons, mask.height, mask.width)
    return coco_mask.decode(coco_mask.merge(rles)).astype(bool)


@given(bitmaps.filter(lambda bitmap: bitmap.any()))
def test_pycocotools_rasterises_the_pieces_to_the_same_mask(bitmap: np.ndarray) -> None:
    assert np.array_equal(rasterised(Mask.from_bitmap(bitmap)), bitmap)


@given(st.lists(bitmaps))
def test_masks_have_the_same_pieces_together_as_alone(several: list[np.ndarray]) -> None:
    masks = [Mask.from_bitmap(bitmap) for bitmap in several]
    alone = [[loop.tolist() for loop in pieces([mask])[0]] for mask in masks]
    assert [[loop.tolist() for loop in loops] for loops in pieces(masks)] == alone


@given(bitmaps)
def test_pieces_have_no_holes_and_do_not_overlap(bitmap: np.ndarray) -> None:
    areas = [signed_area(loop) for loop in pieces([Mask.from_bitmap(bitmap)])[0]]
    assert all(area > 0 for area in areas)
    assert sum(areas) == bitmap.sum()


@given(bitmaps)
def test_pieces_run_along_pixel_edges_and_turn_at_every_corner(bitmap: np.ndarray) -> None:
    for loop in pieces([Mask.from_bitmap(bitmap)])[0]:
        steps = np.roll(loop, -1, axis=0) - loop
        assert (np.count_nonzero(steps, axis=1) == 1).all()
        assert (np.roll(steps, 1, axis=0) * steps == 0).all()


def test_pixels_that_touch_at_a_corner_are_apart() -> None:
    assert len(pieces([Mask.from_bitmap(np.eye(3, dtype=bool))])[0]) == 3


def test_one_cut_opens_all_holes_in_its_column() -> None:
    bitmap = np.ones((9, 5), bool)
    bitmap[[1, 3, 5, 7], 2] = False
    assert len(pieces([Mask.from_bitmap(bitmap)])[0]) == 2


def test_ragged_masks_of_real_size() -> None:
    rng = np.random.default_rng(7)
    for _ in range(20):
        noise = rng.normal(size=(150, 200))
        for _ in range(4):
            noise = (noise + np.roll(noise, 1, 0) + np.roll(noise, 1, 1)) / 3
        mask = Mask.from_bitmap(noise > 0)
        assert np.array_equal(rasterised(mask), mask.bitmap())


@st.composite
def _rectilinear(draw: st.DrawFn) -> list[int]:
    """A polygon along the edges of pixels that may cross, touch and cover itself."""
    corners = draw(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 7)), min_size=2))
    return [
        number
        for (x, y), (_, next_y) in zip(corners, [*corners[1:], corners[0]], strict=True)
        for number in (x, y, x, next_y)
    ]


@given(st.lists(st.lists(_rectilinear(), min_size=1), min_size=1))
def test_outlines_are_drawn_as_pycocotools_draws_them(masks: list[list[list[int]]]) -> None:
    every = [polygon for polygons in masks for polygon in polygons]
    corners = np.concatenate(every).reshape(-1, 2)
    ends = np.cumsum([len(polygon) // 2 for polygon in every])
    owner = np.repeat(np.arange(len(masks)), [len(polygons) for polygons in masks])
    sizes = np.tile([9, 7], (len(ends), 1))
    assert follow_edges(corners, ends, sizes).all()
    spans = spans_of_outlines(corners, ends, owner, np.full(len(masks), 7))
    drawn = encoded(spans, np.full(len(masks), 63))
    assert drawn == [counts_of_polygons(polygons, 9, 7) for polygons in masks]


def test_what_leaves_the_image_or_the_edges_of_pixels_is_seen() -> None:
    square = [[0, 0], [2, 0], [2, 2], [0, 2]]
    slanted, beyond = [[0, 0], [2, 0], [2, 2], [1, 3]], [[0, 0], [4, 0], [4, 2], [0, 2]]
    corners, ends = np.array([*square, *slanted, *beyond]), np.array([4, 8, 12])
    found = follow_edges(corners, ends, np.tile([3, 3], (3, 1)))
    assert found.tolist() == [True, False, False]


def test_a_polygon_is_drawn_as_pycocotools_does() -> None:
    corners = [(10.0, 5.0), (60.5, 12.0), (30.0, 70.25)]
    flat = [value for corner in corners for value in corner]
    (rle,) = coco_mask.frPyObjects([flat], 80, 90)
    assert drawn([corners], 90, 80) == Mask.from_bitmap(coco_mask.decode(rle))
    assert drawn([[(3.0, 3.0)] * 3], 90, 80).is_empty


def test_the_outline_of_a_polygon_has_its_corners() -> None:
    corners = [(10, 10), (300, 40), (250, 280), (120, 200), (30, 260)]
    found = outline(drawn([corners], 400, 300))
    assert found is not None
    assert {tuple(corner) for corner in found.tolist()} <= {
        (x + dx, y + dy) for x, y in corners for dx in (-1, 0, 1) for dy in (-1, 0, 1)
    }
    assert len(found) == len(corners)


@pytest.mark.parametrize("radius", [6, 60, 900])
def test_an_outline_draws_nearly_the_mask(radius: int) -> None:
    rows, columns = np.mgrid[:2000, :2400]
    mask = Mask.from_bitmap((columns - 1200) ** 2 + (rows - 1000) ** 2 <= radius**2)
    found = outline(mask)
    assert found is not None and len(found) <= 200
    assert drawn([found], 2400, 2000).iou(mask) >= 0.95


def test_holes_pieces_and_rags_have_no_outline() -> None:
    rows, columns = np.mgrid[:100, :120]
    distance = np.hypot(columns - 60, rows - 50)
    rng = np.random.default_rng(0)
    for inside in (
        (distance < 40) & (distance > 20),
        (abs(columns - 60) > 20) & (distance < 45),
        (distance < 45) & (rng.random((100, 120)) < 0.6),
        np.zeros((100, 120), bool),
    ):
        assert outline(Mask.from_bitmap(inside)) is None


def test_the_outline_of_a_whole_image_stays_on_it() -> None:
    found = outline(Mask.from_bitmap(np.ones((2001, 3001), bool)))
    assert found is not None and sorted(map(tuple, found.tolist())) == [
        *((0, 0), (0, 2001), (3001, 0), (3001, 2001))
    ]
