"""Images are read while those before them are worked on."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_READ_AHEAD = 2  # images


def ahead(read: Callable[[str], T], paths: Sequence[str]) -> Iterator[tuple[str, Future[T]]]:
    """Each path with what reading it gives or raises, in their order."""
    waiting: deque[tuple[str, Future[T]]] = deque()
    with ThreadPoolExecutor(1, "samdesk read") as reader:
        for path in paths:
            waiting.append((path, reader.submit(read, path)))
            if len(waiting) > _READ_AHEAD:
                yield waiting.popleft()
        yield from waiting
