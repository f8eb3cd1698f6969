"""What a draft becomes when it is accepted: an annotation, or another mask of one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from samdesk.core.dataset import Annotation, Category, Change, ImageRecord, UnsegmentedBox
from samdesk.core.mask import Mask
from samdesk.core.morphology import difference, union
from samdesk.core.prompt import Prompt
from samdesk.runtime.annotating import (
    new_annotation,
    new_category,
    new_drawn_annotation,
    with_mask,
    with_new_category,
)
from samdesk.store.project import Project
from samdesk.ui.draft import Correction, Draft, DraftHistory

if TYPE_CHECKING:
    from samdesk.ui.annotator import Annotator

_TWINS = 0.9  # IoU of two masks that nobody wants both


class Accepting(QObject):
    """Part of the Annotator, which says when; owns nothing."""

    def __init__(self, annotator: Annotator) -> None:
        super().__init__(annotator)
        self._annotator = annotator

    def store(self, record: ImageRecord, history: DraftHistory, draft: Draft, mask: Mask) -> bool:
        """Stores the current draft of an image, whose mask is not empty, as one step of undo.

        Returns:
            Whether it is on disk; otherwise says why not.
        """
        if draft.correction is not None:
            return self._correct(draft.correction, mask, history)
        return self._add(record, history, draft, mask)

    def _add(self, record: ImageRecord, history: DraftHistory, draft: Draft, mask: Mask) -> bool:
        annotator, accepted = self._annotator, self._annotator.accepted
        project = annotator.workspace.project
        if project is None:
            return False
        category = accepted.category or new_category(project, self.tr("object"))
        is_unnamed = accepted.category is None
        annotation = _annotation(project, record, category, history, draft, mask)
        changes = [*with_new_category(category, accepted.categories)]
        if (box := self._box_of(record, draft.prompt)) is not None:
            annotation = replace(annotation, id=box.id, extras=box.extras)
            changes.append(Change(box, None))
            proposals = annotator.proposals.shown
            changes += [Change(one, None) for one in proposals if one.id == box.id]
        changes.append(Change(None, annotation))
        text = self.tr("Accept {0}").format(category.name)
        if not annotator.change(text, changes, history=history):
            return False
        if is_unnamed:
            annotator.named_by_default.emit(category.id)
        twin = _twin(annotation, accepted.annotations)
        if twin is not None:
            named = accepted.category_of(twin)
            annotator.tell(
                self.tr("Nearly this mask is there twice now, as “{0}” too. {undo} takes it back."),
                named.name if named else "?",
            )
        return True

    def _correct(self, correction: Correction, mask: Mask, history: DraftHistory) -> bool:
        annotator = self._annotator
        target = annotator.accepted.annotation(correction.annotation_id)
        if target is None:
            text = self.tr("The annotation to correct is gone. {drop} drops what is drafted.")
            annotator.tell(text)
            return False
        is_addition = correction.mode == "add"
        after = union([target.mask, mask]) if is_addition else difference(target.mask, mask)
        if after == target.mask:
            annotator.tell(self.tr("That changes nothing of it. {drop} drops what is drafted."))
            return False
        text = self.tr("Add to annotation") if is_addition else self.tr("Subtract from annotation")
        if not annotator.correct_mask(
            target, after, text, clicks=history.clicks, seconds=history.seconds(), history=history
        ):
            return False
        annotator.correct(None)
        return True

    def _box_of(self, record: ImageRecord, prompt: Prompt) -> UnsegmentedBox | None:
        """The imported box that a prompt began with."""
        if prompt.box is None:
            return None
        boxes = self._annotator.accepted.boxes.values()
        here = (one for one in boxes if one.image_id == record.id)
        return next((one for one in here if one.box == prompt.box), None)


def _annotation(
    project: Project,
    record: ImageRecord,
    category: Category,
    history: DraftHistory,
    draft: Draft,
    mask: Mask,
) -> Annotation:
    clicks, seconds = history.clicks, history.seconds()
    if draft.candidate is None or draft.engine is None:
        return new_drawn_annotation(project, record, category, mask, clicks=clicks, seconds=seconds)
    annotation = new_annotation(
        project,
        record,
        category,
        draft.engine,
        draft.candidate,
        draft.prompt,
        clicks=clicks,
        seconds=seconds,
    )
    return with_mask(annotation, draft.drawn) if draft.drawn is not None else annotation


def _twin(annotation: Annotation, others: Sequence[Annotation]) -> Annotation | None:
    """Another annotation whose mask is nearly the same."""
    for one in others:
        # Their areas bound it, and cost nothing.
        smaller, larger = sorted((one.mask.area, annotation.mask.area))
        is_alike = one.id != annotation.id and smaller > _TWINS * larger
        if is_alike and one.mask.iou(annotation.mask) > _TWINS:
            return one
    return None
