"""`samdesk auto --shards`: proposals as COCO files of so many images each.

A file says in its `info` of which images and by which settings it was made, so that a run that was
stopped knows what is done. Ids follow from the listing alone: an image's is its place, and each
image has room for as many annotations as the grid could find. So a file can be made again without
the others, and memory holds what was found in one file's images.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import filelock
import ijson

from samdesk.coco.choice import Choice
from samdesk.coco.merge import AUTO_KEY
from samdesk.coco.write import write
from samdesk.core.dataset import Annotation, Category, Dataset, DatasetInfo, ImageRecord
from samdesk.core.grid import Grid
from samdesk.core.palette import next_colour
from samdesk.core.prompt import Box
from samdesk.engine.base import EngineInfo, EngineLost
from samdesk.errors import CocoError, ImageError, SamdeskError
from samdesk.folders import Folders
from samdesk.runtime.annotating import as_loaded
from samdesk.runtime.proposing import Look, annotations_of
from samdesk.verbs.addresses import NotFetched
from samdesk.verbs.coco import circumstances

_NAME = re.compile(r"shard-(\d{5,})\.json")
_FORM = Choice(profile="arr-coc")
_LOST = 10  # images that did not come, one after the other, until it is not for the images
_ANSWERS = 3  # to a point, at most
_ANEW = "Name another folder, or move its files away to have all of them made anew."


class Kept(NamedTuple):
    """What a step of a run has brought into safety."""

    images: int = 0
    proposals: int = 0
    empty_boxes: int = 0


@contextmanager
def opened(folder: Path) -> Iterator[Path]:
    """The folder of shards, for this process alone, without what a killed one left unfinished.

    Raises:
        CocoError: it cannot be written, or another process has it.
    """
    # Held by the operating system, so that it ends with the process, however that ends.
    lock = filelock.FileLock(folder / ".lock", timeout=0)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire()
        for unfinished in folder.glob(".shard-*.json.*"):
            unfinished.unlink()
    except filelock.Timeout as error:
        raise CocoError(
            f"Another process writes into {folder}.", "Wait for it, or name another folder."
        ) from error
    except OSError as error:
        raise CocoError(
            f"The folder {folder} cannot be written: {error.strerror or error}.",
            "Check the path, the rights and the space on that disk.",
        ) from error
    try:
        yield folder
    finally:
        lock.release()


@dataclass
class _Shard:
    """A shard of which some images are done.

    Attributes:
        looks: by the image's id.
    """

    looks: dict[int, Look] = field(default_factory=dict)
    failed: list[dict[str, str]] = field(default_factory=list)

    @property
    def images(self) -> int:
        return len(self.looks) + len(self.failed)


class ShardWriter:
    """Keeps what is found until all images of a shard are done. See `samdesk.verbs.auto.Writer`.

    Args:
        folder: as `opened` gives it.
        paths: of all images.
        size: how many of them each shard is for.

    Attributes:
        total, paths, boxes, failed: as `Writer` has them.

    Raises:
        CocoError: there are shards of other images or made by other settings.
    """

    def __init__(
        self,
        folder: Path,
        paths: Sequence[str],
        size: int,
        engine: EngineInfo,
        grid: Grid,
        category: str,
    ) -> None:
        self._folder, self._all, self._size, self._engine = folder, paths, size, engine
        self._settings = {"engine": engine.key, "category": category, **asdict(grid)}
        self._category = Category(1, category, next_colour(()))
        self._room = grid.max_per_image or _ANSWERS * grid.points_per_side**2
        self._circumstances = circumstances(Folders.find())
        self._ids = {path: number for number, path in enumerate(paths, 1)}
        self._begun: dict[int, _Shard] = {}
        self._lost = 0
        self._written = 0
        self.total = len(paths)
        self.boxes: dict[str, tuple[Box, ...]] = {}
        self.failed: list[dict[str, str]] = []
        there = self._there_already()
        self._there = len(there)
        self.paths = [path for path in paths if self._number(path) not in there]
        self._left = len(self.paths)

    @property
    def files(self) -> dict[str, Any]:
        """For the summary: where the shards are, how many, and how many of them were written."""
        return {
            "folder": str(self._folder),
            "files": self._there + self._written,
            "written": self._written,
        }

    def write(self, look: Look) -> Kept:
        """See `Writer.write`."""
        if look.path != _sayable(look.path):
            raise ImageError("Its name is no Unicode text, as JSON is.", "Rename the file.")
        self._lost = 0
        self._begun_with(look.path).looks[self._ids[look.path]] = look
        return self._kept()

    def skip(self, path: str, failure: SamdeskError) -> Kept:
        """See `Writer.skip`."""
        if isinstance(failure, EngineLost):
            raise failure
        self._lost = self._lost + 1 if isinstance(failure, NotFetched) else 0
        if self._lost == _LOST:
            raise ImageError(
                f"{_LOST} images one after the other could not be fetched.",
                "When they can be, the same command goes on.",
            )
        told = {"image": path, "title": failure.title, "hint": failure.hint}
        sayable = {name: _sayable(text) for name, text in told.items()}
        self._begun_with(path).failed.append(sayable)
        return self._kept()

    def _number(self, path: str) -> int:
        return (self._ids[path] - 1) // self._size

    def _paths_of(self, number: int) -> Sequence[str]:
        return self._all[number * self._size : (number + 1) * self._size]

    def _begun_with(self, path: str) -> _Shard:
        self._left -= 1
        return self._begun.setdefault(self._number(path), _Shard())

    def _kept(self) -> Kept:
        """Writes the shards all of whose images are done."""
        # What no image comes from any more may be gone for a while only.
        if self._lost and self._left:
            return Kept()
        kept = Kept()
        for number, shard in list(self._begun.items()):
            if shard.images == len(self._paths_of(number)):
                images, proposals = self._written_out(number, shard)
                kept = Kept(kept.images + images, kept.proposals + proposals)
                del self._begun[number]
        return kept

    def _written_out(self, number: int, shard: _Shard) -> tuple[int, int]:
        """Writes a shard, and says how many images and annotations it has."""
        annotations, images = list[Annotation](), list[ImageRecord]()
        for identity, look in sorted(shard.looks.items()):
            first = 1 + (identity - 1) * self._room
            ids = range(first, first + len(look.found))
            assert len(ids) <= self._room, "a grid finds at most so many"
            annotations += annotations_of(
                look.found, ids, identity, self._category.id, self._engine
            )
            images.append(as_loaded(ImageRecord(identity, look.path), look))
        about = {
            "settings": self._settings,
            "images": _digest(self._paths_of(number)),
            "failed": shard.failed,
        }
        dataset = Dataset(
            tuple(images),
            (self._category,),
            annotations,
            Counter(one.image_id for one in annotations),
            {one.id: one.parent_id for one in annotations if one.parent_id is not None},
            info=DatasetInfo(json.dumps({AUTO_KEY: about})),
        )
        target = self._folder / f"shard-{number:05d}.json"
        # Images that failed are not in the file, so none is looked for beside it.
        write(dataset, self._folder, target, _FORM, circumstances=self._circumstances)
        self._written += 1
        return len(images), len(annotations)

    def _there_already(self) -> set[int]:
        """The numbers of the shards that are done; notes which of their images failed."""
        there = set()
        for path in sorted(self._folder.iterdir()):
            match = _NAME.fullmatch(path.name)
            if match is None:
                continue
            about = _about(path)
            if about is None:
                raise CocoError(f"{path} was not made by samdesk auto --shards.", _ANEW)
            stated = about["settings"]
            other = [name for name, now in self._settings.items() if stated.get(name) != now]
            if other:
                name = other[0]
                raise CocoError(
                    f"{path} was made with another {name}: {stated.get(name)}, not "
                    f"{self._settings[name]}.",
                    _ANEW,
                )
            number = int(match[1])
            if about["images"] != _digest(self._paths_of(number)):
                raise CocoError(
                    f"{path} was made of other images than those in its place now, or of another "
                    "number of images.",
                    _ANEW,
                )
            self.failed += about["failed"]
            there.add(number)
        return there


def _about(path: Path) -> Any:
    """What a shard says about itself, which is at its beginning; None for another file."""
    try:
        with path.open("rb") as stream:
            return next(ijson.items(stream, f"info.{AUTO_KEY}", use_float=True), None)
    except ijson.JSONError:
        return None


def _digest(paths: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(paths).encode("utf-8", "surrogateescape")).hexdigest()


def _sayable(text: str) -> str:
    """The text without the bytes of file names that are no Unicode."""
    return text.encode("utf-8", "replace").decode()
