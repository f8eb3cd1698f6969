"""Importing: what a source adds to a project, as changes, and what of it cannot be used."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterator
from dataclasses import dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np

from samdesk.coco import arr_coc
from samdesk.coco.document import KeepGoing, NotJson, no_progress
from samdesk.coco.ids import LARGEST_ID, Ids, Known
from samdesk.coco.image_files import ImageFiles
from samdesk.coco.segmentation import DAMAGED, counts_of_rle, drawable
from samdesk.coco.sources.base import Source
from samdesk.core.dataset import (
    Annotation,
    Category,
    Change,
    Dataset,
    DatasetInfo,
    ImageRecord,
    Provenance,
    Record,
    UnsegmentedBox,
)
from samdesk.core.image import read_size
from samdesk.core.mask import Mask, from_spans
from samdesk.core.palette import next_colour
from samdesk.core.polygon import counts_of_polygons
from samdesk.core.prompt import Box, Point, Prompt
from samdesk.core.runs import decoded
from samdesk.errors import CocoError, ImageError
from samdesk.text import Text

_BATCH = 64  # annotations; together they cost less than one by one, and stay in the cache
# Of the image: reaching out of it is cut off, a mistaken scale is told.
_SLACK = 1.0
_MOST_PIXELS = 1 << 31  # pycocotools counts pixels in 32 bits

_IMAGE_KEYS = {"id", "file_name", "width", "height", "orientation_applied"}
_CATEGORY_KEYS = {"id", "name"}
_ANNOTATION_KEYS = {"id", "image_id", "category_id", "segmentation", "area", "bbox", "iscrowd"}
_SA1B_KEYS = {"predicted_iou", "stability_score", "point_coords", "crop_box"}
AUTO_KEY = "samdesk_auto"  # of what `samdesk auto --shards` keeps for itself
_INFO_KEYS = {"year", "date_created", "arr_coc", AUTO_KEY}
_STATED_IMAGE_KEYS = {"sha256", "status", "orientation_applied"}
_STATED_KEYS = {
    *("parent_id", "level", "prompts", "source", "clicks", "seconds", "checkpoint"),
    *("checkpoint_sha256", "precision", "engine", "created_at"),
}


_T = TypeVar("_T")


@dataclass(frozen=True)
class Unused:
    """Something that cannot be imported: where it stands, and why."""

    where: str
    reason: Text

    @property
    def text(self) -> Text:
        """Both."""
        return Text("{where}: {reason}", where=self.where, reason=self.reason)

    def __str__(self) -> str:
        return str(self.text)


@dataclass
class Import:
    """What an import changes.

    Attributes:
        kind: of the source, for people.
        changes: to be applied together.
        images, categories, annotations, boxes: how many are new.
        known: annotations and boxes that the project has already.
        missing: paths of images that are stated but not in the folder.
        unused: what cannot be imported.
    """

    kind: str
    changes: list[Change] = field(default_factory=list)
    images: int = 0
    categories: int = 0
    annotations: int = 0
    boxes: int = 0
    known: int = 0
    missing: list[str] = field(default_factory=list)
    unused: list[Unused] = field(default_factory=list)


def merge(
    source: Source,
    dataset: Dataset,
    folder: Path,
    last_id: Callable[[type[Record]], int],
    *,
    with_missing: bool = True,
    keep_going: KeepGoing = no_progress,
) -> Import:
    """Plans an import. Nothing is changed yet, and the source never is.

    Args:
        dataset: what the project holds.
        folder: of the project's images.
        last_id: the highest id that records of a kind have ever had; 0 for none.
        with_missing: whether images that are not in the folder are imported, too.

    Raises:
        CocoError: the source ends unexpectedly.
    """
    try:
        return _Merge(source, dataset, folder, last_id, with_missing, keep_going).run()
    except NotJson as error:
        raise CocoError(
            Text("The file cannot be read to its end: {reason}.", reason=error.args[0]),
            "Copy it again.",
        ) from error
    except OSError as error:
        raise CocoError(
            Text("The file cannot be read: {reason}.", reason=error.strerror or error),
            "Check the path and its rights.",
        ) from error


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


class _Merge:
    def __init__(
        self,
        source: Source,
        dataset: Dataset,
        folder: Path,
        last_id: Callable[[type[Record]], int],
        with_missing: bool,
        keep_going: KeepGoing,
    ) -> None:
        self._source = source
        self._dataset = dataset
        self._folder = folder
        self._last_id = last_id
        self._with_missing = with_missing
        self._keep_going = keep_going
        self._result = Import(source.kind)
        # By the source's ids; a text says why there is none.
        self._images: dict[Hashable, ImageRecord | Text] = {}
        self._categories: dict[Hashable, Category | Text] = {}
        self._numbered: dict[str, Category] = {}  # new ones, by name
        self._licence_ids: dict[Hashable, int] = {}

    def run(self) -> Import:
        if self._source.uses_ids_of_project:
            self._images = {image.id: image for image in self._dataset.images}
            self._categories = {one.id: one for one in self._dataset.categories}
        else:
            for name, what in self._source.lacks():
                self._refuse(name, what)
            self._merge_info()
            self._merge_images()
            self._merge_categories()
        self._merge_annotations()
        return self._result

    def _refuse(self, where: str, reason: Text) -> None:
        self._result.unused.append(Unused(where, reason))

    # What the file says about itself.

    def _merge_info(self) -> None:
        source, before = self._source, self._dataset.info
        info = _object(source.section("info"))
        info = {key: value for key, value in info.items() if key not in _INFO_KEYS}
        written = {"description": "", "version": "1.0"}
        info = {key: value for key, value in info.items() if written.get(key) != value}
        if str(info.get("contributor", "")).startswith("SAMDesk "):
            del info["contributor"]
        extras = {name: source.section(name) for name in source.other_sections()}
        after = replace(
            before,
            info=_with_more(before.info, info),
            licenses=_text(self._licenses(source.section("licenses"))),
            extras=_with_more(before.extras, extras),
        )
        if after != before:
            is_new = before == DatasetInfo()
            self._result.changes.append(Change(None if is_new else before, after))

    def _licenses(self, stated: Any) -> list[Any]:
        """The project's licences with those of the source, which may get new ids."""
        kept: list[Any] = json.loads(self._dataset.info.licenses or "[]")
        used = {one["id"] for one in kept}
        new: list[dict[str, Any]] = []
        for licence in stated if isinstance(stated, list) else []:
            if not isinstance(licence, dict) or licence in kept:
                continue
            identity = licence.get("id")
            if type(identity) is not int or not 0 < identity < LARGEST_ID or identity in used:
                new.append(licence)
                continue
            used.add(identity)
            kept.append(licence)
        for licence in new:
            number = max(used, default=0) + 1
            alike = {**licence, "id": number}
            same = next((one for one in kept if {**one, "id": number} == alike), None)
            if same is None:
                used.add(number)
                kept.append(alike)
                same = alike
            if isinstance(licence.get("id"), Hashable):
                self._licence_ids[licence.get("id")] = same["id"]
        return kept

    # Images.

    def _merge_images(self) -> None:
        files = ImageFiles(self._folder, [image.path for image in self._dataset.images])
        known = {image.path: image for image in self._dataset.images}
        ids = Ids(self._last_id(ImageRecord))
        entries: list[tuple[str, Hashable, dict[str, Any]]] = []
        for where, entry in self._source.images():
            if not isinstance(entry, dict):
                self._refuse(where, Text("is not an object"))
                continue
            identity = entry.get("id")
            if not isinstance(identity, Hashable) or identity is None:
                self._refuse(where, Text("has no id"))
                continue
            if identity in self._images:
                self._refuse(where, Text("id {id} occurs twice", id=identity))
                continue
            self._images[identity] = Text("not read yet")
            entries.append((where, identity, entry))
        files.claim(entry.get("file_name") for _, _, entry in entries)
        unnumbered = []
        for number, (where, identity, entry) in enumerate(entries):
            self._keep_going("match", number, len(entries))
            record = self._image(entry, files, known)
            if isinstance(record, Text):
                self._refuse(where, record)
                self._images[identity] = Text("its image, {where}, cannot be used", where=where)
            elif record.id:
                self._images[identity] = record
                before = known[record.path]
                if before != record:
                    self._result.changes.append(Change(before, record))
                    known[record.path] = record
            elif kept := ids.keep(identity):
                self._add_image(identity, replace(record, id=kept), known)
            else:
                unnumbered.append((identity, record))
        for identity, record in unnumbered:
            self._add_image(identity, replace(record, id=ids.new()), known)

    def _add_image(
        self, identity: Hashable, record: ImageRecord, known: dict[str, ImageRecord]
    ) -> None:
        if record.path in known:
            # Two entries of one file.
            self._images[identity] = known[record.path]
            return
        known[record.path] = record
        self._images[identity] = record
        self._result.changes.append(Change(None, record))
        self._result.images += 1

    def _image(
        self, entry: dict[str, Any], files: ImageFiles, known: dict[str, ImageRecord]
    ) -> ImageRecord | Text:
        """The record of an image, with id 0 when it is new; or why it cannot be used."""
        path = files.find(entry.get("file_name"))
        if path is None:
            name = entry.get("file_name")
            if not isinstance(name, str) or not name:
                return Text("has no file_name")
            return Text("{name} is not in the folder, or there are several of that name", name=name)
        before = known.get(path)
        stated = entry.get("arr_coc")
        stated = stated if isinstance(stated, dict) else {}
        orientation: Any = stated.get("orientation_applied", entry.get("orientation_applied"))
        size = self._size_of_file(path) if files.has(path) else None
        if size is None:
            if not files.has(path) and not self._with_missing and before is None:
                return Text("{path} is not in the folder", path=path)
            if before is not None and before.width is not None:
                size = (before.width, before.height or 0, before.orientation)
        declared: tuple[Any, Any] = entry.get("width"), entry.get("height")
        if size is None:
            if any(type(side) is not int or side < 1 for side in declared):
                return Text("{path} is not in the folder, and its size is not stated", path=path)
            is_orientation = type(orientation) is int and 1 <= orientation <= 8
            size = (declared[0], declared[1], int(orientation) if is_orientation else 1)
        width, height, orientation = size
        if declared != (None, None) and declared != (width, height):
            differs = Text(
                "{path} has {width} x {height} pixels, stated are {stated_width} x {stated_height}",
                path=path,
                width=width,
                height=height,
                stated_width=declared[0],
                stated_height=declared[1],
            )
            if declared != (height, width):
                return differs
            return Text(
                "{differs}; its masks were drawn without regard to EXIF orientation",
                differs=differs,
            )
        if width * height > _MOST_PIXELS:
            return Text(
                "{width} x {height} pixels are more than masks can have", width=width, height=height
            )
        if before is not None and (before.width, before.height) not in (
            (None, None),
            (width, height),
        ):
            return Text("{path} has another size than when it was annotated", path=path)
        extras = {key: value for key, value in entry.items() if key not in _IMAGE_KEYS}
        extras = _without_stated(extras, _STATED_IMAGE_KEYS)
        if isinstance(extras.get("license"), Hashable):
            number = self._licence_ids.get(extras.get("license"))
            extras |= {} if number is None else {"license": number}
        if not files.has(path):
            self._result.missing.append(path)
        record = before or ImageRecord(0, path)
        status, sha256 = stated.get("status"), stated.get("sha256")
        return replace(
            record,
            width=width,
            height=height,
            orientation=orientation,
            status=status
            if record.status == "open" and status in ("done", "skipped")
            else record.status,
            sha256=record.sha256 or (sha256 if isinstance(sha256, str) else None),
            extras=record.extras or _text(extras),
        )

    def _size_of_file(self, path: str) -> tuple[int, int, int] | None:
        try:
            size = read_size(self._folder / path)
        except ImageError:
            # It can still be annotated once it can be read; its stated size is taken.
            return None
        return size.width, size.height, size.orientation

    # Categories.

    def _merge_categories(self) -> None:
        by_name = {category.name: category for category in self._dataset.categories}
        colours = [category.colour for category in self._dataset.categories]
        ids = Ids(self._last_id(Category))
        new: list[tuple[Hashable, Category]] = []
        for where, entry in self._source.categories():
            if not isinstance(entry, dict):
                self._refuse(where, Text("is not an object"))
                continue
            identity, name = entry.get("id"), entry.get("name")
            if not isinstance(identity, Hashable) or identity is None:
                self._refuse(where, Text("has no id"))
            elif identity in self._categories:
                self._refuse(where, Text("id {id} occurs twice", id=identity))
            elif not isinstance(name, str) or not name.strip():
                self._refuse(where, Text("has no name"))
                self._categories[identity] = Text("its category, {where}, has no name", where=where)
            elif name in by_name:
                self._categories[identity] = by_name[name]
            else:
                extras = {key: value for key, value in entry.items() if key not in _CATEGORY_KEYS}
                if extras.get("supercategory") == "":
                    del extras["supercategory"]
                colour = next_colour(colours)
                colours.append(colour)
                category = Category(ids.keep(identity) or 0, name, colour, _text(extras))
                by_name[name] = category
                self._categories[identity] = category
                new.append((identity, category))
        for _, category in new:
            numbered = category if category.id else replace(category, id=ids.new())
            self._numbered[numbered.name] = numbered
            self._result.changes.append(Change(None, numbered))
        self._result.categories = len(new)
        for identity, found in self._categories.items():
            if isinstance(found, Category):
                self._categories[identity] = self._numbered.get(found.name, found)

    def _default_category(self) -> Category | None:
        """The category of annotations whose source knows none."""
        name = self._source.category
        if name is None:
            return None
        known = {category.name: category for category in self._dataset.categories}
        category = known.get(name) or self._numbered.get(name)
        if category is None:
            colours = [one.colour for one in (*known.values(), *self._numbered.values())]
            highest = max((one.id for one in self._numbered.values()), default=0)
            identity = max(self._last_id(Category), highest) + 1
            category = Category(identity, name, next_colour(colours))
            self._numbered[name] = category
            self._result.changes.append(Change(None, category))
            self._result.categories += 1
        return category

    # Annotations.

    def _merge_annotations(self) -> None:
        known = Known(self._dataset)
        ids = Ids(self._last_id(Annotation))
        # By the source's ids: the annotations in the project that others may be part of.
        wholes: dict[Hashable, tuple[int, int]] = {}
        new: list[tuple[int | None, _Found]] = []
        for found in self._found():
            identity = known.take(found.image.id, found.category.id, found.shape)
            if identity is None:
                new.append((ids.keep(found.stated_id), found))
            else:
                self._result.known += 1
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
                self._result.boxes += 1
                record = UnsegmentedBox(identity, image, category, shape, found.extras)
            else:
                self._result.annotations += 1
                parent = parents.get(identity)
                record = Annotation(
                    identity, image, category, shape, found.provenance, parent, found.extras
                )
            self._result.changes.append(Change(None, record))

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
                self._refuse(
                    found.where, Text("cannot be part of annotation {id}", id=found.parent)
                )
            else:
                parents[identity] = parent
        return parents

    def _found(self) -> Iterator[_Found]:
        entries = self._source.annotations()
        done = 0
        while batch := list(islice(entries, _BATCH)):
            self._keep_going("read", done, max(done, self._source.count))
            done += len(batch)
            drawn: list[tuple[_Found, bytes]] = []
            for where, entry in batch:
                if not isinstance(entry, dict):
                    self._refuse(where, Text("is not an object"))
                    continue
                if type(entry.get("id")) is int:
                    where = Text("annotation {id}", id=entry["id"])
                found = self._read(where, entry)
                if isinstance(found, Text):
                    self._refuse(where, found)
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
                self._refuse(found.where, DAMAGED)
            elif mask.is_empty:
                self._refuse(found.where, Text("its mask has no pixels"))
            else:
                yield replace(found, shape=mask)

    def _read(self, where: str, entry: dict[str, Any]) -> tuple[_Found, bytes | None] | Text:
        """What an entry is, and its mask's counts if it has a mask; or why it cannot be used."""
        image = self._looked_up(self._images, entry.get("image_id"), _NO_IMAGE)
        if isinstance(image, Text):
            return image
        category = self._looked_up(self._categories, entry.get("category_id"), _NO_CATEGORY)
        if isinstance(category, Text):
            default = self._default_category() if "category_id" not in entry else None
            if default is None:
                return category
            category = default
        drawn = self._drawn(where, entry, image)
        if isinstance(drawn, Text):
            return drawn
        stated = entry.get("arr_coc")
        stated = stated if isinstance(stated, dict) else {}
        is_whole = bool(stated) and not arr_coc.validator("annotation")(_as_written(entry))
        provenance = arr_coc.provenance(entry, stated if is_whole else {})
        beyond = _ANNOTATION_KEYS | (_SA1B_KEYS if is_whole else set())
        extras = {key: value for key, value in entry.items() if key not in beyond}
        if is_whole:
            extras = _without_stated(extras, _STATED_KEYS)
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
            _text(extras),
            provenance,
            stated.get("parent_id"),
            shape,
        )
        return found, None if isinstance(drawn, Box) else drawn

    def _looked_up(self, table: dict[Hashable, Any], key: Any, missing: _Missing) -> Any:
        if key is None or not isinstance(key, Hashable):
            return missing.unstated
        found = table.get(key)
        if found is None:
            of_project = self._source.uses_ids_of_project
            return missing.in_project(key) if of_project else missing.in_source(key)
        if isinstance(found, ImageRecord) and found.width is None:
            size = self._size_of_file(found.path)
            if size is None:
                return Text("its image {path} cannot be read", path=found.path)
            loaded = replace(found, width=size[0], height=size[1], orientation=size[2])
            self._result.changes.append(Change(found, loaded))
            table[key] = found = loaded
        return found

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
                    self._refuse(where, problem)
                return problems[0]
            for problem in problems:
                self._refuse(where, Text("{problem} and is left out", problem=problem))
            return counts_of_polygons(usable, width, height)
        if segmentation not in (None, [], {}):
            return Text("its segmentation is neither polygons nor RLE")
        box = _box(entry.get("bbox"))
        if box is None:
            return Text("has neither a segmentation nor a box")
        box = box.clipped(width, height)
        return Text("its box lies outside the image") if box.is_empty else box


class _Missing(NamedTuple):
    """Why an annotation has no image or no category."""

    unstated: Text
    in_project: Callable[[Any], Text]
    in_source: Callable[[Any], Text]


_NO_IMAGE = _Missing(
    Text("states no image"),
    lambda key: Text("this project has no image {id}", id=key),
    lambda key: Text("there is no image {id}", id=key),
)
_NO_CATEGORY = _Missing(
    Text("states no category"),
    lambda key: Text("this project has no category {id}", id=key),
    lambda key: Text("there is no category {id}", id=key),
)


def _given_up(entries: list[_T]) -> Iterator[_T]:
    """The entries, each of which is let go of at once.

    To let go of a hundred thousand at the end would stop every other thread for that long.
    """
    entries.reverse()
    while entries:
        yield entries.pop()


_NO_MASK_YET = Box(0, 0, 0, 0)


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


def _without_stated(extras: dict[str, Any], taken: set[str]) -> dict[str, Any]:
    """Unknown keys, without those of `arr_coc` that have a place of their own."""
    stated = extras.get("arr_coc")
    if not isinstance(stated, dict):
        return extras
    beyond = {key: value for key, value in stated.items() if key not in taken}
    others = {key: value for key, value in extras.items() if key != "arr_coc"}
    return others | ({"arr_coc": beyond} if beyond else {})


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _with_more(text: str, more: dict[str, Any]) -> str:
    """A JSON object with the keys of another that it lacks."""
    known = json.loads(text or "{}")
    return _text(known | {key: value for key, value in more.items() if key not in known})


def _text(value: Any) -> str:
    """JSON, or "" for nothing."""
    return json.dumps(value, ensure_ascii=False) if value else ""
