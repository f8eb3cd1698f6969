"""Image files copied or linked to where a COCO file expects them."""

from __future__ import annotations

import contextlib
import filecmp
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from samdesk.core.image.location import location
from samdesk.errors import CocoError
from samdesk.reason import reason_of
from samdesk.text import Text


def place(
    paths: Sequence[str],
    folder: Path,
    beside: Path,
    how: Literal["copy", "link"],
    keep_going: Callable[[int], None],
) -> int:
    """Copies or links images under a folder, by their relative paths; overwrites nothing.

    Args:
        paths: relative to `folder`, with forward slashes.
        beside: the folder of the COCO file.
        keep_going: told how many are done; raises to stop.

    Returns:
        How many images are there that were not before.

    Raises:
        CocoError: an image cannot be placed.
    """
    if beside.resolve() == folder.resolve():
        return 0
    if beside.resolve().is_relative_to(folder.resolve()):
        raise CocoError(
            Text(
                "{beside} is in the folder that is annotated; copies there would be images of it.",
                beside=beside,
            ),
            "Choose a file outside of that folder, or export without the images.",
        )
    placed = 0
    for number, path in enumerate(paths):
        keep_going(number)
        source, target = location(folder / path), location(beside / path)
        try:
            if os.path.exists(target):
                if not filecmp.cmp(source, target, shallow=False):
                    raise CocoError(
                        Text("There is another file {target} already.", target=beside / path),
                        "Choose another folder.",
                    )
                continue
            os.makedirs(os.path.dirname(target), exist_ok=True)
            if how == "copy":
                _copy(source, target)
            else:
                _link(source, target, os.path.realpath(folder / path))
        except OSError as error:
            raise CocoError(
                Text(
                    "{path} cannot be placed in {beside}: {reason}.",
                    path=path,
                    beside=beside,
                    reason=reason_of(error),
                ),
                "Check the folder, its rights and the space on that disk.",
            ) from error
        placed += 1
    return placed


def _copy(source: str, target: str) -> None:
    beside, name = os.path.split(target)
    partial = os.path.join(beside, f".{name}.part")
    try:
        shutil.copyfile(source, partial)
        os.replace(partial, target)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.remove(partial)
        raise


def _link(source: str, target: str, shown: str) -> None:
    """Links by a path that may be shown, where there are such links."""
    try:
        os.symlink(shown, target)
    except OSError:
        # Windows reserves symbolic links for administrators and developers.
        os.link(source, target)
