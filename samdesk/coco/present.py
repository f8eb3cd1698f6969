"""The images of an export, by what became of their files."""

from __future__ import annotations

import os
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from samdesk.coco.choice import Choice
from samdesk.coco.document import KeepGoing
from samdesk.coco.segmentation import MOST_PIXELS
from samdesk.core.dataset import Dataset, ImageRecord
from samdesk.core.image import DEFAULT_MAX_PIXELS, list_images, read_size
from samdesk.core.image.content import content_sha256
from samdesk.core.image.folder import is_portable
from samdesk.core.image.location import location
from samdesk.errors import ImageError
from samdesk.text import Text

_GONE = Text("its file is not in the folder")


@dataclass
class Present:
    """The images of a project, their files looked at.

    Attributes:
        all: those that a file of all images is divided by, whichever are chosen.
        images: those that are exported, by id, their sizes known.
        left_out: those that are chosen and yet not exported, as (path, reason).
        left_out_annotations: how many annotations they have.
        absent: of those that are exported and cannot be read any more the reason, by path.
    """

    all: list[ImageRecord]
    images: dict[int, ImageRecord] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    left_out_annotations: int = 0
    absent: dict[str, str] = field(default_factory=dict)


def look(dataset: Dataset, folder: Path | None, choice: Choice, keep_going: KeepGoing) -> Present:
    """Sees which of the images that are chosen can be exported.

    An image whose file has gone is left out, unless there are annotations on it. One whose file has
    another size than its annotations is left out with them: they would be drawn on other pixels.

    Args:
        folder: where the images lie; None where they are not to be looked at.

    Raises:
        ImageError: the folder cannot be read.
    """
    counts = dataset.counts
    listed = set(list_images(folder)) if folder is not None else set()
    # Some names are others in the listing, such as those in another case on Windows.
    there = {
        one.id
        for one in dataset.images
        if folder is None or one.path in listed or os.path.exists(location(folder / one.path))
    }
    found = Present([one for one in dataset.images if one.id in there or counts.get(one.id)])
    chosen = choice.selected(dataset.images, counts)
    for number, image in enumerate(chosen):
        keep_going("read", number, len(chosen))
        count = counts.get(image.id, 0)
        unreadable, problem = "", ""
        if not is_portable(image.path):
            problem = Text("its name has a backslash or begins like a drive; rename the file")
        elif image.id not in there:
            unreadable = _GONE
        elif folder is not None:
            try:
                image, problem = _as_it_is(image, folder, count)
            except ImageError as error:
                unreadable = error.title
        if unreadable and count and image.width is not None:
            found.absent[image.path] = unreadable
        elif problem or unreadable:
            found.left_out.append((image.path, problem or unreadable))
            found.left_out_annotations += count
            continue
        if choice.profile == "arr-coc" and folder is not None and image.sha256 is None:
            # Where the file has gone, its annotations and its size are still known.
            with suppress(ImageError):
                image = replace(image, sha256=content_sha256(folder / image.path))
        found.images[image.id] = image
    return found


def _as_it_is(image: ImageRecord, folder: Path, count: int) -> tuple[ImageRecord, str]:
    """An image with the size of its file, or why its annotations do not fit that."""
    is_known = image.width is not None
    size = read_size(
        folder / image.path, max_pixels=MOST_PIXELS if is_known else DEFAULT_MAX_PIXELS
    )
    if (size.width, size.height) == (image.width, image.height):
        return image, ""
    if not is_known or not count:
        seen = replace(image, width=size.width, height=size.height, orientation=size.orientation)
        return seen, ""
    return image, Text(
        "it was {width} x {height} pixels when it was annotated and is {new_width} x {new_height} "
        "now",
        width=image.width,
        height=image.height,
        new_width=size.width,
        new_height=size.height,
    )
