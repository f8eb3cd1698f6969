"""The annotations and boxes of a source, as those of the project."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, TypeVar

import numpy as np

from samdesk.coco import arr_coc
from samdesk.coco.ids import Ids, Known
from samdesk.coco.merge.categories import Categories
from samdesk.coco.merge.extras import as_text, without_stated
from samdesk.coco.merge.images import Images
from samdesk.coco.merge.plan import Import, Target
from samdesk.coco.segmentation import BATCH, DAMAGED, counts_of_rle, drawable
from samdesk.coco.sources.base import Source
from samdesk.core.dataset import (
    Annotation,
    Category,
    Change,
    ImageRecord,
    Provenance,
    UnsegmentedBox,
)
from samdesk.core.mask import Mask, from_spans
from samdesk.core.polygon import counts_of_polygons
from samdesk.core.prompt import Box, Point, Prompt
from samdesk.core.runs import decoded
from samdesk.text import Text

# Of the image: reaching out of it is cut off, a mistaken scale is told.
_SLACK = 1.0
_NO_MASK_YET = Box(0, 0, 0, 0)

_KEYS = {"id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd"}
_STATED_KEYS = {
    *("parent_id", "level", "prompts", "source", "clicks", "seconds", "checkpoint"),
    *("checkpoint_sha256", "precision", "engine", "created_at"),
}

_T = TypeVar("_T")


@dataclass
class _Found:
    """An annotation or a box on its way into the project."""

    where: str
    stated_id: Any
    image: ImageRecord
    category: Category
    extras: str
    provenance: Provenance
    parent: Any
    shape: Mask | Box


class Annotations:
    """What a source has drawn on its images."""

    def __init__(
        self, source: Source, target: Target, plan: Import, images: Images, categories: Categories
    ) -> None:
        self._source = source
        self._target = target
        self._plan = plan
        self._images = images
        self._categories = categories

    def merge(self) -> None:
        """Adds what the project does not have yet."""
        known = Known(self._target.dataset)
        ids = Ids(self._target.last_id(Annotation))
        # By the source's ids: the annotations in the project that others may be part of.
        wholes: dict[Hashable, tuple[int, int]] = {}
        new: list[tuple[int | None, _Found]] = []
        for found in self._found():
            image, shape, stated = found.image.id, found.shape, found.stated_id
            identity = known.take(image, found.category.id, shape)
            if identity is None and known.take_recategorised(image, shape, stated):
                identity = stated
                self._plan.recategorised += 1
            if identity is None:
                new.append((ids.keep(stated), found))
                self._plan.changed += known.has(stated, image)
            else:
                self._plan.known += 1
                _note_whole(wholes, found, identity)
        numbered = []
        for kept, found in _given_up(new):
            identity = kept or ids.new()
            numbered.append((identity, found))
            _note_whole(wholes, found, identity)
        parents = self._parents(numbered, wholes)
        for identity, found in _given_up(numbered):
            image, category, shape = found.image.id, found.category.id, found.shape
            record: Annotation | UnsegmentedBox
            if isinstance(shape, Box):
                self._plan.boxes += 1
                record = UnsegmentedBox(identity, image, category, shape, found.extras)
            else:
                self._plan.annotations += 1
                parent = parents.get(identity)
                record = Annotation(
                    identity, image, category, shape, found.provenance, parent, found.extras
                )
            self._plan.changes.append(Change(None, record))

    def _parents(
        self, numbered: list[tuple[int, _Found]], wholes: dict[Hashable, tuple[int, int]]
    ) -> dict[int, int]:
        """What each new annotation is part of, as far as that can be."""
        parents: dict[int, int] = {}
        for identity, found in numbered:
            if found.parent is None or isinstance(found.shape, Box):
                continue
            key = found.parent if isinstance(found.parent, Hashable) else None
            parent, its_image = wholes.get(key, (0, 0))
            chain, at = {identity}, parent
            while at in parents and at not in chain:
                chain.add(at)
                at = parents[at]
            if not parent or its_image != found.image.id or at in chain:
                self._plan.refuse(
                    found.where, Text("cannot be part of annotation {id}", id=found.parent)
                )
            else:
                parents[identity] = parent
        return parents

    def _found(self) -> Iterator[_Found]:
        entries = self._source.annotations()
        done = 0
        while batch := list(islice(entries, BATCH)):
            self._target.keep_going("read", done, max(done, self._source.count))
            done += len(batch)
            drawn: list[tuple[_Found, bytes]] = []
            for where, entry in batch:
                if not isinstance(entry, dict):
                    self._plan.refuse(where, Text("is not an object"))
                    continue
                if self._images.says_all(entry.get("image_id")):
                    continue
                if type(entry.get("id")) is int:
                    where = Text("annotation {id}", id=entry["id"])
                found = self._read(where, entry)
                if isinstance(found, Text):
                    self._plan.refuse(where, found)
                elif isinstance(found[1], bytes):
                    drawn.append((found[0], found[1]))
                else:
                    yield found[0]
            yield from self._with_masks(drawn)

    def _with_masks(self, drawn: list[tuple[_Found, bytes]]) -> Iterator[_Found]:
        sizes = [(one.image.width or 0, one.image.height or 0) for one, _ in drawn]
        pixels = np.array([width * height for width, height in sizes], np.int64)
        spans, damaged = decoded([counts for _, counts in drawn], pixels)
        for (found, _), mask, is_damaged in zip(
            drawn, from_spans(spans, sizes), damaged.tolist(), strict=True
        ):
            if is_damaged:
                self._plan.refuse(found.where, DAMAGED)
            elif mask.is_empty:
                self._plan.refuse(found.where, Text("its mask has no pixels"))
            else:
                yield replace(found, shape=mask)

    def _read(self, where: str, entry: dict[str, Any]) -> tuple[_Found, bytes | None] | Text:
        """What an entry is, and its mask's counts if it has a mask; or why it cannot be used."""
        image = self._images.of(entry.get("image_id"))
        if isinstance(image, Text):
            return image
        category = self._categories.of(entry)
        if isinstance(category, Text):
            return category
        drawn = self._drawn(where, entry, image)
        if isinstance(drawn, Text):
            return drawn
        stated = entry.get("arr_coc")
        stated = stated if isinstance(stated, dict) else {}
        is_whole = (
            bool(stated)
            and not arr_coc.validator("annotation")(_as_written(entry))
            and max(stated["clicks"], stated["seconds"]) < 1 << 63
        )
        provenance = arr_coc.provenance(entry, stated if is_whole else {})
        beyond = _KEYS | (arr_coc.SA1B_KEYS if is_whole else set())
        extras = {key: value for key, value in entry.items() if key not in beyond}
        if is_whole:
            extras = without_stated(extras, _STATED_KEYS)
        elif points := _points(entry.get("point_coords")):
            provenance = replace(provenance, prompt=Prompt(points))
        if entry.get("iscrowd") in (1, True):
            extras["iscrowd"] = 1
        shape = drawn if isinstance(drawn, Box) else _NO_MASK_YET
        found = _Found(
            where,
            entry.get("id"),
            image,
            category,
            as_text(extras),
            provenance,
            stated.get("parent_id"),
            shape,
        )
        return found, None if isinstance(drawn, Box) else drawn

    def _drawn(self, where: str, entry: dict[str, Any], image: ImageRecord) -> bytes | Box | Text:
        """The counts of the mask, the box where there is none, or what is wrong."""
        width, height = image.width or 0, image.height or 0
        segmentation = entry.get("segmentation")
        if isinstance(segmentation, dict) and segmentation:
            return counts_of_rle(segmentation, width, height)
        if isinstance(segmentation, list) and segmentation:
            polygons = segmentation
            if {*map(type, polygons)} <= {int, float}:
                # One polygon that was not put into a list.
                polygons = [polygons]
            usable, problems = drawable(polygons, width, height, _SLACK)
            if not usable:
                for problem in problems[1:]:
                    self._plan.refuse(where, problem)
                return problems[0]
            for problem in problems:
                self._plan.refuse(where, Text("{problem} and is left out", problem=problem))
            return counts_of_polygons(usable, width, height)
        if segmentation not in (None, [], {}):
            return Text("its segmentation is neither polygons nor RLE")
        box = _box(entry.get("bbox"))
        if box is None:
            return Text("has neither a segmentation nor a box")
        box = box.clipped(width, height)
        return Text("its box lies outside the image") if box.is_empty else box


def _given_up(entries: list[_T]) -> Iterator[_T]:
    """The entries, each of which is let go of at once.

    To let go of a hundred thousand at the end would stop every other thread for that long.
    """
    entries.reverse()
    while entries:
        yield entries.pop()


def _note_whole(wholes: dict[Hashable, tuple[int, int]], found: _Found, identity: int) -> None:
    if isinstance(found.shape, Mask) and isinstance(found.stated_id, Hashable):
        wholes.setdefault(found.stated_id, (identity, found.image.id))


def _box(raw: Any) -> Box | None:
    if not isinstance(raw, list) or len(raw) != 4 or not {*map(type, raw)} <= {int, float}:
        return None
    x, y, width, height = map(float, raw)
    is_box = width > 0 and height > 0 and bool(np.isfinite([x, y, width, height]).all())
    return Box(x, y, x + width, y + height) if is_box else None


def _points(raw: Any) -> tuple[Point, ...]:
    try:
        points = np.array(raw, np.float64).reshape(-1, 2)
    except (TypeError, ValueError):
        return ()
    return tuple(Point(x, y) for x, y in points.tolist()) if np.isfinite(points).all() else ()


def _as_written(entry: dict[str, Any]) -> dict[str, Any]:
    """An entry with stand-ins for what the schema asks and this project computes itself."""
    computed = {"id": 1, "image_id": 1, "category_id": 1, "area": 1, "bbox": [0, 0, 1, 1]}
    return {**entry, **computed, "iscrowd": 0}
