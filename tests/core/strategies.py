"""What hypothesis makes: masks, ragged, holed, in pieces, on the border, one pixel, full; JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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


def json_values(keys: Sequence[str], *, finite: bool = False) -> st.SearchStrategy[Any]:
    """What a JSON file may hold, with objects of these keys."""
    floats = st.floats(allow_nan=not finite, allow_infinity=not finite)
    return st.recursive(
        st.none() | st.booleans() | st.integers() | floats | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(keys), inner, max_size=5)
        ),
        max_leaves=12,
    )
