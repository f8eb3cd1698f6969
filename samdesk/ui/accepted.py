"""What the project holds, as the window shows it, and how changes are applied to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, Signal

from samdesk.core.dataset import (
    Annotation,
    Category,
    Change,
    ImageRecord,
    Record,
    UnsegmentedBox,
)
from samdesk.engine.base import CancelToken
from samdesk.errors import SamdeskError
from samdesk.runtime.lane import Job
from samdesk.runtime.listing import Stored
from samdesk.ui import words
from samdesk.ui.workspace import Workspace

_MANY = 500  # changes; storing and showing more would stall the window


class Accepted(QObject):
    """Mirrors the project, which owns what was accepted; knows nothing of drafts or of undo.

    Attributes:
        annotations: of the image on screen, by id.
        categories: in their order.
        category_counts: the annotations of each category, by its id.
        boxes: that were imported and have no mask yet, on all images, by id; in no order.
        category_id: the category into which the next mask is accepted.
    """

    annotations_changed = Signal()
    categories_changed = Signal()
    counts_changed = Signal()  # of annotations in categories, which may be the same as before
    image_read = Signal()  # the image on screen is another one, or many changes were stored
    applied = Signal(object)  # a sequence of Changes, which are on disk
    failed = Signal(str)  # something could not be stored

    def __init__(self, workspace: Workspace, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self.annotations: list[Annotation] = []
        self.categories: list[Category] = []
        self.category_counts: dict[int, int] = {}
        self.boxes: dict[int, UnsegmentedBox] = {}
        self.category_id: int | None = None

    @property
    def category(self) -> Category | None:
        """The category into which the next mask is accepted."""
        return next((one for one in self.categories if one.id == self.category_id), None)

    def annotation(self, annotation_id: int | None) -> Annotation | None:
        """The annotation of this id, if it is on the image on screen."""
        return next((one for one in self.annotations if one.id == annotation_id), None)

    def called(self, name: str) -> Category | None:
        """The category of a name; without one, that whose name differs in capitals alone."""
        alike = [one for one in self.categories if one.name.casefold() == name.strip().casefold()]
        return next((one for one in alike if one.name == name.strip()), next(iter(alike), None))

    def called_like(self, text: str) -> list[Category]:
        """Those whose names have a text in them, first those that begin with it."""
        sought = text.strip().casefold()
        found = [one for one in self.categories if sought in one.name.casefold()]
        return sorted(found, key=lambda one: not one.name.casefold().startswith(sought))

    def category_of(self, annotation: Annotation) -> Category | None:
        return next((one for one in self.categories if one.id == annotation.category_id), None)

    def use_category(self, category_id: int) -> None:
        """Makes a category that of the draft and of what is accepted from now on."""
        if any(one.id == category_id for one in self.categories):
            self.category_id = category_id
            self.categories_changed.emit()

    def read_folder(self) -> None:
        """Reads what belongs to no image, and uses the category that was used last here."""
        project, folder = self._workspace.project, self._workspace.folder
        self.categories = project.categories() if project else []
        self.category_counts = project.counts_by_category() if project else {}
        self.boxes = {box.id: box for box in project.boxes()} if project else {}
        name = self._workspace.left_off(folder)[1] if folder is not None else ""
        known = {one.name: one.id for one in self.categories}
        first = self.categories[0].id if self.categories else None
        self.category_id = known.get(name, first)
        self.categories_changed.emit()

    def read_image(self) -> None:
        """Reads what is on the image on screen."""
        record, project = self._workspace.record, self._workspace.project
        self.annotations = list(project.annotations(record.id)) if record and project else []
        self.annotations_changed.emit()
        self.image_read.emit()

    def apply(
        self, changes: Sequence[Change], failed: Callable[[Exception], None] | None = None
    ) -> bool:
        """Applies changes to the project and shows them.

        Args:
            failed: called with the reason when that fails; without it, it is told.

        Returns:
            Whether they are on disk; otherwise nothing was changed.
        """
        project = self._workspace.project
        if project is None:
            return False
        try:
            project.apply(changes)
        except SamdeskError as error:
            (failed or self.tell_failure)(error)
            return False
        kinds = {type(change.record) for change in changes}
        if Category in kinds:
            self._show_categories(project.categories())
        self.applied.emit(changes)
        for change in changes:
            # There may be hundreds of thousands of boxes: they are not read again.
            if isinstance(change.before, UnsegmentedBox):
                self.boxes.pop(change.before.id, None)
            if isinstance(change.after, UnsegmentedBox):
                self.boxes[change.after.id] = change.after
            if isinstance(change.after, ImageRecord):
                self._workspace.replace_record(change.after)
        if Annotation in kinds:
            for change in changes:
                self._count(change.before, -1)
                self._count(change.after, +1)
            self._take_over(changes)
        if Category in kinds:
            self.categories_changed.emit()
        elif Annotation in kinds:
            self.counts_changed.emit()
        return True

    def apply_many(
        self,
        changes: Callable[[], Sequence[Change]],
        keep_going: Callable[[CancelToken, int, int], None],
        done: Callable[[], None],
        failed: Callable[[Exception | None], None],
    ) -> Job | None:
        """Applies many changes beside the GUI thread, and then shows them.

        Args:
            changes: makes them, on the io lane, to which the project belongs meanwhile.
            keep_going: as of `Workspace.store`.
            done: called when all are on disk and shown.
            failed: called when nothing was changed, with the reason; None when that was wished.
        """

        def stored(now: Stored) -> None:
            self.category_counts, self.boxes = now.category_counts, now.boxes
            self._show_categories(now.categories)
            self.read_image()
            self.categories_changed.emit()
            done()

        return self._workspace.store(changes, keep_going, stored, failed)

    def tell_failure(self, error: Exception | None) -> None:
        """Says why something was not stored; None is no failure."""
        if error is not None:
            self.failed.emit(words.explained(error))

    # Within.

    def _show_categories(self, categories: list[Category]) -> None:
        self.categories = categories
        if self.category is None and categories:
            self.category_id = categories[-1].id

    def _count(self, record: Record | None, by: int) -> None:
        """Keeps the counts right without asking the project for them all again."""
        if isinstance(record, Annotation):
            images, categories = self._workspace.counts, self.category_counts
            images[record.image_id] = images.get(record.image_id, 0) + by
            categories[record.category_id] = categories.get(record.category_id, 0) + by
            self._workspace.row_changed.emit(self._workspace.row_of(record.image_id))

    def _take_over(self, changes: Sequence[Change]) -> None:
        """Brings the annotations on screen to what is stored now; there may be thousands."""
        record = self._workspace.record
        known = {one.id: one for one in self.annotations}
        for change in changes:
            after = change.after
            if isinstance(change.record, Annotation):
                known.pop(change.record.id, None)
            if isinstance(after, Annotation) and record and after.image_id == record.id:
                known[after.id] = after
        self.annotations = [known[key] for key in sorted(known)]
        self.annotations_changed.emit()


def is_many(count: int) -> bool:
    """Whether so many changes are stored beside the GUI thread."""
    return count > _MANY


def is_large(changes: Sequence[Change]) -> bool:
    """Whether to store changes beside the GUI thread, and to list the folder anew after them."""
    return is_many(len(changes)) or any(
        isinstance(one.record, ImageRecord) and None in (one.before, one.after) for one in changes
    )


def keep_going(token: CancelToken, _done: int, _total: int) -> None:
    """Stops storing many changes only where that is cancelled."""
    token.check()
