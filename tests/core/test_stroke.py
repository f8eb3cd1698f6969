from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from samdesk.core.stroke import LARGEST, Stroke, larger, smaller

places = st.tuples(st.floats(-30, 130), st.floats(-30, 90))


@given(st.lists(places, min_size=1, max_size=6), st.integers(0, 12).map(lambda n: 2 * n + 1))
def test_a_stroke_covers_what_a_disc_sweeps(path: list[tuple[float, float]], size: int) -> None:
    stroke = Stroke(100, 60, size)
    for x, y in path:
        before = stroke.pixels.copy()
        x0, y0, x1, y1 = stroke.go_to(x, y)
        changed = np.argwhere(before != stroke.pixels)
        assert all(y0 <= row < y1 and x0 <= column < x1 for row, column in changed)
    centres = [(np.floor(x) + 0.5, np.floor(y) + 0.5) for x, y in path]
    distance = np.full((60, 100), np.inf)
    rows, columns = np.mgrid[:60, :100] + 0.5
    for (ax, ay), (bx, by) in zip([centres[0], *centres], centres, strict=False):
        length = (bx - ax) ** 2 + (by - ay) ** 2
        along = ((columns - ax) * (bx - ax) + (rows - ay) * (by - ay)) / (length or 1)
        along = np.clip(along, 0, 1)
        away = np.hypot(columns - ax - along * (bx - ax), rows - ay - along * (by - ay))
        distance = np.minimum(distance, away)
    covered = stroke.mask().bitmap()
    # Half a pixel is what rasterising may add or leave out.
    assert not covered[distance > size / 2 + 1].any()
    assert covered[distance <= size / 2 - 1].all()


@pytest.mark.parametrize("size", [1, 3, 5, 21, 101])
def test_a_dab_is_as_wide_as_the_brush_and_in_its_middle(size: int) -> None:
    stroke = Stroke(300, 200, size)
    stroke.go_to(150.9, 100.1)
    reach = size // 2
    assert stroke.mask().bbox_xywh == (150 - reach, 100 - reach, size, size)


def test_sizes_stay_odd_and_within_bounds() -> None:
    sizes = [1]
    while sizes[-1] < LARGEST:
        sizes.append(larger(sizes[-1]))
    assert all(size % 2 == 1 for size in sizes)
    assert sizes == sorted(set(sizes))
    size = sizes[-1]
    while size > 1:
        assert smaller(size) < size
        size = smaller(size)
        assert size % 2 == 1


def test_a_long_stroke_s_mask_is_what_it_drew() -> None:
    rng = np.random.default_rng(0)
    stroke = Stroke(900, 700, 61)
    at = np.array([450.0, 350.0])
    for _ in range(900):
        at = np.clip(at + rng.normal(0, 30, 2), -20, [920, 720])
        stroke.go_to(*at)
    assert len(stroke._steps) < 900, "what was drawn is put together meanwhile"
    np.testing.assert_array_equal(stroke.mask().bitmap(), stroke.pixels)
