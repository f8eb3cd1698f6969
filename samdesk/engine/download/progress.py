"""How far a download is."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

_REPORT_EVERY = 0.1  # seconds
_SPEED_WINDOW = 5.0  # seconds


@dataclass(frozen=True)
class DownloadProgress:
    """How far a download is.

    Attributes:
        received: bytes on disk, with what an earlier attempt left there.
        total: bytes of the whole file; 0 while unknown.
        bytes_per_second: over the last seconds.
        seconds_left: None while it cannot be told.
    """

    received: int
    total: int
    bytes_per_second: float
    seconds_left: float | None


Report: TypeAlias = Callable[[DownloadProgress], None]


class Meter:
    """Turns the bytes so far into DownloadProgress, now and then."""

    def __init__(self, total: int, report: Report) -> None:
        self.total = total
        self._report = report
        self._samples: deque[tuple[float, int]] = deque()

    def tell(self, received: int, *, now: bool = False) -> None:
        """So many bytes are there; reported about ten times a second, or now."""
        moment = time.monotonic()
        if self._samples and received < self._samples[-1][1]:
            self._samples.clear()
        if self._samples and not now and moment - self._samples[-1][0] < _REPORT_EVERY:
            return
        self._samples.append((moment, received))
        while moment - self._samples[0][0] > _SPEED_WINDOW:
            self._samples.popleft()
        since, before = self._samples[0]
        speed = (received - before) / (moment - since) if moment > since else 0.0
        left = max(0, self.total - received) / speed if speed and self.total else None
        self._report(DownloadProgress(received, self.total, speed, left))
