"""Checking COCO files, one's own and anyone's, against the rules that training relies on."""

from __future__ import annotations

import json
import math
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import Any, TypeAlias, TypeGuard

import numpy as np
from pycocotools import mask as coco_mask

from samdesk.core.mask import Mask

# What a rule demands, and what to do when a file breaks it.
RULES: dict[str, tuple[str, str]] = {
    "file": (
        "the file is JSON in UTF-8, without NaN or Infinity",
        "Write it again; a half-written file cannot be repaired.",
    ),
    "sections": (
        "info, licenses, images, annotations and categories are all present",
        "Add the section, empty if there is nothing in it.",
    ),
    "ids": (
        "all ids are integers from 1 and unique",
        "Number from 1: COCOeval takes an annotation with id 0 for unmatched.",
    ),
    "references": (
        "every annotation's image and category exist",
        "Remove the annotation, or add what it refers to.",
    ),
    "file_name": (
        "file names are relative, with forward slashes, and unique",
        "Name images relative to their folder.",
    ),
    "size": (
        "images have a width and height in whole pixels",
        "Give the size of the image as shown, EXIF orientation applied.",
    ),
    "name": ("categories have unique names", "Name every category once."),
    "segmentation": (
        "a segmentation is a list of polygons inside the image, or RLE of the image's size",
        "Segment the object again, or remove the annotation.",
    ),
    "empty": ("no mask is empty", "Remove the annotation."),
    "bbox": (
        "bbox is [x, y, width, height] and encloses the mask exactly",
        "Compute it from the mask.",
    ),
    "area": (
        "area is the number of mask pixels",
        "Count the mask's pixels; neither width x height nor a polygon's area will do.",
    ),
    "iscrowd": (
        "iscrowd is the integer 0 or 1 and means a crowd",
        "Write 0 unless the mask covers a crowd.",
    ),
}

_SECTIONS = ("info", "licenses", "images", "annotations", "categories")
# Vertices may lie on the image's outer edges, and others' rounding may put them a little outside.
_OUTSIDE = 1.0
# Polygons of others are boxed by their vertices, not by the pixels that they cover.
_ROUNDING = 0.01

_MOST_PIXELS = 1 << 31  # pycocotools counts pixels in 32 bits

_Json: TypeAlias = Any


@dataclass(frozen=True)
class Problem:
    """One breach of one rule.

    Attributes:
        rule: a key of RULES.
        where: such as "annotation 12" or "images[3]".
        what: what was found there.
    """

    rule: str
    where: str
    what: str

    @property
    def demand(self) -> str:
        """What the rule demands."""
        return RULES[self.rule][0]

    @property
    def remedy(self) -> str:
        """What to do."""
        return RULES[self.rule][1]

    def __str__(self) -> str:
        return f"{self.where}: {self.what} [{self.rule}]"


def check(path: Path) -> Iterator[Problem]:
    """The problems of a file, in its order; none when it is right.

    Raises:
        OSError: the file cannot be opened or read.
    """
    content = path.read_bytes()
    try:
        data = json.loads(content.decode("utf-8"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        yield Problem("file", path.name, f"not readable: {error}")
        return
    yield from check_data(data)


def check_data(data: _Json) -> Iterator[Problem]:
    """The problems of a file's content."""
    if not isinstance(data, dict):
        kind = "a list, as results files are" if isinstance(data, list) else type(data).__name__
        yield Problem("sections", "the file", f"is {kind}, not an object with sections")
        return
    for section in _SECTIONS:
        wanted: type = dict if section == "info" else list
        kind = "an object" if wanted is dict else "a list"
        if section not in data:
            yield Problem("sections", section, "is missing")
        elif not isinstance(data[section], wanted):
            yield Problem("sections", section, f"is not {kind}")
    images: dict[int, tuple[int, int] | None] = {}
    names: set[str] = set()
    for where, entry in _entries(data, "images"):
        size = yield from _check_image(where, entry, names)
        yield from _check_id(where, entry, images)
        if _is_int(entry.get("id")):
            images[entry["id"]] = size
    categories: dict[int, None] = {}
    category_names: set[str] = set()
    for where, entry in _entries(data, "categories"):
        yield from _check_id(where, entry, categories)
        if _is_int(entry.get("id")):
            categories[entry["id"]] = None
        name = entry.get("name")
        if not isinstance(name, str) or not name:
            yield Problem("name", where, f"name is {_short(name)}")
        elif name in category_names:
            yield Problem("name", where, f"name {name!r} occurs twice")
        else:
            category_names.add(name)
    annotations: dict[int, None] = {}
    for where, entry in _entries(data, "annotations"):
        yield from _check_id(where, entry, annotations)
        if _is_int(entry.get("id")):
            where = f"annotation {entry['id']}"
            annotations[entry["id"]] = None
        yield from _check_annotation(where, entry, images, categories)


def _entries(data: dict[str, _Json], section: str) -> Iterator[tuple[str, dict[str, _Json]]]:
    entries = data.get(section)
    for number, entry in enumerate(entries if isinstance(entries, list) else ()):
        # What is no object has no fields: each rule will say which it misses.
        yield f"{section}[{number}]", entry if isinstance(entry, dict) else {}


def _check_id(where: str, entry: dict[str, _Json], seen: dict[int, Any]) -> Iterator[Problem]:
    identity = entry.get("id")
    if not _is_int(identity):
        yield Problem("ids", where, f"id is {_short(identity)}")
    elif identity < 1:
        yield Problem("ids", where, f"id is {identity}")
    elif identity in seen:
        yield Problem("ids", where, f"id {identity} occurs twice")


def _check_image(
    where: str, entry: dict[str, _Json], names: set[str]
) -> Generator[Problem, None, tuple[int, int] | None]:
    name = entry.get("file_name")
    if not isinstance(name, str) or not name:
        yield Problem("file_name", where, f"file_name is {_short(name)}")
    else:
        if "\\" in name:
            yield Problem("file_name", where, f"{name!r} has backslashes")
        elif PurePosixPath(name).is_absolute() or PureWindowsPath(name).drive:
            yield Problem("file_name", where, f"{name!r} is not relative")
        if name in names:
            yield Problem("file_name", where, f"{name!r} occurs twice")
        names.add(name)
    width, height = entry.get("width"), entry.get("height")
    if not (_is_int(width) and _is_int(height) and width > 0 and height > 0):
        yield Problem("size", where, f"width is {_short(width)}, height is {_short(height)}")
        return None
    if width * height > _MOST_PIXELS:
        yield Problem("size", where, f"{width} x {height} pixels are more than masks can have")
        return None
    return width, height


def _check_annotation(
    where: str,
    entry: dict[str, _Json],
    images: dict[int, tuple[int, int] | None],
    categories: dict[int, None],
) -> Iterator[Problem]:
    image, category = entry.get("image_id"), entry.get("category_id")
    if not _is_int(image) or image not in images:
        yield Problem("references", where, f"there is no image {_short(image)}")
    if not _is_int(category) or category not in categories:
        yield Problem("references", where, f"there is no category {_short(category)}")
    crowd = entry.get("iscrowd")
    if not _is_int(crowd) or crowd not in (0, 1):
        yield Problem("iscrowd", where, f"iscrowd is {_short(crowd)}")
    bbox, area = entry.get("bbox"), entry.get("area")
    if not isinstance(bbox, list) or len(bbox) != 4 or not all(map(_is_number, bbox)):
        yield Problem("bbox", where, f"bbox is {_short(bbox)}")
        bbox = None
    if not _is_number(area):
        yield Problem("area", where, f"area is {_short(area)}")
        area = None
    size = images.get(image) if _is_int(image) else None
    if size is None:
        return
    segmentation = entry.get("segmentation")
    found = _mask(segmentation, *size)
    if isinstance(found, str):
        yield Problem("segmentation", where, found)
        return
    if found.is_empty:
        yield Problem("empty", where, "the mask has no pixels")
        return
    if area is not None and abs(area - found.area) > _ROUNDING:
        yield Problem("area", where, f"area is {area:g}, the mask has {found.area} pixels")
    if bbox is not None and not _encloses(bbox, found, segmentation):
        yield Problem(
            "bbox", where, f"bbox is {_short(bbox)}, the mask's is {list(found.bbox_xywh)}"
        )


def _mask(segmentation: _Json, width: int, height: int) -> Mask | str:
    """The mask of a segmentation, or what is wrong with it."""
    if isinstance(segmentation, dict):
        return _mask_of_rle(segmentation, width, height)
    if isinstance(segmentation, list):
        return _mask_of_polygons(segmentation, width, height)
    return f"segmentation is {_short(segmentation)}"


def _mask_of_rle(rle: dict[str, _Json], width: int, height: int) -> Mask | str:
    if rle.get("size") != [height, width]:
        return f"RLE has size {_short(rle.get('size'))}, the image has {[height, width]}"
    counts = rle.get("counts")
    runs = isinstance(counts, list) and all(_is_int(run) for run in counts)
    if not runs and not isinstance(counts, str):
        return "RLE has no counts"
    try:
        return Mask.from_rle(rle)
    except (ValueError, OverflowError) as error:
        return f"RLE is damaged: {error}"


def _mask_of_polygons(polygons: list[_Json], width: int, height: int) -> Mask | str:
    if not polygons:
        return "segmentation is an empty list"
    for number, polygon in enumerate(polygons):
        if not isinstance(polygon, list) or not all(map(_is_number, polygon)):
            return f"polygon {number} is not a list of numbers"
        if len(polygon) < 6 or len(polygon) % 2:
            return f"polygon {number} has {len(polygon)} numbers; at least 3 points are needed"
        xs, ys = polygon[0::2], polygon[1::2]
        if min(xs) < -_OUTSIDE or max(xs) > width + _OUTSIDE:
            return f"polygon {number} reaches outside the image"
        if min(ys) < -_OUTSIDE or max(ys) > height + _OUTSIDE:
            return f"polygon {number} reaches outside the image"
    merged = coco_mask.merge(coco_mask.frPyObjects(polygons, height, width))
    return Mask.from_bitmap(coco_mask.decode(merged))


def _encloses(bbox: list[float], mask: Mask, segmentation: _Json) -> bool:
    if np.allclose(bbox, mask.bbox_xywh, rtol=0, atol=_ROUNDING):
        return True
    if not isinstance(segmentation, list):
        return False
    vertices = np.concatenate([np.reshape(polygon, (-1, 2)) for polygon in segmentation])
    low, high = vertices.min(axis=0), vertices.max(axis=0)
    return bool(np.allclose(bbox, [*low, *(high - low)], rtol=0, atol=_ROUNDING))


def _is_int(value: _Json) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: _Json) -> TypeGuard[float]:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < 1 << 53


def _short(value: _Json) -> str:
    text = "missing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."


def _refuse_constant(name: str) -> float:
    raise ValueError(f"{name} is not JSON")
