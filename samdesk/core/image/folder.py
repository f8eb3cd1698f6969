"""The image files in a folder."""

from __future__ import annotations

import os
import re
from collections import deque
from pathlib import PurePath

from samdesk.core.image.formats import suffixes
from samdesk.core.image.location import location, shown_name
from samdesk.errors import ImageError


def list_images(folder: str | os.PathLike[str]) -> list[str]:
    """List the files with image suffixes in a folder and its subfolders.

    Hidden files and folders, whose names begin with a dot, are left out, and so are subfolders that
    cannot be read. Linked folders are followed, but no folder is listed twice, and a link to a
    folder around the listed one is not followed.

    Returns:
        Paths relative to ``folder`` with forward slashes, numbers in order of value: "img2.png"
        before "img10.png".

    Raises:
        ImageError: ``folder`` itself cannot be read.
    """
    root = location(folder)
    real_root = os.path.realpath(root)
    found: list[str] = []
    seen: set[str] = set()
    pending = deque([root])
    while pending:
        current = pending.popleft()
        real = os.path.realpath(current)
        if real in seen or (real != real_root and _holds(real, real_root)):
            continue
        seen.add(real)
        try:
            with os.scandir(current) as scan:
                entries = list(scan)
        except OSError as error:
            if current == root:
                raise ImageError(
                    f"The folder {shown_name(folder)} cannot be read: {error.strerror}.",
                    "Check that it exists and that you may open it.",
                ) from error
            continue
        prefix = PurePath(os.path.relpath(current, root))
        for entry in entries:
            if entry.name.startswith("."):
                continue
            if os.path.isdir(entry.path):
                # Links wait until every real folder is listed under its own name.
                (pending.append if entry.is_symlink() else pending.appendleft)(entry.path)
            elif _has_image_suffix(entry.name) and os.path.isfile(entry.path):
                found.append((prefix / entry.name).as_posix())
    return sorted(found, key=_natural)


def _has_image_suffix(name: str) -> bool:
    return os.path.splitext(name)[1].lower() in suffixes()


def _holds(folder: str, inner: str) -> bool:
    return inner.startswith(os.path.join(folder, ""))


def _natural(path: str) -> tuple[list[list[str | int]], str]:
    # Splitting at digits puts text at even and numbers at odd places, so like meets like.
    parts = (re.split(r"([0-9]+)", part.casefold()) for part in path.split("/"))
    keys = [[int(s) if i % 2 else s for i, s in enumerate(part)] for part in parts]
    return keys, path
