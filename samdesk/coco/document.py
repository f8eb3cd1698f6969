"""A JSON document read section by section, so that its size does not matter."""

from __future__ import annotations

import codecs
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO, Literal, TypeAlias

import ijson

from samdesk.coco import lines
from samdesk.text import Text

Kind: TypeAlias = Literal["object", "list", "other"]

KeepGoing: TypeAlias = Callable[[str, int, int], None]
"""Told what is done ("read", "write", "check" or "place"), how much of it, and of how much; raises
to stop."""


def no_progress(_what: str, _done: int, _total: int) -> None:
    """A KeepGoing that tells nobody."""


class NotJson(ValueError):
    """The document is not JSON in UTF-8."""


class Document:
    """A JSON file, or a value that was read already.

    Attributes:
        kind: of the whole document.
        kinds: of each section, that is, of each member of the document if it is an object.
        counts: how many entries each section that is a list has; "" is the document itself.
        has_mark: whether it begins with a byte order mark, which JSON may not.

    Raises:
        NotJson: it is not JSON, or its end is missing.
        OSError: it cannot be opened or read.
    """

    def __init__(
        self, path: Path | None, data: Any = None, keep_going: KeepGoing = no_progress
    ) -> None:
        self._path = path
        self._data = data
        self.kind: Kind = "other"
        self.kinds: dict[str, Kind] = {}
        self.counts: Counter[str] = Counter()
        self.has_mark = False
        self._has_large_numbers = False
        self._lines = lines.Lines()
        if path is None:
            self._outline_of_data()
            return
        size = path.stat().st_size
        if self._read_lines(path, lambda done: keep_going("read", done, size)):
            return
        try:
            self._read_outline(path, lambda done: keep_going("read", done, size))
        except NotJson as error:
            if "overflow" not in str(error):
                raise
            # Numbers beyond 64 bits are read by a slower way.
            self._has_large_numbers = True
            self.counts.clear()
            self._read_outline(path, lambda done: keep_going("read", done, size))

    def entries(self, section: str) -> Iterator[Any]:
        """The entries of a section that is a list, as they are read; of none where it is not.

        Args:
            section: "" for a document that is a list.
        """
        count = self.counts[section]
        if not count:
            return
        if self._path is None:
            yield from self._data[section] if section else self._data
            return
        if section in self._lines.starts:
            with self._path.open("rb") as stream:
                yield from self._lines.entries(stream, section)
            return
        # ijson would go on to the end of the file; the last entry is the last.
        with self._opened(self._path) as stream, _as_not_json():
            prefix = f"{section}.item" if section else "item"
            yield from islice(self._items(stream, prefix), count)

    def section(self, name: str) -> Any:
        """A whole section, which should be small; None where there is none."""
        if name not in self.kinds:
            return None
        if self._path is None or self._data is not None:
            return self._data[name]
        with self._opened(self._path) as stream, _as_not_json():
            return next(self._items(stream, name))

    def _items(self, stream: BinaryIO, prefix: str) -> Iterator[Any]:
        if not self._has_large_numbers:
            return iter(ijson.items(stream, prefix, use_float=True))
        return map(_with_floats, ijson.items(stream, prefix))

    @staticmethod
    def _opened(path: Path) -> BinaryIO:
        stream = path.open("rb")
        if stream.read(len(codecs.BOM_UTF8)) != codecs.BOM_UTF8:
            stream.seek(0)
        return stream

    def _read_lines(self, path: Path, tell: Callable[[int], None]) -> bool:
        """Reads the outline of a file with an entry a line; all others are left to ijson."""
        with self._opened(path) as stream:
            has_mark = stream.tell() > 0
            found = lines.outline(stream, tell)
        if found is None:
            return False
        self.has_mark, self._lines, self._data = has_mark, found, found.members
        self._outline_of_data()
        self.counts.update(found.counts)
        return True

    def _read_outline(self, path: Path, tell: Callable[[int], None]) -> None:
        with self._opened(path) as stream, _as_not_json():
            self.has_mark = stream.tell() > 0
            use_float = not self._has_large_numbers
            self._note_all(ijson.basic_parse(_Told(stream, tell), use_float=use_float))

    def _note_all(self, events: Iterable[tuple[str, Any]]) -> None:
        depth, key = 0, ""
        for event, value in events:
            if event == "map_key":
                if depth == 1:
                    key = value
                continue
            if event in ("end_map", "end_array"):
                depth -= 1
                continue
            if depth < 3:
                self._note(depth, key, _KINDS.get(event, "other"))
            if event in _KINDS:
                depth += 1

    def _note(self, depth: int, key: str, kind: Kind) -> None:
        if depth == 0:
            self.kind = kind
        elif depth == 1 and self.kind == "object":
            self.kinds[key] = kind
        elif depth == 1:
            self.counts[""] += 1
        elif self.kinds.get(key) == "list":
            self.counts[key] += 1

    def _outline_of_data(self) -> None:
        data = self._data
        self.kind = _kind(data)
        if isinstance(data, list):
            self.counts[""] = len(data)
        elif isinstance(data, dict):
            self.kinds = {key: _kind(value) for key, value in data.items()}
            self.counts.update({k: len(v) for k, v in data.items() if isinstance(v, list)})


_KINDS: dict[str, Kind] = {"start_map": "object", "start_array": "list"}


def _with_floats(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _with_floats(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_with_floats(one) for one in value]
    return float(value) if isinstance(value, Decimal) else value


def _kind(value: Any) -> Kind:
    if isinstance(value, dict):
        return "object"
    return "list" if isinstance(value, list) else "other"


class _Told:
    """A file that tells how far it has been read."""

    def __init__(self, stream: BinaryIO, tell: Callable[[int], None]) -> None:
        self._stream = stream
        self._tell = tell
        self._done = 0

    def read(self, size: int = -1) -> bytes:
        content = self._stream.read(size)
        self._done += len(content)
        self._tell(self._done)
        return content


class _as_not_json:
    """Turns what ijson raises into NotJson."""

    def __enter__(self) -> None:
        return

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, ijson.JSONError):
            # The reason, and the text around the place.
            reason, *around = str(error).strip("b'\"").replace("\\n", "\n").splitlines()
            place = around[0].strip() if around and "EOF" not in reason else ""
            raise NotJson(
                Text("{reason} near {place}", reason=reason, place=place[:60]) if place else reason
            ) from error
