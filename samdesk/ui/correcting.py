"""Masks changed by hand: what brush, eraser and the menu do to the draft or the selection."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import replace

from PySide6.QtCore import QObject

from samdesk.core.crowd import as_crowd, is_crowd
from samdesk.core.dataset import Annotation, Change
from samdesk.core.hierarchy import deleted, enclosing, made_parts, made_wholes, merged, moved, split
from samdesk.core.mask import Mask
from samdesk.core.morphology import difference, union, without_holes, without_specks
from samdesk.runtime.annotating import with_mask
from samdesk.ui import words
from samdesk.ui.annotator import Annotator
from samdesk.ui.draft import Draft, Mode


class Corrections(QObject):
    """Changes the draft where there is one, else the selected annotations: one step of undo each.

    Owns nothing: drafts are the annotator's, annotations the project's.
    """

    def __init__(self, annotator: Annotator, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._annotator = annotator

    @property
    def can_erase(self) -> bool:
        """Whether there is a mask from which something can be taken."""
        draft = self._annotator.draft
        mask = draft.mask if draft is not None else None
        return mask is not None if draft is not None else self._annotator.selection.last is not None

    def paint(self, stroke: Mask, *, erases: bool, seconds: float) -> None:
        """Adds a stroke to a mask or erases it there; without any mask it begins a draft.

        Args:
            seconds: how long the stroke took.
        """
        annotator = self._annotator
        draft, selected = annotator.draft, annotator.selection.last
        if stroke.is_empty:
            return

        def painted(mask: Mask) -> Mask:
            return difference(mask, stroke) if erases else union([mask, stroke])

        if draft is not None and draft.mask is not None:
            self._draw(draft, painted(draft.mask))
        elif draft is not None and draft.is_open:
            annotator.tell(self.tr("Close the polygon with {accept} before you paint on it."))
        elif draft is not None:
            annotator.told.emit(self.tr("The mask is not there yet; paint on it when it is."))
        elif selected is not None:
            text = self.tr("Erase") if erases else self.tr("Paint")
            annotator.correct_mask(
                selected, painted(selected.mask), text, clicks=1, seconds=seconds
            )
        elif not erases:
            annotator.push(Draft(drawn=stroke), seconds=seconds)

    def fill_holes(self) -> None:
        """Fills what masks enclose."""
        self._change_masks(
            without_holes, self.tr("Fill holes"), self.tr("There are no holes to fill.")
        )

    def drop_specks(self) -> None:
        """Drops the islands of masks that are too small to mean anything."""
        self._change_masks(
            without_specks, self.tr("Drop specks"), self.tr("There are no specks to drop.")
        )

    def delete(self) -> None:
        """Deletes the selected annotations, or drops the chosen proposal; their parts stay."""
        annotator = self._annotator
        selected = annotator.selection.annotations
        if not selected:
            annotator.proposals.drop()
            return
        text = self.tr("Delete annotation")
        if len(selected) > 1:
            text = self.tr("Delete {0} annotations").format(len(selected))
        if annotator.change(text, deleted(selected, annotator.accepted.annotations)):
            annotator.selection.select(None)

    def split(self) -> None:
        """Makes the connected pieces of the selected annotations annotations of their own."""
        annotator = self._annotator
        project = annotator.workspace.project
        if project is None:
            return
        changes = [
            change
            for one in annotator.selection.annotations
            for change in split(one, lambda: project.next_id(Annotation))
        ]
        if not changes:
            annotator.told.emit(self.tr("This mask is in one piece."))
        elif annotator.change(self.tr("Split into pieces"), changes):
            annotator.selection.select_all([change.record.id for change in changes])

    def merge(self) -> None:
        """Makes the selected annotations one."""
        annotator = self._annotator
        chosen = annotator.selection.annotations
        text = self.tr("Merge {0} annotations").format(len(chosen))
        if len(chosen) > 1:
            annotator.change(text, merged(chosen, annotator.accepted.annotations))

    def make_parts(self) -> None:
        """Makes the selected annotations parts of the largest among them."""
        annotator = self._annotator
        chosen = annotator.selection.annotations
        changes = made_parts(chosen, annotator.accepted.annotations) if len(chosen) > 1 else []
        if changes:
            annotator.change(self.tr("Make part of the largest"), changes)
        else:
            annotator.told.emit(self.tr("They are parts of the largest already."))

    def make_wholes(self) -> None:
        """Makes the selected annotations parts of nothing."""
        changes = made_wholes(self._annotator.selection.annotations)
        if changes:
            self._annotator.change(self.tr("Make a whole of its own"), changes)
        else:
            self._annotator.told.emit(self.tr("This is not a part of anything."))

    @property
    def are_crowds(self) -> bool:
        """Whether annotations are selected and all are crowds."""
        selected = self._annotator.selection.annotations
        return bool(selected) and all(map(is_crowd, selected))

    def toggle_crowd(self) -> None:
        """Makes the selected annotations crowds, or each a single object again."""
        crowd = not self.are_crowds
        text = self.tr("Make a crowd") if crowd else self.tr("Make a single object")
        changes = [
            Change(one, as_crowd(one, crowd))
            for one in self._annotator.selection.annotations
            if is_crowd(one) != crowd
        ]
        # Without changes the action's check mark is still to be put right.
        if not changes or not self._annotator.change(text, changes):
            self._annotator.selection.changed.emit()

    def toggle_part(self) -> None:
        """Makes an annotation a part of the smallest mask around it, or takes it out.

        The one that is selected; without a selection the one that was just accepted.
        """
        annotator = self._annotator
        part = annotator.selection.last or annotator.latest
        if part is None:
            return
        if part.parent_id is not None:
            change = Change(part, replace(part, parent_id=None))
            annotator.change(self.tr("Part of nothing"), [change])
            return
        whole = enclosing(part, annotator.accepted.annotations)
        if whole is None:
            annotator.told.emit(self.tr("No other mask encloses this one. Draw the whole first."))
            return
        change = Change(part, replace(part, parent_id=whole.id))
        if annotator.change(self.tr("Make a part"), [change]):
            kind = annotator.accepted.category_of(whole)
            name = kind.name if kind else "?"
            annotator.tell(self.tr("Now part of {0}. {part} takes it out again."), name)

    def move(self, ids: Collection[int], whole_id: int | None) -> None:
        """Makes annotations of the image on screen parts of another one, or of nothing."""
        annotator = self._annotator
        chosen = [one for one in annotator.accepted.annotations if one.id in ids]
        whole = annotator.accepted.annotation(whole_id)
        if whole_id in ids or (whole is None and whole_id is not None):
            return
        try:
            changes = moved(chosen, whole, annotator.accepted.annotations)
        except ValueError:
            annotator.told.emit(self.tr("A mask cannot be a part of its own part."))
            return
        text = self.tr("Make a part") if whole else self.tr("Make a whole of its own")
        if changes and annotator.change(text, changes) and whole is not None:
            category = annotator.accepted.category_of(whole)
            annotator.tell(
                self.tr("Made {0} part of {1}. {undo} takes that back."),
                words.mask_count(len(changes)),
                category.name if category else "?",
            )

    def begin(self, mode: Mode) -> None:
        """Makes the next prompt add to, or subtract from, the selected annotation."""
        annotator = self._annotator
        is_begun = annotator.correction is not None and annotator.correction.mode == mode
        if annotator.draft is not None:
            text = self.tr("Accept the draft with {accept}, or drop it with {drop}, first.")
            annotator.tell(text)
        else:
            annotator.correct(None if is_begun else mode)

    def toggle_hidden(self) -> None:
        """Hides the selected annotations on the canvas, or shows them again."""
        ids = self._annotator.selection.ids
        are_hidden = not all(one in self._annotator.selection.hidden_ids for one in ids)
        self._annotator.selection.hide(ids, are_hidden=are_hidden)

    def _change_masks(self, change: Callable[[Mask], Mask], text: str, nothing: str) -> None:
        annotator = self._annotator
        draft = annotator.draft
        if draft is not None:
            mask = draft.mask
            after = change(mask) if mask is not None else None
            if after is None or after == mask:
                annotator.told.emit(nothing)
            else:
                self._draw(draft, after)
            return
        changes = []
        for one in annotator.selection.annotations:
            mask = change(one.mask)
            if mask != one.mask:
                changes.append(Change(one, with_mask(one, mask)))
        if changes:
            annotator.change(text, changes)
        else:
            annotator.told.emit(nothing)

    def _draw(self, draft: Draft, mask: Mask) -> None:
        # What was drawn over is no longer the polygon.
        self._annotator.push(replace(draft, drawn=mask, outline=()))
