"""Images are read while those before them are worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_READERS = 4  # for an engine that takes several images at a time


def ahead(
    read: Callable[[str], T], paths: Sequence[str], batch: int = 1
) -> Iterator[tuple[str, Future[T]]]:
    """Each path with what reading it gives or raises, in their order.

    Args:
        batch: how many are worked on at a time; so many more are read meanwhile.
    """
    waiting: deque[tuple[str, Future[T]]] = deque()
    with ThreadPoolExecutor(min(batch, _READERS), "samdesk read") as readers:
        for path in paths:
            waiting.append((path, readers.submit(read, path)))
            if len(waiting) > batch + 1:
                yield waiting.popleft()
        yield from waiting
