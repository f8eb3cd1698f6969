"""The images in a folder, found by what other programs call them."""

from __future__ import annotations

import os
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from samdesk.core.image import list_images
from samdesk.core.image.folder import is_below

_IGNORES_CASE = os.name == "nt"


class ImageFiles:
    """The images in a folder, found by what files call them."""

    def __init__(self, folder: Path, known: Iterable[str]) -> None:
        self._present = set(list_images(folder))
        self._known = self._present.union(known)
        self._around = tuple(map(_key, folder.absolute().parts[1:]))
        self._by_key: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._known):
            self._by_key[_key(path)].append(path)

    def has(self, path: str) -> bool:
        """Whether a file is there, by its path relative to the folder."""
        return path in self._present

    def match(self, names: Iterable[Any]) -> dict[str, str | None]:
        """The path in the folder of each image that a source names; None where that is not clear.

        A name is that of an image, or has fewer folders before it, or has more: those must then be
        the folders in which the project's folder lies. An image that is named exactly is not given
        to another name, nor one image to two. A relative name that nothing in the folder has stays
        as it is.
        """
        found = {name: self._exactly(name) for name in names if isinstance(name, str)}
        claimed = {path for path in found.values() if path is not None}
        by_end = self._by_end(claimed)
        users: dict[str, set[tuple[str, ...]]] = defaultdict(set)
        for name, path in found.items():
            if path is not None or not name:
                continue
            candidates = self._alike(name, by_end, claimed)
            if not candidates:
                found[name] = _normal(name)
            elif len(candidates) == 1 and (one := candidates.pop()) is not None:
                found[name] = one
                users[one].add(_parts(name))
        several = {path for path, parts in users.items() if len(parts) > 1}
        return {
            name: None if path in several and path not in claimed else path
            for name, path in found.items()
        }

    def _exactly(self, name: str) -> str | None:
        if name in self._known:
            return name
        path = _normal(name)
        if path is None or path in self._known:
            return path
        alike = self._by_key.get(_key(path), ())
        return alike[0] if len(alike) == 1 else None

    def _by_end(self, claimed: set[str]) -> dict[str, str | None]:
        """The images by the ends of their paths; None where several end so."""
        found: dict[str, str | None] = {}
        for path in self._known - claimed:
            rest = _key(path)
            while "/" in rest:
                rest = rest.partition("/")[2]
                found[rest] = None if rest in found else path
        return found

    def _alike(
        self, name: str, by_end: Mapping[str, str | None], claimed: set[str]
    ) -> set[str | None]:
        parts = tuple(map(_key, _parts(name)))
        found: set[str | None] = set()
        if "/".join(parts) in by_end:
            found.add(by_end["/".join(parts)])
        for number in range(len(parts)):
            if number and self._around[-number:] != parts[:number]:
                continue
            found.update(set(self._by_key.get("/".join(parts[number:]), ())) - claimed)
        return found


def _key(path: str) -> str:
    """The same for all names that file systems take for one: macOS takes accents apart."""
    name = path if path.isascii() else unicodedata.normalize("NFC", path)
    return name.casefold() if _IGNORES_CASE else name


def _normal(name: str) -> str | None:
    """A relative path with forward slashes; None when it leaves the folder."""
    path = name.replace("\\", "/")
    if not path or not is_below(path) or "\0" in path:
        return None
    path = os.path.normpath(path).replace("\\", "/")
    return None if path == "." or path.split("/")[0] == ".." else path


def _parts(name: str) -> tuple[str, ...]:
    path = name.replace("\\", "/")
    if path[1:3] == ":/":
        path = path[2:]
    return tuple(part for part in PurePosixPath(path).parts if part not in ("/", "//", ".", ".."))
