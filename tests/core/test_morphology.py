from __future__ import annotations

from collections.abc import Callable

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from scipy import ndimage

from samdesk.core.mask import Mask
from samdesk.core.morphology import (
    components,
    difference,
    union,
    without_holes,
    without_specks,
)
from tests.core.strategies import bitmaps

EIGHT = np.ones((3, 3), bool)


@st.composite
def several(draw: Callable) -> list[np.ndarray]:
    """Bitmaps of one size; some cover a part of the image only, as strokes do."""
    first = draw(bitmaps)
    h, w = first.shape
    rows, columns = np.ogrid[:h, :w]
    y, x = draw(st.integers(0, h - 1)), draw(st.integers(0, w - 1))
    stroke = np.hypot(rows - y, columns - x) <= draw(st.integers(0, 6))
    return [first, stroke, *draw(st.lists(hnp.arrays(bool, first.shape), max_size=2))]


@given(several())
def test_union_is_that_of_the_pixels(parts: list[np.ndarray]) -> None:
    expected = Mask.from_bitmap(np.any(parts, axis=0))
    assert union([Mask.from_bitmap(part) for part in parts]) == expected


@given(several())
def test_difference_is_that_of_the_pixels(parts: list[np.ndarray]) -> None:
    one, other = parts[:2]
    for mask, taken in ((one, other), (other, one), (one, one), (one, ~one)):
        expected = Mask.from_bitmap(mask & ~taken)
        assert difference(Mask.from_bitmap(mask), Mask.from_bitmap(taken)) == expected


@given(bitmaps)
def test_holes_are_what_the_border_cannot_be_reached_from(bitmap: np.ndarray) -> None:
    expected = Mask.from_bitmap(ndimage.binary_fill_holes(bitmap))
    assert without_holes(Mask.from_bitmap(bitmap)) == expected


@given(bitmaps)
def test_components_are_connected_disjoint_and_all_of_it(bitmap: np.ndarray) -> None:
    labels, number = ndimage.label(bitmap, EIGHT)
    expected = {Mask.from_bitmap(labels == label) for label in range(1, number + 1)}
    found = components(Mask.from_bitmap(bitmap))
    assert set(found) == expected
    assert len(found) == number
    areas = [one.area for one in found]
    assert areas == sorted(areas, reverse=True)


@given(bitmaps, st.integers(0, 30))
def test_islands_below_the_size_go_but_never_the_largest(bitmap: np.ndarray, size: int) -> None:
    labels, number = ndimage.label(bitmap, EIGHT)
    areas = np.bincount(labels.ravel(), minlength=number + 1)
    smallest = min(size, areas[1:].max(initial=0))
    kept = [label for label in range(1, number + 1) if areas[label] >= smallest]
    expected = Mask.from_bitmap(np.isin(labels, kept))
    assert without_specks(Mask.from_bitmap(bitmap), size) == expected
