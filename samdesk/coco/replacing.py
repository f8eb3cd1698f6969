"""Files that take the places of others only when they are finished."""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Iterable, Mapping
from contextlib import suppress
from pathlib import Path

import ijson

from samdesk.core.image.location import location

_ABANDONED = 3600.0  # seconds after which nobody goes on with a file


def is_coco(path: Path) -> bool:
    """Whether a file is a JSON object that has the sections of COCO, be it damaged behind them.

    Raises:
        OSError: it cannot be read.
    """
    wanted = {"images", "categories", "annotations"}
    with path.open("rb") as stream:
        try:
            for prefix, event, _ in ijson.parse(stream):
                if event == "start_array" and prefix in wanted:
                    wanted.discard(prefix)
                    if not wanted:
                        return True
        except (ijson.JSONError, UnicodeDecodeError):
            pass
    return False


def beside(path: Path) -> Path:
    """A name of its own in the folder of a file, to be renamed to it."""
    # Not by tempfile, which keeps trying where Windows refuses, and makes private files.
    return Path(location(path.with_name(f".{path.name}.{secrets.token_hex(4)}")))


def clear_up(files: Iterable[Path]) -> None:
    """Removes what was left beside files by whoever was killed."""
    latest = time.time() - _ABANDONED
    for path in files:
        name = re.compile(re.escape(f".{path.name}.") + "[0-9a-f]{8}")
        # A folder that cannot be read is told when it is written to.
        with suppress(OSError), os.scandir(location(path.parent)) as entries:
            for entry in entries:
                if name.fullmatch(entry.name) and entry.stat().st_mtime < latest:
                    os.unlink(entry.path)


def put_in_place(finished: Mapping[Path, Path]) -> None:
    """Renames files to what they are to be called: all of them, or none.

    Args:
        finished: by their names to be, what they are called now.

    Raises:
        OSError: one cannot be renamed; everything is as it was.
    """
    former: dict[Path, Path] = {}
    done: list[Path] = []
    try:
        for at, temporary in finished.items():
            # What is a folder stays where it is, and the file cannot be put there.
            is_file = os.path.lexists(location(at)) and not os.path.isdir(location(at))
            if len(finished) > 1 and is_file:
                aside = beside(at)
                _set_aside(location(at), aside)
                former[at] = aside
            os.replace(temporary, location(at))
            done.append(at)
    except BaseException:
        for at, aside in former.items():
            os.replace(aside, location(at))
        for at in done:
            if at not in former:
                os.unlink(location(at))
        raise
    for aside in former.values():
        aside.unlink(missing_ok=True)


def _set_aside(path: str, aside: Path) -> None:
    try:
        # It stays in its place for as long as there is nothing new.
        os.link(path, aside)
    except OSError:
        # There are drives without hard links.
        os.replace(path, aside)
