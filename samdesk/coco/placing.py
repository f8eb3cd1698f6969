"""Image files copied or linked to where a COCO file expects them."""

from __future__ import annotations

import filecmp
import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from samdesk.errors import CocoError
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
        source, target = folder / path, beside / path
        try:
            if target.exists():
                if not filecmp.cmp(source, target, shallow=False):
                    raise CocoError(
                        Text("There is another file {target} already.", target=target),
                        "Choose another folder.",
                    )
                continue
            target.parent.mkdir(parents=True, exist_ok=True)
            (_link if how == "link" else _copy)(source, target)
        except OSError as error:
            raise CocoError(
                Text(
                    "{path} cannot be placed in {beside}: {reason}.",
                    path=path,
                    beside=beside,
                    reason=error.strerror or error,
                ),
                "Check the folder, its rights and the space on that disk.",
            ) from error
        placed += 1
    return placed


def _copy(source: Path, target: Path) -> None:
    partial = target.with_name(f".{target.name}.part")
    try:
        shutil.copyfile(source, partial)
        os.replace(partial, target)
    except BaseException:
        partial.unlink(missing_ok=True)
        raise


def _link(source: Path, target: Path) -> None:
    try:
        target.symlink_to(source.resolve())
    except OSError:
        # Windows reserves symbolic links for administrators and developers.
        os.link(source, target)
