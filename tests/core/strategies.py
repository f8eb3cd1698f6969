"""Masks as hypothesis makes them: ragged, holed, in pieces, on the border, one pixel, full."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

sizes = st.tuples(st.integers(1, 24), st.integers(1, 24))


def _checkerboard(size: tuple[int, int]) -> np.ndarray:
    return np.indices(size).sum(axis=0) % 2 == 0


def _ring(size: tuple[int, int]) -> np.ndarray:
    bitmap = np.ones(size, bool)
    bitmap[1:-1, 1:-1] = False
    return bitmap


bitmaps = st.one_of(
    sizes.flatmap(lambda size: hnp.arrays(bool, size)),
    sizes.map(lambda size: np.ones(size, bool)),
    sizes.map(_checkerboard),
    sizes.map(_ring),
)
