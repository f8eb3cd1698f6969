from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samdesk.runtime.arrangement import Arrangement


@given(st.lists(st.integers(0, 50), unique=True))
def test_every_row_is_found_between_those_before_and_after(rows: list[int]) -> None:
    arrangement = Arrangement(rows)
    for place, row in enumerate(rows):
        assert arrangement.place(row) == place
        before, after = arrangement.walk(row, -1), arrangement.walk(row, 1)
        assert [*reversed(before), row, *after] == rows
    assert arrangement.place(51) == -1


@pytest.mark.parametrize(
    ("rows", "after", "before"),
    [([2, 4, 6], [6], [4, 2]), ([6, 2, 4], [6, 2, 4], []), (range(5), [], [4, 3, 2, 1, 0])],
)
def test_from_a_row_that_is_not_listed(
    rows: list[int], after: list[int], before: list[int]
) -> None:
    arrangement = Arrangement(rows)
    assert list(arrangement.walk(5, 1)) == after
    assert list(arrangement.walk(5, -1)) == before
