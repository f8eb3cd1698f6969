"""Which of a folder's images are listed, in which order, and which come before and after one."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import pairwise


class Arrangement:
    """Rows of a listing in the order in which they are stepped through.

    Args:
        rows: each at most once, in any order; there may be 100,000.
    """

    def __init__(self, rows: Sequence[int]) -> None:
        self.rows = rows
        # Rows that ascend are found by bisection; a range need not even be looked at.
        self._places: dict[int, int] | None = None
        is_range = isinstance(rows, range) and rows.step > 0
        if not is_range and any(a > b for a, b in pairwise(rows)):
            self._places = {row: place for place, row in enumerate(rows)}

    def place(self, row: int) -> int:
        """Where a row is among these; -1 when it is not."""
        if self._places is not None:
            return self._places.get(row, -1)
        place = bisect_left(self.rows, row)
        return place if place < len(self.rows) and self.rows[place] == row else -1

    def walk(self, row: int, direction: int) -> Sequence[int]:
        """The rows after (1) or before (-1) a row, the nearest first.

        From a row that is not among these: those that would be, where they ascend; otherwise all
        of them are after it.
        """
        if self._places is None:
            after, before = bisect_right(self.rows, row), bisect_left(self.rows, row)
        else:
            before = self._places.get(row, 0)
            after = before + 1 if row in self._places else 0
        return self.rows[after:] if direction > 0 else self.rows[:before][::-1]
