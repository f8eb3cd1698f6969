"""Boxes that were imported without masks: gone through, each a prompt."""

from __future__ import annotations

from PySide6.QtCore import QObject

from samdesk.ui.annotator import Annotator


class ImportedBoxes(QObject):
    """Owns nothing: the boxes are the project's, the prompts the annotator's."""

    def __init__(self, annotator: Annotator, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._annotator = annotator

    def next(self) -> None:
        """Prompts with the next imported box, in its category; goes on to its image first."""
        annotator, workspace = self._annotator, self._annotator.workspace
        boxes, record = annotator.accepted.boxes, workspace.record
        if record is None or not annotator.may_draw():
            return
        if not boxes:
            annotator.told.emit(self.tr("There are no imported boxes left without masks."))
            return
        here = [box for box in boxes.values() if box.image_id == record.id]
        here.sort(key=lambda box: box.id)
        if not here:
            rows = {workspace.row_of(box.image_id) for box in boxes.values()} - {-1}
            ahead = sorted(row for row in rows if row > workspace.row) or sorted(rows)
            if ahead:
                workspace.go_to(ahead[0])
                annotator.tell(self.tr("Press {box} again for the first of its boxes."))
            return
        shown = annotator.draft.prompt.box if annotator.draft else None
        places = [place for place, box in enumerate(here) if box.box == shown]
        box = here[(places[0] + 1) % len(here) if places else 0]
        annotator.drop_draft()
        annotator.accepted.use_category(box.category_id)
        annotator.set_box(box.box)
