"""JSON with an entry a line, as SAMDesk writes it, read many times faster than other JSON.

JSON has no line breaks within strings, so every line can be parsed for itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO

import orjson

_LONGEST = 1 << 24  # bytes of a line
_LIST_BEGINS = re.compile(rb'("(?:[^"\\]|\\.)*"): ?\[')
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_AS_ZEROS = bytes.maketrans(b"123456789", b"0" * 9)
_LARGE = b"0" * 19  # digits of which orjson may make a float, because they need more than 64 bits


@dataclass
class Lines:
    """What an object has, some of whose members are lists of objects with an entry a line.

    Attributes:
        members: all its members, except that those lists are empty.
        starts: where in the file the first entry of each of those lists is.
        counts: how many entries they have.
    """

    members: dict[str, Any] = field(default_factory=dict)
    starts: dict[str, int] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)

    def entries(self, stream: BinaryIO, name: str) -> Iterator[Any]:
        """The entries of a list, as they are read."""
        stream.seek(self.starts[name])
        for line in islice(stream, self.counts[name]):
            yield orjson.loads(_parted(line)[0])


def outline(stream: BinaryIO, tell: Callable[[int], None]) -> Lines | None:
    """The outline of a file, every line of which was parsed.

    Args:
        stream: at the beginning of the JSON.
        tell: told how many bytes have been read.

    Returns:
        None for a file of another form, a damaged one, and one with numbers of more than 64 bits.
    """
    found, place = Lines(), stream.tell()
    inside, ending = "", b"{"
    while ending not in (b"}", b"]}"):
        line = stream.readline(_LONGEST)
        place += len(line)
        tell(place)
        if not line or len(line) == _LONGEST or _has_large_numbers(line):
            return None
        try:
            if inside:
                entry, ending = _parted(line)
                orjson.loads(entry)
                found.counts[inside] += 1
                inside = inside if ending == b"," else ""
                continue
            text = line.strip()
            if ending == b"{":
                if not text.startswith(b"{"):
                    return None
                text = text[1:]
            if begins := _LIST_BEGINS.fullmatch(text):
                inside, ending = orjson.loads(begins[1]), b"["
                found.starts[inside], found.counts[inside] = place, 0
                members: dict[str, Any] = {inside: []}
            else:
                ending = text[-1:]
                members = orjson.loads(b"{" + text.removesuffix(ending) + b"}")
        except orjson.JSONDecodeError:
            return None
        if ending not in (b"[", b",", b"}") or not found.members.keys().isdisjoint(members):
            return None
        found.members |= members
    return None if stream.read(1) else found


def _has_large_numbers(line: bytes) -> bool:
    # Strings hold many digits, too: compressed counts do.
    return _LARGE in line.translate(_AS_ZEROS) and (
        _LARGE in _STRING.sub(b"", line).translate(_AS_ZEROS)
    )


def _parted(line: bytes) -> tuple[bytes, bytes]:
    """An entry, and what follows it.

    Raises:
        orjson.JSONDecodeError: the line does not end as that of an object in a list.
    """
    text = line.rstrip()
    for ending in (b",", b"],", b"]}"):
        if text.endswith(b"}" + ending):
            return text.removesuffix(ending), ending
    raise orjson.JSONDecodeError("not an object in a list", "", 0)
