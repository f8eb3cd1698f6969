"""Where a file that the user names may be written: never over an image, nor into a project."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from samdesk.core.image import DEFAULT_MAX_PIXELS, read_size
from samdesk.core.image.formats import Unidentified, suffixes
from samdesk.core.image.location import location
from samdesk.errors import DestinationError, ImageError
from samdesk.text import Text

PROJECT_FOLDER, PROJECT = ".samdesk", "project.db"  # in a folder of images
_SQLITE = b"SQLite format 3\0"


def require_destination(
    path: Path, *, is_own: Callable[[Path], bool], may_replace: bool, is_image: bool = False
) -> None:
    """Refuses a path where writing a file would destroy something else than a former result.

    Args:
        is_own: whether a file that is there is one of those that are written here.
        may_replace: whether any other file may be replaced, too; images and projects never are.
        is_image: whether an image is to be written, which may be called so.

    Raises:
        DestinationError: that is so; it says what to do.
    """
    real = Path(os.path.realpath(location(path)))
    require_outside_projects(path)
    is_called_image = bool({path.suffix.lower(), real.suffix.lower()} & suffixes())
    if is_called_image and not is_image:
        raise DestinationError(
            Text("{path} is called like an image.", path=path),
            "Name a file that ends in .json.",
        )
    if not os.path.exists(real) or os.path.isdir(real):
        return
    if not os.path.isfile(real):
        raise DestinationError(
            Text("{path} is a device or the like, no file.", path=path), "Name a file."
        )
    # A file that cannot be read is no result that is known, and no image either.
    with suppress(OSError):
        if real.stat().st_size == 0 or is_own(real):
            return
    if is_called_image or _is_image(real):
        raise DestinationError(
            Text("{path} is an image, and images are never replaced.", path=path),
            "Name another file.",
        )
    if not may_replace:
        raise DestinationError(
            Text("There is another file {target} already.", target=path),
            "Name another file, or add --force to replace it.",
        )


def require_outside_projects(path: Path) -> None:
    """Refuses a path in a folder where SAMDesk keeps a project, or of a project's database.

    Raises:
        DestinationError: that is so.
    """
    real = Path(os.path.realpath(location(path)))
    parts = {part.casefold() for one in (path.absolute(), real) for part in one.parts}
    # Projects of folders that cannot be written are elsewhere, each alone in its folder.
    if PROJECT_FOLDER in parts or _is_database(real.parent / PROJECT) or _is_database(real):
        raise DestinationError(
            Text("{path} is where SAMDesk keeps a project.", path=path),
            "Name a file in another folder.",
        )


def _is_database(path: Path) -> bool:
    try:
        if not path.is_file():
            return False
        with path.open("rb") as stream:
            return stream.read(len(_SQLITE)) == _SQLITE
    except OSError:
        return False


def _is_image(path: Path) -> bool:
    try:
        read_size(path, max_pixels=DEFAULT_MAX_PIXELS)
    except ImageError as error:
        # One that is damaged or too large is an image all the same.
        cause = error.__cause__
        is_of_no_format = isinstance(cause, Unidentified) and cause.__cause__ is None
        return not (is_of_no_format or isinstance(cause, PermissionError))
    return True
