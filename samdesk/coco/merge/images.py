"""The images of a source, as images of the project."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import replace
from typing import Any

from samdesk.coco import arr_coc
from samdesk.coco.ids import Ids
from samdesk.coco.image_files import ImageFiles
from samdesk.coco.merge.extras import as_text, without_stated
from samdesk.coco.merge.plan import Import, Target
from samdesk.coco.merge.source_ids import with_source_ids
from samdesk.coco.sources.base import Source
from samdesk.core.dataset import Change, ImageRecord
from samdesk.core.image import read_size
from samdesk.errors import ImageError
from samdesk.text import Text

_MOST_PIXELS = 1 << 31  # pycocotools counts pixels in 32 bits
_KEYS = {"id", "file_name", "width", "height", "orientation_applied"}
_STATED_KEYS = {"sha256", "status", "orientation_applied"}


class Images:
    """The images that annotations of a source may be on.

    Args:
        licence_ids: as `merge_info` returns them.
        meant: by the source's ids, where its images are the project's.
    """

    def __init__(
        self,
        source: Source,
        target: Target,
        plan: Import,
        licence_ids: Mapping[Hashable, int],
        meant: dict[Hashable, ImageRecord | Text] | None,
    ) -> None:
        self._source = source
        self._target = target
        self._plan = plan
        self._licence_ids = licence_ids
        # By the source's ids; a text says why there is none.
        self._found: dict[Hashable, ImageRecord | Text] = meant or {}
        self._refused: set[Hashable] = set()
        if meant is None:
            self._merge()

    def says_all(self, key: Any) -> bool:
        """Whether a file that cannot be used is about this image alone, and was told with it."""
        is_of_one_file = not self._source.states_ids
        return is_of_one_file and isinstance(key, Hashable) and key in self._refused

    def of(self, key: Any) -> ImageRecord | Text:
        """The image with this id in the source, its size known; or why there is none."""
        if key is None or not isinstance(key, Hashable):
            return Text("states no image")
        found = self._found.get(key)
        if found is None and self._source.uses_ids_of_project:
            return Text("this project has no image {id}", id=key)
        if found is None:
            return Text("there is no image {id}", id=key)
        if isinstance(found, ImageRecord) and found.width is None:
            size = self._size_of_file(found.path)
            if size is None:
                return Text("its image {path} cannot be read", path=found.path)
            loaded = replace(found, width=size[0], height=size[1], orientation=size[2])
            self._plan.changes.append(Change(found, loaded))
            self._found[key] = found = loaded
        return found

    def _merge(self) -> None:
        files = ImageFiles(
            self._target.folder, [image.path for image in self._target.dataset.images]
        )
        before = {image.path: image for image in self._target.dataset.images}
        known = dict(before)
        taken: dict[Hashable, str] = {}
        ids = Ids(self._target.last_id(ImageRecord))
        entries: list[tuple[str, Hashable, dict[str, Any]]] = []
        for where, entry in self._source.images():
            if not isinstance(entry, dict):
                self._plan.refuse(where, Text("is not an object"))
                continue
            identity = entry.get("id")
            if not isinstance(identity, Hashable) or identity is None:
                self._plan.refuse(where, Text("has no id"))
                continue
            if identity in self._found:
                self._plan.refuse(where, Text("id {id} occurs twice", id=identity))
                continue
            self._found[identity] = Text("not read yet")
            entries.append((where, identity, entry))
        names = (entry.get("file_name") for _, _, entry in entries)
        paths = files.match(name for name in names if not isinstance(name, Text))
        unnumbered = []
        for place, (where, identity, entry) in enumerate(entries):
            self._target.keep_going("match", place, len(entries))
            record = self._image(entry, files, paths, known)
            if isinstance(record, Text):
                self._plan.refuse(where, record)
                self._found[identity] = Text("its image, {where}, cannot be used", where=where)
                self._refused.add(identity)
                continue
            if not record.id:
                number = ids.keep(identity)
                if number is None:
                    unnumbered.append((identity, record))
                    continue
                record = replace(record, id=number)
            # Of two entries of one new file the first is taken.
            known[record.path] = record if record.path in before else known.get(record.path, record)
            taken[identity] = record.path
        for identity, record in unnumbered:
            if record.path not in known:
                known[record.path] = replace(record, id=ids.new())
            taken[identity] = record.path
        if self._source.states_ids:
            self._plan.renumbered += sum(known[path].id != one for one, path in taken.items())
            known = with_source_ids(known, taken)
        self._found.update({identity: known[path] for identity, path in taken.items()})
        for path, record in known.items():
            if before.get(path) != record:
                self._plan.changes.append(Change(before.get(path), record))
                self._plan.images += path not in before

    def _image(
        self,
        entry: dict[str, Any],
        files: ImageFiles,
        paths: Mapping[str, str | None],
        known: Mapping[str, ImageRecord],
    ) -> ImageRecord | Text:
        """The record of an image, with id 0 when it is new; or why it cannot be used."""
        name = entry.get("file_name")
        if isinstance(name, Text):
            return name
        if not isinstance(name, str) or not name:
            return Text("has no file_name")
        path = paths[name]
        if path is None:
            return Text("{name} is not in the folder, or may be several images there", name=name)
        before = known.get(path)
        stated = entry.get("arr_coc")
        stated = stated if isinstance(stated, dict) else {}
        orientation: Any = stated.get("orientation_applied", entry.get("orientation_applied"))
        size = self._size_of_file(path) if files.has(path) else None
        if size is None:
            if not files.has(path) and not self._target.with_missing and before is None:
                self._plan.missing.append(path)
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
        extras = {key: value for key, value in entry.items() if key not in _KEYS}
        extras = without_stated(extras, _STATED_KEYS)
        if isinstance(extras.get("license"), Hashable):
            number = self._licence_ids.get(extras.get("license"))
            extras |= {} if number is None else {"license": number}
        if not files.has(path):
            self._plan.missing.append(path)
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
            sha256=record.sha256 or (sha256 if arr_coc.is_sha256(sha256) else None),
            extras=record.extras or as_text(extras),
        )

    def _size_of_file(self, path: str) -> tuple[int, int, int] | None:
        try:
            size = read_size(self._target.folder / path)
        except ImageError:
            # It can still be annotated once it can be read; its stated size is taken.
            return None
        return size.width, size.height, size.orientation
