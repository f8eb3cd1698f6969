"""Small copies of the folder's images, read when they come into view."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from samdesk.core.image import load_thumbnail
from samdesk.runtime.lane import Job, Lane

Pixels: TypeAlias = npt.NDArray[np.uint8]

_SIDE = 112  # pixels; sharp at 200 % scaling
_KEPT = 600
_AWAITED = 48  # more than a tall screen shows


class Thumbnails:
    """Reads them on the io lane, the newest asked for first, and keeps the last ones.

    Args:
        made: told, by key, that one is there.
        failed: told, by key, why there will be none.
    """

    def __init__(
        self,
        io: Lane,
        *,
        made: Callable[[str], None],
        failed: Callable[[str, Exception], None],
    ) -> None:
        self._io = io
        self._made = made
        self._failed = failed
        self._known: dict[str, Pixels | None] = {}
        self._awaited: deque[Job] = deque()
        self._asked = 0

    def get(self, key: str, max_pixels: int) -> Pixels | None:
        """A small copy of an image, (h, w, 3) uint8; None until it has been read.

        Args:
            key: the path of its file.
            max_pixels: larger images are refused.
        """
        if key in self._known:
            return self._known[key]
        self._known[key] = None
        self._asked += 1

        def made(pixels: Pixels) -> None:
            self._known[key] = pixels
            while len(self._known) > _KEPT:
                del self._known[next(iter(self._known))]
            self._made(key)

        def passed_by() -> None:
            self._known.pop(key, None)

        # The newest first: it is what is in view after scrolling. What has been scrolled past is
        # asked for again when it comes back.
        job = self._io.submit(
            key,
            lambda token: load_thumbnail(key, _SIDE, max_pixels=max_pixels),
            done=made,
            failed=lambda error: self._failed(key, error),
            cancelled=passed_by,
            rank=1 / self._asked + 1,
        )
        self._awaited.append(job)
        if len(self._awaited) > _AWAITED:
            self._awaited.popleft().token.cancel()
        return None

    def forget(self, key: str) -> None:
        """Forgets an image's: its file is another one now."""
        self._known.pop(key, None)

    def clear(self) -> None:
        """Forgets them: another folder is open."""
        self._known.clear()
