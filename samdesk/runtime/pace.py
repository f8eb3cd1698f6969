"""How long one more image takes, from the last ones."""

from __future__ import annotations

import statistics
from collections import deque

_LOOKED_AT = 15  # images


class Pace:
    """The median of the last images: one that waited for something else does not move it."""

    def __init__(self) -> None:
        self._seconds: deque[float] = deque(maxlen=_LOOKED_AT)

    def note(self, seconds: float) -> None:
        """Takes one more image into account."""
        self._seconds.append(seconds)

    @property
    def seconds(self) -> float | None:
        """For one image; None before the first."""
        return statistics.median(self._seconds) if self._seconds else None
