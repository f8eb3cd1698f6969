"""`samdesk auto`: masks without a person, stored as proposals of a folder's project.

Each image is one transaction, so a run that was stopped or killed goes on where it was.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from samdesk import settings
from samdesk.core.dataset import Category, Change, ImageRecord, Proposal, UnsegmentedBox
from samdesk.core.grid import Grid
from samdesk.core.image import list_images
from samdesk.core.prompt import Box
from samdesk.engine.base import CancelToken, EngineInfo, EngineLost
from samdesk.engine.cache import EmbeddingCache
from samdesk.engine.choose import choose_engine
from samdesk.engine.recommend import Preference
from samdesk.errors import EngineError, ImageError, ProjectError, SamdeskError
from samdesk.folders import Folders
from samdesk.runtime.annotating import new_category
from samdesk.runtime.encoder import CachedEncoder
from samdesk.runtime.proposing import (
    Look,
    Looker,
    propose,
    propose_in_boxes,
    settings_of,
    to_look_at,
)
from samdesk.store.project import Project
from samdesk.verbs.meter import Meter
from samdesk.verbs.reading import ahead
from samdesk.verbs.talk import FAILED, INTERRUPTED, OK, result, say


@dataclass
class _Run:
    """How far a run is, in images, and what it has stored."""

    total: int
    there_already: int
    done: int = 0
    proposals: int = 0
    empty_boxes: int = 0
    failed: list[dict[str, str]] = field(default_factory=list)
    is_interrupted: bool = False

    @property
    def left(self) -> int:
        return self.total - self.there_already - self.done - len(self.failed)


def auto(options: argparse.Namespace) -> int:
    """Proposes masks for the images of a folder of which the same was not asked before."""
    root: Path = options.folder.expanduser().absolute()
    paths = list_images(root)
    with Project.open(root, data=Folders.find().data) as project:
        for notice in project.notices:
            say(notice)
        if project.read_only:
            raise ProjectError(f"{root} is open in another SAMDesk.", "Close that one first.")
        listed = set(paths)
        records = {one.path: one for one in project.add_images(paths) if one.path in listed}
        hands = _hands(options, root)
        info = hands.info
        say(f"engine: {info.name} on {info.device}")
        if info.remark:
            say(info.remark)
        writer: _BoxWriter | _GridWriter
        if options.from_boxes:
            writer = _BoxWriter(project, info, records)
        else:
            grid = grid_of(options, hands.grid)
            writer = _GridWriter(project, info, records, grid, options.category)
        run = _Run(writer.total, writer.total - len(writer.paths))
        failure = None
        try:
            _write(run, writer, hands.looks(writer.paths, writer.boxes))
        except KeyboardInterrupt:
            run.is_interrupted = True
        except SamdeskError as error:
            # The disk is full, or the engine out of memory: what is done is told first.
            failure = error
        hands.close()
    code = _told(options, run, info)
    if failure is not None:
        raise failure
    return code


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


def _hands(options: argparse.Namespace, root: Path) -> Hands:
    if options.ray is not None:
        from samdesk.verbs.cluster import Cluster

        return Cluster(options, root)
    return _ThisProcess(load_looker(options, root))


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
            try:
                yield path, looker.look(path, reading.result(), boxes.get(path, ()))
            except EngineLost:
                raise
            except (ImageError, EngineError) as error:
                yield path, error

    def close(self) -> None:
        """See `Hands.close`."""
        self._looker.engine.close()


def load_looker(options: argparse.Namespace, root: Path) -> Looker:
    """An engine with all it needs to look at the images of a folder."""
    folders = Folders.find()
    preferred = settings.load(folders.config / "settings.json")
    choice = choose_engine(
        options.engine,
        folders.checkpoints,
        cache=folders.cache,
        file=options.checkpoint,
        preference=Preference(device=options.device, precision=options.precision),
    )
    engine = choice.load(CancelToken(), lambda fraction: None)
    cache = EmbeddingCache(preferred.cache_path(folders.cache), preferred.cache_bytes)
    encoder = CachedEncoder(engine, cache, say)
    grid = grid_of(options, engine.grid)
    return Looker(engine, encoder, root, grid, preferred.max_pixels)


def grid_of(options: argparse.Namespace, default: Grid) -> Grid:
    """What the command line asks for; what it does not say is the engine's default."""
    names = ("points_per_side", "pred_iou", "stability", "min_area", "max_per_image")
    said = {name: getattr(options, name, None) for name in names}
    return replace(default, **{name: value for name, value in said.items() if value is not None})


class _GridWriter:
    """Stores what was found of everything.

    Attributes:
        total: how many images the folder has.
        paths: the images that are still to be looked at.
        boxes: none.
    """

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

    def write(self, look: Look) -> tuple[int, int]:
        """How many proposals were stored, and in how many boxes nothing was found."""
        record = self._records[look.path]
        changes = propose(self._project, record, look, self._category, self._engine, self._settings)
        self._project.apply(changes)
        return _proposals(changes), 0


class _BoxWriter:
    """Stores what was found in imported boxes; its attributes are `_GridWriter`'s."""

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

    def write(self, look: Look) -> tuple[int, int]:
        """See `_GridWriter.write`."""
        boxes = self._boxes[look.path]
        record = self._records[look.path]
        changes = propose_in_boxes(self._project, record, look, boxes, self._engine)
        self._project.apply(changes)
        return _proposals(changes), len(boxes) - _proposals(changes)


def _category(project: Project, name: str) -> Category:
    """The category of this name, which is stored where there is none."""
    known = next((one for one in project.categories() if one.name == name), None)
    if known is None:
        known = new_category(project, name)
        project.apply([Change(None, known)])
    return known


def _proposals(changes: Sequence[Change]) -> int:
    return sum(isinstance(change.after, Proposal) for change in changes)


def _write(
    run: _Run,
    writer: _GridWriter | _BoxWriter,
    looks: Iterator[tuple[str, Look | SamdeskError]],
) -> None:
    meter = Meter(len(writer.paths))
    started = time.perf_counter()
    for path, look in looks:
        failure = look if isinstance(look, SamdeskError) else None
        if isinstance(look, Look):
            try:
                stored, empty = writer.write(look)
            except ImageError as error:
                failure = error
            else:
                run.done += 1
                run.proposals += stored
                run.empty_boxes += empty
        if failure is not None:
            meter.show(run.done, is_over=True)
            say(f"{path}: {failure}")
            run.failed.append({"image": path, "title": failure.title, "hint": failure.hint})
        now = time.perf_counter()
        meter.show(run.done + len(run.failed), now - started)
        started = now
    meter.show(run.done + len(run.failed), is_over=True)


def _told(options: argparse.Namespace, run: _Run, info: EngineInfo) -> int:
    if options.json:
        result(
            {
                "folder": str(options.folder),
                "engine": info.name,
                "key": info.key,
                "images": run.total,
                "done": run.done,
                "there_already": run.there_already,
                "proposals": run.proposals,
                "boxes_without_mask": run.empty_boxes,
                "failed": run.failed,
                "complete": run.left == 0 and not run.failed,
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
    return FAILED if run.failed else OK
