"""Checking COCO files, one's own and anyone's, against the rules that training relies on."""

from __future__ import annotations

from array import array
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np

from samdesk.coco import arr_coc
from samdesk.coco.document import Document, KeepGoing, NotJson, no_progress
from samdesk.coco.entries import (
    check_id,
    check_image,
    check_image_file,
    check_mask,
    check_references,
    counts_of,
    is_id,
    is_int,
    short,
)
from samdesk.coco.rules import Problem
from samdesk.coco.segmentation import BATCH, DAMAGED, drawn_outlines
from samdesk.core.runs import Spans, decoded
from samdesk.text import Text

_SECTIONS = ("info", "licenses", "images", "annotations", "categories")


_Json: TypeAlias = Any


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
            yield from check_id(where, entry, licenses)
            if is_int(entry.get("id")):
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
            size = yield from check_image(where, entry, names)
            yield from check_id(where, entry, self._images)
            yield from self._by_schema("image", where, entry)
            if is_int(entry.get("id")):
                self._images[entry["id"]] = size
            name = entry.get("file_name")
            if self._folder is not None and isinstance(name, str) and name:
                yield from check_image_file(where, self._folder / name, size)

    def _check_categories(self) -> Iterator[Problem]:
        names: set[str] = set()
        ids: dict[int, None] = {}
        for where, entry in self._entries("categories"):
            yield from check_id(where, entry, ids)
            if is_int(entry.get("id")):
                ids[entry["id"]] = None
            name = entry.get("name")
            if not isinstance(name, str) or not name:
                yield Problem("name", where, f"name is {short(name)}")
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
            while batch := list(islice(entries, BATCH)):
                self._keep_going("check", done, total)
                yield from self._check_batch(batch, done)
                done += len(batch)

    def _check_batch(
        self, batch: list[tuple[str, dict[str, _Json]]], first: int
    ) -> Iterator[Problem]:
        problems: list[list[Problem]] = []
        masks: list[_Masked] = []
        for number, (where, entry) in enumerate(batch):
            found = list(check_id(where, entry, {}))
            problems.append(found)
            identity, image = entry.get("id"), entry.get("image_id")
            if is_id(identity):
                where = f"annotation {identity}"
                self._ids.append(identity)
                self._image_ids.append(image if is_id(image) else 0)
                self._note_parent(identity, entry)
            found += check_references(where, entry, self._images, self._categories)
            found += self._by_schema("annotation", where, entry)
            size = self._images.get(image) if is_int(image) else None
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
            drawn = counts_of(segmentations[place], *one.size)
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
                one.problems.extend(check_mask(one.where, one.entry, areas[at], boxes[at]))
                if self._wanted is not None and self._wanted[one.number] != hashes[at]:
                    one.problems.append(Problem("segmentation", one.where, "is another mask"))
                self._hashes.append(hashes[at])
                self._hashed.append(one.number)

    def _note_parent(self, identity: int, entry: dict[str, _Json]) -> None:
        stated = entry.get("arr_coc") if self._is_arr_coc else None
        parent = stated.get("parent_id") if isinstance(stated, dict) else None
        if is_id(parent):
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
