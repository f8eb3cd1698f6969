"""`samdesk auto --shards`: proposals as COCO files of so many images each.

What a run has to know of those before it is in the folder: the shards say of which images they are
and by which settings they were made, and a journal holds what was found in the images of each shard
that is not complete. A shard is for the first images that none is for yet, and an image's id
follows from its shard's number and its place there, so that a run that was killed ends as an
undisturbed one, and images that come later get shards of their own.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

import filelock
import ijson

from samdesk.coco.choice import Choice
from samdesk.coco.merge import AUTO_KEY
from samdesk.coco.write import write
from samdesk.core.containment import wholes
from samdesk.core.dataset import Annotation, Category, Dataset, DatasetInfo, ImageRecord
from samdesk.core.destination import require_outside_projects
from samdesk.core.grid import Grid
from samdesk.core.palette import next_colour
from samdesk.core.prompt import Box
from samdesk.engine.base import EngineInfo
from samdesk.errors import CocoError, ImageError, SamdeskError
from samdesk.folders import Folders
from samdesk.lock import file_lock, has_no_locks
from samdesk.reason import reason_of
from samdesk.runtime.annotating import as_loaded
from samdesk.runtime.proposing import Look, annotations_of
from samdesk.verbs.coco import circumstances
from samdesk.verbs.journal import Journal

_NAME = re.compile(r"shard-(\d{5,})\.json")
_JOURNAL = re.compile(r"\.shard-(\d{5,})\.journal")
_FORM = Choice(profile="arr-coc")
_ANSWERS = 3  # to a point, at most
_ANEW = "Name another folder, or move its files away to have all of them made anew."


class Kept(NamedTuple):
    """How much of an image was brought into safety."""

    proposals: int
    empty_boxes: int = 0


@contextmanager
def opened(folder: Path) -> Iterator[Path]:
    """The folder of shards, for this process alone, without what a killed one left unfinished.

    Raises:
        CocoError: it cannot be written, or another process has it.
        DestinationError: it is where a project is kept.
    """
    require_outside_projects(folder / ".lock")
    lock = file_lock(folder / ".lock")
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
        if has_no_locks(error):
            raise CocoError(
                f"The disk of {folder} has no locks, which keep two runs from mixing.",
                "Name a folder on another disk.",
            ) from error
        raise _unwritable(folder, error) from error
    try:
        yield folder
    finally:
        lock.release()


@dataclass
class _Shard:
    """A shard that is not complete.

    Attributes:
        left: how many of its images are neither done nor given up.
        failed: those that were given up for the first time.
    """

    number: int
    journal: Journal
    left: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)


class ShardWriter:
    """Keeps what is found, and writes a shard when all of its images are done or given up.

    See `samdesk.verbs.auto.Writer`.

    Args:
        folder: as `opened` gives it.
        place: where the images are, as `samdesk.verbs.addresses.shown` tells it.
        paths: of all images.
        size: how many of them each shard is for.

    Attributes:
        total, paths, boxes: as `Writer` has them.

    Raises:
        CocoError: there are shards of another place or by other settings, or it cannot be written.
    """

    def __init__(
        self,
        folder: Path,
        place: str,
        paths: Sequence[str],
        size: int,
        engine: EngineInfo,
        grid: Grid,
        category: str,
    ) -> None:
        self._folder, self._size, self._engine = folder, size, engine
        self._settings = {
            "place": place,
            "images_per_shard": size,
            "engine": engine.key,
            "category": category,
            **asdict(grid),
        }
        self._category = Category(1, category, next_colour(()))
        self._room = grid.max_per_image or _ANSWERS * grid.points_per_side**2
        self._circumstances = circumstances(Folders.find())
        self._begun = dict[int, _Shard]()
        self._given_up = set[str]()
        self._there = self._written = 0
        try:
            complete = self._read_folder()
        except OSError as error:
            raise _unwritable(folder, error) from error
        self._begin_others(paths, complete)
        self._shard_of = {path: one for one in self._begun.values() for path in one.journal.paths}
        self.boxes: dict[str, tuple[Box, ...]] = {}
        self.paths: list[str] = []
        for _, shard in sorted(self._begun.items()):
            done = set(shard.journal.done)
            left = [path for path in shard.journal.paths if path not in done]
            self.paths += left
            shard.left = len(left)
            self._finish(shard)
        self.total = len({*paths, *self.paths})

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
        shard = self._shard_of[look.path]
        try:
            shard.journal.add(look)
        except OSError as error:
            raise _unwritable(shard.journal.file, error) from error
        shard.left -= 1
        self._finish(shard)
        return Kept(len(look.found))

    def skip(self, path: str, failure: SamdeskError) -> None:
        """See `Writer.skip`."""
        shard = self._shard_of[path]
        if _sayable(path) not in self._given_up:
            told = {"image": path, "title": failure.title, "hint": failure.hint}
            shard.failed.append({name: _sayable(text) for name, text in told.items()})
        shard.left -= 1
        self._finish(shard)

    def _read_folder(self) -> set[str]:
        """The images in shards that are there; notes those given up, and the shards begun."""
        complete, numbers = set[str](), set[int]()
        for path in sorted(self._folder.iterdir()):
            if match := _NAME.fullmatch(path.name):
                about, paths = _stated(path)
                self._require_same(path, about["settings"])
                numbers.add(int(match[1]))
                complete.update(paths)
                self._given_up.update(one["image"] for one in about["failed"])
        for path in sorted(self._folder.iterdir()):
            if match := _JOURNAL.fullmatch(path.name):
                number = int(match[1])
                journal = None if number in numbers else Journal.read(path)
                if journal is None:
                    # Its process was killed when the shard was just written, or nothing yet.
                    path.unlink()
                    continue
                self._require_same(path, journal.settings)
                self._begun[number] = _Shard(number, journal)
        self._numbers, self._there = numbers, len(numbers)
        return complete

    def _require_same(self, path: Path, stated: dict[str, Any]) -> None:
        for name, now in self._settings.items():
            before = stated.get(name)
            if before != now:
                how = "of the images at" if name == "place" else f"with {name}"
                raise CocoError(f"{path} was made {how} {before}, not {now}.", _ANEW)

    def _begin_others(self, paths: Sequence[str], complete: set[str]) -> None:
        """Gives shards to the images in none; last to those that were given up before."""
        begun = {path for one in self._begun.values() for path in one.journal.paths}
        others = [path for path in paths if path not in complete and path not in begun]
        others.sort(key=lambda path: _sayable(path) in self._given_up)
        free = (one for one in count() if one not in self._numbers and one not in self._begun)
        for start, number in zip(range(0, len(others), self._size), free, strict=False):
            file = self._folder / f".shard-{number:05d}.journal"
            journal = Journal(file, self._settings, others[start : start + self._size])
            self._begun[number] = _Shard(number, journal)

    def _finish(self, shard: _Shard) -> None:
        """Writes a shard of which no image is left."""
        if shard.left:
            return
        if shard.journal.done or shard.failed:
            self._write_out(shard)
            self._written += 1
        shard.journal.file.unlink(missing_ok=True)
        del self._begun[shard.number]

    def _write_out(self, shard: _Shard) -> None:
        first = 1 + shard.number * self._size
        numbers = {path: number for number, path in enumerate(shard.journal.paths, first)}
        annotations, images = list[Annotation](), list[ImageRecord]()
        for look in sorted(shard.journal.looks(), key=lambda look: numbers[look.path]):
            number = numbers[look.path]
            ids = range(1 + (number - 1) * self._room, 1 + number * self._room)
            assert len(look.found) <= len(ids), "a grid finds at most so many"
            annotations += annotations_of(
                look.found,
                wholes([one.mask for one in look.found]),
                ids[: len(look.found)],
                number,
                self._category.id,
                self._engine,
            )
            images.append(as_loaded(ImageRecord(number, look.path), look, has_masks=False))
        about = {"settings": self._settings, "failed": shard.failed}
        dataset = Dataset(
            tuple(images),
            (self._category,),
            annotations,
            Counter(one.image_id for one in annotations),
            {one.id: one.parent_id for one in annotations if one.parent_id is not None},
            info=DatasetInfo(json.dumps({AUTO_KEY: about})),
        )
        target = self._folder / f"shard-{shard.number:05d}.json"
        # Images that failed are not in the file, so none is looked for beside it.
        write(dataset, None, target, _FORM, circumstances=self._circumstances)


def _stated(path: Path) -> tuple[Any, list[str]]:
    """What a shard says about itself, and its images; both are before its annotations.

    Raises:
        CocoError: it is another kind of file.
    """
    try:
        with path.open("rb") as stream:
            about = next(ijson.items(stream, f"info.{AUTO_KEY}", use_float=True), None)
        if about is not None:
            with path.open("rb") as stream:
                return about, list(_image_paths(stream))
    except ijson.JSONError:
        pass
    raise CocoError(f"{path} was not made by samdesk auto --shards.", _ANEW)


def _image_paths(stream: BinaryIO) -> Iterator[str]:
    for prefix, event, value in ijson.parse(stream):
        if prefix == "images.item.file_name":
            yield value
        elif (prefix, event) == ("images", "end_array"):
            return


def _unwritable(path: Path, error: OSError) -> CocoError:
    return CocoError(
        f"{path} cannot be written: {reason_of(error)}.",
        "Check the path, the rights and the space on that disk.",
    )


def _sayable(text: str) -> str:
    """The text without the bytes of file names that are no Unicode."""
    return text.encode("utf-8", "replace").decode()
