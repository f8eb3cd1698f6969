"""The images in a folder, found by what other programs call them."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any

from samdesk.core.image import list_images


class ImageFiles:
    """The images in a folder, found by what files call them."""

    def __init__(self, folder: Path, known: list[str]) -> None:
        self._present = set(list_images(folder))
        self._known = self._present | set(known)
        self._by_name: dict[str, list[str]] = defaultdict(list)
        for path in sorted(self._known):
            self._by_name[PurePosixPath(path).name].append(path)
        self._claimed: set[str] = set()

    def has(self, path: str) -> bool:
        """Whether a file is there, by its path relative to the folder."""
        return path in self._present

    def claim(self, names: Iterator[Any]) -> None:
        """Keeps images that are named exactly for whoever names them so."""
        exact = (_normal(name) for name in names)
        self._claimed = {path for path in exact if path in self._known}

    def find(self, name: Any) -> str | None:
        """The path in the folder of an image: of that very name, or where one of the two has more
        folders before it. A relative name that nothing in the folder has stays as it is."""
        if not isinstance(name, str) or not name:
            return None
        path = _normal(name)
        if path in self._known:
            return path
        parts = _parts(name)
        candidates = [
            known
            for known in self._by_name.get(parts[-1] if parts else "", ())
            if known not in self._claimed and _ends_alike(PurePosixPath(known).parts, parts)
        ]
        if len(candidates) == 1:
            return candidates[0]
        return None if candidates else path


def _normal(name: Any) -> str | None:
    """A relative path with forward slashes; None when it leaves the folder."""
    if not isinstance(name, str) or not name:
        return None
    path = name.replace("\\", "/")
    if PurePosixPath(path).is_absolute() or PureWindowsPath(path).drive or "\0" in path:
        return None
    path = os.path.normpath(path).replace("\\", "/")
    return None if path == "." or path.split("/")[0] == ".." else path


def _parts(name: str) -> tuple[str, ...]:
    return tuple(part for part in name.replace("\\", "/").split("/") if part not in ("", ".", ".."))


def _ends_alike(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    common = min(len(one), len(other))
    return one[-common:] == other[-common:]
