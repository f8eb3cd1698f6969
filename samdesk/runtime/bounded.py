"""A cache bounded in bytes, whose least urgent entries go first."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar

K = TypeVar("K")
V = TypeVar("V")


class BoundedCache(Mapping[K, V]):
    """Maps keys to values of known sizes, together at most `capacity` bytes.

    Belongs to one thread. The most urgent entry is kept even when it alone exceeds the capacity:
    it is the one in use.

    Args:
        capacity: in bytes.
        size: of a value, in bytes.
        rank: of a key; 0 is the most urgent. Asked whenever something must go, so it may change.
    """

    def __init__(
        self, capacity: int, *, size: Callable[[V], int], rank: Callable[[K], float]
    ) -> None:
        self._capacity = capacity
        self._size = size
        self._rank = rank
        self._values: dict[K, V] = {}
        self._nbytes = 0

    def __getitem__(self, key: K) -> V:
        return self._values[key]

    def __iter__(self) -> Iterator[K]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    @property
    def nbytes(self) -> int:
        """The bytes held now."""
        return self._nbytes

    def put(self, key: K, value: V) -> None:
        """Keeps a value, and drops the least urgent ones, maybe this one, to stay in bounds."""
        self.drop(key)
        self._values[key] = value
        self._nbytes += self._size(value)
        while self._nbytes > self._capacity and len(self._values) > 1:
            self.drop(max(self._values, key=self._rank))

    def has_room_for(self, key: K, nbytes: int) -> bool:
        """Whether a value of this size would stay, by dropping only less urgent ones."""
        rank = self._rank(key)
        needed = self._nbytes + nbytes - self._capacity
        for other, value in self._values.items():
            if needed <= 0:
                break
            if self._rank(other) > rank:
                needed -= self._size(value)
        return needed <= 0

    def drop(self, key: K) -> None:
        """Forgets a key; does nothing when it is not there."""
        value = self._values.pop(key, None)
        if value is not None:
            self._nbytes -= self._size(value)

    def clear(self) -> None:
        """Forgets everything."""
        self._values.clear()
        self._nbytes = 0
