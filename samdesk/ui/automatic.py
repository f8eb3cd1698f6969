"""Proposals from the window: for the image on screen or the folder, in the background."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from PySide6.QtCore import QObject, QTimer, Signal

from samdesk.core.dataset import Annotation, Category, ImageRecord, Proposal, UnsegmentedBox
from samdesk.engine.base import (
    Cancelled,
    CancelToken,
    Embedding,
    EngineInfo,
    EngineLost,
    Progress,
    Segmenter,
)
from samdesk.errors import SamdeskError
from samdesk.runtime.lane import Lane
from samdesk.runtime.proposing import (
    Comparison,
    Look,
    compared,
    find,
    propose,
    propose_in_boxes,
    settings_of,
)
from samdesk.ui import words
from samdesk.ui.annotator import Annotator
from samdesk.ui.categorising import Categorising

Answer: TypeAlias = tuple[Look, EngineInfo, str]
_PAUSE_MS = 50


class Automatic(QObject):
    """Goes through images without a person; each one's proposals are stored when they are found.

    Attributes:
        done, total: images of the run; total is 0 when none is going on.
        fraction: of the image at work.
    """

    changed = Signal()
    told = Signal(str)
    ended = Signal(str)  # what was found

    def __init__(
        self,
        annotator: Annotator,
        categorising: Categorising,
        io: Lane,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._io = io
        self._categorising = categorising
        self._workspace = annotator.workspace
        self._records: list[ImageRecord] = []
        self._boxes: dict[int, list[UnsegmentedBox]] | None = None
        self._category: Category | None = None
        self.done = self.total = self._stored = self._failed = 0
        self.fraction = 0.0
        self._workspace.opened.connect(self.stop)

    @property
    def is_running(self) -> bool:
        return self.total > 0

    def propose_on_image(self) -> None:
        """Proposes masks of everything in the image on screen."""
        record = self._workspace.record
        if record is not None:
            self._start([record], None)

    def propose_in_folder(self) -> None:
        """The same for all images without annotations that are not done."""
        listing = self._workspace.listing
        rows = [row for row in range(len(self._workspace.records)) if listing.is_untouched(row)]
        self._start([self._workspace.records[row] for row in rows], None)

    def segment_boxes(self) -> None:
        """Proposes a mask for every imported box that has none."""
        project = self._workspace.project
        if project is None:
            return
        proposed = project.proposal_parents()
        boxes: dict[int, list[UnsegmentedBox]] = {}
        for box in project.boxes():
            if box.id not in proposed and self._workspace.row_of(box.image_id) >= 0:
                boxes.setdefault(box.image_id, []).append(box)
        if not boxes:
            self.told.emit(self.tr("There are no imported boxes left without masks."))
            return
        records = [self._workspace.records[self._workspace.row_of(one)] for one in boxes]
        self._start(records, boxes)

    def stop(self) -> None:
        """Ends the run; what was found stays."""
        if self.is_running:
            self._annotator.inference.stop_study()
            self._end()

    def _start(
        self, records: list[ImageRecord], boxes: dict[int, list[UnsegmentedBox]] | None
    ) -> None:
        project = self._workspace.project
        if self.is_running or not records or project is None or project.read_only:
            return
        self._category = self._annotator.accepted.category
        if self._category is None:
            # One that is stored, so that every image's proposals can be of it.
            if not self._categorising.add(self.tr("object")):
                return
            self._category = self._annotator.accepted.category
        self._records, self._boxes = list(reversed(records)), boxes
        self.total, self.done, self._stored, self._failed = len(records), 0, 0, 0
        self._next()

    def _next(self) -> None:
        if self._waits(self._next):
            return
        if not self._records:
            self._end()
            return
        record = self._records.pop()
        project, images = self._workspace.project, self._workspace.images
        assert project is not None and self._category is not None
        category, boxes = self._category, (self._boxes or {}).get(record.id, [])
        key = str(Path(project.folder) / record.path)

        def work(
            engine: Segmenter, embedding: Embedding, token: CancelToken, progress: Progress
        ) -> Answer:
            image = images.get(key)
            prompts = [box.box for box in boxes]
            look = find(
                engine, embedding, record.path, image, engine.grid, prompts, token, progress
            )
            return look, engine.info, settings_of(engine.info, engine.grid, category)

        self.fraction = 0.0
        self.changed.emit()
        self._annotator.inference.study(
            key,
            work,
            done=lambda answer: self._found(record, boxes, *answer),
            failed=lambda error: self._not_found(record, error),
            progress=self._progressed,
        )

    def _found(
        self,
        record: ImageRecord,
        boxes: list[UnsegmentedBox],
        look: Look,
        info: EngineInfo,
        settings: str,
        comparison: Comparison | None = None,
    ) -> None:
        if self._waits(lambda: self._found(record, boxes, look, info, settings, comparison)):
            return
        project = self._workspace.project
        assert project is not None and self._category is not None
        if all(one.id != self._category.id for one in self._annotator.accepted.categories):
            self.told.emit(
                self.tr("The category {0} has gone; proposing stopped.").format(self._category.name)
            )
            self._end()
            return
        row = self._workspace.row_of(record.id)
        if row < 0:
            # The step that brought the image was undone.
            self.done += 1
            self._next()
            return
        # It may have been read meanwhile.
        record = self._workspace.records[row]
        annotations = [] if boxes else list(project.annotations(record.id))
        if not boxes and (comparison is None or comparison.annotations != annotations):
            # Beside the window, and again where it was annotated meanwhile.
            self._compare(
                look,
                annotations,
                lambda made: self._found(record, boxes, look, info, settings, made),
            )
            return
        try:
            if boxes:
                changes = propose_in_boxes(project, record, look, boxes, info)
            else:
                changes = propose(project, record, look, self._category, info, settings, comparison)
            project.apply(changes)
        except SamdeskError as error:
            self._not_found(record, error)
            return
        self._stored += sum(isinstance(change.after, Proposal) for change in changes)
        for change in changes:
            if isinstance(change.after, ImageRecord):
                self._workspace.replace_record(change.after)
        self._annotator.proposals.take_over(changes)
        self.done += 1
        self._next()

    def _compare(
        self,
        look: Look,
        annotations: list[Annotation],
        then: Callable[[Comparison], None],
    ) -> None:
        run = self._records

        def made(comparison: Comparison) -> None:
            # The run may have been stopped meanwhile.
            if self.is_running and self._records is run:
                then(comparison)

        def failed(error: Exception) -> None:
            raise error

        self._io.submit(
            "compare", lambda _token: compared(look, annotations), done=made, failed=failed
        )

    def _waits(self, then: Callable[[], None]) -> bool:
        """Whether the project is lent for the storing of a large step; goes on after that."""
        if not self._workspace.is_storing:
            return False
        run = self._records

        def go_on() -> None:
            # Another folder may have been opened meanwhile.
            if self.is_running and self._records is run:
                then()

        QTimer.singleShot(_PAUSE_MS, self, go_on)
        return True

    def _not_found(self, record: ImageRecord, error: Exception) -> None:
        if isinstance(error, Cancelled):
            self.told.emit(
                self.tr("The engine changed; proposing stopped. What was found is kept.")
            )
            self._end()
            return
        if isinstance(error, EngineLost):
            # Otherwise the engine that stands in for it goes on.
            self.told.emit(
                f"{words.explained(error)} " + self.tr("Proposing stopped. What was found is kept.")
            )
            self._end()
            return
        if not isinstance(error, SamdeskError):
            self._end()
            raise error
        self.told.emit(f"{record.path}: {words.explained(error)}")
        self._failed += 1
        self.done += 1
        self._next()

    def _progressed(self, fraction: float) -> None:
        self.fraction = fraction
        self.changed.emit()

    def _end(self) -> None:
        text = self.tr("{0} on {1}. {next_proposal} goes through them.")
        if self.done:
            proposals = words.proposal_count(self._stored)
            images = words.image_count(self.done - self._failed)
            self.ended.emit(self._annotator.keys.fill(text, proposals, images))
        self.total, self._records = 0, []
        self.changed.emit()
