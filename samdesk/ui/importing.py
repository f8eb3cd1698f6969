"""Importing annotations from the window: read in the background, taken as one undoable step."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from samdesk.coco.merge import Import, merge, require_new
from samdesk.coco.sources import open_source
from samdesk.core.dataset import Change
from samdesk.engine.base import CancelToken
from samdesk.runtime.lane import Job, Lane, Post
from samdesk.ui import words
from samdesk.ui.annotator import Annotator
from samdesk.ui.dialogs.import_ import ImportDialog
from samdesk.ui.panels.notices import Notice, NoticeBar
from samdesk.ui.progress import Progress


class Importer(QObject):
    """Reads a source on the io lane, shows what would come in, and stores it when told to."""

    def __init__(
        self,
        annotator: Annotator,
        io: Lane,
        post: Post,
        notices: NoticeBar,
        place: Callable[[], Path],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self._io = io
        self._post = post
        self._notices = notices
        self._said = ""
        self._place = place
        self._window = parent
        self._dialog: ImportDialog | None = None
        self._job: Job | None = None
        self._plan: Import | None = None
        self._source = Path()
        annotator.history_changed.connect(self._withdraw)

    def ask(self) -> None:
        """Opens the dialog."""
        project = self._annotator.workspace.project
        if project is None or self._dialog is not None:
            return
        dialog = ImportDialog(self._place(), self.read, self._stop, self.take, self._window)
        dialog.destroyed.connect(self._forget)
        self._dialog = dialog
        dialog.open()

    def read(self, source: Path, with_missing: bool) -> None:
        """Plans an import; the dialog shows it."""
        project = self._annotator.workspace.project
        if project is None:
            return
        self._stop()
        self._let_go()
        self._source = source
        folder = project.folder
        progress = Progress(self._post, self._progressed)

        def work(token: CancelToken) -> Import:
            def keep_going(what: str, done: int, total: int) -> None:
                token.check()
                progress(what, done, total)

            # A connection of its own: the project belongs to the GUI thread.
            with project.reader() as reader:
                return merge(
                    open_source(source, folder, keep_going),
                    reader.snapshot(),
                    folder,
                    reader.last_id,
                    with_missing=with_missing,
                    keep_going=keep_going,
                )

        def done(plan: Import) -> None:
            # Another source may have been named while this plan was on its way.
            if not job.token.is_cancelled:
                self._planned(plan)

        job = self._job = self._io.submit("import", work, done=done, failed=self._failed)

    def take(self) -> None:
        """Stores what was planned, as one step that can be undone; the dialog closes after it."""
        plan = self._plan
        if plan is None:
            return
        self._plan = None
        progress = Progress(self._post, self._progressed)

        def keep_going(token: CancelToken, done: int, total: int) -> None:
            token.check()
            progress("store", done, total)

        project = self._annotator.workspace.project

        def changes() -> list[Change]:
            assert project is not None
            require_new(plan, project.last_id)
            return plan.changes

        text = self.tr("Import {0}").format(self._source.name)
        self._job = self._annotator.change_many(
            text, changes, keep_going, lambda: self._taken(plan), self._failed
        )

    def _taken(self, plan: Import) -> None:
        if self._dialog is not None:
            self._dialog.close_imported()
        keys = self._annotator.keys
        parts = [words.annotation_count(plan.annotations)]
        if plan.boxes:
            boxes = self.tr("{0} to be segmented ({box})")
            parts.append(keys.fill(boxes, words.box_count(plan.boxes)))
        text = keys.fill(
            self.tr("Imported from {0}: {1}. {undo} takes it back."),
            self._source.name,
            ", ".join(parts),
        )
        self._said = text
        self._notices.tell(Notice(text, is_warning=False, seconds=30.0))

    def _withdraw(self) -> None:
        """After another step undo takes back something else."""
        self._notices.withdraw(self._said)

    def _planned(self, plan: Import) -> None:
        self._plan = plan
        if self._dialog is not None:
            self._dialog.show_plan(plan)

    def _failed(self, error: Exception | None) -> None:
        if self._dialog is not None and error is not None:
            self._dialog.show_failure(words.explained(error))

    def _progressed(self, what: str, done: int, total: int) -> None:
        if self._dialog is not None and self._plan is None:
            self._dialog.show_progress(words.doing(what), done, total)

    def _stop(self) -> None:
        if self._job is not None:
            self._job.token.cancel()

    def _forget(self) -> None:
        self._dialog = None
        self._let_go()

    def _let_go(self) -> None:
        """Forgets a plan that is not wanted, a change at a time and beside the window.

        All at once, the hundred thousand of a large one would stop every thread meanwhile.
        """
        plan, self._plan = self._plan, None
        if plan is None:
            return

        def work(_token: CancelToken) -> None:
            while plan.changes:
                plan.changes.pop()

        self._io.submit("import", work, done=lambda _: None, failed=self._failed)
