"""The thread that owns the lanes' results, played by the test's own thread."""

from __future__ import annotations

import queue
import time
from collections.abc import Callable


class Owner:
    """Collects what the lanes post and runs it when the test says so."""

    def __init__(self) -> None:
        self._posted: queue.Queue[Callable[[], None]] = queue.Queue()

    def post(self, callback: Callable[[], None]) -> None:
        self._posted.put(callback)

    def run_until(self, reached: Callable[[], bool], timeout: float = 30.0) -> None:
        deadline = time.monotonic() + timeout
        while not reached():
            remaining = deadline - time.monotonic()
            assert remaining > 0, "what the test waits for never happened"
            try:
                self._posted.get(timeout=min(remaining, 0.5))()
            except queue.Empty:
                continue

    def run_pending(self) -> None:
        while not self._posted.empty():
            self._posted.get_nowait()()
