"""File paths as the system needs them and as people read them."""

from __future__ import annotations

import os


def location(path: str | os.PathLike[str]) -> str:
    """Return an absolute path; on Windows in the form that may exceed 260 characters."""
    absolute = os.path.abspath(os.fspath(path))
    if os.name != "nt" or absolute.startswith(("\\\\?\\", "\\\\.\\")):
        return absolute
    if absolute.startswith("\\\\"):
        return "\\\\?\\UNC" + absolute[1:]
    return "\\\\?\\" + absolute


def shown_name(path: str | os.PathLike[str]) -> str:
    """Return the last part of a path, printable on one line in any encoding of Unicode."""
    text = os.fspath(path)
    name = os.path.basename(os.path.normpath(text)) or text
    return "".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in name)
