"""Exporting COCO from the window, in the background."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from samdesk.coco.choice import Choice, Segmentation
from samdesk.coco.write import Written, write
from samdesk.engine.base import CancelToken
from samdesk.runtime.lane import Lane
from samdesk.store.project import Project
from samdesk.ui import words
from samdesk.ui.dialogs.export import ExportDialog
from samdesk.ui.panels.notices import Notice
from samdesk.ui.workspace import Workspace


class Exporter(QObject):
    """Asks what to export, writes it on the io lane, and tells the outcome."""

    def __init__(
        self, workspace: Workspace, io: Lane, tell: Callable[[Notice], None], parent: QWidget
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._io = io
        self._tell = tell
        self._window = parent

    def ask(self) -> None:
        """Opens the dialog."""
        project = self._workspace.project
        if project is None:
            return
        images = words.image_count(len(self._workspace.records))
        annotations = words.annotation_count(sum(self._workspace.counts.values()))
        target = project.folder / "annotations.json"
        ExportDialog(target, f"{images}, {annotations}", self.export, self._window).open()

    def export(self, target: Path, segmentation: Segmentation) -> None:
        """Writes the project; a notice tells the outcome."""
        project = self._workspace.project
        if project is None:
            return
        folder, database = project.folder, project.database

        def work(token: CancelToken) -> Written:
            # A connection of its own: the project belongs to the GUI thread.
            with Project.open(folder, data=database, database=database, read_only=True) as reader:
                return write(
                    reader.snapshot(),
                    folder,
                    target,
                    Choice(segmentation=segmentation),
                    keep_going=lambda _what, _done, _total: token.check(),
                )

        self._io.submit(
            "export",
            work,
            done=partial(self._exported, target),
            failed=lambda error: self._tell(Notice(str(error))),
        )

    def _exported(self, target: Path, written: Written) -> None:
        text = self.tr("{0} written and checked: {1}, {2}.").format(
            target, words.image_count(written.images), words.annotation_count(written.annotations)
        )
        if written.left_out:
            names = ", ".join(path for path, _ in written.left_out[:5])
            text += " " + self.tr("Left out, because they cannot be read: {0}").format(names)
            text += "…" if len(written.left_out) > 5 else "."
        show = partial(QDesktopServices.openUrl, QUrl.fromLocalFile(str(target.parent)))
        is_warning = bool(written.left_out)
        seconds = None if is_warning else 30.0
        self._tell(Notice(text, self.tr("Open folder"), show, is_warning, seconds))
