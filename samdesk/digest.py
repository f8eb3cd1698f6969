"""The SHA-256 of files, read block by block."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from hashlib import _Hash

_BLOCK = 1 << 20  # bytes


class Readable(Protocol):
    """A binary stream, as far as it is needed here."""

    def read(self, size: int, /) -> bytes: ...


def digest_of(stream: Readable, so_far: Callable[[int], object] = lambda _size: None) -> _Hash:
    """The SHA-256 of what is left of a stream, which may go on with what is appended later.

    Args:
        so_far: told after each block how many bytes were read; may raise to stop.

    Raises:
        OSError: the stream cannot be read.
    """
    digest, size = hashlib.sha256(), 0
    while block := stream.read(_BLOCK):
        digest.update(block)
        size += len(block)
        so_far(size)
    return digest
