"""`samdesk auto`: masks without a person, as proposals of a folder's project or as COCO shards.

In a project each image is one transaction, beside shards it is a line of a journal, so a run that
was stopped or killed goes on where it was.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Protocol

from samdesk.core.dataset import Category, Change, ImageRecord, Proposal, UnsegmentedBox
from samdesk.core.grid import Grid
from samdesk.core.image import list_images
from samdesk.core.prompt import Box
from samdesk.engine.base import EngineInfo, EngineLost, one_of_many
from samdesk.errors import EngineError, ImageError, ProjectError, SamdeskError
from samdesk.runtime.annotating import new_category
from samdesk.runtime.proposing import (
    Look,
    Looker,
    propose,
    propose_in_boxes,
    settings_of,
    to_look_at,
)
from samdesk.store.project import Project
from samdesk.verbs.addresses import images_at, shown, when_they_come
from samdesk.verbs.engine import introduce, load_engine
from samdesk.verbs.meter import Meter
from samdesk.verbs.reading import ahead
from samdesk.verbs.shards import Kept, ShardWriter, opened
from samdesk.verbs.talk import FAILED, INTERRUPTED, OK, result, say
from samdesk.verbs.writing import open_for_writing


@dataclass
class _Run:
    """How far a run is, in images, and what it has stored."""

    total: int
    there_already: int
    failed: list[dict[str, str]] = field(default_factory=list)
    done: int = 0
    proposals: int = 0
    empty_boxes: int = 0
    is_interrupted: bool = False
    failure: SamdeskError | None = None

    @property
    def left(self) -> int:
        return self.total - self.there_already - self.done - len(self.failed)


def auto(options: argparse.Namespace) -> int:
    """Proposes masks for the images of a folder of which the same was not asked before."""
    if options.shards is not None:
        return _into_shards(options)
    if isinstance(options.folder, str):
        raise ProjectError(
            f"{options.folder} is no folder of this machine that could hold a project.",
            "Name a folder for the proposals by --shards.",
        )
    return _into_project(options)


def _into_project(options: argparse.Namespace) -> int:
    root: Path = options.folder.expanduser().absolute()
    paths = list_images(root)
    with open_for_writing(root) as project:
        listed = set(paths)
        records = {one.path: one for one in project.add_images(paths) if one.path in listed}
        with closing(_hands(options, root)) as hands:
            writer: Writer
            if options.from_boxes:
                writer = _BoxWriter(project, hands.info, records)
            else:
                grid = grid_of(options, hands.grid)
                writer = _GridWriter(project, hands.info, records, grid, options.category)
            run = _carried_out(hands, writer)
    return _told(options, run, hands.info, writer)


def _into_shards(options: argparse.Namespace) -> int:
    if options.from_boxes:
        raise ProjectError(
            "Imported boxes are in a project, and what is found in them goes there.",
            "Leave out --shards; samdesk export --proposals makes a COCO file of a project.",
        )
    is_local = isinstance(options.folder, Path)
    root = options.folder.expanduser().absolute() if is_local else options.folder
    paths = images_at(root).paths()
    with opened(options.shards) as folder, closing(_hands(options, root)) as hands:
        grid = grid_of(options, hands.grid)
        size, place = options.images_per_shard, shown(root)
        writer = ShardWriter(folder, place, paths, size, hands.info, grid, options.category)
        run = _carried_out(hands, writer)
    return _told(options, run, hands.info, writer)


def _carried_out(hands: Hands, writer: Writer) -> _Run:
    """Has the images looked at, and says how far that came."""
    run = _Run(writer.total, writer.total - len(writer.paths))
    try:
        _write(run, writer, hands.looks(writer.paths, writer.boxes))
    except KeyboardInterrupt:
        run.is_interrupted = True
    except SamdeskError as error:
        # The disk is full, or the engine out of memory: what is done is told first.
        run.failure = error
    return run


class Hands(Protocol):
    """Whoever looks at the images: this process, or the workers of a cluster.

    Attributes:
        info, grid: of the engine.
    """

    info: EngineInfo
    grid: Grid

    def looks(
        self, paths: Sequence[str], boxes: Mapping[str, Sequence[Box]]
    ) -> Iterator[tuple[str, Look | SamdeskError]]:
        """What is found in each image, or why it could not be looked at, in any order.

        Raises:
            EngineLost: no other image would fare better.
        """
        ...

    def close(self) -> None: ...


class Writer(Protocol):
    """Whoever keeps what is found.

    Attributes:
        total: how many images there are.
        paths: of the images that are still to be looked at.
        boxes: in which, by path; everything is looked for in the others.
    """

    total: int
    paths: list[str]
    boxes: dict[str, tuple[Box, ...]]

    def write(self, look: Look) -> Kept:
        """Brings what was found in an image into safety, and says how much it was.

        Raises:
            ImageError: it does not fit the image as it was known.
            ProjectError, CocoError: it cannot be written.
        """
        ...

    def skip(self, path: str, failure: SamdeskError) -> None:
        """Goes on without an image.

        Raises:
            CocoError: what is done cannot be written.
        """
        ...


def _hands(options: argparse.Namespace, root: Path | str) -> Hands:
    hands: Hands
    if options.ray is not None:
        from samdesk.verbs.cluster import Cluster

        hands = Cluster(options, root)
    else:
        hands = _ThisProcess(load_looker(options, root))
    introduce(hands.info)
    return hands


class _ThisProcess:
    """See `Hands`."""

    def __init__(self, looker: Looker) -> None:
        self._looker = looker
        self.info, self.grid = looker.engine.info, looker.engine.grid

    def looks(
        self, paths: Sequence[str], boxes: Mapping[str, Sequence[Box]]
    ) -> Iterator[tuple[str, Look | SamdeskError]]:
        """See `Hands.looks`."""
        looker = self._looker
        for path, reading in ahead(looker.read, paths):
            looked: Look | SamdeskError
            try:
                with one_of_many():
                    looked = looker.look(path, reading.result(), boxes.get(path, ()))
            except EngineLost:
                raise
            except (ImageError, EngineError) as error:
                looked = error
            yield path, looked

    def close(self) -> None:
        """See `Hands.close`."""
        self._looker.engine.close()


def load_looker(options: argparse.Namespace, root: Path | str) -> Looker:
    """An engine with all it needs to look at the images of a folder, or of another address."""
    loaded = load_engine(options)
    read = partial(images_at(root).read, max_pixels=loaded.max_pixels)
    grid = grid_of(options, loaded.engine.grid)
    return Looker(loaded.engine, loaded.encoder, read, grid)


def grid_of(options: argparse.Namespace, default: Grid) -> Grid:
    """What the command line asks for; what it does not say is the engine's default."""
    names = ("points_per_side", "pred_iou", "stability", "min_area", "max_per_image")
    said = {name: getattr(options, name, None) for name in names}
    return replace(default, **{name: value for name, value in said.items() if value is not None})


class _GridWriter:
    """Stores what was found of everything. See `Writer`."""

    def __init__(
        self,
        project: Project,
        engine: EngineInfo,
        records: Mapping[str, ImageRecord],
        grid: Grid,
        category: str,
    ) -> None:
        self._project = project
        self._engine = engine
        self._records = records
        self._category = _category(project, category)
        self._settings = settings_of(engine, grid, self._category)
        self.total = len(records)
        self.paths = to_look_at(project, list(records.values()), self._settings)
        self.boxes: dict[str, tuple[Box, ...]] = {}

    def write(self, look: Look) -> Kept:
        """See `Writer.write`."""
        record = self._records[look.path]
        changes = propose(self._project, record, look, self._category, self._engine, self._settings)
        self._project.apply(changes)
        return Kept(_proposals(changes))

    def skip(self, path: str, failure: SamdeskError) -> None:
        """See `Writer.skip`."""


class _BoxWriter:
    """Stores what was found in imported boxes. See `Writer`."""

    def __init__(
        self, project: Project, engine: EngineInfo, records: Mapping[str, ImageRecord]
    ) -> None:
        self._project = project
        self._engine = engine
        self._records = records
        paths = {record.id: path for path, record in records.items()}
        self._boxes: dict[str, list[UnsegmentedBox]] = {}
        proposed = project.proposal_parents()
        seen = set()
        for box in project.boxes():
            if box.image_id in paths:
                seen.add(box.image_id)
                if box.id not in proposed:
                    self._boxes.setdefault(paths[box.image_id], []).append(box)
        self.total = len(seen)
        self.paths = list(self._boxes)
        self.boxes = {path: tuple(one.box for one in boxes) for path, boxes in self._boxes.items()}

    def write(self, look: Look) -> Kept:
        """See `Writer.write`."""
        boxes = self._boxes[look.path]
        record = self._records[look.path]
        changes = propose_in_boxes(self._project, record, look, boxes, self._engine)
        self._project.apply(changes)
        return Kept(_proposals(changes), len(boxes) - _proposals(changes))

    def skip(self, path: str, failure: SamdeskError) -> None:
        """See `Writer.skip`."""


def _category(project: Project, name: str) -> Category:
    """The category of this name, which is stored where there is none."""
    known = next((one for one in project.categories() if one.name == name), None)
    if known is None:
        known = new_category(project, name)
        project.apply([Change(None, known)])
    return known


def _proposals(changes: Sequence[Change]) -> int:
    return sum(isinstance(change.after, Proposal) for change in changes)


def _write(run: _Run, writer: Writer, looks: Iterator[tuple[str, Look | SamdeskError]]) -> None:
    meter = Meter(len(writer.paths))
    started = time.perf_counter()
    looked = 0
    for looked, (path, look) in enumerate(when_they_come(looks), 1):
        failure = look if isinstance(look, SamdeskError) else None
        if isinstance(look, Look):
            try:
                kept = writer.write(look)
            except ImageError as error:
                failure = error
            else:
                run.done += 1
                run.proposals += kept.proposals
                run.empty_boxes += kept.empty_boxes
        if failure is not None:
            meter.show(looked, is_over=True)
            say(f"{path}: {failure}")
            run.failed.append({"image": path, "title": failure.title, "hint": failure.hint})
            writer.skip(path, failure)
        now = time.perf_counter()
        meter.show(looked, now - started)
        started = now
    meter.show(looked, is_over=True)


def _told(options: argparse.Namespace, run: _Run, info: EngineInfo, writer: Writer) -> int:
    if options.json:
        result(
            {
                "folder": shown(options.folder),
                "engine": info.name,
                "key": info.key,
                "images": run.total,
                "done": run.done,
                "there_already": run.there_already,
                "proposals": run.proposals,
                "boxes_without_mask": run.empty_boxes,
                "failed": run.failed,
                "complete": run.left == 0 and not run.failed,
                **({"shards": writer.files} if isinstance(writer, ShardWriter) else {}),
            }
        )
    else:
        print(
            f"{run.proposals:,} proposals on {run.done:,} images, {run.there_already:,} there "
            f"already, {len(run.failed):,} failed, {run.left:,} left"
        )
        if run.empty_boxes:
            print(f"{run.empty_boxes:,} boxes in which nothing was found")
    if run.is_interrupted:
        say("Stopped; what is done is kept. The same command goes on from here.")
        return INTERRUPTED
    if run.failure is not None:
        raise run.failure
    return FAILED if run.failed else OK
