"""Decoded images, shared by the screen and the encoder, bounded in bytes."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import TypeAlias

from samdesk.core.image import LoadedImage
from samdesk.core.image.location import location
from samdesk.runtime.bounded import BoundedCache

_Stamp: TypeAlias = tuple[int, int] | None


class Images:
    """Reads each image once, however many threads ask for it at the same time.

    A file that was replaced meanwhile, by its size and time, is read anew.

    Args:
        read: decodes an image by key; called in the thread that asks first.
        capacity: bound for decoded images in memory, in bytes.
    """

    def __init__(self, read: Callable[[str], LoadedImage], *, capacity: int) -> None:
        self._read = read
        self._lock = threading.Lock()
        self._ranks: dict[str, int] = {}
        self._reading: dict[str, tuple[_Stamp, Future[LoadedImage]]] = {}
        self._cache: BoundedCache[str, tuple[_Stamp, LoadedImage]] = BoundedCache(
            capacity,
            size=lambda kept: kept[1].nbytes,
            rank=lambda key: self._ranks.get(key, float("inf")),
        )

    def want(self, keys: Sequence[str]) -> None:
        """Says which images are kept longest, the most urgent first."""
        with self._lock:
            self._ranks = {key: rank for rank, key in enumerate(keys)}

    def get(self, key: str) -> LoadedImage:
        """The decoded image; waits while another thread decodes it.

        Raises:
            ImageError: it cannot be read. A later call tries again.
        """
        stamp = _stamp(key)
        with self._lock:
            cached = self._cache.get(key)
            if cached is not None and cached[0] == stamp:
                return cached[1]
            begun = self._reading.get(key)
            is_mine = begun is None or begun[0] != stamp
            if begun is None or is_mine:
                begun = self._reading[key] = stamp, Future()
        _, future = begun
        if not is_mine:
            return future.result()
        try:
            image = self._read(key)
        except BaseException as error:
            with self._lock:
                self._end(key, future)
            future.set_exception(error)
            raise
        with self._lock:
            if self._end(key, future):
                self._cache.put(key, (stamp, image))
        future.set_result(image)
        return image

    def forget(self, key: str) -> None:
        """Reads the image anew next time, because its file changed."""
        with self._lock:
            self._cache.drop(key)
            # What is being read now may be the file of before.
            self._reading.pop(key, None)

    def _end(self, key: str, future: Future[LoadedImage]) -> bool:
        """Whether a read that ends is still the one that later calls are to share."""
        begun = self._reading.get(key)
        if begun is None or begun[1] is not future:
            return False
        del self._reading[key]
        return True


def _stamp(key: str) -> _Stamp:
    """Tells a file from one that took its place; None where there is none."""
    try:
        status = os.stat(location(key))
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
