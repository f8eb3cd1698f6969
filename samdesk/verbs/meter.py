"""How far a long run is: a bar on a terminal, elsewhere a line now and then."""

from __future__ import annotations

import sys
import time
from datetime import timedelta

from samdesk.runtime.pace import Pace
from samdesk.verbs.talk import say

_BAR = 30  # characters
_LINE_EVERY = 60.0  # seconds, where there is no terminal


class Meter:
    """Args:
    total: how many images there are.
    """

    def __init__(self, total: int) -> None:
        self._total = total
        self._pace = Pace()
        self._last = time.monotonic()

    def show(self, done: int, seconds: float = 0.0, *, is_over: bool = False) -> None:
        """Shows how many images are done.

        Args:
            seconds: that the last one took; 0 where there was nothing to do.
            is_over: when something else will be said next.
        """
        if seconds:
            self._pace.note(seconds)
        text = f"{done:,} of {self._total:,}"
        if self._pace.seconds is not None:
            left = timedelta(seconds=round(self._pace.seconds * (self._total - done)))
            text += f", {self._pace.seconds:.2f} s each, {left} left"
        if sys.stderr.isatty():
            bar = "#" * int(_BAR * done / max(1, self._total))
            end = "\n" if is_over else ""
            print(f"\r[{bar:<{_BAR}}] {text}    ", end=end, file=sys.stderr, flush=True)
        elif time.monotonic() - self._last > _LINE_EVERY:
            self._last = time.monotonic()
            say(text)
