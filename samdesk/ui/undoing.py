"""Undo and redo, in the order in which things were done."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from samdesk.core.dataset import Change, inverse
from samdesk.errors import MisfitError
from samdesk.runtime.proposing import reconciled
from samdesk.ui import words
from samdesk.ui.accepted import is_large, keep_going
from samdesk.ui.draft import DraftHistory
from samdesk.ui.timeline import ChangeStep, DraftStep, Step

if TYPE_CHECKING:
    from samdesk.ui.annotator import Annotator


class Undoing(QObject):
    """Part of the Annotator, whose timeline it goes along."""

    def __init__(self, annotator: Annotator) -> None:
        super().__init__(annotator)
        self._annotator = annotator
        self._timeline = annotator.timeline

    @property
    def can_undo(self) -> bool:
        """Whether `undo` would do something."""
        return self._timeline.last is not None

    @property
    def can_redo(self) -> bool:
        """Whether `redo` would do something."""
        return self._timeline.next is not None

    def undo(self) -> None:
        """Takes the last step back: of a draft, its dropping, or a change."""
        annotator, before = self._annotator, self._annotator.workspace.row
        step = self._shown(self._timeline.last)
        if step is None:
            return
        elsewhere = self._elsewhere(before, self.tr("Undone on {0}: {1}"), step)
        if isinstance(step, DraftStep):
            if step.is_drop:
                self._bring_back(step.image_id, step.history)
            else:
                step.history.undo()
                if step.history.current is None:
                    annotator.selection.select_again(step.history.selected_ids)
            self._timeline.back()
            annotator.resume()
            self._moved(elsewhere)
            return

        # The changes may take it away.
        in_use = annotator.accepted.category_id

        def back() -> None:
            self._timeline.back()
            self._use_again(step, in_use)
            if step.history is not None:
                self._bring_back(step.image_id, step.history)
                annotator.resume()
            annotator.history_changed.emit()
            self._moved(elsewhere)

        self._apply(step, lambda: inverse(step.changes), back)

    def redo(self) -> None:
        """Does the step again that was undone last."""
        annotator, before = self._annotator, self._annotator.workspace.row
        step = self._shown(self._timeline.next)
        if step is None:
            return
        elsewhere = self._elsewhere(before, self.tr("Redone on {0}: {1}"), step)
        if isinstance(step, DraftStep):
            if step.is_drop:
                annotator.drafts.put_away(step.image_id, step.history)
                annotator.selection.select_again(step.history.selected_ids)
            else:
                annotator.drafts.put(step.image_id, step.history)
                step.history.redo()
                annotator.turn_to(step.history.current)
            self._timeline.forward()
            annotator.resume()
            self._moved(elsewhere)
            return

        in_use = annotator.accepted.category_id

        def forward() -> None:
            self._timeline.forward()
            self._use_again(step, in_use)
            if step.history is not None:
                annotator.drafts.put_away(step.image_id, step.history)
                annotator.resume()
            annotator.history_changed.emit()
            self._moved(elsewhere)

        self._apply(step, lambda: step.changes, forward)

    # Within.

    def _shown(self, step: Step | None) -> Step | None:
        """A step of the timeline, the image that it changes being shown; None for not now."""
        workspace = self._annotator.workspace
        if self._annotator.is_storing():
            return None
        if step is not None and step.image_id:
            workspace.go_to(workspace.row_of(step.image_id))
        return step

    def _elsewhere(self, before: int, text: str, step: Step) -> str:
        """What to say of a step that is not on the image that was on screen; "" where it is."""
        workspace = self._annotator.workspace
        record = workspace.record
        if record is None or workspace.row == before:
            return ""
        if isinstance(step, ChangeStep):
            what = step.text
        elif step.is_drop:
            what = self.tr("Drop draft")
        else:
            what = self.tr("Change draft")
        return text.format(record.path, what)

    def _moved(self, said: str) -> None:
        """What was said of a former step is no longer true; says what this one was."""
        self._annotator.stepped.emit()
        if said:
            self._annotator.told.emit(said)

    def _bring_back(self, image_id: int, history: DraftHistory) -> None:
        """A draft that was accepted or dropped is there again, and what it corrects selected."""
        annotator, record = self._annotator, self._annotator.workspace.record
        annotator.drafts.bring_back(image_id, history)
        if record is not None and record.id == image_id:
            correction = history.current.correction if history.current else None
            if correction is not None:
                annotator.selection.select_again((correction.annotation_id,))
            annotator.turn_to(history.current)

    def _use_again(self, step: ChangeStep, in_use: int | None) -> None:
        """Brings back what was selected, and the category that was in use on the step's other side.

        Args:
            in_use: the category on this side.
        """
        self._annotator.selection.select_again(step.selected_ids)
        if step.category_id is not None:
            self._annotator.accepted.use_category(step.category_id)
            step.category_id = in_use

    def _apply(
        self, step: ChangeStep, changes: Callable[[], Sequence[Change]], move: Callable[[], None]
    ) -> None:
        """Stores what undo or redo changes, and moves the timeline once that is on disk."""
        accepted, project = self._annotator.accepted, self._annotator.workspace.project
        if project is None:
            return

        def failed(error: Exception | None) -> None:
            if isinstance(error, MisfitError):
                self._forget(step, error)
            else:
                accepted.tell_failure(error)

        if not is_large(step.changes):
            if accepted.apply(reconciled(project, changes()), failed):
                move()
            return
        accepted.apply_many(lambda: reconciled(project, changes()), keep_going, move, failed)

    def _forget(self, step: ChangeStep, error: MisfitError) -> None:
        """A step on an image that another file has taken the place of can never be made again."""
        # Nor can those before or after it, which would else be hidden behind it.
        self._timeline.forget_image(error.image_id)
        if step in (self._timeline.last, self._timeline.next):
            self._timeline.clear()
        gone = self.tr("What was done there before cannot be undone or redone any more.")
        self._annotator.failed.emit(f"{words.explained(error)} {gone}")
        self._annotator.stepped.emit()
        self._annotator.history_changed.emit()
