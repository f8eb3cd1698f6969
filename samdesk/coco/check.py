"""Checking COCO files, one's own and anyone's, against the rules that training relies on."""

from __future__ import annotations

import json
import math
from array import array
from collections.abc import Container, Generator, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias, TypeGuard

import numpy as np

from samdesk.coco import arr_coc
from samdesk.coco.document import Document, KeepGoing, NotJson, no_progress
from samdesk.coco.segmentation import DAMAGED, counts_of_rle, drawable, drawn_outlines
from samdesk.core.image import read_size
from samdesk.core.image.folder import is_below
from samdesk.core.polygon import counts_of_polygons
from samdesk.core.runs import Spans, decoded
from samdesk.errors import ImageError
from samdesk.text import Text

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
    "image_file": (
        "every image file is there and has the stated size",
        "Put the file there, or correct the size; EXIF orientation applied.",
    ),
    "duplicate": (
        "no two annotations of an image have the same mask and category",
        "Remove one of them.",
    ),
    "parent": (
        "an annotation is part of another one on the same image, and not of itself",
        "Name the whole as parent_id, or null.",
    ),
    "schema": (
        "a file that states the ARR-COC profile follows its schema",
        "Export it again, or see resources/arr-coc.schema.json.",
    ),
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

# What is worth a look and yet may be meant.
ADVICE = frozenset({"duplicate"})

_SECTIONS = ("info", "licenses", "images", "annotations", "categories")
# Polygons of others are boxed by their vertices, not by the pixels that they cover.
_ROUNDING = 0.01

_BATCH = 64  # annotations; together they cost less than one by one, and stay in the cache
_MOST_PIXELS = 1 << 31  # pycocotools counts pixels in 32 bits

_LARGEST_EXACT = 1 << 53  # of a float's integers

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

    @property
    def text(self) -> Text:
        """Where and what."""
        return Text("{where}: {reason}", where=self.where, reason=self.what)

    def __str__(self) -> str:
        return f"{self.text} [{self.rule}]"


def check(
    path: Path,
    images: Path | None = None,
    *,
    wanted: Sequence[int] | None = None,
    keep_going: KeepGoing = no_progress,
) -> Generator[Problem, None, None]:
    """The problems of a file; none when it is right. Memory hardly grows with the file.

    Args:
        images: the folder that file names are relative to; without it no image is looked for.
        wanted: what `fingerprints` gives of the annotations that the file must have, in their
            order; without it any will do.

    Raises:
        OSError: the file cannot be opened or read.
    """
    try:
        document = Document(path, keep_going=keep_going)
    except NotJson as error:
        yield Problem("file", path.name, f"not readable: {error}")
        return
    if document.has_mark:
        yield Problem("file", path.name, "begins with a byte order mark")
    yield from _Check(document, images, keep_going, wanted).problems()


def check_data(data: _Json) -> Iterator[Problem]:
    """The problems of a file's content."""
    yield from _Check(Document(None, data), None, no_progress).problems()


def fingerprints(entries: Sequence[dict[str, _Json]], spans: Spans) -> list[int]:
    """Of image, category and mask of each; in 64 bits two are as good as never taken for one.

    Those of another process are others.

    Args:
        entries: annotations.
        spans: of their masks, in whole images.
    """
    bounds = np.searchsorted(spans.owner, np.arange(spans.masks + 1)).tolist()
    edges = np.stack([spans.begin, spans.end], axis=1)
    return [
        hash((entry.get("image_id"), str(entry.get("category_id")), edges[first:stop].tobytes()))
        for entry, first, stop in zip(entries, bounds, bounds[1:], strict=False)
    ]


class _Masked(NamedTuple):
    """An annotation whose mask is to be checked.

    Attributes:
        number: its place among all annotations.
        size: width and height of its image.
        problems: what is wrong with it.
    """

    number: int
    where: str
    entry: dict[str, _Json]
    size: tuple[int, int]
    problems: list[Problem]


class _Check:
    """One pass over a document.

    What is kept of each annotation to the end is 40 bytes: whose it is, and a hash of its mask.
    """

    def __init__(
        self,
        document: Document,
        folder: Path | None,
        keep_going: KeepGoing,
        wanted: Sequence[int] | None = None,
    ) -> None:
        self._document = document
        self._folder = folder
        self._keep_going = keep_going
        self._wanted = wanted
        self._images: dict[int, tuple[int, int] | None] = {}
        self._categories: set[int] = set()
        self._ids = array("q")
        self._image_ids = array("q")
        self._places = array("q")
        self._hashes = array("q")
        self._hashed = array("q")
        self._parents: dict[int, int] = {}
        self._is_arr_coc = False

    def problems(self) -> Iterator[Problem]:
        document = self._document
        if document.kind != "object":
            kind = "a list, as results files are" if document.kind == "list" else "a single value"
            yield Problem("sections", "the file", f"is {kind}, not an object with sections")
            return
        for section in _SECTIONS:
            wanted, kind = ("object", "an object") if section == "info" else ("list", "a list")
            if section not in document.kinds:
                yield Problem("sections", section, "is missing")
            elif document.kinds[section] != wanted:
                yield Problem("sections", section, f"is not {kind}")
        if document.kinds.get("info") == "object":
            info = document.section("info")
            self._is_arr_coc = "arr_coc" in info
            yield from self._by_schema("info", "info", info)
        licenses: dict[int, None] = {}
        for where, entry in self._entries("licenses"):
            yield from _check_id(where, entry, licenses)
            if _is_int(entry.get("id")):
                licenses[entry["id"]] = None
        yield from self._check_images()
        yield from self._check_categories()
        yield from self._check_annotations()
        yield from self._check_whole()

    def _entries(self, section: str) -> Generator[tuple[str, dict[str, _Json]], None, None]:
        for number, entry in enumerate(self._document.entries(section)):
            # What is no object has no fields: each rule will say which it misses.
            yield f"{section}[{number}]", entry if isinstance(entry, dict) else {}

    def _by_schema(
        self, part: Literal["info", "image", "annotation"], where: str, entry: _Json
    ) -> Iterator[Problem]:
        problem = arr_coc.validator(part)(entry) if self._is_arr_coc else ""
        if problem:
            yield Problem("schema", where, problem)

    def _check_images(self) -> Iterator[Problem]:
        names: set[str] = set()
        for where, entry in self._entries("images"):
            size = yield from _check_image(where, entry, names)
            yield from _check_id(where, entry, self._images)
            yield from self._by_schema("image", where, entry)
            if _is_int(entry.get("id")):
                self._images[entry["id"]] = size
            name = entry.get("file_name")
            if self._folder is not None and isinstance(name, str) and name:
                yield from _check_image_file(where, self._folder / name, size)

    def _check_categories(self) -> Iterator[Problem]:
        names: set[str] = set()
        ids: dict[int, None] = {}
        for where, entry in self._entries("categories"):
            yield from _check_id(where, entry, ids)
            if _is_int(entry.get("id")):
                ids[entry["id"]] = None
            name = entry.get("name")
            if not isinstance(name, str) or not name:
                yield Problem("name", where, f"name is {_short(name)}")
            elif name in names:
                yield Problem("name", where, f"name {name!r} occurs twice")
            else:
                names.add(name)
        self._categories = set(ids)

    def _check_annotations(self) -> Iterator[Problem]:
        done, total = 0, self._document.counts["annotations"]
        if self._wanted is not None and len(self._wanted) != total:
            what = f"has {total} entries, not {len(self._wanted)}"
            yield Problem("sections", "annotations", what)
            return
        # Closed even while an exception is on its way, so that the file can be removed.
        with closing(self._entries("annotations")) as entries:
            while batch := list(islice(entries, _BATCH)):
                self._keep_going("check", done, total)
                yield from self._check_batch(batch, done)
                done += len(batch)

    def _check_batch(
        self, batch: list[tuple[str, dict[str, _Json]]], first: int
    ) -> Iterator[Problem]:
        problems: list[list[Problem]] = []
        masks: list[_Masked] = []
        for number, (where, entry) in enumerate(batch):
            found = list(_check_id(where, entry, {}))
            problems.append(found)
            identity, image = entry.get("id"), entry.get("image_id")
            if _is_id(identity):
                where = f"annotation {identity}"
                self._ids.append(identity)
                self._image_ids.append(image if _is_id(image) else 0)
                self._note_parent(identity, entry)
            found += _check_references(where, entry, self._images, self._categories)
            found += self._by_schema("annotation", where, entry)
            size = self._images.get(image) if _is_int(image) else None
            if size is not None:
                masks.append(_Masked(first + number, where, entry, size, found))
        self._check_masks(masks)
        for found in problems:
            yield from found

    def _check_masks(self, masks: list[_Masked]) -> None:
        """Adds to each one's problems those of its mask."""
        segmentations = [one.entry.get("segmentation") for one in masks]
        places, spans = drawn_outlines(segmentations, [one.size for one in masks])
        self._compare([masks[place] for place in places], spans)
        others: list[_Masked] = []
        counts: list[bytes] = []
        for place in sorted({*range(len(masks))}.difference(places)):
            one = masks[place]
            drawn = _segmented(segmentations[place], *one.size)
            if isinstance(drawn, str):
                one.problems.append(Problem("segmentation", one.where, drawn))
            else:
                others.append(one)
                counts.append(drawn)
        pixels = np.array([width * height for width, height in (one.size for one in others)])
        spans, damaged = decoded(counts, pixels)
        for one, is_damaged in zip(others, damaged.tolist(), strict=True):
            if is_damaged:
                one.problems.append(Problem("segmentation", one.where, DAMAGED))
        self._compare(
            [None if bad else one for one, bad in zip(others, damaged, strict=True)], spans
        )

    def _compare(self, masks: list[_Masked | None], spans: Spans) -> None:
        """Compares what is said of masks with their pixels; None stands for one to be left."""
        heights = np.array([one.size[1] if one else 1 for one in masks], np.int64)
        areas, boxes = spans.areas().tolist(), spans.bounds(heights).tolist()
        hashes = fingerprints([one.entry if one else {} for one in masks], spans)
        for at, one in enumerate(masks):
            if one is not None:
                one.problems.extend(_check_mask(one.where, one.entry, areas[at], boxes[at]))
                if self._wanted is not None and self._wanted[one.number] != hashes[at]:
                    one.problems.append(Problem("segmentation", one.where, "is another mask"))
                self._hashes.append(hashes[at])
                self._hashed.append(one.number)

    def _note_parent(self, identity: int, entry: dict[str, _Json]) -> None:
        stated = entry.get("arr_coc") if self._is_arr_coc else None
        parent = stated.get("parent_id") if isinstance(stated, dict) else None
        if _is_id(parent):
            self._parents[identity] = parent

    def _check_whole(self) -> Iterator[Problem]:
        """What can only be said once all annotations have been seen."""
        ids = np.array(self._ids, np.int64)
        order = np.argsort(ids, kind="stable")
        ids = ids[order]
        for identity in np.unique(ids[1:][ids[1:] == ids[:-1]]).tolist():
            yield Problem("ids", f"annotation {identity}", f"id {identity} occurs twice")
        hashes = np.array(self._hashes, np.int64)
        alike = np.argsort(hashes, kind="stable")
        same = np.flatnonzero(hashes[alike[1:]] == hashes[alike[:-1]])
        for later, earlier in zip(alike[same + 1].tolist(), alike[same].tolist(), strict=True):
            where, other = (f"annotations[{self._hashed[place]}]" for place in (later, earlier))
            yield Problem(
                "duplicate", where, Text("has the mask and category of {other}", other=other)
            )
        images = np.array(self._image_ids, np.int64)[order]

        def image_of(identity: int) -> int:
            place = int(np.searchsorted(ids, identity))
            is_there = place < len(ids) and ids[place] == identity
            return int(images[place]) if is_there else 0

        for identity, parent in self._parents.items():
            where = f"annotation {identity}"
            if not image_of(parent):
                yield Problem("parent", where, f"there is no annotation {parent}")
            elif image_of(parent) != image_of(identity):
                yield Problem("parent", where, f"annotation {parent} is on another image")
            elif _is_in_circle(identity, self._parents):
                yield Problem("parent", where, "is part of itself")


def _is_in_circle(identity: int, parents: dict[int, int]) -> bool:
    seen: set[int] = set()
    at: int | None = identity
    while at is not None and at not in seen:
        seen.add(at)
        at = parents.get(at)
    return at == identity


def _check_id(where: str, entry: dict[str, _Json], seen: dict[int, Any]) -> Iterator[Problem]:
    identity = entry.get("id")
    if not _is_int(identity):
        yield Problem("ids", where, f"id is {_short(identity)}")
    elif identity < 1:
        yield Problem("ids", where, f"id is {identity}")
    elif not _is_id(identity):
        yield Problem("ids", where, f"id {identity} has more than 64 bits")
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
        elif not is_below(name):
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


def _check_image_file(where: str, path: Path, size: tuple[int, int] | None) -> Iterator[Problem]:
    try:
        found = read_size(path)
    except ImageError as error:
        yield Problem("image_file", where, error.title)
        return
    if size is not None and size != (found.width, found.height):
        actual = f"{path.name} has {found.width} x {found.height} pixels"
        yield Problem("image_file", where, f"{actual}, stated are {size[0]} x {size[1]}")


def _check_references(
    where: str,
    entry: dict[str, _Json],
    images: Container[int],
    categories: Container[int],
) -> Iterator[Problem]:
    image, category = entry.get("image_id"), entry.get("category_id")
    if not _is_int(image) or image not in images:
        yield Problem("references", where, f"there is no image {_short(image)}")
    if not _is_int(category) or category not in categories:
        yield Problem("references", where, f"there is no category {_short(category)}")
    crowd = entry.get("iscrowd")
    if not _is_int(crowd) or crowd not in (0, 1):
        yield Problem("iscrowd", where, f"iscrowd is {_short(crowd)}")
    if not _is_box(entry.get("bbox")):
        yield Problem("bbox", where, f"bbox is {_short(entry.get('bbox'))}")
    if not _is_number(entry.get("area")):
        yield Problem("area", where, f"area is {_short(entry.get('area'))}")


def _check_mask(
    where: str, entry: dict[str, _Json], area: int, box: list[int]
) -> Iterator[Problem]:
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
        yield Problem("bbox", where, f"bbox is {_short(bbox)}, the mask's is {box}")


def _segmented(segmentation: _Json, width: int, height: int) -> bytes | str:
    """The compressed counts of a segmentation, or what is wrong with it."""
    if isinstance(segmentation, dict):
        return counts_of_rle(segmentation, width, height)
    if not isinstance(segmentation, list):
        return f"segmentation is {_short(segmentation)}"
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


def _is_id(value: _Json) -> TypeGuard[int]:
    return _is_int(value) and 1 <= value < 1 << 63


def _is_int(value: _Json) -> TypeGuard[int]:
    return type(value) is int


def _is_number(value: _Json) -> TypeGuard[float]:
    if type(value) is int:
        return -_LARGEST_EXACT < value < _LARGEST_EXACT
    return type(value) is float and math.isfinite(value)


def _short(value: _Json) -> str:
    text = "missing" if value is None else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "..."
