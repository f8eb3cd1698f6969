"""The image files in a folder."""

from __future__ import annotations

import contextlib
import os
import posixpath
import re
from collections import deque
from collections.abc import Iterable
from pathlib import PurePath

from samdesk.core.image.formats import suffixes
from samdesk.core.image.location import location, shown_name
from samdesk.errors import ImageError
from samdesk.reason import reason_of
from samdesk.text import Text

_NUMBER = re.compile(r"[0-9]+")
_SORTED_AT_ONCE = 5000


def list_images(folder: str | os.PathLike[str], left_out: list[str] | None = None) -> list[str]:
    """List the files with image suffixes in a folder and its subfolders.

    Hidden files and folders, whose names begin with a dot, are left out, and so are those that a
    COCO file cannot name, since they are no Unicode, have a backslash or begin like a drive, and
    subfolders that cannot be read. Linked folders are followed, but no folder is listed twice, and
    a link to a folder around the listed one is not followed.

    Args:
        left_out: takes the names that a COCO file cannot have, where somebody is to be told.

    Returns:
        Paths relative to ``folder`` with forward slashes, numbers in order of value: "img2.png"
        before "img10.png".

    Raises:
        ImageError: ``folder`` itself cannot be read.
    """
    root = location(folder)
    wanted = frozenset(suffixes())
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
        prefix = PurePath(os.path.relpath(current, root))
        try:
            with os.scandir(current) as scan:
                names, folders, nameless = _sorted_out(scan, wanted, current == root)
        except OSError as error:
            if current == root:
                raise ImageError(
                    Text(
                        "The folder {folder} cannot be read: {reason}.",
                        folder=shown_name(folder),
                        reason=reason_of(error),
                    ),
                    "Check that it exists and that you may open it.",
                ) from error
            continue
        if left_out is not None:
            left_out += nameless
        for entry in folders:
            # Links wait until every real folder is listed under its own name.
            (pending.append if entry.is_symlink() else pending.appendleft)(entry.path)
        start = "" if current == root else f"{prefix.as_posix()}/"
        found += [start + name for name in names]
    return _in_natural_order(found)


def listed(paths: Iterable[str]) -> list[str]:
    """Of all files in a folder those that ``list_images`` lists, in its order.

    Args:
        paths: relative to the folder, with forward slashes.
    """
    wanted = suffixes()
    return _in_natural_order(
        [
            path
            for path in paths
            if posixpath.splitext(path)[1].lower() in wanted
            and is_portable(path)
            and not any(part.startswith(".") for part in path.split("/"))
        ]
    )


def is_portable(path: str) -> bool:
    """Whether a path relative to a folder is one on every system, as names in COCO files are."""
    return "\\" not in path and is_below(path)


def is_below(path: str) -> bool:
    """Whether a path with forward slashes is relative on every system."""
    # A character and a colon are a drive to Windows.
    return not path.startswith("/") and path[1:2] != ":"


def _sorted_out(
    entries: Iterable[os.DirEntry[str]], wanted: frozenset[str], is_top: bool
) -> tuple[list[str], list[os.DirEntry[str]], list[str]]:
    """The names of image files, the folders, and names of either that a COCO file cannot have.

    What a broken link leads to is nothing of that.
    """
    names, folders, nameless = [], [], []
    for entry in entries:
        if entry.name.startswith("."):
            continue
        with contextlib.suppress(OSError):
            # What the listing of the folder tells of an entry saves a request for each file.
            is_folder = entry.is_dir()
            is_image = os.path.splitext(entry.name)[1].lower() in wanted and entry.is_file()
            path = entry.name if is_top else f"./{entry.name}"
            if (is_folder or is_image) and not (_is_unicode(path) and is_portable(path)):
                nameless.append(entry.name)
            elif is_folder:
                folders.append(entry)
            elif is_image:
                names.append(entry.name)
    return names, folders, nameless


def _is_unicode(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _holds(folder: str, inner: str) -> bool:
    return inner.startswith(os.path.join(folder, ""))


def _in_natural_order(paths: list[str]) -> list[str]:
    keyed = [(_natural(path), path) for path in paths]
    # Other threads stand still during a sort, so a long list is sorted piece by piece; what is
    # left to the last sort is merging.
    for start in range(0, len(keyed), _SORTED_AT_ONCE):
        end = start + _SORTED_AT_ONCE
        keyed[start:end] = sorted(keyed[start:end])
    return [path for _, path in sorted(keyed)]


def _natural(path: str) -> str:
    # One string sorts several times faster than a list of text and numbers. A number becomes its
    # length and its digits, behind a character that sorts before any of a name; the ends of
    # folders' names sort before that.
    return _NUMBER.sub(_sortable, path.casefold()).replace("/", "\0")


def _sortable(number: re.Match[str]) -> str:
    digits = number[0].lstrip("0")
    return f"\1{chr(2 + len(digits))}{digits}"
