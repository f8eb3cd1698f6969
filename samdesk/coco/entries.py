"""What is wrong with one entry of a COCO file, whatever the others say."""

from __future__ import annotations

import json
import math
from collections.abc import Container, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any, TypeAlias, TypeGuard

from samdesk.coco.rules import Problem
from samdesk.coco.segmentation import MOST_PIXELS, counts_of_rle, drawable
from samdesk.core.image import read_size
from samdesk.core.image.folder import is_below
from samdesk.core.polygon import counts_of_polygons
from samdesk.errors import ImageError

# Polygons of others are boxed by their vertices, not by the pixels that they cover.
_ROUNDING = 0.01

_LARGEST_EXACT = 1 << 53  # of a float's integers

_Json: TypeAlias = Any


def check_id(where: str, entry: dict[str, _Json], seen: dict[int, Any]) -> Iterator[Problem]:
    """What is wrong with an entry's id, which none of those seen may be.

    Here and below `where` says where the entry stands, such as "images[3]".
    """
    identity = entry.get("id")
    if not is_int(identity):
        yield Problem("ids", where, f"id is {short(identity)}")
    elif identity < 1:
        yield Problem("ids", where, f"id is {identity}")
    elif not is_id(identity):
        yield Problem("ids", where, f"id {identity} has more than 64 bits")
    elif identity in seen:
        yield Problem("ids", where, f"id {identity} occurs twice")


def check_image(
    where: str, entry: dict[str, _Json], names: set[str]
) -> Generator[Problem, None, tuple[int, int] | None]:
    """What is wrong with the name and size of an image.

    Args:
        names: of the images so far; this one's is added.

    Returns:
        Its width and height in pixels; None when they are of no use.
    """
    name = entry.get("file_name")
    if not isinstance(name, str) or not name:
        yield Problem("file_name", where, f"file_name is {short(name)}")
    else:
        if "\\" in name:
            yield Problem("file_name", where, f"{name!r} has backslashes")
        elif not is_below(name):
            yield Problem("file_name", where, f"{name!r} is not relative")
        if name in names:
            yield Problem("file_name", where, f"{name!r} occurs twice")
        names.add(name)
    width, height = entry.get("width"), entry.get("height")
    if not (is_int(width) and is_int(height) and width > 0 and height > 0):
        yield Problem("size", where, f"width is {short(width)}, height is {short(height)}")
        return None
    if width * height > MOST_PIXELS:
        yield Problem("size", where, f"{width} x {height} pixels are more than masks can have")
        return None
    return width, height


def check_image_file(where: str, path: Path, size: tuple[int, int] | None) -> Iterator[Problem]:
    """What is wrong with an image's file, whose size as shown is to be this width and height."""
    try:
        found = read_size(path)
    except ImageError as error:
        yield Problem("image_file", where, error.title)
        return
    if size is not None and size != (found.width, found.height):
        actual = f"{path.name} has {found.width} x {found.height} pixels"
        yield Problem("image_file", where, f"{actual}, stated are {size[0]} x {size[1]}")


def check_references(
    where: str,
    entry: dict[str, _Json],
    images: Container[int],
    categories: Container[int],
) -> Iterator[Problem]:
    """What is wrong with an annotation but for its mask.

    Args:
        images, categories: the ids that there are.
    """
    image, category = entry.get("image_id"), entry.get("category_id")
    if not is_int(image) or image not in images:
        yield Problem("references", where, f"there is no image {short(image)}")
    if not is_int(category) or category not in categories:
        yield Problem("references", where, f"there is no category {short(category)}")
    crowd = entry.get("iscrowd")
    if not is_int(crowd) or crowd not in (0, 1):
        yield Problem("iscrowd", where, f"iscrowd is {short(crowd)}")
    if not _is_box(entry.get("bbox")):
        yield Problem("bbox", where, f"bbox is {short(entry.get('bbox'))}")
    if not _is_number(entry.get("area")):
        yield Problem("area", where, f"area is {short(entry.get('area'))}")


def check_mask(where: str, entry: dict[str, _Json], area: int, box: list[int]) -> Iterator[Problem]:
    """What an annotation says of its mask that is not so.

    Args:
        area: the mask's, in pixels.
        box: the mask's x, y, width and height in pixels.
    """
    if not area:
        yield Problem("empty", where, "the mask has no pixels")
        return
    stated, bbox = entry.get("area"), entry.get("bbox")
    if _is_number(stated) and abs(stated - area) > _ROUNDING:
        yield Problem("area", where, f"area is {stated:g}, the mask has {area} pixels")
    if (
        bbox != box
        and isinstance(bbox, list)
        and _is_box(bbox)
        and not _encloses(bbox, box, entry.get("segmentation"))
    ):
        yield Problem("bbox", where, f"bbox is {short(bbox)}, the mask's is {box}")


def counts_of(segmentation: _Json, width: int, height: int) -> bytes | str:
    """The compressed counts of a segmentation (COCO's RLE), or what is wrong with it."""
    if isinstance(segmentation, dict):
        return counts_of_rle(segmentation, width, height)
    if not isinstance(segmentation, list):
        return f"segmentation is {short(segmentation)}"
    if not segmentation:
        return "segmentation is an empty list"
    polygons, problems = drawable(segmentation, width, height, slack=0)
    return problems[0] if problems else counts_of_polygons(polygons, width, height)


def _encloses(bbox: list[float], box: list[int], segmentation: _Json) -> bool:
    if _are_close(bbox, box):
        return True
    if not isinstance(segmentation, list):
        return False
    xs = [x for polygon in segmentation for x in polygon[0::2]]
    ys = [y for polygon in segmentation for y in polygon[1::2]]
    return _are_close(bbox, [min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys)])


def _are_close(one: Sequence[float], other: Sequence[float]) -> bool:
    return all(abs(a - b) <= _ROUNDING for a, b in zip(one, other, strict=True))


def _is_box(value: _Json) -> bool:
    return isinstance(value, list) and len(value) == 4 and all(map(_is_number, value))


def is_id(value: _Json) -> TypeGuard[int]:
    """Whether it can be an id: from 1, in 63 bits."""
    return is_int(value) and 1 <= value < 1 << 63


def is_int(value: _Json) -> TypeGuard[int]:
    """Whether it is an integer in JSON, and not true or false."""
    return type(value) is int


def _is_number(value: _Json) -> TypeGuard[float]:
    if type(value) is int:
        return -_LARGEST_EXACT < value < _LARGEST_EXACT
    return type(value) is float and math.isfinite(value)


def short(value: _Json) -> str:
    """A value as JSON, for people: of at most 60 characters."""
    text = "missing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
