"""Annotations taken along to other images of the folder."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from samdesk.core.dataset import Annotation, Change
from samdesk.runtime.annotating import pasted
from samdesk.ui import words
from samdesk.ui.annotator import Annotator


class Copying(QObject):
    """Remembers annotations until others are copied or another folder is opened.

    Attributes:
        copied: by id.
    """

    changed = Signal()

    def __init__(self, annotator: Annotator, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._annotator = annotator
        self.copied: tuple[Annotation, ...] = ()
        annotator.workspace.opened.connect(self._forget)

    def copy(self) -> None:
        """Remembers the selected annotations."""
        selected = self._annotator.selection.annotations
        if not selected:
            return
        self.copied = tuple(selected)
        text = self.tr("Copied: {0}. {paste} adds a copy to the image on screen.")
        self._annotator.tell(text, words.annotation_count(len(selected)))
        self.changed.emit()

    def paste(self) -> None:
        """Adds what was copied to the image on screen, parts with their wholes, and selects it."""
        annotator = self._annotator
        project, record = annotator.workspace.project, annotator.workspace.record
        picture = annotator.workspace.picture
        if project is None or record is None or picture is None or not annotator.may_draw():
            return
        size = picture.image.width, picture.image.height
        known = {one.id for one in annotator.accepted.categories}
        fitting = [
            one
            for one in self.copied
            if (one.mask.width, one.mask.height) == size and one.category_id in known
        ]
        if not fitting:
            annotator.told.emit(
                self.tr("Masks can only be pasted on an image of the same size, in this folder.")
            )
            return
        ids = {one.id: project.next_id(Annotation) for one in fitting}
        changes = [
            Change(None, pasted(one, ids[one.id], record.id, ids.get(one.parent_id or 0)))
            for one in fitting
        ]
        text = self.tr("Paste {0}").format(words.annotation_count(len(changes)))
        if annotator.change(text, changes):
            annotator.selection.select_all(list(ids.values()))

    def _forget(self) -> None:
        """Another folder has other categories."""
        self.copied = ()
        self.changed.emit()
