"""Telling the window from another thread how far work is, no oftener than can be seen."""

from __future__ import annotations

import time
from collections.abc import Callable

from samdesk.runtime.lane import Post

_INTERVAL = 0.1  # seconds


class Progress:
    """Called in the thread that works; calls `show` in the window's thread."""

    def __init__(self, post: Post, show: Callable[[str, int, int], None]) -> None:
        self._post = post
        self._show = show
        self._told_at = 0.0

    def __call__(self, what: str, done: int, total: int) -> None:
        now = time.monotonic()
        if now - self._told_at >= _INTERVAL:
            self._told_at = now
            self._post(lambda: self._show(what, done, total))
